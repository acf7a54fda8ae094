"""The Radarr simulator, asked with the real client library."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession
from pyarr import AsyncRadarr
from pyarr.exceptions import PyarrResourceNotFound, PyarrServerError, PyarrUnauthorizedError

from lab.radarr import RadarrSimulator
from lab.world import PowerAction, World


@pytest.fixture
async def client(radarr: RadarrSimulator) -> AsyncIterator[AsyncRadarr]:
    async with AsyncRadarr("127.0.0.1", radarr.api_key, port=radarr.port, tls=False) as client:
        yield client


def _one(answer: dict[str, Any] | list[dict[str, Any]]) -> dict[str, Any]:
    assert isinstance(answer, dict)
    return answer


async def test_reading(client: AsyncRadarr) -> None:
    status = await client.system.get_status()
    assert (status["appName"], status["version"][0]) == ("Radarr", "6")
    assert await client.system.get_health() == []
    assert [row["path"] for row in await client.system.get_diskspace()] == ["/", "/media"]
    assert len(await client.movie.get()) == 5
    assert _one(await client.movie.get(3))["title"] == "A Cable for Two"
    missing = await client.wanted.get()
    assert [movie["id"] for movie in missing["records"]] == [3, 5]
    assert (await client.log.get())["totalRecords"] == 1
    with pytest.raises(PyarrResourceNotFound):
        await client.movie.get(99)


async def test_pages(client: AsyncRadarr) -> None:
    whole = await client.queue.get()
    assert (whole["totalRecords"], len(whole["records"])) == (2, 2)
    second = await client.queue.get(page=2, page_size=1)
    assert [row["id"] for row in second["records"]] == [2]
    beyond = await client.queue.get(page=9, page_size=1)
    assert (beyond["totalRecords"], beyond["records"]) == (2, [])


async def test_a_command_runs_and_ends(client: AsyncRadarr, world: World) -> None:
    command = await client.command.execute("RssSync")
    assert command["status"] == "queued"
    started = _one(await client.command.get(command["id"]))
    assert started["status"] in ("queued", "started")
    await world.changes.wait_for(lambda: world.now() - world.moment(world.effects[0].at) > 0.5)
    ended = _one(await client.command.get(command["id"]))
    assert (ended["status"], ended["result"]) == ("completed", "successful")
    assert [effect.path for effect in world.effects] == ["/api/v3/command"]
    with pytest.raises(PyarrServerError):
        await client.command.execute("Explode")
    assert len(world.effects) == 1


async def test_a_wrong_key_is_refused(radarr: RadarrSimulator) -> None:
    async with AsyncRadarr("127.0.0.1", "wrong", port=radarr.port, tls=False, api_ver="v3") as client:
        with pytest.raises(PyarrUnauthorizedError):
            await client.system.get_status()


async def test_ping_needs_no_key(radarr: RadarrSimulator, session: ClientSession) -> None:
    async with session.get(f"{radarr.url}/ping") as response:
        assert await response.json() == {"status": "OK"}


async def _health(session: ClientSession, radarr: RadarrSimulator) -> tuple[int, list[dict[str, str]]]:
    url, headers = f"{radarr.url}/api/v3/health", {"X-Api-Key": radarr.api_key}
    async with session.get(url, headers=headers) as response:
        return response.status, await response.json() if response.status == 200 else []


async def test_memory_pressure_makes_it_slow_unwell_and_sometimes_away(
    radarr: RadarrSimulator, session: ClientSession, world: World
) -> None:
    radarr.unavailable_every = 2
    world.start_memory_pressure(climb_seconds=0)
    before = time.monotonic()
    answers = [await _health(session, radarr) for _ in range(2)]
    assert time.monotonic() - before >= 0.1
    assert [status for status, _ in answers] == [200, 503]
    assert [row["type"] for row in answers[0][1]] == ["error", "warning"]
    world.set_config(105, {"memory": 3072})
    assert await _health(session, radarr) == (200, [])


async def test_a_restart_is_an_effect_and_frees_memory(client: AsyncRadarr, world: World) -> None:
    world.start_memory_pressure(climb_seconds=0)
    before = world.app_started_at(105)
    assert (await client.system.request_restart()) == {"restarting": True}
    assert [effect.path for effect in world.effects] == ["/api/v3/system/restart"]
    await world.changes.wait_for(lambda: world.app_is_up(105) and world.app_started_at(105) > before + 0.1)
    assert await client.system.get_health() == []
    assert world.guest(105).share == pytest.approx(0.40, abs=0.01)


async def test_nobody_answers_while_the_container_is_off(
    radarr: RadarrSimulator, session: ClientSession, world: World
) -> None:
    world.power(105, PowerAction.STOP)
    await world.changes.wait_for(lambda: not world.guest(105).is_running)
    with pytest.raises(ClientError):
        await _health(session, radarr)
