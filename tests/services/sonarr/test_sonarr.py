"""Sonarr: what differs from its relatives."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lab.fixtures import Round
from lab.visit import visit
from lab.wire import Json
from services._servarr import UNKNOWN, backup, download, page, queue_status
from services.sonarr import FIXTURE
from steward.errors import PreconditionFailed

QUEUE = f"GET /api/v3/queue{UNKNOWN}"


def round_of(key: str) -> Round:
    return next(one for one in FIXTURE.rounds if one.action == key)


async def test_a_download_of_an_unknown_series_is_shown_with_its_reason() -> None:
    async with visit("sonarr") as here:
        texts: Json = [{"title": "x", "messages": ["Unknown series"]}]
        stuck = download(9, "Warm.Aisle.S02E01", trackedDownloadStatus="warning", statusMessages=texts)
        here.served.state.answers |= {
            "GET /api/v3/queue/status": queue_status(1, unknownErrors=True),
            QUEUE: page(stuck),
        }
        queue = here.tool("queue")
        text = (await queue.read(here.client, await here.call_of(queue))).text
        assert "Warm.Aisle.S02E01" in text
        assert "Unknown series" in text
        found = await here.snapshot()
        assert (found.values["queue_size"], found.values["queue_errors"]) == (1, True)
        assert (await here.checks()).problems[
            ("queue_stuck", None)
        ] == "Downloads in the queue that are stuck: 1"


async def test_a_queue_longer_than_a_page_says_so() -> None:
    async with visit("sonarr") as here:
        rows = page(*(download(number, f"Episode.{number}") for number in range(20)))
        here.served.state.answers[QUEUE] = {**rows, "totalRecords": 57}
        queue = here.tool("queue")
        assert (
            "the service counts 57 and lists 20"
            in (await queue.read(here.client, await here.call_of(queue))).text
        )


async def test_what_has_failed_is_shown_first_whatever_its_place() -> None:
    async with visit("sonarr") as here:
        fine = [download(number, f"Episode.{number}") for number in range(60)]
        late = [
            download(60, "Late", trackedDownloadStatus="warning"),
            download(61, "Lost", trackedDownloadStatus="error"),
        ]
        here.served.state.answers[QUEUE] = page(*fine, *late)
        queue = here.tool("queue")
        lines = (await queue.read(here.client, await here.call_of(queue))).text.splitlines()
        assert [line.partition(":")[0] for line in lines[:3]] == ["Lost", "Late", "Episode.0"]
        assert lines[-1] == "… and 42 more, 62 in all"


async def test_the_fullest_disk_is_shown_first() -> None:
    async with visit("sonarr") as here:
        disks = [
            {"path": "/a", "freeSpace": 90 * 2**30, "totalSpace": 100 * 2**30},
            {"path": "/b", "freeSpace": 10 * 2**30, "totalSpace": 100 * 2**30},
            {"path": "/c"},
        ]
        here.served.state.answers["GET /api/v3/diskspace"] = [*disks]
        tool = here.tool("disk_space")
        lines = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()
        assert lines == [
            "/b, used: 90.0 GiB of 100.0 GiB (90 %)",
            "/a, used: 10.0 GiB of 100.0 GiB (10 %)",
            "/c, used: not reported",
        ]


async def test_flags_that_are_not_reported_are_not_known() -> None:
    async with visit("sonarr") as here:
        here.served.state.answers["GET /api/v3/queue/status"] = {"totalCount": 3}
        found = await here.snapshot()
        assert (found.values["queue_size"], found.values["queue_errors"]) == (3, None)
        here.served.state.answers[QUEUE] = page({"id": 4, "title": "Odd", "status": "downloading"})
        assert ("queue_stuck", None) in (await here.checks()).unknown


async def test_missing_episodes_are_counted_in_the_dry_run() -> None:
    async with visit("sonarr") as here:
        search = here.action("search_missing")
        call = await here.call_of(search)
        before = await search.dry_run(here.client, call)
        assert [one.after for one in before.differences] == ["for 2 missing episodes"]
        await search.execute(here.client, call, before.baseline)
        assert here.lab.world.effects[0].body == {"name": "MissingEpisodeSearch"}


BACKUPS = "GET /api/v3/system/backup"


async def test_a_backup_is_listed_and_deleted_again_and_no_other_one() -> None:
    async with visit("sonarr") as here:
        action, call = here.action("backup"), await here.call(round_of("backup"))
        noted: dict[str, Any] = {}

        async def note(values: Mapping[str, Any]) -> None:
            noted.update(values)

        before = await action.dry_run(here.client, call)
        await action.execute(here.client, replace(call, note=note), before.baseline)
        listed = here.served.state.rows(BACKUPS)
        assert noted["backup"] == listed[-1]["name"] == "sonarr_backup_1.zip"
        listed.append(backup(9, "by_hand.zip", "2026-11-20T06:00:00Z"))
        assert action.undo is not None
        with pytest.raises(PreconditionFailed, match="Which of 2 backups"):
            await action.undo.dry_run(here.client, call, before.baseline)
        await action.undo.execute(here.client, call, {**before.baseline, **noted})
        assert [one["name"] for one in listed] == ["sonarr_backup_scheduled.zip", "by_hand.zip"]
        assert await action.undo.dry_run(here.client, call, {**before.baseline, **noted}) == ()


async def test_a_backup_that_is_not_listed_was_not_made() -> None:
    async with visit("sonarr") as here:
        action, call = here.action("backup"), await here.call(round_of("backup"))
        here.served.state.answers[BACKUPS] = lambda *_: []
        here.served.state.answers["POST /api/v3/command"] = {"id": 1, "name": "Backup", "status": "queued"}
        before = await action.dry_run(here.client, call)
        done = {"id": 1, "name": "Backup", "status": "completed", "message": "Completed"}
        here.served.state.answers["GET /api/v3/command"] = [done]
        assert (await action.verify(here.client, call, before.baseline)).ok is False
