"""Birth dates, number plates, and numbers of customers and documents in sentences of five languages."""

import re
from typing import Final

from .detector import detector

_I: Final = re.IGNORECASE
_IS: Final = (
    r"(?:[ ]?[:#=(]?[ ]{0,2}|[ ](?:is|was|are|ist|lautet|war|est|es|era|luidt|nummer|no\.?|nr\.?"
    r"|n°|:|[^\n\d]{0,3}[.?][ ]{1,20}(?:\w{2,5}:)?)[ ](?:the |der |die |le |el |de )?)"
)
_MONTH: Final = (
    r"(?:jan\w*|feb\w*|mar\w*|mär\w*|maa\w*|apr\w*|avr\w*|abr\w*|ma[iyj]\w*|jun\w*|jui\w*|jul\w*|aug\w*"
    r"|ago\w*|aoû\w*|sep\w*|o[kc]t\w*|nov\w*"
    r"|de[cz]\w*|dic\w*|fév\w*|ene\w*|déc\w*)"
)
_DATE: Final = (
    r"\d{1,2}(?:st|nd|rd|th|er|\.)?[ ]?(?:of |de |d['\u2019])?[ ]?"
    + _MONTH
    + r"(?:\.?,?[ ](?:de |of |del )?\d{2,4})?"
    r"|" + _MONTH + r"[ ]\d{1,2}(?:st|nd|rd|th)?,?(?:[ ]\d{4})?|\d{4}-\d\d-\d\d"
    r"|\d{1,2}[./ -]{1,2}\d{1,2}[./ -]{1,2}(?:\d{4}|\d\d)|\d{1,2}\.\d{1,2}\."
)


def _has_digits(match: re.Match[str]) -> bool:
    number = str(match["id"])
    return sum(one.isdigit() for one in number) >= _FEWEST_DIGITS


_FEWEST_DIGITS: Final = 4


def _is_plate(match: re.Match[str]) -> bool:
    text = match["plate"]
    return any(one.isdigit() for one in text) and any(one.isalpha() for one in text)


PERSONAL_NUMBER_DETECTORS: Final = (
    detector(
        "DATE_OF_BIRTH",
        r"\b(?:date of birth|d\.?o\.?b\.?|birth ?date|birthday|born|geb\.?|geburtsdatum|geburtstag|geboren"
        r"|geboortedatum|verjaardag"
        r"|né|née|date de naissance|anniversaire|nacid[oa]|nací|nació|fecha de nacimiento|cumpleaños"
        r"|cumple|jarig)(?!\w)"
        r"[^\n.\d]{0,40}?[ :(](?P<date>" + _DATE + r")(?![\w:])",
        "date",
        flags=_I,
        words=(
            "birth dob birthdate birthday born geb geburtsdatum geburtstag geboren geboortedatum "
            "verjaardag né née naissance "
            "anniversaire nacido nacida nací nació nacimiento cumpleaños cumple jarig"
        ),
    ),
    detector(
        "PLATE",
        r"(?i:\b(?:(?:number|licen[cs]e|registration|car) plates?|plates?|reg(?:istration)?(?: number)?"
        r"|kennzeichen|nummernschild"
        r"|kenteken(?:plaat)?|plaque(?: d['\u2019]immatriculation)?|immatricul\w+|matr[íi]cula|nummerplaat"
        r"|numberplate))\b"
        r"[^\n\d]{0,25}?[ :](?P<plate>(?=[A-ZÄÖÜ\d -]{0,9}\d)[A-ZÄÖÜ\d]{1,5}"
        r"(?:[ -][A-ZÄÖÜ\d]{1,5}){0,3})(?![\w-])",
        "plate",
        _is_plate,
        words=(
            "plate plates reg registration kennzeichen nummernschild kenteken kentekenplaat plaque "
            "immatriculation "
            "immatriculé immatriculée matrícula matricula nummerplaat numberplate"
        ),
    ),
    detector(
        "SERIAL",
        r"\b(?:serial(?: number| no\.?)?|seriennummer|serienummer|numéro de série|número de serie)[ ]"
        r"(?:of|on|der|des|vom|van|du|de|del)[ ][^\n:]{2,30}:[ ](?P<id>(?=[A-Z-]*\d)[A-Z\d-]{6,24})(?![\w:])",
        "id",
        _has_digits,
        flags=_I,
        words="serial seriennummer serienummer série serie",
    ),
    detector(
        "ID_NUMBER",
        r"\b(?:(?:customer|client|account|policy|contract|member(?:ship)?|patient|insurance|tax|passport"
        r"|licence|license|id|nhs"
        r"|social security|identity|employee|student|loyalty|meter|sort|reference|booking)[ ](?:numbers?"
        r"|no\.?|nr\.?|id|code|card)"
        r"|(?:kunden|vertrags|versicherungs|mitglieds|patienten|konto|ausweis|personalausweis|reisepass"
        r"|steuer|policen|zähler"
        r"|matrikel|rentenversicherungs|buchungs)-?(?:nummer|nr\.?|id)|steuer-?id|(?:klant|contract|polis"
        r"|rekening|lidmaatschaps"
        r"|patiënt|paspoort|identiteits|meter|boekings)-?nummer|bsn|dni|nie|nif|ssn|tin|nino"
        r"|(?:num[ée]ro|n°|nº|número)[ ](?:(?:de|d['\u2019]|del)[ ]?)?(?:la[ ])?(?:client|contrat|compte"
        r"|s[ée]cu\w*(?: sociale)?|adh[ée]rent|passeport|cliente"
        r"|contrato|cuenta|póliza|seguridad social|socio|pasaporte|expediente|abonado))\b"
        + _IS
        + r"(?P<id>[A-Z]{0,3}[ -]?\d[A-Z\d]*(?:[ ./-]?[A-Z\d]{1,12}){0,6})(?![\w:])",
        "id",
        _has_digits,
        flags=_I,
        words=(
            "customer client account policy contract member membership patient insurance tax passport "
            "licence license id nhs "
            "social identity employee student loyalty meter sort reference booking kundennummer kundennr "
            "vertragsnummer "
            "versicherungsnummer mitgliedsnummer patientennummer kontonummer ausweisnummer "
            "personalausweisnummer "
            "reisepassnummer steuernummer policennummer zählernummer matrikelnummer "
            "rentenversicherungsnummer buchungsnummer "
            "steuer steuerid klantnummer contractnummer polisnummer rekeningnummer lidmaatschapsnummer "
            "patiëntnummer "
            "paspoortnummer identiteitsnummer meternummer boekingsnummer bsn dni nie nif ssn tin nino "
            "contrat compte "
            "sécu sécurité secu adhérent passeport cliente contrato cuenta póliza seguridad socio "
            "pasaporte expediente abonado"
        ),
    ),
)
