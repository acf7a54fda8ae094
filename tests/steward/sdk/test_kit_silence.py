"""The kit that silences for a time: our silences are known by a mark in their comment."""

from datetime import datetime, timedelta

import pytest

from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.silence import HOURS, Silence, Silenced

from .fakes import ABOUT, LOST, Journal, Killed, Thing, call

CALL = call(hours=4)


class Monitor(Thing):
    """A monitor with one alert and its silences."""

    def __init__(self) -> None:
        super().__init__(values={"alert": "since noon"})
        self.silences: list[Silenced] = []


async def subject(monitor: Monitor, _: Call) -> str:
    monitor.read()
    if monitor.values["alert"] is None:
        raise PreconditionFailed("Pump does not fire any more")
    return str(monitor.values["alert"])


async def active(monitor: Monitor, _: Call) -> tuple[Silenced, ...]:
    monitor.read()
    return tuple(one for one in monitor.silences if one.ends_at > monitor.clock.now())


async def start(monitor: Monitor, _: Call, ends_at: datetime, comment: str) -> str:
    one = Silenced(id=f"s{len(monitor.silences)}", ends_at=ends_at, comment=comment)
    monitor.write("start", lambda: monitor.silences.append(one))
    return one.id


async def end(monitor: Monitor, silence: str) -> None:
    kept = [one for one in monitor.silences if one.id != silence]
    monitor.write(f"end {silence}", lambda: setattr(monitor, "silences", kept))


ACTION: Action[Monitor] = Silence(
    subject=subject, active=active, start=start, end=end, note="The alert still fires."
).action(**ABOUT)


async def test_it_is_silenced_and_the_silence_ended() -> None:
    monitor, journal = Monitor(), Journal()
    assert ACTION.undo is not None
    before = await ACTION.dry_run(monitor, CALL)
    assert [(one.before, one.after) for one in before.differences] == [("no", "for 4 h")]
    assert before.note == "The alert still fires."
    await ACTION.precheck(monitor, CALL, before.baseline)
    result = await ACTION.verify(monitor, CALL, before.baseline)
    assert (result.ok, result.text) == (False, "not silenced")
    assert await ACTION.probe(monitor, CALL, before.baseline) is Effect.NOT_SEEN
    assert await ACTION.undo.dry_run(monitor, CALL, before.baseline) == ()
    assert "Silenced until" in await ACTION.execute(monitor, call(journal, hours=4), before.baseline)
    assert journal.baseline == {"silence": "s0"}
    assert monitor.silences[0].ends_at == monitor.clock.now() + timedelta(hours=4)
    assert (await ACTION.verify(monitor, CALL, before.baseline)).ok is True
    assert await ACTION.probe(monitor, CALL, before.baseline) is Effect.DONE
    assert [one.after for one in await ACTION.undo.dry_run(monitor, CALL, before.baseline)] == ["no"]
    await ACTION.undo.execute(monitor, CALL, before.baseline)
    assert await ACTION.undo.dry_run(monitor, CALL, before.baseline) == ()
    assert monitor.writes == ["start", "end s0"]


async def test_silences_of_others_are_left_alone() -> None:
    monitor = Monitor()
    assert ACTION.undo is not None
    later = monitor.clock.now() + timedelta(hours=9)
    monitor.silences = [Silenced(id="theirs", ends_at=later, comment="disk is ordered")]
    before = await ACTION.dry_run(monitor, CALL)
    assert await ACTION.probe(monitor, CALL, before.baseline) is Effect.NOT_SEEN
    await ACTION.execute(monitor, CALL, before.baseline)
    await ACTION.undo.execute(monitor, CALL, before.baseline)
    assert [one.id for one in monitor.silences] == ["theirs"]


async def test_another_occurrence_or_time_is_another_silence() -> None:
    monitor = Monitor()
    before = await ACTION.dry_run(monitor, CALL)
    await ACTION.execute(monitor, CALL, before.baseline)
    with pytest.raises(PreconditionFailed, match="already silenced"):
        await ACTION.precheck(monitor, CALL, before.baseline)
    longer = await ACTION.dry_run(monitor, call(hours=8))
    assert longer.baseline != before.baseline
    assert await ACTION.probe(monitor, call(hours=8), longer.baseline) is Effect.NOT_SEEN
    monitor.values["alert"] = "since one"
    with pytest.raises(PreconditionFailed, match="fired again"):
        await ACTION.precheck(monitor, CALL, before.baseline)
    monitor.values["alert"] = None
    for attempt in (ACTION.dry_run(monitor, CALL), ACTION.precheck(monitor, CALL, before.baseline)):
        with pytest.raises(PreconditionFailed, match="does not fire any more"):
            await attempt


async def test_a_silence_that_is_over_is_not_claimed() -> None:
    monitor = Monitor()
    before = await ACTION.dry_run(monitor, CALL)
    await ACTION.execute(monitor, CALL, before.baseline)
    monitor.clock.advance(4 * 3600 + 1)
    assert (await ACTION.verify(monitor, CALL, before.baseline)).ok is False


async def test_lost_answers_refusals_and_a_crash_after_the_note() -> None:
    monitor = Monitor()
    before = await ACTION.dry_run(monitor, CALL)
    monitor.refuses = ServiceRefused("not allowed")
    with pytest.raises(ServiceRefused):
        await ACTION.execute(monitor, CALL, before.baseline)
    assert await ACTION.probe(monitor, CALL, before.baseline) is Effect.NOT_SEEN
    monitor.refuses, monitor.loses = None, LOST
    with pytest.raises(EffectUnknown):
        await ACTION.execute(monitor, CALL, before.baseline)
    assert await ACTION.probe(monitor, CALL, before.baseline) is Effect.DONE

    monitor, journal = Monitor(), Journal(kills=True)
    with pytest.raises(Killed):
        await ACTION.execute(monitor, call(journal, hours=4), before.baseline)
    assert await ACTION.probe(monitor, CALL, {**before.baseline, **journal.baseline}) is Effect.DONE
    assert monitor.writes == ["start"]


def test_it_asks_for_hours() -> None:
    assert ACTION.arguments == (HOURS,)
    assert (ACTION.capability, ACTION.reversible) == ("silence", True)
