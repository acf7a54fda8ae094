"""Connects to a device that monitors disagree about, to see whether it can be reached."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from errno import EHOSTDOWN, EHOSTUNREACH, ENETUNREACH
from ipaddress import ip_address
from typing import Final

from homelab_steward.contract.devices import Aspect, Word

from .device_book import Device, Facet, testimonies

PORTS: Final = ("443", "80", "22")
"""Ports on which machines are managed, tried after those of its services that monitors name."""

MOST_HOSTS: Final = 2
MOST_PORTS: Final = 4
SECONDS: Final = 3.0
_UNREACHABLE: Final = (EHOSTUNREACH, EHOSTDOWN, ENETUNREACH)

type Place = tuple[str, int]

type Connect = Callable[[str, int], Awaitable[None]]
"""Opens a connection and closes it again. Raises OSError."""


async def connect(host: str, port: int) -> None:
    """Open a TCP connection and close it; nothing is sent. Raises OSError."""
    _, writer = await asyncio.open_connection(host, port)
    writer.transport.abort()


async def probe(device: Device, facet: Facet, connect: Connect = connect) -> Word:
    """Return whether a device, or the port of a service, answers; UNKNOWN when no connection shows it.

    The probe takes SECONDS at most. A device that drops all connections may still run.
    """
    tried = places(device, facet)
    if not tried:
        return Word.UNKNOWN
    words = await asyncio.gather(*(_try(host, port, facet.aspect, connect) for host, port in tried))
    if Word.UP in words:
        return Word.UP
    return Word.DOWN if all(one is Word.DOWN for one in words) else Word.UNKNOWN


def places(device: Device, facet: Facet) -> tuple[Place, ...]:
    """Return at most MOST_HOSTS local addresses of a device, each with at most MOST_PORTS ports."""
    known = {one for said in device.said for one in said.sighting.marks.addresses if _is_local(one)}
    ports = tuple(_ports(device, facet))
    return tuple((host, port) for host in sorted(known)[:MOST_HOSTS] for port in ports)


def _ports(device: Device, facet: Facet) -> Iterator[int]:
    if facet.aspect is Aspect.SERVICE:
        named: Sequence[str] = (facet.part,)
    else:
        parts = sorted({one.part for one in device.said if testimonies((one,))})
        named = tuple(dict.fromkeys((*parts, *PORTS)))
    usable = [int(one) for one in named if one.isdecimal() and 0 < int(one) < 2**16]
    yield from usable[:MOST_PORTS]


async def _try(host: str, port: int, aspect: Aspect, connect: Connect) -> Word:
    """Return the result of one connection. A refused one shows that the device runs, but not the service."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            return await _word(host, port, aspect, connect)
    return Word.DOWN if aspect is Aspect.SERVICE else Word.UNKNOWN


async def _word(host: str, port: int, aspect: Aspect, connect: Connect) -> Word:
    try:
        await connect(host, port)
    except ConnectionRefusedError:
        return Word.DOWN if aspect is Aspect.SERVICE else Word.UP
    except TimeoutError:
        raise
    except OSError as err:
        is_gone = err.errno in _UNREACHABLE or aspect is Aspect.SERVICE
        return Word.DOWN if is_gone else Word.UNKNOWN
    return Word.UP


def _is_local(address: str) -> bool:
    """Return whether a text is an IP address of a private network, and not of this machine."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    is_odd = found.is_loopback or found.is_unspecified or found.is_link_local or found.is_multicast
    return not found.is_global and not is_odd
