"""The kit that switches: two directions, each the undo of the other, with and without jobs."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from homelab_steward.contract.base import Value
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.switch import Switch, Turn
from steward.sdk.readings import NotKnown

from .fakes import ABOUT, LOST, Journal, Killed, Thing, call, jobs, refusing

CALL = call()
BOTH = pytest.mark.parametrize("with_jobs", [False, True], ids=["at once", "with a job"])


async def is_on(thing: Thing, _: Call) -> bool:
    thing.read()
    if thing.values["on"] is None:
        raise NotKnown("the state is not reported")
    return thing.values["on"] is True


def turn(*, to: bool, with_jobs: bool, reason: str | None = None) -> Turn[Thing]:
    async def run(thing: Thing, _: Call) -> str:
        def change() -> None:
            if thing.values.get("works", True):
                thing.after(2, lambda: thing.values.update(on=to))
            if with_jobs:
                thing.start(ok=thing.values.get("job_ok", True) is True)

        thing.write("on" if to else "off", change)
        return str(len(thing.jobs))

    return Turn(
        to=to, run=run, jobs=jobs() if with_jobs else None, refusal=refusing(reason), note=f"To {to}."
    )


def switch(*, with_jobs: bool, reason: str | None = None) -> Switch[Thing]:
    return Switch(
        is_on=is_on,
        on=turn(to=True, with_jobs=with_jobs, reason=reason),
        off=turn(to=False, with_jobs=with_jobs),
        words=("stopped", "running"),
    )


def stopped(**values: Value) -> Thing:
    return Thing(values={"on": False, **values})


@BOTH
async def test_on_and_back(with_jobs: bool) -> None:  # noqa: FBT001
    thing, action = stopped(), switch(with_jobs=with_jobs).turn_on(**ABOUT)
    assert action.undo is not None
    before = await action.dry_run(thing, CALL)
    assert [(one.before, one.after) for one in before.differences] == [("stopped", "running")]
    assert before.note == "To True."
    await action.precheck(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is False
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert "from stopped to running" in await action.execute(thing, CALL, before.baseline)
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (True, "running")
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    back = await action.undo.dry_run(thing, CALL, before.baseline)
    assert [(one.before, one.after) for one in back] == [("running", "stopped")]
    assert "from running to stopped" in await action.undo.execute(thing, CALL, before.baseline)
    thing.clock.advance(2)
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert thing.writes == ["on", "off"]


@BOTH
async def test_what_is_so_already_or_refused_is_not_offered(with_jobs: bool) -> None:  # noqa: FBT001
    thing = Thing(values={"on": True})
    action = switch(with_jobs=with_jobs).turn_on(**ABOUT)
    with pytest.raises(PreconditionFailed, match="already running"):
        await action.dry_run(thing, CALL)
    locked = switch(with_jobs=with_jobs, reason="It is locked").turn_on(**ABOUT)
    with pytest.raises(PreconditionFailed, match="It is locked"):
        await locked.dry_run(stopped(), CALL)
    before = await action.dry_run(stopped(), CALL)
    with pytest.raises(PreconditionFailed, match="It is locked"):
        await locked.precheck(stopped(), CALL, before.baseline)


@BOTH
async def test_a_state_that_is_not_known_is_no_state(with_jobs: bool) -> None:  # noqa: FBT001
    thing, action = stopped(), switch(with_jobs=with_jobs).turn_off(**ABOUT)
    thing.values["on"] = None
    with pytest.raises(NotKnown):
        await action.dry_run(thing, CALL)
    with pytest.raises(NotKnown):
        await action.probe(thing, CALL, {"last": ""})


async def test_it_was_switched_in_the_meantime() -> None:
    thing, action = stopped(), switch(with_jobs=True).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    thing.start(seconds=0)
    with pytest.raises(PreconditionFailed, match="switched in the meantime"):
        await action.precheck(thing, CALL, before.baseline)


@BOTH
async def test_a_lost_answer_is_probed(with_jobs: bool) -> None:  # noqa: FBT001
    thing, action = stopped(), switch(with_jobs=with_jobs).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    thing.loses = LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, before.baseline)
    thing.clock.advance(2)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_a_job_that_failed_and_changed_nothing_is_a_refusal() -> None:
    thing, action = stopped(works=False, job_ok=False), switch(with_jobs=True).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    with pytest.raises(ServiceRefused, match="failed"):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN, "a job of whom?"
    ours = {**before.baseline, "handle": "1"}
    assert await action.probe(thing, CALL, ours) is Effect.NOT_DONE, "our own job failed: proof"


async def test_a_job_that_failed_and_switched_is_unknown() -> None:
    thing, action = stopped(job_ok=False), switch(with_jobs=True).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_a_job_that_ended_well_and_shows_nothing_is_not_seen() -> None:
    thing, action = stopped(works=False), switch(with_jobs=True).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert (await action.verify(thing, CALL, before.baseline)).ok is False


async def test_an_undo_that_does_not_show_is_not_claimed() -> None:
    thing, action = stopped(), switch(with_jobs=False).turn_on(**ABOUT)
    assert action.undo is not None
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is True
    thing.values["works"] = False
    await action.undo.execute(thing, CALL, before.baseline)
    thing.clock.advance(60)
    (left,) = await action.undo.dry_run(thing, CALL, before.baseline)
    assert (left.before, left.after) == ("running", "stopped")


async def test_a_crash_after_the_job_was_noted_finds_that_job() -> None:
    thing, action = stopped(), switch(with_jobs=True).turn_on(**ABOUT)
    journal = Journal(kills=True)
    before = await action.dry_run(thing, CALL)
    journal.baseline = {**before.baseline}
    with pytest.raises(Killed):
        await action.execute(thing, call(journal), before.baseline)
    assert journal.baseline == {"last": "", "handle": "1"}
    thing.start(ok=False, seconds=0)
    thing.clock.advance(2)
    assert await action.probe(thing, CALL, journal.baseline) is Effect.DONE
    assert thing.writes == ["on"]


def test_a_switch_without_an_undo_cannot_be_undone() -> None:
    one_way: Action[Thing] = switch(with_jobs=False).turn_off(reversible=False, **ABOUT)
    assert not one_way.reversible
    assert switch(with_jobs=False).turn_off(**ABOUT).reversible


async def test_a_failed_job_and_an_unreadable_state_leave_the_effect_unknown() -> None:
    thing = stopped(works=False, job_ok=False)
    action = switch(with_jobs=True).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    thing.after(3, lambda: thing.values.update(on=None))
    with pytest.raises(EffectUnknown, match="cannot be read"):
        await action.execute(thing, CALL, before.baseline)


async def test_a_job_that_cannot_be_read_may_still_switch() -> None:
    kit, thing = switch(with_jobs=True), stopped()
    assert kit.on.jobs is not None
    unread = replace(kit.on.jobs, unread=refusing("a node is away"))
    action = replace(kit, on=replace(kit.on, jobs=unread)).turn_on(**ABOUT)
    before = await action.dry_run(thing, CALL)
    assert await action.probe(thing, CALL, before.baseline) is Effect.UNKNOWN
    thing.values["on"] = True
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_it_passes_on_how_long_a_lost_request_may_take() -> None:
    async def read(_: Thing, __: Call, ___: Mapping[str, Value]) -> float:
        return 600

    kit, thing = switch(with_jobs=False), stopped()
    action = replace(kit, on=replace(kit.on, latest=read))
    on = action.turn_on(**ABOUT).latest
    assert on is not None
    assert await on(thing, CALL, {}) == 600
    assert action.turn_off(**ABOUT).latest is None


async def test_what_can_only_be_turned_on_cannot_be_undone() -> None:
    one_way = replace(switch(with_jobs=False), off=None)
    action = one_way.turn_on(**ABOUT)
    assert action.undo is None
    thing = stopped()
    before = await action.dry_run(thing, CALL)
    await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is True
    with pytest.raises(ValueError, match="no way to turn it off"):
        one_way.turn_off(**ABOUT)
