"""Jobs that have no name: ours is the one that ends after the last one before it."""

from collections.abc import Callable

import pytest

from steward.errors import PreconditionFailed
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.jobs import Job, RunJob, always
from steward.sdk.kits.last_job import LastJob, last_job

from .fakes import ABOUT, LOST, Journal, Thing, call

CALL = call()


def scanned(*, at: float = 100.0, is_running: bool = False, ok: bool = True) -> Thing:
    return Thing(values={"at": at, "running": is_running, "ok": ok})


async def last(thing: Thing, _: Call) -> Job | None:
    thing.read()
    at, ok = thing.values["at"], thing.values["ok"] is True
    if at is None:
        return None
    return last_job(float(str(at)), is_running=thing.values["running"] is True, ok=ok, text="scanned")


def ends(thing: Thing, at: float) -> Callable[[], None]:
    return lambda: thing.values.update(running=False, at=at)


async def request(thing: Thing, _: Call) -> None:
    thing.write("scan", lambda: thing.values.update(running=True))
    thing.after(5, ends(thing, 200.0))


def kit() -> Action[Thing]:
    job = LastJob(last=last, request=request)
    return RunJob(start=job.start, jobs=job.jobs, changes=always("Scan", "none", "a new one")).action(**ABOUT)


@pytest.mark.parametrize("at", [100.0, None], ids=["after another one", "the first one"])
async def test_the_job_that_follows_the_last_one_is_ours(at: float | None) -> None:
    thing, action, journal = scanned(), kit(), Journal()
    thing.values["at"] = at
    before = await action.dry_run(thing, CALL)
    await action.precheck(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert "scanned" in await action.execute(thing, call(journal), before.baseline)
    result = await action.verify(thing, CALL, {**before.baseline, **journal.baseline})
    assert (result.ok, result.text) == (True, "scanned")
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert thing.writes == ["scan"]


async def test_a_job_that_failed_is_not_done_well() -> None:
    thing, action = scanned(), kit()
    before = await action.dry_run(thing, CALL)
    thing.values.update(at=200.0, ok=False)
    assert (await action.verify(thing, CALL, before.baseline)).ok is False


async def test_an_answer_that_was_lost_is_found_while_the_job_runs() -> None:
    thing, action = scanned(), kit()
    before = await action.dry_run(thing, CALL)
    thing.loses = LOST
    with pytest.raises(type(LOST)):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_a_job_of_somebody_else_is_not_ours() -> None:
    running = scanned(is_running=True)
    with pytest.raises(PreconditionFailed, match="still running"):
        await kit().dry_run(running, CALL)
    thing, action = scanned(), kit()
    before = await action.dry_run(thing, CALL)
    thing.values["running"] = True
    with pytest.raises(PreconditionFailed, match="Somebody else"):
        await action.precheck(thing, CALL, before.baseline)


async def test_the_handle_is_the_same_while_another_job_runs() -> None:
    job = LastJob(last=last, request=request)
    assert await job.start(scanned(is_running=True), CALL) == await job.start(scanned(), CALL)
