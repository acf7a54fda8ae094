"""The kit that makes a backup: the service names it, and undo deletes that one and no other."""

import pytest

from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed
from steward.sdk.description import Action, Call, Effect
from steward.sdk.kits.jobs import RunJob, always
from steward.sdk.kits.make_backup import MakeBackup

from .fakes import ABOUT, LOST, Journal, Killed, Thing, call, jobs


async def listed(thing: Thing, _: Call) -> dict[str, str]:
    thing.read()
    if thing.values.get("gap"):
        raise ServiceMalformed("the list has a gap")
    return {name: f"id of {name}" for name in str(thing.values["names"]).split()}


async def start(thing: Thing, _: Call) -> str:
    def begin() -> None:
        ok = thing.values.get("ok", True) is True
        thing.start(ok=ok)
        if ok and (late := thing.values.get("late", 10.0)) is not None:
            thing.after(float(str(late)), lambda: add(thing, "ours"))

    thing.write("back up", begin)
    return str(len(thing.jobs))


async def delete(thing: Thing, _: Call, backup: str) -> None:
    name = backup.removeprefix("id of ")
    rest = [one for one in str(thing.values["names"]).split() if one != name]
    thing.write(f"delete {backup}", lambda: thing.values.update(names=" ".join(rest)))


def add(thing: Thing, name: str) -> None:
    thing.values["names"] = f"{thing.values['names']} {name}"


def kit() -> Action[Thing]:
    job = RunJob[Thing](start=start, jobs=jobs(), changes=always("Backup", "none", "all"), note="It stays.")
    return MakeBackup(job=job, listed=listed, delete=delete).action(**ABOUT)


@pytest.fixture
def thing() -> Thing:
    return Thing(values={"names": "old older"})


async def test_it_is_made_and_deleted(thing: Thing) -> None:
    action, journal = kit(), Journal()
    assert action.undo is not None
    assert action.undo.deduplicated
    before = await action.dry_run(thing, call())
    assert before.baseline["backups"] == "old\nolder"
    assert [(one.field, one.after) for one in before.differences] == [("Backup", "all")]
    assert before.note == "It stays."
    journal.baseline |= before.baseline
    assert await action.probe(thing, call(), journal.baseline) is Effect.NOT_SEEN
    assert await action.execute(thing, call(journal), before.baseline) == "Pump was backed up: ours"
    assert journal.baseline["backup"] == "ours"
    assert await action.probe(thing, call(), journal.baseline) is Effect.DONE
    result = await action.verify(thing, call(), journal.baseline)
    assert (result.name, result.ok, result.text) == ("Backup", True, "ours")
    add(thing, "newer")
    [back] = await action.undo.dry_run(thing, call(), journal.baseline)
    assert (back.field, back.before, back.after) == ("Backup", "ours", "deleted")
    for _ in range(2):
        text = await action.undo.execute(thing, call(), journal.baseline)
        assert text == "The backup of Pump was deleted"
        assert await action.undo.dry_run(thing, call(), journal.baseline) == ()
    assert thing.writes == ["back up", "delete id of ours"]
    assert thing.values["names"] == "old older newer"


async def test_an_approval_holds_when_a_backup_is_made_before_it_is_carried_out(thing: Thing) -> None:
    action, journal = kit(), Journal()
    asked = await action.dry_run(thing, call())
    thing.start()
    await thing.clock.sleep(30.0)
    add(thing, "by_hand")
    now = await action.dry_run(thing, call())
    assert now.baseline != asked.baseline
    assert (now.bound, now.differences) == (asked.bound, asked.differences)
    journal.baseline |= now.baseline
    await action.precheck(thing, call(), now.baseline)
    assert await action.execute(thing, call(journal), now.baseline) == "Pump was backed up: ours"


async def test_of_several_new_ones_without_a_noted_name_none_is_deleted(thing: Thing) -> None:
    action, journal = kit(), Journal(kills=True)
    assert action.undo is not None
    before = await action.dry_run(thing, call())
    with pytest.raises(Killed):
        await action.execute(thing, call(journal), before.baseline)
    thing.clock.advance(60)
    thing.read()
    [back] = await action.undo.dry_run(thing, call(), before.baseline)
    assert back.before == "ours"
    add(thing, "another")
    for attempt in (action.undo.dry_run, action.undo.execute):
        with pytest.raises(PreconditionFailed, match="Which of 2 backups"):
            await attempt(thing, call(), before.baseline)
    assert thing.writes == ["back up"]


async def test_without_a_new_backup_nothing_is_deleted(thing: Thing) -> None:
    action = kit()
    assert action.undo is not None
    before = await action.dry_run(thing, call())
    assert await action.undo.dry_run(thing, call(), before.baseline) == ()
    await action.undo.execute(thing, call(), before.baseline)
    assert thing.writes == []


async def test_a_backup_that_is_not_listed_was_not_made(thing: Thing) -> None:
    action, journal = kit(), Journal()
    thing.values["late"] = None
    before = await action.dry_run(thing, call())
    text = await action.execute(thing, call(journal), before.baseline)
    assert text == "Pump was backed up, and the file is not listed so far"
    assert "backup" not in journal.baseline
    result = await action.verify(thing, call(), {**before.baseline, **journal.baseline})
    assert (result.ok, result.text) == (False, "not listed")


async def test_a_list_that_cannot_be_read_does_not_undo_what_was_done(thing: Thing) -> None:
    action, journal = kit(), Journal()
    before = await action.dry_run(thing, call())
    thing.values["gap"] = True
    text = await action.execute(thing, call(journal), before.baseline)
    assert text == "Pump was backed up, and the file is not listed so far"
    with pytest.raises(ServiceMalformed):
        await action.verify(thing, call(), {**before.baseline, **journal.baseline})
    with pytest.raises(ServiceMalformed):
        await action.dry_run(thing, call())


async def test_a_job_that_failed_made_no_backup(thing: Thing) -> None:
    action, journal = kit(), Journal()
    thing.values["ok"] = False
    before = await action.dry_run(thing, call())
    with pytest.raises(EffectUnknown, match="failed"):
        await action.execute(thing, call(journal), before.baseline)
    add(thing, "another")
    result = await action.verify(thing, call(), {**before.baseline, **journal.baseline})
    assert result.ok is False


async def test_a_lost_answer_is_found_by_the_newer_job(thing: Thing) -> None:
    action = kit()
    before = await action.dry_run(thing, call())
    thing.loses = LOST
    with pytest.raises(EffectUnknown):
        await action.execute(thing, call(), before.baseline)
    assert await action.probe(thing, call(), before.baseline) is Effect.DONE
    assert (await action.verify(thing, call(), before.baseline)).text == "ours"
