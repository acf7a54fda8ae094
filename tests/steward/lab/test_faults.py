"""Everything that can go wrong between a client and a simulator does, as ordered."""

import asyncio
import time

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession

from lab.faults import Fault, FaultKind, Faults
from lab.radarr import RadarrSimulator
from lab.world import World
from rig.clocks import HANGING

STATUS = "/api/v3/system/status"


async def _get(session: ClientSession, radarr: RadarrSimulator, path: str = STATUS) -> tuple[int, str]:
    headers = {"X-Api-Key": radarr.api_key}
    async with session.get(radarr.url + path, headers=headers) as response:
        return response.status, await response.text()


async def _command(session: ClientSession, radarr: RadarrSimulator) -> int:
    headers = {"X-Api-Key": radarr.api_key}
    url = f"{radarr.url}/api/v3/command"
    async with session.post(url, json={"name": "RssSync"}, headers=headers) as response:
        return response.status


async def test_slow_answers_late_but_properly(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.SLOW, seconds=0.2))
    before = time.monotonic()
    status, text = await _get(session, radarr)
    assert time.monotonic() - before >= 0.2
    assert (status, "Radarr" in text) == (200, True)


async def test_status_is_in_the_services_own_words(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.STATUS, status=503))
    status, text = await _get(session, radarr)
    assert (status, "database is locked" in text) == (503, True)


async def test_html_and_garbage_come_with_status_200(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    number = faults.arm(Fault(service="radarr", kind=FaultKind.HTML))
    assert (await _get(session, radarr))[1].startswith("<!DOCTYPE html>")
    faults.disarm(number)
    faults.arm(Fault(service="radarr", kind=FaultKind.GARBAGE))
    async with session.get(radarr.url + STATUS, headers={"X-Api-Key": radarr.api_key}) as response:
        assert response.content_type == "application/json"
        with pytest.raises(ValueError, match="decode"):
            await response.json()


async def test_auth_lost_refuses_good_credentials(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.AUTH_LOST))
    assert (await _get(session, radarr))[0] == 401
    faults.clear()
    assert (await _get(session, radarr))[0] == 200


async def test_reset_does_nothing_and_answer_lost_does_it(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults, world: World
) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.RESET, times=1))
    with pytest.raises(ClientError):
        await _command(session, radarr)
    assert world.effects == []
    faults.arm(Fault(service="radarr", kind=FaultKind.ANSWER_LOST, times=1))
    with pytest.raises(ClientError):
        await _command(session, radarr)
    assert len(world.effects_of("radarr", "POST")) == 1
    assert await _command(session, radarr) == 201


async def test_refused_closes_the_port_until_it_is_cleared(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    assert (await _get(session, radarr))[0] == 200  # a kept connection must not be a way in
    port = radarr.port
    for _ in range(3):
        faults.arm(Fault(service="radarr", kind=FaultKind.REFUSED))
        with pytest.raises(ClientConnectorError):
            await _get(session, radarr)
        faults.clear("radarr")
        assert (await _get(session, radarr))[0] == 200
    assert radarr.port == port


async def test_refused_from_the_start(session: ClientSession, world: World, faults: Faults) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.REFUSED))
    radarr = RadarrSimulator(world, faults)
    await radarr.start()
    with pytest.raises(ClientConnectorError):
        await _get(session, radarr)
    faults.clear()
    assert (await _get(session, radarr))[0] == 200
    await radarr.close()


async def test_refused_cannot_be_narrowed_down(faults: Faults) -> None:
    with pytest.raises(ValueError, match="whole service"):
        faults.arm(Fault(service="radarr", kind=FaultKind.REFUSED, times=1))


async def test_hang_holds_until_it_is_cleared(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    faults.arm(Fault(service="radarr", kind=FaultKind.HANG, times=1))
    hanging = asyncio.create_task(_command(session, radarr))
    await asyncio.sleep(0.1)
    assert not hanging.done()
    assert (await _get(session, radarr))[0] == 200
    faults.clear()
    with pytest.raises(ClientError):
        await hanging


async def test_closing_ends_requests_without_an_answer(
    session: ClientSession, world: World, faults: Faults
) -> None:
    radarr = RadarrSimulator(world, faults)
    await radarr.start()
    faults.arm(Fault(service="radarr", kind=FaultKind.HANG))
    hanging = asyncio.create_task(_command(session, radarr))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(HANGING):
        await radarr.close()
        with pytest.raises(ClientError):
            await hanging


async def test_a_fault_counts_and_keeps_to_its_path_and_method(
    session: ClientSession, radarr: RadarrSimulator, faults: Faults
) -> None:
    faults.arm(
        Fault(service="radarr", kind=FaultKind.STATUS, path_prefix="/api/v3/health", method="GET", times=2)
    )
    faults.arm(Fault(service="proxmox", kind=FaultKind.STATUS))
    assert (await _get(session, radarr))[0] == 200
    assert [(await _get(session, radarr, "/api/v3/health"))[0] for _ in range(3)] == [500, 500, 200]
    assert [armed.fault.service for armed in faults.armed()] == ["proxmox"]
    assert [seen.status for seen in radarr.requests] == [200, 500, 500, 200]
