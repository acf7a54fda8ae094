"""Plex: nobody is named, an empty server is idle, transcodes that are not known, scans."""

import pytest

from homelab_steward.contract.state import Snapshot
from lab.visit import visit
from lab.wire import Json
from services.plex import FIXTURE, LIBRARIES, RELEASES, SERVER, SESSIONS, container, library, session
from steward.errors import PreconditionFailed, ServiceMalformed

PRIVATE = ("Marta", "Lindqvist", "Harbour", "tablet")


def marked(found: Snapshot) -> list[str]:
    """Return the ids of the streams that are stopped first."""
    return [one.id for one in found.resources if one.kind == "stream" and one.values["stops_first"]]


async def test_nobody_and_no_title_is_named() -> None:
    async with visit("plex") as here:
        found, tool = await here.snapshot(), here.tool("streams")
        call = await here.call(FIXTURE.rounds[0])
        dry = await here.action("stop_stream").dry_run(here.client, call)
        shown = f"{found} {await tool.read(here.client, await here.call_of(tool))} {dry}"
    assert not [name for name in PRIVATE if name in shown]
    assert (found.values["streams"], found.values["viewers"], found.values["transcodes"]) == (3, 2, 1)
    assert (found.values["idle"], found.values["bandwidth"]) == (False, 24_696.0)


async def test_owners_may_read_who_watches_what() -> None:
    async with visit("plex") as here:
        tool = here.tool("watching")
        assert tool.is_owner_only
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "Marta Lindqvist watches The Quiet Harbour on " in text
        here.served.state.answers[SESSIONS] = container("Metadata")
        assert (await tool.read(here.client, await here.call_of(tool))).text == "Nobody is watching"


async def test_a_server_without_streams_is_idle() -> None:
    async with visit("plex") as here:
        here.served.state.answers[SESSIONS] = container("Metadata")
        found = await here.snapshot()
        assert (found.values["idle"], found.values["transcodes"], found.values["bandwidth"]) == (True, 0, 0)


async def test_a_list_that_lacks_streams_does_not_say_that_nobody_streams() -> None:
    async with visit("plex") as here:
        here.served.state.answers[SESSIONS] = {"MediaContainer": {"size": 1, "Metadata": []}}
        found = await here.snapshot()
        assert found.values["idle"] is None
        assert found.values["streams"] is None


async def test_a_paused_transcode_is_stopped_first_then_the_one_that_began_last() -> None:
    paused: Json = {"product": "Plex Web", "state": "paused"}
    async with visit("plex") as here:
        rows = [session(one, "Plex Web", one, "transcode") for one in (7, 5, 9)]
        here.served.state.answers[SESSIONS] = container("Metadata", *rows)
        assert marked(await here.snapshot()) == ["5"]
        rows[2]["Player"] = paused
        here.served.state.answers[SESSIONS] = container("Metadata", *rows)
        assert marked(await here.snapshot()) == ["9"]
        del rows[0]["viewOffset"]
        here.served.state.answers[SESSIONS] = container("Metadata", *rows)
        assert marked(await here.snapshot()) == []


@pytest.mark.parametrize(
    ("video", "audio", "expected"),
    [("copy", "copy", 0), ("copy", "transcode", 1), (None, "transcode", 1), (None, "copy", None)],
)
async def test_audio_that_is_converted_counts(video: str | None, audio: str, expected: int | None) -> None:
    decisions: Json = {"videoDecision": video, "audioDecision": audio}
    async with visit("plex") as here:
        row = session(7, "Plex Web", 1, TranscodeSession=decisions)
        here.served.state.answers[SESSIONS] = container("Metadata", row)
        assert (await here.snapshot()).values["transcodes"] == expected


async def test_too_many_are_too_many_whatever_the_others_are() -> None:
    async with visit("plex") as here:
        unknown = session(9, "Plex Web", 1, TranscodeSession={})
        rows = [session(one, "Plex Web", one, "transcode") for one in (1, 2, 3)]
        here.served.state.answers[SESSIONS] = container("Metadata", *rows[:2], unknown)
        assert ("too_many_transcodes", None) in (await here.checks()).unknown
        here.served.state.answers[SESSIONS] = container("Metadata", *rows, unknown)
        assert ("too_many_transcodes", None) in (await here.checks()).problems


@pytest.mark.parametrize(("has_pass", "is_missing"), [(True, False), (False, True), (None, False)])
async def test_without_a_plex_pass_no_stream_can_be_stopped(has_pass: bool | None, is_missing: bool) -> None:  # noqa: FBT001
    server: Json = {"machineIdentifier": "3a", "version": "1.42", "myPlexSubscription": has_pass}
    async with visit("plex") as here:
        here.served.state.answers[SERVER] = {"MediaContainer": server}
        found = await here.snapshot()
        assert ("action.stop_stream" in found.unavailable) == is_missing
        assert bool(found.missing_rights) == is_missing


async def test_a_stream_without_a_session_cannot_be_stopped() -> None:
    async with visit("plex") as here:
        call = await here.call(FIXTURE.rounds[0])
        rows = [session(32, "Plex Web", 2, "transcode", Session={"bandwidth": 1})]
        here.served.state.answers[SESSIONS] = container("Metadata", *rows)
        with pytest.raises(PreconditionFailed, match="does not say how to stop it"):
            await here.action("stop_stream").dry_run(here.client, call)


async def test_a_stream_that_may_only_not_be_listed_has_not_ended() -> None:
    async with visit("plex") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("stop_stream")
        here.served.state.answers[SESSIONS] = {"MediaContainer": {"size": 2, "Metadata": []}}
        with pytest.raises(ServiceMalformed, match="counts 2 and lists 0"):
            await action.probe(here.client, call, {})


async def test_a_stream_that_ended_by_itself_is_not_stopped() -> None:
    async with visit("plex") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("stop_stream")
        here.served.state.answers[SESSIONS] = container("Metadata")
        with pytest.raises(PreconditionFailed, match="is not there any more"):
            await action.execute(here.client, call, {})
        assert here.writes == []


async def test_a_scan_that_is_under_way_or_not_known_is_not_started_again() -> None:
    async with visit("plex") as here:
        call, action = await here.call(FIXTURE.rounds[1]), here.action("scan")
        before = await action.dry_run(here.client, call)
        await action.execute(here.client, call, before.baseline)
        with pytest.raises(PreconditionFailed, match="still running"):
            await action.dry_run(here.client, call)
        here.clock.advance(30)
        assert (await action.verify(here.client, call, before.baseline)).ok is True
        here.served.state.answers[LIBRARIES] = container("Directory", library("2", "Series", 1_763_610_000))
        with pytest.raises(ServiceMalformed, match="Films is not listed"):
            await action.dry_run(here.client, call)


@pytest.mark.parametrize(
    ("state", "is_waiting"), [("available", True), ("tonight", True), ("done", False), (None, None)]
)
async def test_an_update_that_is_installed_is_not_waiting(state: str | None, is_waiting: bool | None) -> None:  # noqa: FBT001
    async with visit("plex") as here:
        here.served.state.answers[RELEASES] = container("Release", {"version": "1.43.0", "state": state})
        values = (await here.snapshot()).values
        assert values["update_available"] is is_waiting
        latest = None if is_waiting is None else "1.43.0" if is_waiting else values["version"]
        assert values["latest_version"] == latest


async def test_a_time_that_cannot_be_costs_itself() -> None:
    async with visit("plex") as here:
        here.served.state.answers[LIBRARIES] = container("Directory", library("1", "Films", 10**17))
        [found] = [one for one in (await here.snapshot()).resources if one.kind == "library"]
        assert (found.values["scanned_at"], found.values["scanning"]) == (None, False)
