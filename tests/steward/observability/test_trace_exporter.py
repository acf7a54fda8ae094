"""Spans reach a collector, and one that does not answer costs little and loses only what is too much."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession, web

from lab.ports import free_port
from rig.clocks import HANGING, WatchedClock
from rig.spans import parsed, spans_of
from steward.observability import trace_exporter
from steward.observability.trace_exporter import BATCH, EVERY, KEPT, Collector, TraceExporter
from steward.tracing import Span, SpanContext

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Receiver:
    """A collector that answers with the given statuses, and with 200 afterwards."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.names: list[str] = []
        self.requests: list[web.Request] = []
        self.is_hanging = False

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(request)
        if self.is_hanging:
            await asyncio.sleep(HANGING)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.names += [one.name for one in spans_of(parsed(body))]
        return web.json_response({}, status=status)


class Rig:
    def __init__(self, port: int, session: ClientSession) -> None:
        self.clock = WatchedClock(NOW)
        self.counts: Counter[str] = Counter()
        self.receiver = Receiver()
        collector = Collector(
            endpoint=f"http://127.0.0.1:{port}/v1/traces", headers={"Authorization": "Basic key"}
        )
        self.exporter = TraceExporter(
            collector, session, self.clock, lambda text: text, {"service.name": "s"}, self.count
        )

    def count(self, outcome: str, number: int) -> None:
        self.counts[outcome] += number

    def take(self, *names: str) -> None:
        for name in names:
            self.exporter.take(Span(name=name, context=SpanContext("1" * 32, "2" * 16), start=1.0))


@asynccontextmanager
async def serving(receiver: Receiver, port: int) -> AsyncIterator[None]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with ClientSession() as session:
        rig = Rig(free_port(), session)
        yield rig
        await rig.exporter.close()


async def test_spans_are_sent_with_the_headers(rig: Rig) -> None:
    async with serving(rig.receiver, port_of(rig)):
        rig.exporter.start()
        rig.take(*(f"s{number}" for number in range(BATCH + 1)))
        await rig.clock.pass_by(EVERY)
        await rig.clock.until_asleep(EVERY)
        assert rig.receiver.names == [f"s{number}" for number in range(BATCH + 1)]
        assert [one.headers["Authorization"] for one in rig.receiver.requests] == ["Basic key"] * 2
        assert rig.receiver.requests[0].headers["Content-Type"] == "application/json"
        assert rig.counts == {"sent": BATCH + 1}


async def test_without_spans_nothing_is_sent(rig: Rig) -> None:
    async with serving(rig.receiver, port_of(rig)):
        rig.exporter.start()
        await rig.clock.pass_by(EVERY)
        await rig.clock.until_asleep(EVERY)
        assert rig.receiver.requests == []


async def test_a_collector_that_is_away_gets_the_newest_when_it_is_back(rig: Rig) -> None:
    rig.exporter.start()
    rig.take("lost", *(f"s{number}" for number in range(KEPT)))
    assert rig.counts == {"dropped": 1}
    await rig.clock.pass_by(EVERY)
    await rig.clock.until_asleep(EVERY * 2)
    rig.take("new")
    assert rig.counts == {"dropped": 2}
    async with serving(rig.receiver, port_of(rig)):
        await rig.clock.pass_by(EVERY * 2)
        await rig.clock.until_asleep(EVERY)
    assert rig.receiver.names == [*(f"s{number}" for number in range(1, KEPT)), "new"]
    assert rig.counts == {"dropped": 2, "sent": KEPT}


async def test_what_came_in_during_a_request_that_failed_counts_more(rig: Rig) -> None:
    rig.receiver.statuses = [503]
    async with serving(rig.receiver, port_of(rig)):
        rig.take(*(f"old{number}" for number in range(3)))
        rig.exporter.start()
        original = rig.exporter._post

        async def post(body: bytes) -> tuple[int | None, str]:
            if not rig.receiver.requests:
                rig.take(*(f"new{number}" for number in range(KEPT - 1)))
            return await original(body)

        rig.exporter._post = post  # type: ignore[method-assign]
        await rig.clock.pass_by(EVERY)
        await rig.clock.pass_by(EVERY * 2)
        await rig.clock.until_asleep(EVERY)
    assert rig.receiver.names == ["old2", *(f"new{number}" for number in range(KEPT - 1))]
    assert rig.counts == {"dropped": 2, "sent": KEPT}


async def test_what_a_collector_refuses_is_not_sent_again(rig: Rig) -> None:
    rig.receiver.statuses = [400]
    async with serving(rig.receiver, port_of(rig)):
        rig.take("refused")
        rig.exporter.start()
        await rig.clock.pass_by(EVERY)
        await rig.clock.until_asleep(EVERY * 2)
        rig.take("next")
        await rig.clock.pass_by(EVERY * 2)
        await rig.clock.until_asleep(EVERY)
    assert rig.receiver.names == ["next"]
    assert rig.counts == {"dropped": 1, "sent": 1}


async def test_the_wait_grows_up_to_five_minutes(rig: Rig) -> None:
    rig.take("s")
    rig.exporter.start()
    for wait in (5, 10, 20, 40, 80, 160, 300, 300):
        await rig.clock.pass_by(float(wait))


async def test_the_last_spans_are_sent_at_the_end(rig: Rig) -> None:
    async with serving(rig.receiver, port_of(rig)):
        rig.exporter.start()
        rig.take("last")
        await rig.exporter.close()
        assert rig.receiver.names == ["last"]


async def test_a_collector_that_hangs_does_not_hold_up_the_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_exporter, "LAST_SECONDS", 0.01)
    rig.receiver.is_hanging = True
    async with serving(rig.receiver, port_of(rig)), asyncio.timeout(HANGING / 2):
        rig.exporter.start()
        rig.take("last")
        await rig.exporter.close()


def port_of(rig: Rig) -> int:
    return int(rig.exporter._collector.endpoint.split(":")[2].split("/")[0])
