"""The addresses that a DHCP server assigns, and how many of them are in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Self

from ..errors import ServiceMalformed
from .format import brief

type Range = tuple[IPv4Address, IPv4Address]


@dataclass(frozen=True, slots=True)
class AddressPool:
    """Ranges of IPv4 addresses, each with its first and its last one."""

    ranges: tuple[Range, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the pool of a text with a range such as 192.0.2.10-192.0.2.99, or a network, in each line.

        Raises ServiceMalformed.
        """
        try:
            return cls(tuple(_range(line) for line in text.splitlines() if line.strip()))
        except ValueError as err:
            raise ServiceMalformed(t"{brief(text, 40)} is no range of addresses") from err

    @property
    def size(self) -> int:
        """The number of addresses in the pool."""
        return sum(int(last) - int(first) + 1 for first, last in self.ranges)

    def used(self, addresses: Iterable[str]) -> int:
        """Return how many of these addresses are in the pool; other texts than IPv4 addresses are not."""
        found = {IPv4Address(one) for one in addresses if _is_address(one)}
        return sum(any(first <= one <= last for first, last in self.ranges) for one in found)

    def share(self, used: int) -> float:
        """Return the percentage of the pool for ``used`` addresses, with one decimal."""
        return round(100 * used / max(1, self.size), 1)


def _range(text: str) -> Range:
    first, dash, last = text.partition("-")
    if dash:
        return IPv4Address(first.strip()), IPv4Address(last.strip())
    network = IPv4Network(text.strip())
    return network[0], network[-1]


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
