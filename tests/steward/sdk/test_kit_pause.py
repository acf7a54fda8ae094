"""The kit that turns a function off for a time: it must turn on again by itself."""

import pytest

from steward.errors import PreconditionFailed
from steward.sdk.description import Call, Effect
from steward.sdk.kits.pause import Pause, Paused

from .fakes import ABOUT, Thing, call, refusing

CALL = call(minutes=30)


class Filter(Thing):
    """A function that is on until ``off_until`` is set; 0 turns it off for ever."""

    off_until: float | None = None
    has_timer = True

    def set_off(self, until: float | None) -> None:
        self.off_until = until


async def read(thing: Filter, _: Call) -> Paused:
    thing.read()
    if thing.off_until is None or thing.off_until <= thing.clock.monotonic():
        return Paused(is_on=True)
    left = thing.off_until - thing.clock.monotonic() if thing.has_timer else None
    return Paused(is_on=False, left=left)


async def pause(thing: Filter, seconds: float) -> None:
    thing.write(f"off {seconds:g}", lambda: thing.set_off(thing.clock.monotonic() + seconds))


async def resume(thing: Filter) -> None:
    thing.write("on", lambda: thing.set_off(None))


KIT = Pause(read=read, pause=pause, resume=resume, label="Filtering", note="Advertisements are shown.")
OFF, ON = KIT.pause_action(**ABOUT), KIT.resume_action(**ABOUT)


async def test_it_is_off_for_a_time_and_undone() -> None:
    thing = Filter()
    assert OFF.undo is not None
    before = await OFF.dry_run(thing, CALL)
    assert [(one.field, one.before, one.after) for one in before.differences] == [
        ("Filtering", "on", "off for 30 min")
    ]
    assert before.note == "Advertisements are shown."
    assert (await OFF.verify(thing, CALL, before.baseline)).ok is False
    await OFF.execute(thing, CALL, before.baseline)
    result = await OFF.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (True, "off for another 30 min")
    assert await OFF.probe(thing, CALL, before.baseline) is Effect.DONE
    with pytest.raises(PreconditionFailed, match="already off"):
        await OFF.precheck(thing, CALL, before.baseline)
    await OFF.undo.execute(thing, CALL, before.baseline)
    assert await OFF.undo.dry_run(thing, CALL, before.baseline) == ()
    assert thing.writes == ["off 1800", "on"]


async def test_it_turns_on_by_itself() -> None:
    thing = Filter()
    await OFF.execute(thing, CALL, {})
    thing.clock.advance(1801)
    assert (await OFF.verify(thing, CALL, {})).ok is False


async def test_a_pause_without_an_end_or_with_a_later_one_is_no_success() -> None:
    thing = Filter()
    await OFF.execute(thing, call(minutes=90), {})
    result = await OFF.verify(thing, CALL, {})
    assert (result.ok, result.text) == (False, "off for another 1 h 30 min")
    thing.has_timer = False
    result = await OFF.verify(thing, CALL, {})
    assert (result.ok, result.text) == (False, "off, and nothing turns it on again")


async def test_it_is_resumed_and_refused() -> None:
    thing = Filter()
    assert ON.undo is None
    with pytest.raises(PreconditionFailed, match="already on"):
        await ON.dry_run(thing, call())
    await OFF.execute(thing, CALL, {})
    assert [one.after for one in (await ON.dry_run(thing, call())).differences] == ["on"]
    await ON.execute(thing, call(), {})
    assert (await ON.verify(thing, call(), {})).ok is True
    kit = Pause(read=read, pause=pause, resume=resume, label="Filtering", refusal=refusing("It is locked"))
    with pytest.raises(PreconditionFailed, match="It is locked"):
        await kit.pause_action(**ABOUT).dry_run(thing, CALL)
