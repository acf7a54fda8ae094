"""The kit that sets a value: the value before is the pre-image."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.set_value import Current, SetValue

from .fakes import ABOUT, LOST, Thing, call

CALL = call(level=20)


async def read(thing: Thing, _: Call) -> Current:
    thing.read()
    in_force = thing.values.get("in_force", True)
    effective = None if in_force is None else bool(in_force)
    return Current(value=thing.values["level"], token=str(thing.values["token"]), is_effective=effective)


async def write(thing: Thing, _: Call, value: Value, current: Current) -> None:
    assert current.token == thing.values["token"]
    token = f"{thing.values['token']}+"
    thing.write(f"level {value}", lambda: thing.values.update(level=value, token=token))


async def too_much(_: Thing, call: Call, current: Current) -> str | None:
    above = call.number("level") > 90
    return f"90 % is the most, it is {current.value} now" if above else None


KIT = SetValue(argument="level", label="Level", read=read, write=write, refusal=too_much, unit="%")
ACTION: Action[Thing] = KIT.action(**ABOUT)


@pytest.fixture
def thing() -> Thing:
    return Thing(values={"level": 10, "token": "a"})


async def test_the_whole_way_there_and_back(thing: Thing) -> None:
    assert ACTION.undo is not None
    before = await ACTION.dry_run(thing, CALL)
    assert [(one.before, one.after) for one in before.differences] == [("10 %", "20 %")]
    await ACTION.precheck(thing, CALL, before.baseline)
    assert await ACTION.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert (await ACTION.verify(thing, CALL, before.baseline)).ok is False
    assert await ACTION.undo.dry_run(thing, CALL, before.baseline) == ()
    assert "set to 20 %" in await ACTION.execute(thing, CALL, before.baseline)
    assert await ACTION.probe(thing, CALL, before.baseline) is Effect.DONE
    assert (await ACTION.verify(thing, CALL, before.baseline)).ok is True
    back = await ACTION.undo.dry_run(thing, CALL, before.baseline)
    assert [(one.before, one.after) for one in back] == [("20 %", "10 %")]
    assert "set back to 10 %" in await ACTION.undo.execute(thing, CALL, before.baseline)
    assert await ACTION.undo.dry_run(thing, CALL, before.baseline) == ()
    assert thing.writes == ["level 20", "level 10"]


async def test_a_goal_that_is_read_is_kept_from_the_dry_run(thing: Thing) -> None:
    async def before_last(thing: Thing, _: Call) -> Value:
        return thing.values["before"]

    back = SetValue(goal=before_last, label="Level", read=read, write=write).action(**ABOUT)
    thing.values["before"] = 5
    dry = await back.dry_run(thing, call())
    assert [(one.before, one.after) for one in dry.differences] == [("10", "5")]
    thing.values["before"] = 10
    assert "set to 5" in await back.execute(thing, call(), dry.baseline)
    assert await back.probe(thing, call(), dry.baseline) is Effect.DONE
    assert (await back.verify(thing, call(), dry.baseline)).ok is True
    assert back.undo is not None
    assert [one.after for one in await back.undo.dry_run(thing, call(), dry.baseline)] == ["10"]


async def test_the_same_value_is_refused(thing: Thing) -> None:
    with pytest.raises(PreconditionFailed, match="already 10 %"):
        await ACTION.dry_run(thing, call(level=10))


async def test_what_would_be_refused_is_refused_in_the_dry_run(thing: Thing) -> None:
    before = await ACTION.dry_run(thing, CALL)
    for attempt in (
        ACTION.dry_run(thing, call(level=95)),
        ACTION.precheck(thing, call(level=95), before.baseline),
    ):
        with pytest.raises(PreconditionFailed, match="90 % is the most, it is 10 now"):
            await attempt


@pytest.mark.parametrize("change", [{"level": 11}, {"token": "b"}])
async def test_what_somebody_else_changed_is_not_overwritten(thing: Thing, change: dict[str, Value]) -> None:
    before = await ACTION.dry_run(thing, CALL)
    thing.values |= change
    with pytest.raises(PreconditionFailed, match="changed in the meantime"):
        await ACTION.precheck(thing, CALL, before.baseline)
    if "token" in change:
        with pytest.raises(PreconditionFailed, match="changed in the meantime"):
            await ACTION.execute(thing, CALL, before.baseline)
    assert thing.writes == []


async def test_a_third_value_is_neither_done_nor_undone(thing: Thing) -> None:
    assert ACTION.undo is not None
    before = await ACTION.dry_run(thing, CALL)
    thing.values["level"] = 15
    assert await ACTION.probe(thing, CALL, before.baseline) is Effect.UNKNOWN
    assert (await ACTION.verify(thing, CALL, before.baseline)).ok is False
    with pytest.raises(PreconditionFailed, match="somebody else changed it"):
        await ACTION.undo.dry_run(thing, CALL, before.baseline)


async def test_a_value_that_is_not_in_force_again_is_not_undone(thing: Thing) -> None:
    assert ACTION.undo is not None
    before = await ACTION.dry_run(thing, CALL)
    thing.values["in_force"] = False
    back = await ACTION.undo.dry_run(thing, CALL, before.baseline)
    assert [(one.before, one.after) for one in back] == [("10 %, which is not in force yet", "10 %")]


@pytest.mark.parametrize(("in_force", "ok"), [(True, True), (False, False), (None, None)])
async def test_a_value_that_is_set_counts_once_it_is_in_force(
    thing: Thing,
    in_force: bool | None,  # noqa: FBT001
    ok: bool | None,  # noqa: FBT001
) -> None:
    before = await ACTION.dry_run(thing, CALL)
    await ACTION.execute(thing, CALL, before.baseline)
    thing.values["in_force"] = in_force
    assert (await ACTION.verify(thing, CALL, before.baseline)).ok is ok


async def test_it_is_waited_for_until_the_value_is_in_force(thing: Thing) -> None:
    slow = SetValue(argument="level", label="Level", read=read, write=write, away=30).action(**ABOUT)
    before = await slow.dry_run(thing, CALL)
    await slow.execute(thing, CALL, before.baseline)
    thing.values["in_force"] = None
    assert (await slow.verify(thing, CALL, before.baseline)).ok is None
    thing.after(20, lambda: thing.values.update(in_force=True))
    assert (await slow.verify(thing, CALL, before.baseline)).ok is True
    thing.values |= {"level": 15, "in_force": None}
    begun = thing.clock.monotonic()
    assert (await slow.verify(thing, CALL, before.baseline)).ok is False
    assert thing.clock.monotonic() == begun


async def test_a_detail_is_shown_beside_the_value_before(thing: Thing) -> None:
    async def detailed(thing: Thing, call: Call) -> Current:
        return replace(await read(thing, call), detail="of 3 steps")

    shown = SetValue(argument="level", label="Level", read=detailed, write=write).action(**ABOUT)
    dry = await shown.dry_run(thing, CALL)
    assert [(one.before, one.after) for one in dry.differences] == [("10 (of 3 steps)", "20")]


async def test_lost_answers_and_refusals(thing: Thing) -> None:
    before = await ACTION.dry_run(thing, CALL)
    thing.refuses = ServiceRefused("not allowed")
    with pytest.raises(ServiceRefused):
        await ACTION.execute(thing, CALL, before.baseline)
    assert await ACTION.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    thing.refuses, thing.loses = None, LOST
    with pytest.raises(EffectUnknown):
        await ACTION.execute(thing, CALL, before.baseline)
    assert await ACTION.probe(thing, CALL, before.baseline) is Effect.DONE


VALUES = st.booleans() | st.integers(0, 90) | st.sampled_from(["", "auto", "10"])


@settings(max_examples=80, deadline=None)
@given(first=VALUES, goal=st.integers(0, 90), then=VALUES)
async def test_probe_and_undo_agree_with_what_is_there(first: Value, goal: int, then: Value) -> None:
    """Whatever the value becomes: done, undone and unknown exclude each other."""
    thing, wanted = Thing(values={"level": first, "token": "a"}), call(level=goal)
    assert ACTION.undo is not None
    try:
        before = await ACTION.dry_run(thing, wanted)
    except PreconditionFailed:
        assert first == goal
        return
    thing.values["level"] = then
    effect = await ACTION.probe(thing, wanted, before.baseline)
    expected = Effect.DONE if then == goal else Effect.NOT_SEEN if then == first else Effect.UNKNOWN
    assert effect is expected
    assert (await ACTION.verify(thing, wanted, before.baseline)).ok is (then == goal)
    if effect is Effect.UNKNOWN:
        with pytest.raises(PreconditionFailed):
            await ACTION.undo.dry_run(thing, wanted, before.baseline)
    else:
        assert bool(await ACTION.undo.dry_run(thing, wanted, before.baseline)) is (effect is Effect.DONE)
