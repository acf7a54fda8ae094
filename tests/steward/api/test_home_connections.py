"""Requests to the connected Home Assistant: answered, refused, too late, or cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import pytest

from homelab_steward.contract import home, home_replies
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.commands import IncidentQuery, Incidents
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.home import (
    HomeAction,
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
    HomeRequest,
)
from homelab_steward.contract.home_replies import Answer
from homelab_steward.contract.protocol import Command, Frame, FrameKind
from rig.clocks import HANGING, LONG, end_timeouts
from steward.api import home_connections
from steward.api.home_connections import HomeConnection, HomeConnections
from steward.errors import (
    EffectUnknown,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnreachable,
)

from .api_rig import ANSWERS, API_TOKEN, ApiRig, FrameClient

REPORT: dict[str, Any] = {
    "made_at": "2026-11-21T12:00:00+00:00",
    "started_at": "2026-11-20T12:00:00+00:00",
    "version": "2026.11.0",
    "is_running": True,
    "safe_mode": False,
    "recovery_mode": False,
    "allows_actions": True,
    "parts": ["areas", "log"],
    "entity_count": 0,
    "unavailable_count": 0,
    "areas": [{"id": "cellar", "name": "Cellar"}, "odd", {"id": "attic", "name": "Attic"}],
    "entities": [],
    "updates": [],
    "repairs": [],
    "log": [
        {
            "level": "ERROR",
            "source": "hue",
            "message": "GET /api?token=abcdefgh failed",
            "count": 1,
            "first_at": "2026-11-21T11:00:00+00:00",
            "last_at": "2026-11-21T11:00:00+00:00",
        }
    ],
    "backups": None,
    "integrations": [],
    "apps": [],
    "batteries": [],
    "database": None,
    "jobs": [],
    "facts": [],
    "witnesses": [],
    "gaps": [],
}


@asynccontextmanager
async def home_assistant() -> AsyncIterator[tuple[ApiRig, FrameClient]]:
    """Yield an app with one client that is Home Assistant."""
    async with ApiRig() as api:
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, {"home_id": "home"})
        assert (await client.frame()).kind is FrameKind.INITIAL_STATE
        yield api, client


async def taken(client: FrameClient) -> tuple[Frame, HomeRequest]:
    frame = await client.frame()
    assert frame.kind is FrameKind.REQUEST
    return frame, HomeRequest.from_plain(frame.body)


def refusal(code: str) -> dict[str, Any]:
    return {"refusal": {"code": code, "message": "Not now, password=hunter22", "placeholders": {}}}


async def test_a_report_is_asked_for_and_cleaned_and_an_odd_item_is_a_gap() -> None:
    async with home_assistant() as (api, client):
        asking = asyncio.create_task(api.home.report(HomePart.AREAS, HomePart.LOG))
        frame, request = await taken(client)
        assert request.parts == ("areas", "log")
        await client.send(FrameKind.REPLY, {"report": REPORT}, frame.id)
        report = await asking
    assert [one.name for one in report.areas] == ["Cellar", "Attic"]
    assert [(one.part, one.reason) for one in report.gaps] == [("areas", "1 of 3 items were not understood")]
    assert report.log[0].message == "GET /api?token=*** failed"


async def test_replies_find_their_requests_in_any_order() -> None:
    async with home_assistant() as (api, client):
        asking = [asyncio.create_task(api.home.call(HomeAction.IGNORE_REPAIR, str(one))) for one in range(5)]
        frames = [await taken(client) for _ in asking]
        assert len({frame.id for frame, _ in frames}) == 5
        for frame, request in reversed(frames):
            assert request.call is not None
            await client.send(FrameKind.REPLY, {"result": {"text": request.call.target}}, frame.id)
        assert [(await one).text for one in asking] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("code", "of_report", "of_call"),
    [
        ("forbidden", ServiceForbidden, ServiceForbidden),
        ("invalid_argument", ServiceUnreachable, ServiceRefused),
        ("not_found", ServiceUnreachable, ServiceRefused),
        ("internal", ServiceUnreachable, EffectUnknown),
        ("timeout", ServiceUnreachable, EffectUnknown),
    ],
)
async def test_a_refusal_says_whether_something_changed(
    code: str, of_report: type[ServiceError], of_call: type[ServiceError]
) -> None:
    async with home_assistant() as (api, client):
        asking = [asyncio.create_task(ask) for ask in (api.home.report(), api.home.call(HomeAction.RESTART))]
        for _ in asking:
            frame, _ = await taken(client)
            await client.send(FrameKind.REPLY, refusal(code), frame.id)
        for task, expected in zip(asking, (of_report, of_call), strict=True):
            with pytest.raises(expected) as caught:
                await task
            assert type(caught.value) is expected
            assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [{}, {"report": []}, {"report": {}}, {"report": {**REPORT, "made_at": None}}]
)
async def test_a_malformed_report_is_named(body: dict[str, Any]) -> None:
    async with home_assistant() as (api, client):
        asking = asyncio.create_task(api.home.report())
        frame, _ = await taken(client)
        await client.send(FrameKind.REPLY, body, frame.id)
        with pytest.raises(ServiceMalformed):
            await asking


@pytest.mark.parametrize("body", [{}, {"result": 7}, {"refusal": {"code": "odd"}}])
async def test_a_malformed_reply_to_a_call_leaves_the_effect_unknown(body: dict[str, Any]) -> None:
    async with home_assistant() as (api, client):
        asking = [
            asyncio.create_task(ask) for ask in (api.home.call(HomeAction.RESTART), api.home.check_restart())
        ]
        for _ in asking:
            frame, _ = await taken(client)
            await client.send(FrameKind.REPLY, body, frame.id)
        with pytest.raises(EffectUnknown):
            await asking[0]
        with pytest.raises(ServiceMalformed):
            await asking[1]


async def test_a_reply_that_comes_too_late_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_connections, "REPORT_TIMEOUT", 0.01)
    monkeypatch.setattr(home_connections, "CALL_TIMEOUT", 0.01)
    async with home_assistant() as (api, client):
        with pytest.raises(ServiceUnreachable, match="no answer in time"):
            await api.home.report()
        with pytest.raises(EffectUnknown, match="no answer in time"):
            await api.home.call(HomeAction.RESTART)
        late = [await taken(client) for _ in range(2)]
        for frame, _ in late:
            await client.send(FrameKind.REPLY, {"report": REPORT}, frame.id)
        monkeypatch.setattr(home_connections, "CALL_TIMEOUT", 10)
        asking = asyncio.create_task(api.home.check_restart())
        frame, _ = await taken(client)
        await client.send(FrameKind.REPLY, {"result": {"text": "A reason"}}, frame.id)
        assert await asking == "A reason"


async def test_what_is_under_way_fails_when_the_connection_ends() -> None:
    async with home_assistant() as (api, client):
        asking = [asyncio.create_task(ask) for ask in (api.home.report(), api.home.call(HomeAction.RESTART))]
        for _ in asking:
            await taken(client)
        await client.socket.close()
        with pytest.raises(ServiceUnreachable, match="ended before it replied"):
            await asking[0]
        with pytest.raises(EffectUnknown, match="ended before it replied"):
            await asking[1]
        with pytest.raises(ServiceUnreachable, match="Home Assistant is not connected"):
            await api.home.call(HomeAction.RESTART)


async def test_other_clients_are_not_asked_and_their_replies_are_refused() -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        with pytest.raises(ServiceUnreachable, match="Home Assistant is not connected"):
            await api.home.report()
        await client.send(FrameKind.REPLY, {"report": REPORT}, 1)
        assert (await client.frame()).kind is FrameKind.ERROR


async def test_the_newest_pushed_report_is_taken() -> None:
    async with home_assistant() as (api, client):
        pushed = api.home.pushed()
        first = asyncio.ensure_future(anext(pushed))
        await asyncio.sleep(0)
        await client.send(FrameKind.HOME_REPORT, {**REPORT, "made_at": None})
        await client.send(FrameKind.HOME_REPORT, REPORT)
        assert (await first).version == "2026.11.0"
        for version in ("2026.11.1", "2026.11.2"):
            await client.send(FrameKind.HOME_REPORT, {**REPORT, "version": version})
        await client.ask(Command.LIST_INCIDENTS, {})
        assert (await anext(pushed)).version == "2026.11.2"
        await pushed.aclose()  # type: ignore[attr-defined]


class Homes:
    """Connections that fail every request; ``asked`` names those that got one, ``kept`` what was stored."""

    def __init__(self, home_id: str = "") -> None:
        self.asked: list[str] = []
        self.kept = [home_id]
        self.connections = HomeConnections(str, home_id, self._keep)

    def connected(self, name: str, home_id: str) -> AbstractContextManager[HomeConnection]:
        async def send(_: bytes) -> None:
            self.asked.append(name)
            raise ConnectionError

        return self.connections.connected(send, home_id)

    async def ask(self) -> str:
        """Return why a report was not received."""
        with pytest.raises(ServiceUnreachable) as caught:
            await self.connections.report()
        return str(caught.value)

    async def _keep(self, home_id: str) -> None:
        self.kept.append(home_id)


async def test_only_the_first_home_assistant_is_asked_by_its_newest_connection() -> None:
    homes = Homes()
    with homes.connected("old", "first") as old:
        with homes.connected("other", "second"):
            await homes.ask()
        with homes.connected("new", "first"):
            await homes.ask()
            pushed = asyncio.ensure_future(anext(homes.connections.pushed()))
            await asyncio.sleep(0)
            homes.connections.receive(old, Frame(kind=FrameKind.HOME_REPORT, body=REPORT))
            await asyncio.sleep(0)
            assert not pushed.done()
            pushed.cancel()
    assert homes.asked == ["old", "new"]
    assert homes.kept == ["", "first"]


async def test_another_home_assistant_is_refused_until_the_binding_is_removed() -> None:
    homes = Homes("first")
    assert await homes.ask() == home_connections.NOT_CONNECTED
    with homes.connected("other", "second"):
        assert await homes.ask() == home_connections.ANOTHER
        with pytest.raises(ServiceUnreachable, match="Another Home Assistant"):
            await homes.connections.call(HomeAction.RESTART)
        await homes.connections.unbind()
        await homes.ask()
    assert homes.asked == ["other"]
    assert homes.kept == ["first", "", "second"]


async def test_a_reply_is_read_while_many_commands_wait_for_it() -> None:
    async with home_assistant() as (api, client):

        async def poll(_: object) -> Any:
            await api.home.report()
            return ANSWERS[Command.POLL_INSTANCE]

        api.behave[Command.POLL_INSTANCE] = poll
        for number in range(20):
            await client.send(FrameKind.COMMAND, {"id": "radarr"}, 100 + number, Command.POLL_INSTANCE)
        answered = 0
        while answered < 20:
            frame = await client.frame()
            if frame.kind is FrameKind.REQUEST:
                await client.send(FrameKind.REPLY, {"report": REPORT}, frame.id)
            else:
                assert frame.kind is FrameKind.RESULT
                answered += 1


@asynccontextmanager
async def integration(api: ApiRig, answer: Answer) -> AsyncIterator[StewardClient]:
    """Yield the client of the integration, connected; ``answer`` is its answer to requests."""
    is_connected = asyncio.Event()

    def connection(state: Connection, _: str) -> None:
        if state is Connection.CONNECTED:
            is_connected.set()

    listeners = Listeners(
        state=lambda _: None, event=lambda _: None, connection=connection, home=answer, home_id="home"
    )
    client = StewardClient(api.session, api.url, API_TOKEN, listeners)
    running = asyncio.create_task(client.run())
    async with asyncio.timeout(HANGING):
        await is_connected.wait()
        # The app answers commands only once it knows what the client is.
        await client.call(Command.LIST_INCIDENTS, IncidentQuery(), Incidents)
    try:
        yield client
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_the_client_of_the_integration_replies_and_refuses_and_pushes() -> None:
    async def answer(request: HomeRequest) -> HomeReply:
        if request.call is None:
            return HomeReply(report=HomeReport.from_plain({**REPORT, "areas": []}))
        raise ContractError(ErrorCode.NOT_FOUND, "There is no such repair")

    async with ApiRig() as api, integration(api, answer) as client:
        report = await api.home.report()
        assert report.version == "2026.11.0"
        with pytest.raises(ServiceRefused, match="There is no such repair"):
            await api.home.call(HomeAction.IGNORE_REPAIR, "hue/gone")
        pushed = asyncio.ensure_future(anext(api.home.pushed()))
        await asyncio.sleep(0)
        await client.push_report(report)
        assert (await pushed).made_at == report.made_at
    await client.push_report(report)


async def test_the_client_of_the_integration_replies_in_time_and_to_a_few_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(home.REPLY_SECONDS, HomeQuery.REPORT, LONG)
    waiting: list[HomeRequest] = []

    async def answer(request: HomeRequest) -> HomeReply:
        waiting.append(request)
        await asyncio.Event().wait()
        raise AssertionError

    async with ApiRig() as api, integration(api, answer):
        asked = [asyncio.ensure_future(api.home.report()) for _ in range(home_replies.MOST_AT_ONCE + 1)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        await end_timeouts(LONG)
        texts = [str(error) for error in await asyncio.gather(*asked, return_exceptions=True)]
        late = f"Home Assistant did not answer within {LONG:g} seconds"
        assert texts.count(late) == home_replies.MOST_AT_ONCE
        assert texts.count("Too many requests at the same time") == 1
        assert len(waiting) == home_replies.MOST_AT_ONCE


async def test_an_answer_is_not_waited_for_after_its_connection_ended() -> None:
    is_cancelled = asyncio.Event()
    is_asked = asyncio.Event()

    async def answer(_: HomeRequest) -> HomeReply:
        try:
            is_asked.set()
            await asyncio.Event().wait()
        finally:
            is_cancelled.set()
        raise AssertionError

    async with ApiRig() as api:
        async with integration(api, answer):
            asking = asyncio.create_task(api.home.report())
            await is_asked.wait()
        async with asyncio.timeout(HANGING):
            await is_cancelled.wait()
        with pytest.raises(ServiceUnreachable):
            await asking
