"""Numbers of one person or device: serials, credit cards, bank accounts, identity documents."""

import re
from typing import Final

from .detector import detector

_I: Final = re.IGNORECASE
_SHORTEST_CAPITALS: Final = 6


def _is_serial(match: re.Match[str]) -> bool:
    """Return whether it contains a digit or is a long text in capitals."""
    text = match["serial"]
    return any(one.isdigit() for one in text) or (text.isupper() and len(text) >= _SHORTEST_CAPITALS)


_LEAST_DIGITS: Final = 1


def _is_disk_serial(match: re.Match[str]) -> bool:
    text = match["serial"]
    digits = sum(one.isdigit() for one in text)
    return digits >= _LEAST_DIGITS and (digits < len(text) or len(text) > 9)  # noqa: PLR2004 - longer than a count


def _has_luhn_checksum(match: re.Match[str]) -> bool:
    from stdnum import luhn  # noqa: PLC0415 - it takes memory, and few texts contain a number

    digits = "".join(one for one in match.group() if one.isdigit())
    return luhn.is_valid(digits) and len(set(digits)) > 1


_LEAST_ID_DIGITS: Final = 5
_BANK_CONTEXT: Final = re.compile(r"\b(?:iban|konto|rekening|transfer|überweis\w+|bank)\b", _I)


def _is_iban(match: re.Match[str]) -> bool:
    """Return whether it is a bank account; after a word such as ``bank``, also with a wrong check digit."""
    from stdnum import iban  # noqa: PLC0415 - it takes memory, and few texts contain a number

    text = match.group()
    if len(set(text[4:].replace(" ", ""))) == 1:
        return False  # an example, such as DE00 0000 0000
    if iban.is_valid(text, check_country=False):
        return True
    before = match.string[max(0, match.start() - 60) : match.start()]
    return _BANK_CONTEXT.search(before) is not None


def _is_national_id(match: re.Match[str]) -> bool:
    """Return whether the check characters are those of an identity number of Spain, France or Italy."""
    from stdnum.es import dni, nie  # noqa: PLC0415 - it takes memory, and few texts contain a number
    from stdnum.fr import nir  # noqa: PLC0415
    from stdnum.it import codicefiscale  # noqa: PLC0415

    text = match["id"]
    return any(kind.is_valid(text) for kind in (dni, nie, nir, codicefiscale))


ID_NUMBER_DETECTORS: Final = (
    detector(
        "SERIAL",
        r"\b(?:S/N|SN|serial(?:[ _-]?(?:no|number|nr|num))?|serien(?:nummer|nr)|serienummer|imei"
        r"|asset[ _-]tag|service[ _-]tag)\.?[\"']?[ ]{0,3}(?:[:=#]|is"
        r"|ist)?[ ]{0,3}[\"'(]?(?P<serial>[A-Z0-9](?:[A-Z0-9_-]{3,40})[A-Z0-9])\b",
        "serial",
        _is_serial,
        flags=_I,
        words="n sn serial serialno serialnumber serialnr seriennummer seriennr serienummer imei tag",
    ),
    detector(
        "SERIAL",
        r"\b(?i:serial|seriennummer|serienummer|numéro de série|número de serie"
        r"|imei)\b[^\n.:]{0,40}?[ ](?i:is|was|ist|lautet|est|es|luidt|:)"
        r"[ ](?P<serial>[A-Z0-9][A-Z0-9_-]{4,40})\b",
        "serial",
        _is_serial,
        words="serial seriennummer serienummer série serie imei",
    ),
    # a router of AVM
    detector(
        "SERIAL",
        r"\b(?P<serial>[A-Z]\d{3}\.\d{3}\.\d{2}\.\d{3}\.\d{3})(?![\w-]|\.\w)",
        "serial",
        hint=r"\d\.\d{3}\.\d{2}\.\d{3}\.\d",
    ),
    # names in /dev/disk/by-id
    detector(
        "SERIAL",
        r"\b(?:ata|scsi|nvme|usb|sat)-[\w.-]{2,60}_(?P<serial>[A-Z0-9-]{6,24})(?![\w])",
        "serial",
        near="ata- scsi- nvme- usb- sat-",
    ),
    detector(
        "SERIAL",
        r"\b(?i:disk|drive|platte|festplatte|schijf|ssd|hdd|ups"
        r"|usv)[ ](?P<serial>(?:[A-Z]{2}-)?[A-Z0-9]{8,20})(?![\w-])",
        "serial",
        _is_disk_serial,
        words="disk drive platte festplatte schijf ssd hdd ups usv",
    ),
    detector(
        "CREDIT_CARD",
        r"\d(?<![\w.-]\d)\d{3}(?:[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,7})?|[ -]?\d{6}[ -]?\d{5}"
        r"|\d{8,15})(?![\w-])",
        0,
        _has_luhn_checksum,
        hint=r"\d\d{3}(?:\d{8}|[ -]\d{4}[ -]\d{4}|[ -]\d{6})",
    ),
    detector(
        "CREDIT_CARD",
        r"\b(?:card|cc|kreditkarte|visa|mastercard|amex)(?: (?:number|no\.?|nr\.?))?[ :#is]{0,6}"
        r"(?P<card>\d(?:[ -]?\d){10,18})\b",
        "card",
        flags=_I,
        words="card cc kreditkarte visa mastercard amex",
    ),
    detector(
        "IBAN",
        r"\b[A-Za-z]{2}\d{2}(?:[ ]?[A-Za-z0-9]{4}){2,7}(?:[ ]?[A-Za-z0-9]{1,4})?\b",
        0,
        _is_iban,
        hint=r"[A-Za-z]\d\d[ ]?[A-Za-z0-9]{4}[ ]?\d",
    ),
    detector(
        "ID_NUMBER",
        r"\b(?:(?:driver'?s? )?licen[cs]e|driving licence|passport|social security|ssn|bsn|id card"
        r"|identity card|ausweis|führerschein|policy|customer|membership|contract|kunden|klant|vertrags"
        r"|polis|rijbewijs|paspoort|burgerservice|steuer-?(?:id|identifikations)|sozialversicherungs"
        r"|krankenversicherten|dni|nie"
        r"|sécurité sociale|pasaporte|passeport|insurance policy)[ -]?(?:number|no\.?|nr\.?|nummer|plate"
        r"|id)?(?:[ ]?[:#]|[ ](?:is"
        r"|was|ist|es|est))?[ ](?P<id>[A-Z]{0,3}[ -]?\d(?:[ -]?[A-Z0-9]){4,20})\b",
        "id",
        lambda match: sum(one.isdigit() for one in match["id"]) >= _LEAST_ID_DIGITS,
        words=(
            "license licence passport social ssn bsn id identity ausweis ausweisnummer führerschein "
            "führerscheinnummer policy customer membership contract kundennummer klantnummer "
            "vertragsnummer polisnummer rijbewijs paspoort burgerservicenummer steuer steuerid "
            "steueridentifikationsnummer sozialversicherungsnummer dni nie sociale pasaporte passeport"
        ),
        flags=_I,
    ),
    detector(
        "ID_NUMBER",
        r"(?<![\w.-])(?P<id>\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]|[12][ ]?\d\d[ ]?(?:0[1-9]|1[0-2])[ ]?\d[\dAB][ "
        r"]?\d{3}[ ]?\d{3}"
        r"[ ]?\d\d|[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z])(?![\w-])",
        "id",
        _is_national_id,
        hint=r"\d{7}-?[A-Z]|[12][ ]?\d\d[ ]?[01]\d[ ]?\d[\dAB]|[A-Z]{6}\d\d[A-Z]\d\d",
    ),
    detector("US_SSN", r"\d(?<![\w-]\d)\d\d-\d{2}-\d{4}(?![\w-])", hint=r"-\d\d-\d{4}"),
)
