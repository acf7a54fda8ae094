"""Telephone numbers."""

import re
from typing import Final

from .detector import detector

_I: Final = re.IGNORECASE

_FEWEST_DIGITS: Final = 7
_MOST_DIGITS: Final = 20
_PHONE_CONTEXT: Final = re.compile(
    r"\b(?:call|text|phone|tel|telephone|mobile|mob|cell|sms|ring|whatsapp|signal|fax|dial|reach"
    r"|contact|number|registered|anrufen|telefon|handy|nummer|t[ée]l[ée]phone|bel|bellen|rufen?"
    r"|telefoon|gsm|rufnummer|mobilnummer|telefonnummer|telefoonnummer|unter|onder|06|handynummer|erreichbar"
    r"|bereikbaar|appelle[rz]?|appel|tél|portable|num[ée]ro|joignable|llama(?:r|me|da)?|ll[áa]mame"
    r"|tel[ée]fono|m[óo]vil"
    r"|n[úu]mero|contacto|llam\w{1,5}|r[üu]ckruf\w*|rappel\w{0,5}|joindre|contacter|sonne|composez?|mobiel\w*"
    r"|gebeld|terugbellen|bereiken|erreich\w*|nummers?|handynr|tel\.?nr|mobil|festnetz|vaste lijn|fixe|fijo"
    r"|landline|hotline|helpline|switchboard|voicemail|callback|rung|rang|phoned|texted"
    r"|called)\b[^\n]{0,40}\Z",
    _I,
)
_DATE: Final = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d|\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?!\d)")


def _is_a_telephone(match: re.Match[str]) -> bool:
    text = match["number"]
    digits = sum(one.isdigit() for one in text)
    if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS or _DATE.match(text):
        return False
    if text.startswith("+") or re.match(r"\(?\d{3}\)?[ -]\d{3}[ -]\d{4}", text):
        return True
    before = match.string[max(0, match.start() - 60) : match.start()]
    return _PHONE_CONTEXT.search(before) is not None


_REGIONS: Final = (
    "DE",
    "AT",
    "CH",
    "LU",
    "BE",
    "NL",
    "FR",
    "ES",
    "PT",
    "IT",
    "GB",
    "IE",
    "PL",
    "DK",
    "SE",
    "NO",
    "US",
)
_FEWEST_NATIONAL_DIGITS: Final = 9
_LONGEST_HEX: Final = 20
_AFTER_HEX: Final = re.compile(r"\b0x[\da-fA-F]+[ \t]+\Z")
"""Numbers in a row of a table, such as the attributes of a disk."""


def _is_national(match: re.Match[str]) -> bool:
    """Return whether it is a valid number of a country, with a space or a sign between groups of digits."""
    import phonenumbers  # noqa: PLC0415 - it takes memory, and few texts contain such a number

    text = match["number"]
    if sum(one.isdigit() for one in text) < _FEWEST_NATIONAL_DIGITS or _DATE.match(text):
        return False
    if _AFTER_HEX.search(match.string, max(0, match.start() - _LONGEST_HEX), match.start()):
        return False
    if _is_a_telephone(match):
        return True
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
                return True
        except phonenumbers.NumberParseException:
            return False
    return False


_NUMBER: Final = r"\d(?:[ ./()-]{0,2}\d){5,16}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?)(?!\w|:\S|[.-]\d)"
PHONE_DETECTORS: Final = (
    detector("PHONE", rf"(?P<number>[+](?<![\w./-].)\(?{_NUMBER}", "number", _is_a_telephone, "+"),
    detector(
        "PHONE",
        r"(?P<number>[\d(](?<![\w.:/+-].)\d{2,3}\)?[ -]\d{3}[ -]\d{4}(?:[ ]?(?:x"
        r"|ext\.?)[ ]?\d{1,6})?)(?!\w|:\S|[.-]\d)",
        "number",
        _is_a_telephone,
        hint=r"[ -]\d{3}[ -]\d{4}",
    ),
    detector(
        "PHONE",
        rf"(?P<number>[\d(](?<![\w.:/+-].)(?:\d\)?[ ./()-]{{0,2}})?{_NUMBER}",
        "number",
        _is_a_telephone,
        words=(
            "call text phone tel telephone mobile mob cell sms ring whatsapp signal fax dial reach "
            "contact number registered anrufen telefon handy nummer téléphone telephone bel bellen ruf "
            "rufen telefoon gsm rufnummer mobilnummer telefonnummer telefoonnummer unter onder handynummer "
            "erreichbar bereikbaar appelle appeler appelez appel tél portable numéro numero joignable llama "
            "llamar "
            "llamó llame llamo llamé llamad rückruf rückrufnummer rappel rappelle rappelez joindre contacter "
            "sonne compose composez mobiel mobieltje gebeld terugbellen bereiken erreichen erreichst "
            "erreicht "
            "nummers handynr mobil festnetz fixe fijo landline hotline helpline voicemail callback rung rang "
            "phoned texted called "
            "llamada llámame llamame teléfono telefono móvil movil número contacto"
        ),
    ),
    detector(
        "PHONE",
        r"(?P<number>\(?0(?<![\w.:/+-]0)(?<![\w.:/+-]\(0)\d{1,5}(?:\)[ ]?|[ ]?[/-][ ]?|[ ])\d[\d "
        r"/-]{4,14}\d)(?!\w|:\S|[.,-]\d)",
        "number",
        _is_national,
        hint=r"(?<![\w.])\(?0\d{1,5}[) /-]",
    ),
)
"""With a plus, in groups, after a word such as ``call``, or valid in a country."""
