"""The kit that removes all items of a list that meet a condition."""

from collections.abc import Mapping, Sequence

import pytest

from steward.errors import PreconditionFailed
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.clear import MOST, Clear

from .fakes import ABOUT, Thing, call

CALL = call()


async def read(thing: Thing, _: Call) -> Mapping[str, str]:
    thing.read()
    return {key: f"Job {key}" for key in thing.values}


async def remove(thing: Thing, _: Call, ids: Sequence[str]) -> None:
    thing.write(f"remove {','.join(ids)}", lambda: [thing.values.pop(one) for one in ids])


async def restore(thing: Thing, _: Call, ids: Sequence[str]) -> None:
    thing.write(f"restore {','.join(ids)}", lambda: thing.values.update(dict.fromkeys(ids, "")))


def kit() -> Action[Thing]:
    return Clear(read=read, remove=remove, label="Failed jobs", note="They are gone.").action(**ABOUT)


async def test_what_can_be_restored_is_undone() -> None:
    action = Clear(read=read, remove=remove, restore=restore, label="Jobs", before="running").action(**ABOUT)
    thing = Thing(values={"7": "", "8": "", "9": ""})
    before = await action.dry_run(thing, CALL)
    assert action.undo is not None
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    await action.execute(thing, CALL, before.baseline)
    thing.values["8"] = ""
    assert [(one.before, one.after) for one in await action.undo.dry_run(thing, CALL, before.baseline)] == [
        ("2 removed", "running")
    ]
    assert await action.undo.execute(thing, CALL, before.baseline) == "Jobs of Pump: 2 are running again"
    assert thing.writes == ["remove 7,8,9", "restore 7,9"]
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()


async def test_what_the_dry_run_found_is_removed_once() -> None:
    thing, action = Thing(values={"7": "", "8": ""}), kit()
    before = await action.dry_run(thing, CALL)
    assert [(one.field, one.after) for one in before.differences] == [
        ("Job 7", "removed"),
        ("Job 8", "removed"),
    ]
    assert (before.note, action.reversible) == ("They are gone", False)
    thing.values["9"] = ""
    await action.precheck(thing, CALL, before.baseline)
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (False, "2 are still listed")
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert await action.execute(thing, CALL, before.baseline) == "Failed jobs of Pump: 2 removed"
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert (await action.verify(thing, CALL, before.baseline)).ok is True
    assert (thing.writes, list(thing.values)) == (["remove 7,8"], ["9"])
    with pytest.raises(PreconditionFailed, match="Failed jobs of Pump were changed in the meantime"):
        await action.precheck(thing, CALL, before.baseline)


async def test_without_such_items_it_is_not_offered() -> None:
    with pytest.raises(PreconditionFailed, match="Pump has none of these: Failed jobs"):
        await kit().dry_run(Thing(), CALL)


async def test_what_is_listed_for_a_while_is_waited_for() -> None:
    thing, action = Thing(values={"7": ""}), kit()
    before = await action.dry_run(thing, CALL)
    thing.after(20, lambda: thing.values.pop("7"))
    assert (await action.verify(thing, CALL, before.baseline)).ok is True


async def test_of_many_the_first_are_removed_and_the_rest_is_counted() -> None:
    thing, action = Thing(values={f"{one:03}": "" for one in range(MOST + 20)}), kit()
    before = await action.dry_run(thing, CALL)
    assert len(before.differences) == 11
    assert before.differences[-1].before == f"{MOST - 10} more"
    assert before.note == f"They are gone. Only {MOST} of {MOST + 20} are removed at once"
    await action.execute(thing, CALL, before.baseline)
    assert len(thing.values) == 20
