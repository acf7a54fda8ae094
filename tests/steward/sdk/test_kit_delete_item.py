"""The kit that deletes one item: what it was is the pre-image."""

import pytest

from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.delete_item import DeleteItem

from .fakes import ABOUT, LOST, Thing, call

CALL = call()


async def read(thing: Thing, _: Call) -> bytes | None:
    thing.read()
    content = thing.values.get("item")
    return None if content is None else str(content).encode()


def line(item: bytes) -> str:
    return f"an item of {len(item)} bytes"


async def content(thing: Thing, _: Call) -> str:
    return str(thing.values["item"])


async def delete(thing: Thing, _: Call, item: bytes) -> None:
    thing.write(f"delete {item.decode()}", lambda: thing.values.pop("item"))


async def restore(thing: Thing, _: Call, text: str) -> None:
    thing.write(f"restore {text}", lambda: thing.values.update(item=text))


def kit(*, can_restore: bool = True, reason: str | None = None) -> Action[Thing]:
    return DeleteItem(
        read=read,
        delete=delete,
        content=content if can_restore else None,
        restore=restore if can_restore else None,
        line=line,
        refusal=lambda _: reason,
        note="It is gone at once.",
    ).action(**ABOUT)


@pytest.fixture
def thing() -> Thing:
    return Thing(values={"item": "all of it"})


async def test_it_is_deleted_and_restored(thing: Thing) -> None:
    action = kit()
    assert action.undo is not None
    before = await action.dry_run(thing, CALL)
    assert [(one.before, one.after) for one in before.differences] == [("an item of 9 bytes", "deleted")]
    assert before.note == "It is gone at once."
    await action.precheck(thing, CALL, before.baseline)
    result = await action.verify(thing, CALL, before.baseline)
    assert (result.ok, result.text) == (False, "an item of 9 bytes")
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert "was deleted" in await action.execute(thing, CALL, before.baseline)
    assert (await action.verify(thing, CALL, before.baseline)).ok is True
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert [one.after for one in await action.undo.dry_run(thing, CALL, before.baseline)] == ["restored"]
    assert "was restored" in await action.undo.execute(thing, CALL, before.baseline)
    assert await action.undo.dry_run(thing, CALL, before.baseline) == ()
    assert thing.writes == ["delete all of it", "restore all of it"]


async def test_what_is_listed_for_a_while_after_it_was_deleted_is_waited_for(thing: Thing) -> None:
    action = kit()
    before = await action.dry_run(thing, CALL)
    thing.after(20, lambda: thing.values.pop("item"))
    assert (await action.verify(thing, CALL, before.baseline)).ok is True


async def test_without_a_restore_it_cannot_be_undone(thing: Thing) -> None:
    action = kit(can_restore=False)
    assert not action.reversible
    before = await action.dry_run(thing, CALL)
    assert before.baseline == {"content": "an item of 9 bytes"}
    thing.values["item"] = "more than all of it"
    with pytest.raises(PreconditionFailed, match="changed in the meantime"):
        await action.precheck(thing, CALL, before.baseline)


async def test_what_ends_in_another_way_is_named_so(thing: Thing) -> None:
    action = DeleteItem(read=read, delete=delete, line=line, word="stopped").action(**ABOUT)
    before = await action.dry_run(thing, CALL)
    assert [one.after for one in before.differences] == ["stopped"]
    assert await action.execute(thing, CALL, before.baseline) == "Pump was stopped"
    assert (await action.verify(thing, CALL, before.baseline)).text == "stopped"


async def test_what_is_gone_changed_or_refused_is_not_deleted(thing: Thing) -> None:
    action = kit()
    before = await action.dry_run(thing, CALL)
    for attempt in (
        kit(reason="It is in use").dry_run(thing, CALL),
        kit(reason="It is in use").precheck(thing, CALL, before.baseline),
    ):
        with pytest.raises(PreconditionFailed, match="It is in use"):
            await attempt
    thing.values["item"] = "not all of"
    with pytest.raises(PreconditionFailed, match="changed in the meantime"):
        await action.precheck(thing, CALL, before.baseline)
    del thing.values["item"]
    for attempt in (action.dry_run(thing, CALL), action.precheck(thing, CALL, before.baseline)):
        with pytest.raises(PreconditionFailed, match="not there any more"):
            await attempt


async def test_lost_answers_and_refusals(thing: Thing) -> None:
    action = kit()
    before = await action.dry_run(thing, CALL)
    thing.refuses = ServiceRefused("not allowed")
    with pytest.raises(ServiceRefused):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.NOT_SEEN
    thing.refuses, thing.loses = None, LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, CALL, before.baseline)
    assert await action.probe(thing, CALL, before.baseline) is Effect.DONE
    assert thing.writes == ["delete all of it"]
