"""Validators of single settings; each raises Invalid with a reason for people."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from probatio import Invalid

from mcp_bridge.origins import InvalidOrigin, normalized

from ..texts import languages

LONGEST_KEY: Final = 64
LONGEST_NAME: Final = 60
MOST_WORDS: Final = 4
SHORTEST_TOKEN: Final = 16
HOURS_OF_A_YEAR: Final = 24 * 365
MOST_MONEY: Final = 1_000_000
CURRENCY: Final = 3
FEWEST_DIGITS: Final = 4
MOST_DIGITS: Final = 12
MINUTES_OF_A_DAY: Final = 24 * 60
TIME_OF_DAY: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def whole(minimum: int, maximum: int) -> Callable[[object], int]:
    """Return a validator for whole numbers in a range; YAML's true is not a number."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid("must be a whole number")
        if not minimum <= value <= maximum:
            raise Invalid(f"must be between {minimum} and {maximum}")
        return value

    return check


def plain_address(example: str, secrets: str) -> Callable[[object], str]:
    """Return a validator for addresses of HTTP without secrets; ``secrets`` says what proves who asks."""

    def check(value: object) -> str:
        text = value if isinstance(value, str) else ""
        try:
            parts = urlsplit(text)
            is_address = bool(parts.hostname) and parts.scheme in {"http", "https"} and parts.port != 0
        except ValueError as err:
            raise Invalid(f"must be an address such as {example}") from err
        if not is_address:
            raise Invalid(f"must be an address such as {example}")
        if parts.username is not None or parts.fragment:
            raise Invalid(f"must have no user name, password or fragment; {secrets}")
        return text

    return check


def percentage(value: object) -> int:
    """Return a percentage from 1 to 100; the app's form gives a list of them as texts."""
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    return whole(1, 100)(number)


def amount(value: object) -> float:
    """Return an amount of money: a number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_MONEY:
        raise Invalid("must be a number, 0 or more")
    return float(value)


def currency_code(value: object) -> str:
    """Return the code of a currency such as EUR."""
    if not isinstance(value, str) or len(value) != CURRENCY or not (value.isascii() and value.isupper()):
        raise Invalid("must be the code of a currency, such as EUR")
    return value


def hours(value: object) -> float:
    """Return a duration in hours, more than 0 and up to a year."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid("must be a number of hours")
    if not 0 < value <= HOURS_OF_A_YEAR:
        raise Invalid("must be more than 0 and at most a year")
    return float(value)


def path(value: object) -> Path:
    """Return an absolute path; ``~`` is the home directory."""
    if not isinstance(value, str | Path) or not str(value):
        raise Invalid("must be a path")
    return Path(value).expanduser().absolute()


def origin(value: object) -> str:
    """Return the origin of a web page, in lower case and without its default port."""
    try:
        return normalized(value if isinstance(value, str) else "")
    except InvalidOrigin as err:
        raise Invalid(str(err)) from None


def host_name(value: object) -> str:
    """Return a host name in lower case."""
    name = value.strip().lower().rstrip(".") if isinstance(value, str) else ""
    if not name or not name.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise Invalid("must be a host name such as steward.lan, without http:// and port")
    return name


def network(value: object) -> str:
    """Return an IP address or a network."""
    try:
        return str(ip_network(value if isinstance(value, str) else "", strict=False))
    except ValueError:
        raise Invalid("must be an IP address or a network such as 10.0.0.0/24") from None


def time_of_day(value: object) -> str:
    """Return a time such as 22:00. YAML reads an unquoted one as a number of minutes."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MINUTES_OF_A_DAY:
        value = f"{value // 60:02}:{value % 60:02}"
    if not isinstance(value, str) or TIME_OF_DAY.fullmatch(value) is None:
        raise Invalid("must be a time such as 22:00")
    return value


def pin_code(value: object) -> str:
    """Return a PIN of digits, also from a YAML number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not is_pin(text):
        raise Invalid("must be 4 to 12 digits, and not all the same")
    return text


def is_pin(text: str) -> bool:
    """Return whether a text can be a PIN: some digits, and not the same digit each time."""
    is_long_enough = FEWEST_DIGITS <= len(text) <= MOST_DIGITS
    return is_long_enough and text.isascii() and text.isdigit() and len(set(text)) > 1


def zone(value: object) -> str:
    """Return the name of a time zone."""
    try:
        return ZoneInfo(value if isinstance(value, str) else "").key
    except KeyError, ValueError, OSError:
        raise Invalid("must be a time zone such as Europe/Vienna") from None


def language_code(value: object) -> str:
    """Return the code of a language that the app has texts of."""
    if value in languages():
        return str(value)
    raise Invalid(f"must be one of {', '.join(languages())}")


def said_name(value: object) -> str:
    """Return a name that people say: one to four words."""
    said = " ".join(value.split()) if isinstance(value, str) else ""
    if (
        not 1 <= len(said) <= LONGEST_NAME
        or len(said.split()) > MOST_WORDS
        or not any(map(str.isalpha, said))
    ):
        raise Invalid("must be a name of one to four words")
    return said


def key(value: object) -> str:
    """Return an id that is valid in URLs and device identifiers."""
    if not isinstance(value, str) or not value or not value.isascii():
        raise Invalid("must be a short name of letters, digits, - and _")
    if len(value) > LONGEST_KEY or not value.replace("-", "").replace("_", "").isalnum():
        raise Invalid("must be letters, digits, - and _ only, at most 64 characters")
    return value


def access_token(value: object) -> str:
    """Return an access token of sufficient length, or an empty text to generate one."""
    if not isinstance(value, str):
        raise Invalid("must be text")
    if value and (len(value) < SHORTEST_TOKEN or not (value.isascii() and value.isprintable())):
        raise Invalid(f"must be at least {SHORTEST_TOKEN} printable ASCII characters")
    return value
