"""Validators of single settings; each raises Invalid with a reason for people."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from probatio import Invalid

from mcp_bridge.origins import InvalidOrigin, normalized

LONGEST_KEY: Final = 64
SHORTEST_TOKEN: Final = 16
HOURS_OF_A_YEAR: Final = 24 * 365


def whole(minimum: int, maximum: int) -> Callable[[object], int]:
    """Return a validator for whole numbers in a range; YAML's true is not a number."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid("must be a whole number")
        if not minimum <= value <= maximum:
            raise Invalid(f"must be between {minimum} and {maximum}")
        return value

    return check


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


def zone(value: object) -> str:
    """Return the name of a time zone."""
    try:
        return ZoneInfo(value if isinstance(value, str) else "").key
    except KeyError, ValueError, OSError:
        raise Invalid("must be a time zone such as Europe/Vienna") from None


def key(value: object) -> str:
    """Return an id that is valid in URLs and device identifiers."""
    if not isinstance(value, str) or not value or not value.isascii():
        raise Invalid("must be a short name of letters, digits, - and _")
    if len(value) > LONGEST_KEY or not value.replace("-", "").replace("_", "").isalnum():
        raise Invalid("must be letters, digits, - and _ only, at most 64 characters")
    return value


def token(value: object) -> str:
    """Return an access token of sufficient length, or an empty text to generate one."""
    if not isinstance(value, str):
        raise Invalid("must be text")
    if value and (len(value) < SHORTEST_TOKEN or not (value.isascii() and value.isprintable())):
        raise Invalid(f"must be at least {SHORTEST_TOKEN} printable ASCII characters")
    return value
