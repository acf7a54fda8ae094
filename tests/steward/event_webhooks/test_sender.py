"""Events are signed, sent in their order until they are taken, and not lost by a restart."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig.agent_rig import AgentRig, open_rig, opened_store
from rig.inventory import NOW, alert
from rig.records import incident
from steward.clock import ManualClock, SystemClock
from steward.event_webhooks import sender as module
from steward.event_webhooks.sender import EventSender
from steward.event_webhooks.stage import EventWebhooks
from steward.observability.redaction import Redactor
from steward.settings.event_webhooks import EventGroup, EventWebhook
from steward.store import audit, incidents
from steward.store.app_metadata import write_value
from steward.store.store import Store

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
SECONDS = 30.0


@dataclass
class Receiver:
    """Takes webhooks; ``answers`` are the next statuses, 200 when there are none."""

    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    arrived: int = 0
    tries: int = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.is_open.set()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        stamp = request.headers["webhook-timestamp"]
        content = b".".join((request.headers["webhook-id"].encode(), stamp.encode(), body))
        signature = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
        assert request.headers["webhook-signature"] == f"v1,{signature}"
        assert request.headers["Content-Type"] == "application/json"
        async with self.changed:
            self.arrived += 1
            self.changed.notify_all()
        await self.is_open.wait()
        async with self.changed:
            self.tries += 1
            status = self.answers.pop(0) if self.answers else 200
            if status == 200:
                self.taken.append((request.headers["webhook-id"], orjson.loads(body)))
            self.changed.notify_all()
        return web.Response(status=status, headers=self.headers)

    async def until(self, check: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS), self.changed:
            await self.changed.wait_for(check)

    async def names(self, number: int) -> list[str]:
        """Return the types of the events once there are so many."""
        await self.until(lambda: len(self.taken) >= number)
        return [body["type"] for _, body in self.taken]


class QuickClock(ManualClock):
    """Sleeps no time and remembers how long it was to be."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(now)
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Rig:
    store: Store
    receiver: Receiver
    server: BaseTestServer
    session: aiohttp.ClientSession
    clock: QuickClock
    redactor: Redactor = field(default_factory=Redactor)

    def sender(self, *events: EventGroup, url: str = "") -> EventSender:
        url = url or str(self.server.make_url("/hook"))
        hook = EventWebhook(id="flow", url=url, secret=SECRET, events=events or tuple(EventGroup))
        return EventSender(hook, "app", self.store, self.session, self.clock, self.redactor.clean_value)

    @asynccontextmanager
    async def running(self, *senders: EventSender) -> AsyncIterator[None]:
        """Run webhooks that have begun."""
        stage = EventWebhooks(senders or (self.sender(),), self.store.changes)
        for one in senders or ():
            await one._begin()
        stage.start()
        try:
            yield
        finally:
            await stage.close()

    async def happens(
        self, number: int = 1, event: str = "incident.opened", title: str = "Disk full"
    ) -> None:
        """Store an incident and its audit entry, as the agent does."""
        row = incident(id=f"i{number}", number=number, status=IncidentStatus.OPEN)
        async with self.store.change(durable=True) as unit:
            await incidents.save_incident(unit.connection, row)
            await audit.append(
                unit.connection, self.clock.now(), event, {"incident": row.id, "said": "a detail"}
            )
            unit.publish(RowKind.INCIDENT, row.id, row)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    app.router.add_post("/moved", _moved)
    async with opened_store(tmp_path) as store, TestServer(app) as server, aiohttp.ClientSession() as session:
        yield Rig(store, receiver, server, session, QuickClock())


async def _moved(_: web.Request) -> web.Response:
    raise web.HTTPTemporaryRedirect("/hook")


async def test_an_event_has_its_type_time_and_rows(rig: Rig) -> None:
    sender = rig.sender()
    async with rig.running(sender):
        await rig.happens(7)
        assert await rig.receiver.names(1) == ["incident.opened"]
    message_id, body = rig.receiver.taken[0]
    assert message_id == "app-1"
    assert body["timestamp"] == NOW.isoformat()
    assert body["data"]["incident"]["number"] == 7
    assert body["data"]["incident"]["title"] == "Memory is short"
    assert "said" not in str(body), "only what is documented is sent"


async def test_a_new_webhook_gets_no_history(rig: Rig) -> None:
    await rig.happens(1)
    async with rig.running(rig.sender()):
        await rig.happens(2)
        await rig.receiver.names(1)
    assert [body["data"]["incident"]["number"] for _, body in rig.receiver.taken] == [2]


async def test_what_is_not_wanted_is_not_sent(rig: Rig) -> None:
    async with rig.running(rig.sender(EventGroup.STEWARD)):
        await rig.happens(1)
        await rig.happens(2, event="steward.paused")
        assert await rig.receiver.names(1) == ["steward.paused"]


async def test_an_event_that_no_webhook_can_have(rig: Rig) -> None:
    async with rig.running(rig.sender()):
        await rig.happens(1, event="approval.snoozed")
        await rig.happens(2)
        assert await rig.receiver.names(1) == ["incident.opened"]


async def test_it_is_tried_again_in_order_with_longer_pauses(rig: Rig) -> None:
    rig.receiver.answers = [500, 404, 302, 503]
    async with rig.running(rig.sender()):
        await rig.happens(1)
        await rig.happens(2)
        await rig.receiver.names(2)
    assert [body["data"]["incident"]["number"] for _, body in rig.receiver.taken] == [1, 2]
    assert rig.clock.pauses == [5.0, 10.0, 20.0, 40.0]
    assert rig.receiver.tries == 6


async def test_pauses_have_an_end(rig: Rig) -> None:
    rig.receiver.answers = [500] * 12
    async with rig.running(rig.sender()):
        await rig.happens(1)
        await rig.receiver.names(1)
    assert rig.clock.pauses[-3:] == [900.0, 900.0, 900.0]


@pytest.mark.parametrize(
    ("said", "pause"), [("120", 120.0), ("99999", 900.0), ("Wed, 21 Oct", 5.0), ("", 5.0)]
)
async def test_the_receiver_says_when_to_try_again(rig: Rig, said: str, pause: float) -> None:
    rig.receiver.answers, rig.receiver.headers = [429], {"Retry-After": said}
    async with rig.running(rig.sender()):
        await rig.happens(1)
        await rig.receiver.names(1)
    assert rig.clock.pauses == [pause]


async def test_a_restart_sends_what_was_not_taken_and_nothing_twice(rig: Rig) -> None:
    async with rig.running(rig.sender()):
        await rig.happens(1)
        await rig.receiver.names(1)
        rig.receiver.is_open.clear()
        await rig.happens(2)
        await rig.receiver.until(lambda: rig.receiver.arrived == 2)
    await rig.happens(3)
    rig.receiver.is_open.set()
    async with rig.running(rig.sender()):
        wanted = {"app-1", "app-2", "app-3"}
        await rig.receiver.until(lambda: {one for one, _ in rig.receiver.taken} >= wanted)
    ids = [one for one, _ in rig.receiver.taken]
    assert ids.count("app-1") == 1
    assert ids.count("app-3") == 1


async def test_what_is_too_old_is_left_out(rig: Rig) -> None:
    sender = rig.sender()
    await sender._begin()
    await rig.happens(1)
    rig.clock.jump(timedelta(days=3, seconds=1).total_seconds())
    await rig.happens(2)
    async with rig.running(sender):
        await rig.receiver.names(1)
    assert [body["data"]["incident"]["number"] for _, body in rig.receiver.taken] == [2]


async def test_a_restored_backup_has_fewer_entries(rig: Rig) -> None:
    sender = rig.sender()
    async with rig.store.change() as unit:
        await write_value(unit.connection, "event_webhook flow", "900")
    async with rig.running(sender):
        await rig.happens(1)
        assert await rig.receiver.names(1) == ["incident.opened"]


async def test_an_address_that_is_gone_for_good_gets_nothing_more(rig: Rig) -> None:
    rig.receiver.answers = [410]
    sender = rig.sender()
    await sender._begin()
    await rig.happens(1)
    async with asyncio.timeout(SECONDS):
        await sender.run()
    assert rig.receiver.taken == []
    assert (await sender.waiting()).number == 1


async def test_redirects_are_not_followed(rig: Rig) -> None:
    sender = rig.sender(url=str(rig.server.make_url("/moved")))
    await sender._begin()
    await rig.happens(1)
    with pytest.raises(module.NotTaken, match="answered 307"):
        await sender._send_next()
    assert rig.receiver.tries == 0


async def test_nobody_answers(rig: Rig) -> None:
    sender = rig.sender()
    await rig.server.close()
    await sender._begin()
    await rig.happens(1)
    with pytest.raises(module.NotTaken) as caught:
        await sender._send_next()
    assert "/hook" not in str(caught.value), "the path may be a secret"


async def test_a_receiver_that_takes_too_long(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    rig.receiver.is_open.clear()
    sender = rig.sender()
    await sender._begin()
    await rig.happens(1)
    with pytest.raises(module.NotTaken, match="did not answer"):
        await sender._send_next()
    rig.receiver.is_open.set()


async def test_a_slow_receiver_does_not_delay_the_others(rig: Rig) -> None:
    slow = Receiver()
    slow.is_open.clear()
    app = web.Application()
    app.router.add_post("/hook", slow.take)
    async with TestServer(app) as server:
        hook = EventWebhook(id="slow", url=str(server.make_url("/hook")), secret=SECRET)
        other = EventSender(hook, "app", rig.store, rig.session, rig.clock, rig.redactor.clean_value)
        async with rig.running(other, rig.sender()):
            await rig.happens(1)
            assert await rig.receiver.names(1) == ["incident.opened"]
            assert (await other.waiting()).number == 1
        slow.is_open.set()


async def test_a_secret_in_a_title_is_masked(rig: Rig) -> None:
    rig.redactor.register("Memory is short")
    async with rig.running(rig.sender()):
        await rig.happens(1)
        await rig.receiver.names(1)
    assert "Memory is short" not in str(rig.receiver.taken)


async def test_the_story_of_an_incident(tmp_path: Path) -> None:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    async with (
        open_rig(tmp_path) as agent,
        TestServer(app) as server,
        aiohttp.ClientSession() as session,
    ):
        hook = EventWebhook(id="flow", url=str(server.make_url("/hook")), secret=SECRET)
        sender = EventSender(hook, "app", agent.store, session, SystemClock(), Redactor().clean_value)
        await sender._begin()
        stage = EventWebhooks([sender], agent.store.changes)
        stage.start()
        try:
            await _play(agent)
            await receiver.until(lambda: any(body["type"] == "run.verdict" for _, body in receiver.taken))
        finally:
            await stage.close()
    bodies = {body["type"]: body["data"] for _, body in receiver.taken}
    names = [body["type"] for _, body in receiver.taken]
    assert names[:4] == ["incident.opened", "approval.requested", "approval.decided", "run.intended"]
    assert bodies["approval.requested"]["request"]["options"][0]["number"] == 1
    assert bodies["approval.decided"]["request"]["decided_by"] == "Olga"
    assert bodies["approval.decided"]["request"]["decided_option"] == 1
    assert bodies["run.verdict"]["run"]["outcome"] == "fixed"
    assert bodies["run.verdict"]["run"]["steps"]
    assert bodies["run.verdict"]["incident"]["number"] == 1


async def _play(agent: AgentRig) -> None:
    request = await agent.ask(alert())
    await agent.press(request)
    await agent.status(IncidentStatus.RESOLVED)
