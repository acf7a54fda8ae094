"""SABnzbd: pauses, disks, and what it refuses with status 200."""

import pytest

from lab.visit import visit
from lab.wire import Json
from services.sabnzbd import FAILED, HISTORY, QUEUE, history, queue
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed, ServiceRefused

PAUSED = ("downloads_paused", None)


async def test_a_pause_for_some_minutes_is_no_problem() -> None:
    async with visit("sabnzbd") as here:
        here.served.state.answers[QUEUE] = queue(paused=True, pause_int="12:30")
        assert PAUSED in (await here.checks()).busy


async def test_an_empty_queue_may_be_paused() -> None:
    async with visit("sabnzbd") as here:
        here.served.state.answers[QUEUE] = queue(paused=True, noofslots_total=0)
        assert PAUSED in (await here.checks()).clear


async def test_the_fuller_disk_counts() -> None:
    async with visit("sabnzbd") as here:
        here.served.state.answers[QUEUE] = queue(diskspace2="10.00")
        found = await here.snapshot()
        assert (found.values["disk_share"], found.values["free_disk"]) == (99.0, 10.0)


async def test_an_error_with_status_200_is_a_refusal() -> None:
    async with visit("sabnzbd") as here:
        here.served.state.answers[QUEUE] = {"status": False, "error": "not implemented"}
        with pytest.raises(ServiceRefused, match="queue: not implemented"):
            await here.poll()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": False, "error": "no"}, ServiceRefused),
        ({}, EffectUnknown),
        ([], EffectUnknown),
    ],
)
async def test_what_a_change_answers_is_checked(answer: Json, error: type[Exception]) -> None:
    async with visit("sabnzbd") as here:
        pause = here.action("pause")
        call = await here.call_of(pause)
        here.served.alter = lambda where, sent: answer if "mode=pause" in where else sent
        with pytest.raises(error):
            await pause.execute(here.client, call, {})


async def test_only_what_can_be_tried_again_is_tried() -> None:
    async with visit("sabnzbd") as here:
        await here.make_unhealthy()
        retry, clear = here.action("retry_failed"), here.action("clear_failed")
        call = await here.call_of(retry)
        found = await retry.dry_run(here.client, call)
        assert [(one.field, one.before, one.after) for one in found.differences] == [
            ("Bit.Rot", "failed", "tried again")
        ]
        assert len((await clear.dry_run(here.client, call)).differences) == 2
        for changed in ({"retry": 0}, {"loaded": True}):
            here.served.state.answers[HISTORY] = history({**FAILED, **changed})
            with pytest.raises(PreconditionFailed, match="has none of these"):
                await retry.dry_run(here.client, call)
        here.served.state.answers[HISTORY] = history(FAILED, {"name": "odd"})
        with pytest.raises(ServiceMalformed, match="history"):
            await retry.dry_run(here.client, call)


async def test_failures_and_warnings_are_shown_with_their_reason() -> None:
    async with visit("sabnzbd") as here:
        await here.make_unhealthy()
        failed, warnings = here.tool("failed"), here.tool("warnings")
        text = (await failed.read(here.client, await here.call_of(failed))).text
        assert "Bit.Rot: Aborted, cannot be completed" in text
        text = (await warnings.read(here.client, await here.call_of(warnings))).text
        assert text.splitlines()[0] == "ERROR: Disk error on creating file"


async def test_exactly_what_was_approved_is_tried_again() -> None:
    async with visit("sabnzbd") as here:
        more = [{**FAILED, "nzo_id": f"nzo_{number}"} for number in (1, 2)]
        here.served.state.answers[HISTORY] = history(*more)
        retry = here.action("retry_failed")
        call = await here.call_of(retry)
        before = await retry.dry_run(here.client, call)
        here.served.state.answers[HISTORY] = history(*more, FAILED)
        await retry.execute(here.client, call, before.baseline)
        assert (await here.snapshot()).values["failed_downloads"] == 1
        assert [one.body["value"] for one in here.lab.world.effects] == ["nzo_1", "nzo_2"]


async def test_what_is_tried_again_in_part_is_not_known() -> None:
    async with visit("sabnzbd") as here:
        here.served.state.answers[HISTORY] = history(FAILED)
        with pytest.raises(EffectUnknown, match="1 of 2 are tried again"):
            await here.client.retry(["nzo_9", "nzo_0"])
