"""Jellyfin: clients that do not stream, players without messages, tasks that never ran."""

import pytest

from lab.faults import FaultKind
from lab.visit import visit
from services.jellyfin import FIXTURE, SESSIONS, TASKS, session, task
from steward.errors import EffectUnknown


async def test_nobody_and_no_title_is_named() -> None:
    async with visit("jellyfin") as here:
        found, tool = await here.snapshot(), here.tool("streams")
        shown = f"{found} {await tool.read(here.client, await here.call_of(tool))}"
    assert not [name for name in ("Marta", "Lindqvist", "Harbour", "tablet") if name in shown]
    assert (found.values["streams"], found.values["viewers"], found.values["transcodes"]) == (2, 2, 1)


async def test_owners_may_read_who_watches_what() -> None:
    async with visit("jellyfin") as here:
        tool = here.tool("watching")
        assert tool.is_owner_only
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "Marta Lindqvist watches The Quiet Harbour on " in text
        here.served.state.answers[SESSIONS] = []
        assert (await tool.read(here.client, await here.call_of(tool))).text == "Nobody is watching"


async def test_a_client_that_only_shows_its_menu_does_not_stream() -> None:
    async with visit("jellyfin") as here:
        here.served.state.answers[SESSIONS] = [session("c3d2", "Jellyfin for iOS", "u1")]
        assert (await here.snapshot()).values["idle"] is True


@pytest.mark.parametrize("status", [404, 500])
async def test_a_player_that_shows_no_messages_is_stopped_as_well(status: int) -> None:
    async with visit("jellyfin") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("stop_stream")
        before = await action.dry_run(here.client, call)
        here.arm(FaultKind.STATUS, "POST", "/Sessions/a1f0/Message", status=status)
        await action.execute(here.client, call, before.baseline)
        assert (await action.verify(here.client, call, before.baseline)).ok is True


async def test_the_message_is_the_one_that_was_given() -> None:
    async with visit("jellyfin") as here:
        call = await here.call_of(here.action("stop_stream"), "Stream on Jellyfin Web", message="Maintenance")
        sent = []
        send = here.client.send

        async def seen(method: str, path: str, body: object = None) -> object:
            sent.append((path, body))
            return await send(method, path, body)

        here.client.send = seen
        await here.action("stop_stream").execute(here.client, call, {})
        body = {"Header": "Jellyfin", "Text": "Maintenance", "TimeoutMs": 30_000}
        assert sent == [("Sessions/a1f0/Message", body), ("Sessions/a1f0/Playing/Stop", None)]


async def test_a_scan_that_never_ran_is_not_known_and_other_tasks_did_not_fail() -> None:
    async with visit("jellyfin") as here:
        scan = {**task("RefreshLibrary", "Scan Media Library"), "LastExecutionResult": None}
        here.served.state.answers[TASKS] = [scan, task("CleanLogs", "Clean", "Aborted")]
        found, checks = await here.snapshot(), await here.checks()
        assert (found.values["tasks_failed"], found.values["scanned_at"]) == (1, None)
        assert ("scan_failed", None) in checks.unknown
        tool = here.tool("tasks")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines()[0].startswith("Clean: idle, last run ended 2026-11-18 03:02 UTC (aborted)")
        assert text.splitlines()[1] == "Scan Media Library: idle (never ran)"


async def test_a_scan_that_fails_is_no_success() -> None:
    async with visit("jellyfin") as here:
        call, action = await here.call(FIXTURE.rounds[1]), here.action("scan")
        before = await action.dry_run(here.client, call)
        failed = task("RefreshLibrary", "Scan Media Library", "Failed", "Disk is gone")
        failed["LastExecutionResult"] = {"Status": "Failed", "EndTimeUtc": "2026-11-18T12:00:00Z"}
        here.served.state.answers[TASKS] = [failed]
        assert (await action.verify(here.client, call, before.baseline)).ok is False
        here.arm(FaultKind.ANSWER_LOST, *FIXTURE.rounds[1].write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
