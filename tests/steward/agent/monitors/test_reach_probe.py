"""What connections show about a device, and where they are tried."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from errno import ECONNRESET, EHOSTUNREACH, ENETUNREACH

import pytest

from homelab_steward.contract.devices import Aspect, Method, Word
from rig.inventory import NOW
from steward.agent.monitors import reach_probe
from steward.agent.monitors.device_book import Device, Facet, device_book
from steward.agent.monitors.reach_probe import connect, places, probe
from steward.inventory.ports import Witnessed

from .test_device_book import seen

UP, DOWN, UNKNOWN = Word.UP, Word.DOWN, Word.UNKNOWN


def first(*said: Witnessed, aspect: Aspect = Aspect.REACH) -> tuple[Device, Facet]:
    [device] = device_book(said, {}, NOW).devices
    return device, next(one for one in device.facets if one.aspect is aspect)


def ping(address: str = "192.0.2.30") -> Witnessed:
    return seen("kuma", "nas", DOWN, address=address)


def web(part: str) -> Witnessed:
    return seen("kuma", "web", DOWN, aspect=Aspect.SERVICE, part=part, method=Method.HTTP)


@pytest.mark.parametrize(
    ("errors", "reach", "service"),
    [
        ([None], UP, UP),
        ([ConnectionRefusedError()], UP, DOWN),
        ([OSError(EHOSTUNREACH, "")], DOWN, DOWN),
        ([OSError(ENETUNREACH, "")], DOWN, DOWN),
        ([OSError(ECONNRESET, "")], UNKNOWN, DOWN),
        ([TimeoutError()], UNKNOWN, DOWN),
        ([OSError(EHOSTUNREACH, ""), TimeoutError()], UNKNOWN, DOWN),
        ([OSError(EHOSTUNREACH, ""), None], UP, UP),
    ],
)
async def test_what_connections_show(errors: Sequence[OSError | None], reach: Word, service: Word) -> None:
    async def attempt(_host: str, port: int) -> None:
        if (error := errors[port % len(errors)]) is not None:
            raise error

    assert await probe(*first(ping()), attempt) is reach
    both = [web("443"), replace_address(web("443"), "192.0.2.31")]

    async def attempt_host(host: str, _port: int) -> None:
        if (error := errors[int(host[-1]) % len(errors)]) is not None:
            raise error

    assert await probe(*first(*both, aspect=Aspect.SERVICE), attempt_host) is service


async def test_a_connection_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach_probe, "SECONDS", 0.01)

    async def hang(_host: str, _port: int) -> None:
        await asyncio.Event().wait()

    assert await probe(*first(ping()), hang) is UNKNOWN
    assert await probe(*first(web("443"), aspect=Aspect.SERVICE), hang) is DOWN


@pytest.mark.parametrize(
    ("address", "is_tried"),
    [
        ("192.168.1.7", True),
        ("100.64.0.9", True),
        ("fd00::1", True),
        ("8.8.8.8", False),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("0.0.0.0", False),  # noqa: S104 - not bound
        ("nas.example.lan", False),
    ],
)
async def test_only_the_local_network_is_tried(address: str, is_tried: bool) -> None:  # noqa: FBT001
    device, facet = first(ping(address))
    assert bool(places(device, facet)) is is_tried
    if not is_tried:
        assert await probe(device, facet) is UNKNOWN


def test_the_ports_of_services_are_tried_first_and_few_of_them() -> None:
    device, facet = first(ping(), web("8443"), web("icmp"))
    assert places(device, facet) == tuple(("192.0.2.30", port) for port in (8443, 443, 80, 22))
    many, facet = first(ping(), *(web(str(port)) for port in (1, 2, 3, 4, 5, 0, 65536)))
    assert [port for _, port in places(many, facet)] == [1, 2, 3, 4]


def test_a_service_is_tried_at_its_port_only_and_at_few_addresses() -> None:
    said = [replace_address(web("8443"), f"192.0.2.{n}") for n in (33, 31, 32)]
    device, facet = first(*said, aspect=Aspect.SERVICE)
    assert places(device, facet) == (("192.0.2.31", 8443), ("192.0.2.32", 8443))
    device, facet = first(web(""), aspect=Aspect.SERVICE)
    assert places(device, facet) == ()


def replace_address(one: Witnessed, address: str) -> Witnessed:
    sighting = seen("kuma", "x", DOWN, address=address).sighting
    return replace(one, sighting=replace(one.sighting, marks=sighting.marks))


async def test_it_connects_and_sends_nothing() -> None:
    received = asyncio.Event()
    data: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            data.append(await reader.read())
        except ConnectionResetError:
            data.append(b"")
        writer.close()
        received.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        await connect("127.0.0.1", server.sockets[0].getsockname()[1])
        await asyncio.wait_for(received.wait(), 30)
    assert data == [b""]
    with pytest.raises(OSError):  # noqa: PT011 - any kind
        await connect("127.0.0.1", 1)
