"""Limits the open connections: in all, and of one address."""

import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

RESERVED_DESCRIPTORS: Final = 256
"""File descriptors that are kept for the database, files, and the app's own connections."""

LEAST: Final = 16
PREFIX_BITS: Final = 64
"""Length of the IPv6 prefix that one device can take all addresses of."""


@dataclass(slots=True, eq=False)
class Slot:
    """One open connection. ``abort`` closes it."""

    group: str
    abort: Callable[[], None]
    is_open: bool = True


class ConnectionSlots:
    """The open connections. One that waits for a request makes room for a new one."""

    def __init__(self, most: int, most_per_address: int) -> None:
        """``most`` is the number of connections in all."""
        self._most = most
        self._most_per_address = most_per_address
        self._open: Counter[str] = Counter()
        self._waiting: dict[Slot, None] = {}

    @property
    def number(self) -> int:
        """The number of open connections."""
        return self._open.total()

    def take(self, address: str, abort: Callable[[], None]) -> Slot | None:
        """Return the slot of a new connection, None if there is no room.

        If a limit is reached, the connection that has waited longest for its request is aborted.
        """
        group = _group(address)
        if self._open[group] >= self._most_per_address and not self._make_room(group):
            return None
        if self.number >= self._most and not self._make_room(None):
            return None
        slot = Slot(group, abort)
        self._open[group] += 1
        self._waiting[slot] = None
        return slot

    def make_room(self) -> bool:
        """Abort the connection that has waited longest for its request. Return whether there was one."""
        return self._make_room(None)

    def serving(self, slot: Slot) -> None:
        """Keep a connection, because its request has arrived."""
        self._waiting.pop(slot, None)

    def waiting(self, slot: Slot) -> None:
        """Let a connection make room again, because it waits for its next request."""
        if slot.is_open:
            self._waiting[slot] = None

    def release(self, slot: Slot) -> None:
        """Free the slot of a closed connection; once is enough."""
        if slot.is_open:
            slot.is_open = False
            self._waiting.pop(slot, None)
            self._open[slot.group] -= 1
            if not self._open[slot.group]:
                del self._open[slot.group]

    def _make_room(self, group: str | None) -> bool:
        longest = next((one for one in self._waiting if group in (None, one.group)), None)
        if longest is None:
            return False
        self.release(longest)
        longest.abort()
        return True


def most_connections(wanted: int) -> int:
    """Return ``wanted``, or less if the process may not open enough files."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return wanted
    return max(LEAST, min(wanted, limit - RESERVED_DESCRIPTORS))


def _group(address: str) -> str:
    """Return the address whose connections are counted together; a prefix for IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> PREFIX_BITS << PREFIX_BITS))
