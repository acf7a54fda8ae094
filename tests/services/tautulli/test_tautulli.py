"""Tautulli: nobody is named, and without Plex it does not say that nobody streams."""

from dataclasses import replace
from typing import Any

import pytest

from lab.replay import Raw
from lab.visit import visit
from services.tautulli import ACTIVITY, FIXTURE, STATUS, activity, answer
from steward.errors import EffectUnknown, ServiceError, ServiceRefused, ServiceUnauthorized
from steward.sdk.coverage import Gaps
from steward.sdk.snapshot import run_checks


async def test_nobody_and_no_title_is_named() -> None:
    async with visit("tautulli") as here:
        found, tool = await here.snapshot(), here.tool("streams")
        shown = f"{found} {await tool.read(here.client, await here.call_of(tool))}"
    assert not [name for name in ("Marta", "Lindqvist", "Harbour", "tablet") if name in shown]
    assert (found.values["streams"], found.values["viewers"], found.values["transcodes"]) == (3, 2, 1)


async def test_owners_may_read_who_watches_what() -> None:
    async with visit("tautulli") as here:
        tool = here.tool("watching")
        assert tool.is_owner_only
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "Marta Lindqvist watches The Quiet Harbour on " in text
        here.served.state.answers[ACTIVITY] = activity()
        assert (await tool.read(here.client, await here.call_of(tool))).text == "Nobody is watching"


@pytest.mark.parametrize(("connected", "idle"), [(True, True), (False, None), (None, None)])
async def test_without_plex_nobody_knows_who_streams(connected: bool | None, idle: bool | None) -> None:  # noqa: FBT001
    async with visit("tautulli") as here:
        here.served.state.answers |= {ACTIVITY: activity(), STATUS: answer({"connected": connected})}
        found = await here.snapshot()
        assert found.values["idle"] is idle
        assert found.values["streams"] == (0 if idle else None)


@pytest.mark.parametrize(
    ("streams", "reason"),
    [(activity(), "no connection to the Plex server"), (answer({}), "the answer has no sessions")],
)
async def test_without_plex_a_stream_has_not_ended(streams: Any, reason: str) -> None:
    async with visit("tautulli") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("stop_stream")
        here.served.state.answers |= {ACTIVITY: streams, STATUS: answer({"connected": False})}
        assert ("plex_not_connected", None) in (await here.checks()).problems
        with pytest.raises(ServiceError, match=reason):
            await action.probe(here.client, call, {})


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (answer({}, "Failed to terminate session", "error"), ServiceRefused),
        (answer({}, "Invalid apikey", "error"), ServiceUnauthorized),
        ({"odd": True}, EffectUnknown),
    ],
)
async def test_a_stop_that_is_refused(sent: Any, expected: type[Exception]) -> None:
    async with visit("tautulli") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("stop_stream")

        def refuse(where: str, whole: Any) -> Any:
            return sent if "terminate_session" in where else whole

        here.served.alter = refuse
        with pytest.raises(expected):
            await action.execute(here.client, call, {})


@pytest.mark.parametrize(("message", "reason"), [("Plex is away", "Plex is away"), (None, "no reason given")])
async def test_an_error_of_a_command_is_named(message: str | None, reason: str) -> None:
    async with visit("tautulli") as here:
        here.served.state.answers[STATUS] = Raw(status=200, body=answer({}, message, "error"))
        found = await here.snapshot()
        assert [gap.reason for gap in found.coverage.gaps] == [f"server_status: {reason}"]


async def test_without_a_limit_plex_itself_says_what_is_too_much() -> None:
    async with visit("tautulli") as here:
        await here.make_unhealthy()
        assert ("too_many_transcodes", None) in (await here.checks()).problems
        settings = {key: one for key, one in here.client.access.settings.items() if key != "most_transcodes"}
        client = here.service.connect(replace(here.client.access, settings=settings))
        state = await here.service.poll(client, Gaps())
        assert ("too_many_transcodes", None) in run_checks(here.service, state).clear
