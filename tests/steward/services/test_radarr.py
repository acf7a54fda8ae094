"""Radarr: what its answers mean, over pyarr."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import TargetRef
from lab.faults import Fault, FaultKind
from lab.lab import Lab
from steward import http
from steward.clock import SystemClock
from steward.coalesce import coalesced_reads
from steward.description import Access, Action, Call, Effect
from steward.errors import InvalidSetting, PreconditionFailed, ServiceMalformed
from steward.services.finder import find_services
from steward.services.radarr.models import (
    HealthLevel,
    parse_commands,
    parse_disks,
    parse_health,
    parse_log,
    parse_queue,
    parse_queue_status,
    parse_status,
)

SERVICE = find_services()["radarr"]
CALL = Call(target=TargetRef(instance_id="i", kind="instance", id="i", name="Radarr"))


def action(key: str) -> Action[Any]:
    return next(one for one in SERVICE.actions if one.key == key)


def connect(lab: Lab, session: aiohttp.ClientSession, **changed: Value) -> Any:
    settings = {"url": lab.radarr.url, "api_key": lab.radarr.api_key, **changed}
    return SERVICE.connect(Access(settings=settings, session=session, clock=SystemClock()))


@pytest.fixture
async def client(lab: Lab, session: aiohttp.ClientSession) -> AsyncIterator[Any]:
    client = connect(lab, session)
    yield client
    await client.close()


async def test_a_poll_and_a_tool_of_one_moment_ask_for_its_health_once(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    transport = client._session._transport
    send = transport.handle_async_request

    async def noted(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.removeprefix("/api/v3/"))
        answer: httpx.Response = await send(request)
        return answer

    monkeypatch.setattr(transport, "handle_async_request", noted)
    tools = [tool.read(client, CALL) for tool in SERVICE.tools]
    async with coalesced_reads():
        await asyncio.gather(SERVICE.poll(client), *tools)
    expected = ["diskspace", "health", "log", "queue", "queue/status", "system/status"]
    assert sorted(asked) == expected
    await SERVICE.poll(client)
    assert asked.count("health") == 2


async def test_under_memory_pressure_it_says_so(lab: Lab, client: Any) -> None:
    lab.world.start_memory_pressure(climb_seconds=0)
    state = await SERVICE.poll(client)
    readings = {sensor.key: sensor.value(state) for sensor in SERVICE.sensors}
    assert readings["health_errors"] == 1
    assert readings["queue_warnings"] is True
    found = {check.key: [finding.text for finding in check.find(state)] for check in SERVICE.checks}
    assert found == {
        "health_error": ["All indexers are unavailable due to failures"],
        "queue_stuck": ["Downloads in the queue are stuck"],
    }
    assert {check.severity for check in SERVICE.checks} == {Severity.WARNING}


async def test_connections_are_kept(lab: Lab, client: Any) -> None:
    await SERVICE.poll(client)
    connections = {id(one) for one in client._session._transport._inner._pool.connections}
    await SERVICE.poll(client)
    assert {id(one) for one in client._session._transport._inner._pool.connections} == connections


async def test_an_address_with_a_path(lab: Lab, session: aiohttp.ClientSession) -> None:
    client = connect(lab, session, url=f"{lab.radarr.url}/films/")
    with pytest.raises(Exception, match=r"/films/api/v3/"):
        await SERVICE.poll(client)
    await client.close()
    assert {seen.path for seen in lab.radarr.requests} <= {
        f"/films/api/v3/{path}" for path in ("system/status", "health", "queue/status", "diskspace")
    }


async def test_a_key_no_header_can_hold(lab: Lab, session: aiohttp.ClientSession) -> None:
    with pytest.raises(InvalidSetting) as caught:
        connect(lab, session, api_key="schlüssel")
    assert caught.value.key == "api_key"


async def test_an_answer_has_bounds(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 100)
    with pytest.raises(ServiceMalformed, match="longer than"):
        await SERVICE.poll(client)


async def test_a_proxy_of_the_environment_is_not_asked(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert (await SERVICE.poll(client)).status.version


async def test_a_list_where_an_object_should_be(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[])

    monkeypatch.setattr(client._session._transport, "handle_async_request", answer)
    for read in (client.status, client.queue, client.log, client.missing_count, client.queue_status):
        with pytest.raises(ServiceMalformed):
            await read()


async def test_a_search_is_begun_once(lab: Lab, client: Any) -> None:
    search = action("search_missing")
    dry_run = await search.dry_run(client, CALL)
    assert [one.after for one in dry_run.differences] == ["for 2 missing films"]
    assert await search.probe(client, CALL, dry_run.baseline) is Effect.NOT_DONE
    assert not (await search.verify(client, CALL, dry_run.baseline)).ok
    await search.execute(client, CALL, dry_run.baseline)
    with pytest.raises(PreconditionFailed, match="already"):
        await search.precheck(client, CALL, dry_run.baseline)
    await lab.world.changes.wait_for(lambda: (lab.radarr._commands.get(1) or {})["status"] == "completed")
    with pytest.raises(PreconditionFailed, match="already"):
        await search.precheck(client, CALL, dry_run.baseline)
    assert (await search.verify(client, CALL, dry_run.baseline)).ok
    await search.precheck(client, CALL, (await search.dry_run(client, CALL)).baseline)


async def test_a_restart_is_waited_for(lab: Lab, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    restart = action("restart")
    baseline = (await restart.dry_run(client, CALL)).baseline
    await restart.execute(client, CALL, baseline)
    result = await restart.verify(client, CALL, baseline)
    assert result.ok
    assert "0 health errors" in result.text
    with pytest.raises(PreconditionFailed, match="was restarted"):
        await restart.precheck(client, CALL, baseline)


async def test_a_program_that_stays_away(lab: Lab, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.services.radarr.restart.AWAY_SECONDS", 0.3)
    restart = action("restart")
    baseline = (await restart.dry_run(client, CALL)).baseline
    lab.faults.arm(Fault(service="radarr", kind=FaultKind.RESET))
    assert await restart.probe(client, CALL, baseline) is Effect.UNKNOWN
    result = await restart.verify(client, CALL, baseline)
    assert (result.ok, result.text) == (False, "no answer for 0.3 s")


def test_what_is_needed_and_what_is_not() -> None:
    status = parse_status({"version": "6.1", "startTime": "2026-11-20T10:00:00Z"})
    assert (status.version, status.started_at.hour) == ("6.1", 10)
    for missing in ("version", "startTime"):
        whole = {"version": "6.1", "startTime": "2026-11-20T10:00:00Z"}
        with pytest.raises(ServiceMalformed, match=missing):
            parse_status({key: value for key, value in whole.items() if key != missing})
    assert parse_queue_status({"totalCount": 3, "unknownErrors": True}).has_errors
    assert [one.level for one in parse_health([{"type": "error"}, {"type": "doom"}])] == [
        HealthLevel.ERROR,
        HealthLevel.WARNING,
    ]
    assert parse_disks([{"freeSpace": 5}])[0].free == 5
    assert parse_disks([]) == ()
    row = {"title": "A", "errorMessage": "no", "statusMessages": [{"title": "B", "messages": ["stalled"]}]}
    assert parse_queue({"records": [row, {}]})[0].messages == ("stalled", "no")
    with pytest.raises(ServiceMalformed):
        parse_log({"records": [{"message": "no time"}]})
    assert [one.id for one in parse_commands([{"id": 1}, {"id": 3}, {"id": 2}])] == [3, 2, 1]
