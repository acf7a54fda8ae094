"""Checks the format of a named private value, because lamps also have a name."""

import re
from typing import Final

from .accounts import is_persons_account
from .common_words import is_usual, is_usual_name
from .pairs import Pair, Part
from .people import CAPITALS
from .secret_values import TAIL, is_no_secret
from .secret_words import secret_kind

_ACCOUNT: Final = re.compile(r"[\w$][\w.@+$-]{0,63}")
_HOST: Final = re.compile(r"[\w][\w.-]{1,253}")
_SERIAL: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{4,40}(?![\w/:.])", re.IGNORECASE)
_IDENTITY: Final = re.compile(r"\[?[ ]?-?\d{6,16}(?:,[ ]?-?\d{6,16}){0,20}(?![\w.:-])")
_LEAST_SERIAL: Final = 6
_DATE: Final = re.compile(r"(?:19|20)\d{2}[01]\d[0-3]\d\d{0,2}")
_COORDINATE: Final = re.compile(r"-?\d{1,3}\.\d{2,17}")
_BARE_MAC: Final = re.compile(r"[\da-f]{12}(?![\w-])", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_FEWEST_DIGITS: Final = 6
_TELEPHONE: Final = re.compile(r"\+?\(?\d(?:[ ./()-]{0,3}\d){5,16}(?![\w:]|[.-]\d)")
_PLACE: Final = re.compile(
    rf"[{CAPITALS}\d][^\s\"',;<>{{}}()\[\]=|:]*(?:[ ][^\s\"',;<>{{}}()\[\]=|:]+){{0,4}}"
)
_NAME: Final = re.compile(
    rf"[{CAPITALS}](?:[^\W_]|['\u2019.-](?=[^\W_])"
    rf"|\.)*(?:[ ](?:[^\W\d_]{{1,4}}[ ]){{0,2}}[{CAPITALS}](?:[^\W_]|['\u2019-](?=[^\W_])|\.)*){{0,4}}"
)
_LONGEST_PLACE: Final = 60
_MACHINE_ADDRESS: Final = re.compile(
    r"(?:(?=\S*[.:])[\da-f:.]+(?:/\d+)?|0x[\da-f]+|[\w.-]+\.[a-z]+|\S+@\S+)(?:[\s,;)].*)?\Z", re.IGNORECASE
)
_CONTEXT_LENGTH: Final = 200
_PERSON_CONTEXT: Final = re.compile(
    r"\be-?mail|\bphone|\btel\b|\bmobile\b|\bperson\b|\bpersons?[.:]|person\.|device_tracker|surname"
    r"|birth|user_?id|\baddress\b|\bstreet\b|\bcity\b|\busers?:|\bgroups\b|\bfamily\b|\bvorname"
    r"|\bnachname|\btelefo|\btél\b|\bprénom|\bapellido|\bcorreo|\badres",
    re.IGNORECASE,
)

_OF_SECRET: Final = re.compile(r"[ ](?:key|token|code|password|secret)\b")
_STATES: Final = frozenset(("disabled", "enabled", "required", "optional", "allowed", "denied", "timed"))
"""Values of settings such as ``password_login``."""


def account(pair: Pair) -> Part:
    """Return the account of a person, None for a system account."""
    found = _ACCOUNT.match(pair.text, pair.start)
    if not found or pair.text[found.end() : found.end() + 2] in (": ", ":\n"):
        return None
    name = found.group()
    if _OF_SECRET.match(pair.text, found.end()) or secret_kind(name.casefold(), ""):
        return None
    return found.span() if name.casefold() not in _STATES and is_persons_account(name) else None


def host(pair: Pair) -> Part:
    """Return a host name, None if all its parts are usual words."""
    found = _HOST.match(pair.text, pair.start)
    if not found or is_usual_name(found.group()) or found.group().replace(".", "").isdigit():
        return None
    return found.span()


def network(pair: Pair) -> Part:
    """Return the name of a wireless network."""
    return None if is_no_secret(pair.value) else pair.whole


def serial(pair: Pair) -> Part:
    """Return a serial number, None for the date of a DNS zone's serial."""
    found = _SERIAL.match(pair.text, pair.start)
    if not found or _DATE.fullmatch(found.group()):
        return None
    if not _has_digit(found.group()) and not (
        found.group().isupper() and len(found.group()) >= _LEAST_SERIAL
    ):
        return None
    return found.span()


def identity(pair: Pair) -> Part:
    """Return the number of a person or a chat in a messenger, also the first of a list."""
    return _span(_IDENTITY, pair)


def coordinate(pair: Pair) -> Part:
    """Return a latitude or longitude."""
    return _span(_COORDINATE, pair)


def mac(pair: Pair) -> Part:
    """Return a MAC address without separators."""
    return _span(_BARE_MAC, pair)


def date(pair: Pair) -> Part:
    """Return a date."""
    return _span(_DAY, pair)


def telephone(pair: Pair) -> Part:
    """Return a telephone number."""
    found = _TELEPHONE.match(pair.text, pair.start)
    if not found or sum(one.isdigit() for one in found.group()) < _FEWEST_DIGITS:
        return None
    return found.span()


def place(pair: Pair) -> Part:
    """Return the name of a town or a postcode."""
    found = _PLACE.match(pair.text, pair.start)
    if not found or found.end() - found.start() > _LONGEST_PLACE:
        return None
    return None if all(is_usual(word) for word in found.group().split()) else found.span()


def street(pair: Pair) -> Part:
    """Return a postal address, None for the address of a machine."""
    value = pair.value.strip()
    names = [word for word in value.split() if word[0].isupper() and not is_usual(word.strip(TAIL))]
    is_address = " " in value and names and (_has_digit(value) or len(names) > 1)
    return pair.whole if is_address and not _MACHINE_ADDRESS.match(value) else None


def person(pair: Pair) -> Part:
    """Return the name of a person."""
    found = _NAME.match(pair.text, pair.start)
    if not found or any(_has_digit(word) for word in found.group().split()):
        return None
    if all(is_usual(word) for word in found.group().split()):
        return None
    return found.span()


def person_in_context(pair: Pair) -> Part:
    """Return the name of a person if the text around it is about people."""
    part = person(pair)
    words = [word for word in pair.text[part[0] : part[1]].split() if not word.islower()] if part else []
    if not words or any(is_usual(word) or word.isupper() for word in words):
        return None
    around = pair.text[max(0, pair.start - _CONTEXT_LENGTH) : pair.end + _CONTEXT_LENGTH]
    return part if _PERSON_CONTEXT.search(around) else None


def full_name(pair: Pair) -> Part:
    """Return a name of several words, or of one word if the text around it is about people."""
    part = person(pair)
    return part if part and " " in pair.text[part[0] : part[1]] else person_in_context(pair)


def _span(pattern: re.Pattern[str], pair: Pair) -> Part:
    found = pattern.match(pair.text, pair.start)
    return found.span() if found else None


def _has_digit(text: str) -> bool:
    return any(one.isdigit() for one in text)
