"""The kit that restarts: what changed since the baseline shows whether it was done."""

from collections.abc import Mapping

import pytest

from homelab_steward.contract.base import Value
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk.description import Action, Call, DryRun, Effect
from steward.sdk.kits.about import About
from steward.sdk.kits.restart import Restart
from steward.sdk.readings import NotKnown

from .fakes import ABOUT, LOST, Thing, call, refusing

CALL = call()


async def started(thing: Thing, _: Call) -> str:
    thing.read()
    if not thing.values["runs"]:
        raise PreconditionFailed("Pump does not run")
    return str(thing.values["started"])


async def request(thing: Thing, _: Call) -> None:
    thing.write("restart", lambda: restart(thing))


def restart(thing: Thing) -> None:
    thing.after(1, lambda: thing.values.update(runs=False))
    thing.after(2, lambda: setattr(thing, "away_until", thing.clock.monotonic() + 5))
    thing.after(8, lambda: thing.values.update(runs=True, started="two"))


def kit(reason: str | None = None) -> Action[Thing]:
    return Restart(started=started, request=request, refusal=refusing(reason), note="Brief.").action(**ABOUT)


@pytest.fixture
def thing() -> Thing:
    return Thing(values={"runs": True, "started": "one"})


async def ready(thing: Thing) -> tuple[Action[Thing], DryRun]:
    action = kit()
    before = await action.dry_run(thing, CALL)
    await action.precheck(thing, CALL, before.baseline)
    return action, before


async def test_a_dry_run_says_what_would_happen(thing: Thing) -> None:
    _, before = await ready(thing)
    assert [(one.field, one.before, one.after) for one in before.differences] == [
        ("State", "running", "restarted")
    ]
    assert (before.note, thing.writes) == ("Brief.", [])


async def test_what_would_be_refused_is_refused_in_the_dry_run(thing: Thing) -> None:
    _, before = await ready(thing)
    for attempt in (
        kit("It is locked").dry_run(thing, CALL),
        kit("It is locked").precheck(thing, CALL, before.baseline),
    ):
        with pytest.raises(PreconditionFailed, match="It is locked"):
            await attempt
    thing.values["runs"] = False
    for attempt in (kit().dry_run(thing, CALL), kit().precheck(thing, CALL, before.baseline)):
        with pytest.raises(PreconditionFailed, match="does not run"):
            await attempt


async def test_a_restart_in_the_meantime_is_refused(thing: Thing) -> None:
    action, before = await ready(thing)
    thing.values["started"] = "by somebody else"
    with pytest.raises(PreconditionFailed, match="restarted in the meantime"):
        await action.precheck(thing, CALL, before.baseline)


async def test_it_is_requested_once_and_waited_for(thing: Thing) -> None:
    action, before = await ready(thing)
    assert "requested" in await action.execute(thing, CALL, before.baseline)
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (True, "running since two")
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert thing.writes == ["restart"]
    assert action.undo is None
    assert not action.reversible


@pytest.mark.parametrize(
    "away", [ServiceRefused("404"), ServiceUnauthorized("401"), ServiceMalformed("HTML")]
)
async def test_whatever_answers_while_it_restarts_is_an_absence(thing: Thing, away: ServiceError) -> None:
    thing.away = away
    action, before = await ready(thing)
    await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is True


async def test_a_lost_answer_is_probed_until_it_is_back(thing: Thing) -> None:
    action, before = await ready(thing)
    thing.loses = LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    thing.clock.advance(2)
    with pytest.raises(ServiceUnreachable):
        await action.probe(thing, CALL, before.baseline)
    thing.clock.advance(20)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE


async def test_what_was_not_done_is_not_seen(thing: Thing) -> None:
    action, before = await ready(thing)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (False, "not restarted, running since one")


async def test_what_stopped_and_did_not_start_is_false_and_not_probed_as_done(thing: Thing) -> None:
    action, before = await ready(thing)
    thing.values["runs"] = False
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (False, "not running")


async def test_what_worked_is_waited_for_until_it_works(thing: Thing) -> None:
    async def works(thing: Thing, _: Call) -> bool:
        return bool(thing.values["works"])

    action = Restart(started=started, request=request, works=works).action(**ABOUT)
    thing.values["works"] = False
    broken = (await action.dry_run(thing, CALL)).baseline
    thing.values["works"] = True
    baseline = (await action.dry_run(thing, CALL)).baseline
    await action.execute(thing, CALL, baseline)
    thing.values["works"] = False
    result = await action.verify(thing, CALL, baseline)
    assert (result.ok, result.text) == (False, "restarted, and it does not work after 60 seconds")
    assert (await action.verify(thing, CALL, broken)).ok is True
    thing.after(5, lambda: thing.values.update(works=True))
    assert (await action.verify(thing, CALL, baseline)).ok is True


async def test_what_must_work_is_waited_for_although_it_did_not_work_before(thing: Thing) -> None:
    async def works(thing: Thing, _: Call) -> bool:
        if thing.values["works"] is None:
            raise NotKnown("it is on its way")
        return bool(thing.values["works"])

    action = Restart(started=started, request=request, works=works, must_work=True).action(**ABOUT)
    thing.values["works"] = None
    baseline = (await action.dry_run(thing, CALL)).baseline
    await action.execute(thing, CALL, baseline)
    result = await action.verify(thing, CALL, baseline)
    assert (result.ok, result.text) == (None, "not back after 60 seconds: it is on its way")
    thing.values["works"] = False
    assert (await action.verify(thing, CALL, baseline)).ok is False
    thing.after(5, lambda: thing.values.update(works=True))
    assert (await action.verify(thing, CALL, baseline)).ok is True


async def test_what_stays_away_is_unknown(thing: Thing) -> None:
    action, before = await ready(thing)
    thing.away_until = 10_000
    result = await action.verify(thing, CALL, before.baseline)
    assert result.ok is None
    assert "not back after 60 seconds" in result.text
    with pytest.raises(ServiceUnreachable):
        await action.probe(thing, CALL, before.baseline)


async def test_a_refusal_of_the_service_passes(thing: Thing) -> None:
    action, before = await ready(thing)
    thing.refuses = ServiceRefused("not allowed")
    with pytest.raises(ServiceRefused, match="not allowed"):
        await action.execute(thing, CALL, before.baseline)
    assert thing.writes == []


def test_it_says_what_restarts_are() -> None:
    offer, action = kit().offer(), kit()
    assert (offer.capability, offer.button, action.interrupts) == ("restart", True, True)
    about: About = {**ABOUT, "capability": None, "button": False}
    changed = Restart(started=started, request=request).action(**about)
    assert (changed.capability, changed.button) == (None, False)


async def test_it_passes_on_how_long_a_lost_request_may_take(thing: Thing) -> None:
    async def read(_: Thing, __: Call, ___: Mapping[str, Value]) -> float:
        return 600

    action = Restart(started=started, request=request, latest=read).action(**ABOUT)
    assert action.latest is not None
    assert await action.latest(thing, CALL, {}) == 600
