"""The kit that creates one item: its name is ours, and undo deletes it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.create_item import CreateItem
from steward.sdk.kits.jobs import Job

from .fakes import ABOUT, LOST, Killed, Thing, call, jobs, refusing

CALL = call()
BOTH = pytest.mark.parametrize("with_jobs", [False, True], ids=["at once", "with a job"])


async def names(thing: Thing, _: Call) -> tuple[str, ...]:
    thing.read()
    if thing.values.get("gap"):
        raise ServiceMalformed("the list has a gap")
    return tuple(str(thing.values["names"]).split())


def kit(
    *, with_jobs: bool = False, reason: str | None = None, unread: str | None = None, own: Any = None
) -> Action[Thing]:
    def changing(what: str, *, adds: bool) -> object:
        async def change(thing: Thing, _: Call, name: str) -> str:
            def apply() -> None:
                rest = [one for one in str(thing.values["names"]).split() if one != name]
                if thing.values.get("works", True):
                    thing.values["names"] = " ".join([*rest, name] if adds else rest)
                if with_jobs:
                    thing.start(ok=thing.values.get("job_ok", True) is True)

            thing.write(f"{what} {name}", apply)
            return str(len(thing.jobs))

        return change

    return CreateItem[Thing](
        label="Snapshot",
        names=names,
        create=changing("create", adds=True),  # type: ignore[arg-type]
        delete=changing("delete", adds=False),  # type: ignore[arg-type]
        jobs=replace(jobs(), unread=refusing(unread), own=own) if with_jobs else None,
        refusal=refusing(reason),
        note="It takes no space at first.",
    ).action(**ABOUT)


@pytest.fixture
def thing() -> Thing:
    return Thing(values={"names": "auto-1 steward-2 steward-x"})


def test_it_is_sent_again_after_a_crash_only_where_a_second_one_is_refused_at_once() -> None:
    assert kit().deduplicated
    assert not kit(with_jobs=True).deduplicated


@BOTH
async def test_it_is_created_and_deleted(thing: Thing, with_jobs: bool) -> None:  # noqa: FBT001
    action = kit(with_jobs=with_jobs)
    assert action.undo is not None
    before = await action.dry_run(thing, CALL)
    assert [(one.before, one.after) for one in before.differences] == [("none", "steward-3")]
    assert before.note == "It takes no space at first."
    await action.precheck(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert (await action.verify(thing, CALL, before.baseline)).ok is False
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert "steward-3 of Pump was created" in await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).text == "steward-3"
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    with pytest.raises(PreconditionFailed, match="created in the meantime"):
        await action.precheck(thing, CALL, before.baseline)
    [back] = await action.undo.dry_run(thing, CALL, before.baseline)
    assert (back.before, back.after) == ("steward-3", "deleted")
    assert "was deleted" in await action.undo.execute(thing, CALL, before.baseline)
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert thing.writes == ["create steward-3", "delete steward-3"]


async def test_what_is_refused_is_not_offered(thing: Thing) -> None:
    with pytest.raises(PreconditionFailed, match="is locked"):
        await kit(reason="Pump is locked").dry_run(thing, CALL)
    baseline = (await kit().dry_run(thing, CALL)).baseline
    with pytest.raises(PreconditionFailed, match="is locked"):
        await kit(reason="Pump is locked").precheck(thing, CALL, baseline)


async def test_a_list_with_a_gap_decides_nothing(thing: Thing) -> None:
    action = kit()
    baseline = (await action.dry_run(thing, CALL)).baseline
    thing.values["gap"] = True
    for read in (action.dry_run(thing, CALL), action.probe(thing, CALL, baseline)):
        with pytest.raises(ServiceMalformed):
            await read


async def test_a_lost_answer_is_found_by_the_name(thing: Thing) -> None:
    action = kit()
    baseline = (await action.dry_run(thing, CALL)).baseline
    thing.loses = LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, baseline)
    assert await action.probe(thing, CALL, baseline) is Effect.DONE


async def test_a_job_that_failed(thing: Thing) -> None:
    action = kit(with_jobs=True)
    baseline = (await action.dry_run(thing, CALL)).baseline
    thing.values |= {"job_ok": False, "works": False}
    with pytest.raises(ServiceRefused, match="The job failed"):
        await action.execute(thing, CALL, baseline)
    assert await action.probe(thing, CALL, {**baseline, "handle": "1"}) is Effect.NOT_DONE
    thing.values["works"] = True
    with pytest.raises(EffectUnknown, match="did not end well"):
        await action.execute(thing, CALL, baseline)


async def test_a_job_that_failed_and_a_list_that_cannot_be_read(thing: Thing) -> None:
    action = kit(with_jobs=True)
    baseline = (await action.dry_run(thing, CALL)).baseline
    thing.values |= {"job_ok": False, "gap": True}
    with pytest.raises(EffectUnknown, match="cannot be read"):
        await action.execute(thing, CALL, baseline)


async def lost(_: object) -> None:
    """Kill the app before the handle of the job is noted."""
    raise Killed


async def interrupted(thing: Thing, action: Action[Thing]) -> dict[str, Value]:
    """Return the baseline of an item whose job was started, and its handle lost."""
    thing.start(seconds=0)
    thing.read()
    before = await action.dry_run(thing, CALL)
    assert (before.baseline["last"], set(before.bound)) == ("1", {"name"})
    with pytest.raises(Killed):
        await action.execute(thing, Call(target=CALL.target, note=lost), before.baseline)
    return dict(before.baseline)


async def test_a_job_whose_handle_was_lost_is_found_and_waited_for(thing: Thing) -> None:
    action = kit(with_jobs=True)
    thing.values["works"] = False
    baseline = await interrupted(thing, action)
    assert await action.probe(thing, CALL, baseline) is Effect.DONE, "it runs"
    thing.values["names"] = "steward-3"
    result = await action.verify(thing, CALL, baseline)
    assert (result.ok, result.text) == (True, "steward-3")
    assert not thing.jobs["2"].is_running


async def test_a_job_whose_handle_was_lost_and_that_failed_did_nothing(thing: Thing) -> None:
    action = kit(with_jobs=True)
    thing.values |= {"works": False, "job_ok": False}
    baseline = await interrupted(thing, action)
    result = await action.verify(thing, CALL, baseline)
    assert (result.ok, result.text) == (False, "done")
    assert await action.probe(thing, CALL, baseline) is Effect.NOT_DONE


async def test_an_item_whose_job_does_not_end_is_not_good_so_far(thing: Thing) -> None:
    action = kit(with_jobs=True)
    baseline = await interrupted(thing, action)
    thing.later.clear()
    assert (await action.verify(thing, CALL, baseline)).ok is None


async def test_a_job_that_cannot_be_read_may_make_the_item(thing: Thing) -> None:
    action = kit(with_jobs=True, unread="a node is away")
    baseline = (await action.dry_run(thing, CALL)).baseline
    assert await action.probe(thing, CALL, baseline) is Effect.UNKNOWN
    assert (await action.verify(thing, CALL, baseline)).ok is False
    thing.values["names"] = "steward-3"
    assert await action.probe(thing, CALL, baseline) is Effect.DONE
    assert (await action.verify(thing, CALL, baseline)).ok is True


async def test_only_a_job_of_ours_is_looked_at(thing: Thing) -> None:
    async def own(_: Thing, __: Call, ___: Mapping[str, Value]) -> Job | None:
        return thing.jobs.get("2")

    action = kit(with_jobs=True, own=own)
    baseline = await interrupted(thing, action)
    thing.start(ok=False, seconds=0)
    assert (await action.verify(thing, CALL, baseline)).ok is True
