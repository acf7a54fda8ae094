"""What identifies a device: numbers, addresses and names, in one spelling. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

_NO_NUMBERS: Final = frozenset(
    {
        *(
            "none",
            "unknown",
            "default",
            "default string",
            "not specified",
            "not available",
            "n/a",
            "na",
            "oem",
        ),
        *(
            "to be filled by o.e.m.",
            "system serial number",
            "chassis serial number",
            "serial number",
            "123456789",
        ),
        *("03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009"),
    }
)
"""What makers leave in place of a serial number or uuid: many devices have the same."""

_LONGEST_NUMBER: Final = 100
_MAC_DIGITS: Final = 12
_VRRP: Final = ("00005e0001", "00005e0002")
"""Beginnings of the addresses that several routers share."""

_LOCALLY_ADMINISTERED: Final = 0x02
_MULTICAST: Final = 0x01


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is known of a device's identity; what is empty is not known.

    ``uuid`` is the SMBIOS uuid. ``macs`` are hexadecimal digits; ``assigned`` are those of them that a
    hypervisor gave out. ``addresses`` are management IP addresses and full host names. ``sys_name`` is what
    the device calls itself, ``name`` what people call it.
    """

    uuid: str = ""
    serial: str = ""
    macs: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    sys_name: str = ""
    name: str = ""

    @property
    def short_name(self) -> str:
        """The first part of its name."""
        return short(self.name) or short(self.sys_name)

    def with_more(self, other: Marks) -> Marks:
        """Return the marks of the same device with those that another item of its monitor knows."""
        return Marks(
            uuid=self.uuid or other.uuid,
            serial=self.serial or other.serial,
            macs=self.macs | other.macs,
            assigned=self.assigned | other.assigned,
            addresses=self.addresses | other.addresses,
            sys_name=self.sys_name or other.sys_name,
            name=self.name or other.name,
        )


def marks(
    *,
    uuid: str = "",
    serial: str = "",
    macs: Iterable[str] = (),
    assigned: Iterable[str] = (),
    addresses: Iterable[str] = (),
    sys_name: str = "",
    name: str = "",
) -> Marks:
    """Return marks in one spelling, without what identifies nothing.

    An address may have a port or be a URL's host; a name that is no full one becomes the short name.
    """
    given = frozenset(filter(None, map(mac, assigned)))
    hosts = [host(one) for one in addresses]
    whole = frozenset(one for one in hosts if _is_full(one))
    own = name or next((one for one in hosts if one and not _is_ip(one)), "")
    return Marks(
        uuid=number(uuid),
        serial=number(serial),
        macs=frozenset(filter(None, map(mac, macs))) | given,
        assigned=given,
        addresses=whole,
        sys_name=sys_name.strip().rstrip(".").lower(),
        name=own.strip().lower(),
    )


def number(text: str) -> str:
    """Return a serial number or uuid, empty when it is a placeholder of the maker."""
    plain = text.strip().lower()
    is_one_letter = len(set(plain) - {"-", " ", ":"}) <= 1
    return "" if is_one_letter or plain in _NO_NUMBERS or len(plain) > _LONGEST_NUMBER else plain


def mac(text: str) -> str:
    """Return the twelve digits of a MAC address, empty for what is none or is shared by design."""
    digits = "".join(one for one in text.lower() if one not in ":-. ")
    is_mac = len(digits) == _MAC_DIGITS and all(one in "0123456789abcdef" for one in digits)
    if not is_mac or digits.startswith(_VRRP) or int(digits, 16) == 0 or _first(digits) & _MULTICAST:
        return ""
    return digits


def is_local(digits: str) -> bool:
    """Return whether a MAC address is locally administered: another device may have the same."""
    return bool(_first(digits) & _LOCALLY_ADMINISTERED)


def host(address: str) -> str:
    """Return the host of ``host:port``, of ``[host]:port`` or of a URL, in one spelling."""
    plain = address.strip().lower().rpartition("://")[2].partition("/")[0].rpartition("@")[2]
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        return ip_address(plain).compressed
    except ValueError:
        return plain.rstrip(".")


def port(address: str) -> str:
    """Return the port of ``host:port`` or of a URL, the scheme's own if it has none, else an empty text."""
    scheme, _, rest = address.strip().lower().rpartition("://")
    rest = rest.partition("/")[0].rpartition("@")[2]
    tail = rest.rpartition("]")[2] if rest.startswith("[") else rest
    given = tail.rpartition(":")[2] if tail.count(":") == 1 else ""
    return given if given.isdecimal() else {"http": "80", "https": "443"}.get(scheme, "")


def short(name: str) -> str:
    """Return the first part of a name; an IP address has none."""
    plain = name.strip().lower()
    return "" if _is_ip(plain) else plain.partition(".")[0]


def _first(digits: str) -> int:
    return int(digits[:2], 16)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_full(text: str) -> bool:
    """Return whether it is a full host name, or an IP address that only one device has."""
    try:
        found = ip_address(text)
    except ValueError:
        return "." in text and not text.endswith(".localhost")
    return not (found.is_loopback or found.is_unspecified or found.is_link_local or found.is_multicast)
