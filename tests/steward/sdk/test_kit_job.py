"""The kit that runs jobs: the handle is journaled, and the job is found again by it."""

from dataclasses import replace

import pytest

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused, ServiceUnreachable
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.jobs import Job, RunJob

from .fakes import ABOUT, LOST, Journal, Killed, Thing, call, jobs, refusing

CALL = call()


async def start(thing: Thing, _: Call) -> str:
    thing.write("job", lambda: thing.start(ok=thing.values.get("ok", True) is True))
    return str(len(thing.jobs))


async def changes(_: Thing, __: Call) -> tuple[Difference, ...]:
    return (Difference(field="Backup", before="none", after="a new one"),)


async def is_reached(thing: Thing, _: Call) -> CheckResult:
    thing.read()
    ok = thing.values.get("goal", True)
    return CheckResult(name="Goal", ok=None if ok is None else ok is True, text=f"{ok}")


def kit(
    *, waits: bool = True, reason: str | None = None, has_goal: bool = False, seconds: float = 60.0
) -> Action[Thing]:
    return RunJob(
        start=start,
        jobs=jobs(seconds),
        changes=changes,
        refusal=refusing(reason),
        waits=waits,
        note="It takes a while.",
        goal=is_reached if has_goal else None,
    ).action(**ABOUT)


async def test_a_job_is_started_once_and_waited_for() -> None:
    thing, action, journal = Thing(), kit(), Journal()
    before = await action.dry_run(thing, CALL)
    assert [one.after for one in before.differences] == ["a new one"]
    assert before.note == "It takes a while."
    await action.precheck(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is False
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert "done" in await action.execute(thing, call(journal), before.baseline)
    assert journal.baseline == {"handle": "1"}
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (True, "done")
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert thing.writes == ["job"]
    assert action.undo is None


async def test_what_would_be_refused_is_refused_in_the_dry_run() -> None:
    thing = Thing()
    before = await kit().dry_run(thing, CALL)
    with pytest.raises(PreconditionFailed, match="It is locked"):
        await kit(reason="It is locked").dry_run(thing, CALL)
    with pytest.raises(PreconditionFailed, match="It is locked"):
        await kit(reason="It is locked").precheck(thing, CALL, before.baseline)
    thing.start()
    with pytest.raises(PreconditionFailed, match="still running"):
        await kit().dry_run(thing, CALL)
    with pytest.raises(PreconditionFailed, match="Somebody else"):
        await kit().precheck(thing, CALL, before.baseline)


async def test_a_job_that_failed_half_way_is_unknown_and_verified_as_false() -> None:
    thing, action = Thing(values={"ok": False}), kit()
    before = await action.dry_run(thing, CALL)
    with pytest.raises(EffectUnknown, match="failed"):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert (await action.verify(thing, CALL, before.baseline)).ok is False


@pytest.mark.parametrize(("waits", "ok"), [(True, None), (False, True)])
async def test_a_job_that_runs_on_is_unknown_only_when_its_end_matters(waits: bool, ok: bool | None) -> None:  # noqa: FBT001
    thing, action = Thing(), kit(waits=waits, seconds=2)
    before = await action.dry_run(thing, CALL)
    said = await action.execute(thing, CALL, before.baseline)
    assert waits or said == "It was started on Pump"
    result = await action.verify(thing, CALL, before.baseline)
    text = "It did not end within 2 s. Whether it still runs is not known" if waits else "still running"
    assert (result.name, result.ok, result.text) == ("Job", ok, text)


async def test_what_is_known_of_a_job_that_did_not_end_is_said() -> None:
    thing, action = Thing(), kit(seconds=2)
    before = await action.dry_run(thing, CALL)
    text = await action.execute(thing, CALL, before.baseline)
    assert text == "Pump: It did not end within 2 s. Whether it still runs is not known"
    thing.jobs["1"] = Job(handle="1", is_running=True, text="version 3 is installed")
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (None, "It did not end within 2 s: version 3 is installed")


async def test_an_end_that_is_not_reported_is_unknown() -> None:
    thing, action = Thing(), kit()
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    thing.jobs["1"] = Job(handle="1", is_running=False, ok=None, text="ended")
    assert (await action.verify(thing, CALL, before.baseline)).ok is None


@pytest.mark.parametrize(("goal", "ok"), [(True, True), (False, False), (None, None)])
async def test_a_job_that_ended_well_has_reached_its_goal_or_not(goal: bool | None, ok: bool | None) -> None:  # noqa: FBT001
    thing, action = Thing(values={"goal": goal}), kit(has_goal=True)
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is ok


async def test_a_goal_is_waited_for() -> None:
    thing, action = Thing(values={"goal": False}), kit(has_goal=True)
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    thing.after(30, lambda: thing.values.update(goal=True))
    assert (await action.verify(thing, CALL, before.baseline)).ok is True


async def test_a_lost_answer_is_found_by_what_is_newer() -> None:
    thing, action = Thing(), kit()
    thing.start(seconds=0)
    before = await action.dry_run(thing, CALL)
    thing.loses = LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert (await action.verify(thing, CALL, before.baseline)).ok is True
    assert thing.writes == ["job"]


async def test_the_job_before_is_not_ours() -> None:
    thing, action = Thing(), kit()
    thing.start(seconds=0)
    before = await action.dry_run(thing, CALL)
    assert before.baseline == {"last": "1"}
    await action.precheck(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert (await action.verify(thing, CALL, before.baseline)).ok is False


async def test_an_older_job_is_not_ours() -> None:
    thing, action = Thing(), kit()
    for number in (1, 2):
        thing.jobs[str(number)] = Job(handle=str(number), is_running=False, ok=True, order=number)
    before = await action.dry_run(thing, CALL)
    assert before.baseline == {"last": "2", "last_order": 2}
    del thing.jobs["2"]
    await action.precheck(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert (await action.verify(thing, CALL, before.baseline)).ok is False
    thing.jobs["3"] = Job(handle="3", is_running=False, ok=True, order=3)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    with pytest.raises(PreconditionFailed, match="Somebody else"):
        await action.precheck(thing, CALL, before.baseline)


async def test_a_list_without_jobs_is_not_somebody_else() -> None:
    thing, action = Thing(), kit()
    thing.start(seconds=0)
    before = await action.dry_run(thing, CALL)
    thing.jobs.clear()
    await action.precheck(thing, CALL, before.baseline)


async def test_a_request_that_arrives_late_is_not_seen_before() -> None:
    thing, action = Thing(), kit()
    before = await action.dry_run(thing, CALL)
    thing.after(0.5, thing.start)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    thing.clock.advance(0.5)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_a_refusal_passes_and_nothing_was_done() -> None:
    thing, action = Thing(refuses=ServiceRefused("not allowed")), kit()
    before = await action.dry_run(thing, CALL)
    with pytest.raises(ServiceRefused, match="not allowed"):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN


@pytest.mark.parametrize("waits", [True, False])
async def test_a_crash_after_the_handle_was_noted(waits: bool) -> None:  # noqa: FBT001
    thing, action = Thing(), kit(waits=waits)
    before = await action.dry_run(thing, CALL)
    journal = Journal(baseline={**before.baseline}, kills=True)
    with pytest.raises(Killed):
        await action.execute(thing, call(journal), before.baseline)
    thing.start(ok=False, seconds=0)  # somebody else's, newer
    assert await action.probe(thing, CALL, journal.baseline) is Effect.DONE
    assert (await action.verify(thing, CALL, journal.baseline)).ok is True
    assert thing.writes == ["job"]


async def test_a_job_that_was_started_and_cannot_be_read_is_unknown() -> None:
    thing, action = Thing(), kit(seconds=3)
    before = await action.dry_run(thing, CALL)

    async def away(values: object) -> None:
        thing.away_until = 10_000

    with pytest.raises(EffectUnknown, match="cannot be read"):
        await action.execute(thing, Call(target=CALL.target, note=away), before.baseline)
    with pytest.raises(ServiceUnreachable):
        await action.probe(thing, CALL, {**before.baseline, "handle": "1"})


async def test_jobs_that_cannot_be_read_may_hold_ours() -> None:
    thing, unread = Thing(), replace(jobs(), unread=refusing("a node is away"))
    action: Action[Thing] = RunJob(start=start, jobs=unread, changes=changes).action(**ABOUT)
    before = await action.dry_run(thing, CALL)
    await action.precheck(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.UNKNOWN
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (None, "a node is away")
    await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
