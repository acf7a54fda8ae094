"""People are found by the user id of each front end; unknown people are nobody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from homelab_steward.contract.commands import SavePerson
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Authority, FrontEnd, Origin, Person, Role, Speaker
from rig.inventory import NOW
from steward.clock import ManualClock, SystemClock
from steward.inventory import tables
from steward.inventory.people import People
from steward.inventory.pins import FIRST_LOCK, LONGEST_LOCK, TRIES, locked_until
from steward.inventory.ports import PinRefusal
from steward.settings.model import KnownPerson
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.store import Store

ANNA = KnownPerson(id="anna", name="Anna", role=Role.OWNER, ha_user_id="ha-1", telegram_user_id=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    async with database.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: metadata.create_all(sync, tables=[tables.people, tables.pin_failures])
        )
    yield Store(database, Changes(SystemClock()))
    await database.close()


async def started(store: Store, *configured: KnownPerson, clock: ManualClock | None = None) -> People:
    people = People(store, configured, (clock or ManualClock(NOW)).now)
    await people.start()
    return people


def speaker(front_end: FrontEnd, user_id: str) -> Speaker:
    return Speaker(front_end=front_end, user_id=user_id)


async def test_an_empty_list_means_that_nobody_is_known(store: Store) -> None:
    people = await started(store)
    assert people.list() == ()
    for front_end in (FrontEnd.HOME_ASSISTANT, FrontEnd.TELEGRAM, FrontEnd.PANEL, FrontEnd.MCP):
        assert people.by_speaker(speaker(front_end, "1")) is None
        assert people.by_speaker(speaker(front_end, "")) is None
        assert people.by_speaker(speaker(front_end, "None")) is None


async def test_each_front_end_has_its_own_user_ids(store: Store) -> None:
    ben = KnownPerson(id="ben", name="Ben")
    people = await started(store, ANNA, ben)
    for front_end, user_id in (
        (FrontEnd.HOME_ASSISTANT, "ha-1"),
        (FrontEnd.PANEL, "ha-1"),
        (FrontEnd.TELEGRAM, "1"),
    ):
        person = people.by_speaker(speaker(front_end, user_id))
        assert person is not None
        assert person.id == "anna"
    assert people.by_speaker(speaker(FrontEnd.HOME_ASSISTANT, "1")) is None
    assert people.by_speaker(speaker(FrontEnd.TELEGRAM, "ha-1")) is None
    assert people.by_speaker(speaker(FrontEnd.TELEGRAM, "01")) is None
    assert people.by_speaker(speaker(FrontEnd.MCP, "ha-1")) is None
    assert people.by_speaker(speaker(FrontEnd.MCP, "anna")) == people.by_id("anna")
    assert people.by_speaker(speaker(FrontEnd.TELEGRAM, "None")) is None, "Ben has no Telegram"
    assert people.by_speaker(speaker(FrontEnd.STEWARD, "anna")) is None
    local = people.by_speaker(speaker(FrontEnd.COMMAND_LINE, "root"))
    assert local is not None
    assert local.role is Role.OWNER


async def test_clients_add_change_and_remove_people(store: Store) -> None:
    people = await started(store, ANNA)
    made = await people.save(SavePerson(id="ben", name=" Ben ", role=Role.MEMBER, ha_user_id="ha-2"))
    assert (made.name, made.origin) == ("Ben", Origin.FRONT_END)
    await people.save(SavePerson(id="ben", name="Ben", role=Role.OWNER, telegram_user_id=2))
    assert people.by_speaker(speaker(FrontEnd.HOME_ASSISTANT, "ha-2")) is None
    ben = people.by_speaker(speaker(FrontEnd.TELEGRAM, "2"))
    assert ben is not None
    assert ben.role is Role.OWNER
    again = await started(store, ANNA)
    assert again.list() == people.list()
    await people.remove("ben")
    assert people.by_speaker(speaker(FrontEnd.TELEGRAM, "2")) is None
    assert [one.id for one in (await started(store, ANNA)).list()] == ["anna"]
    events = store.changes.since(0)
    assert events is not None
    assert [(event.kind, event.id, event.gone) for event in events] == [
        (RowKind.PERSON, "ben", False),
        (RowKind.PERSON, "ben", False),
        (RowKind.PERSON, "ben", True),
    ]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (SavePerson(id="anna", name="Anna", role=Role.OWNER), ErrorCode.FORBIDDEN),
        (SavePerson(id="command-line", name="Me", role=Role.OWNER), ErrorCode.FORBIDDEN),
        (SavePerson(id="eve", name="Eve", role=Role.OWNER, ha_user_id="ha-1"), ErrorCode.INVALID_ARGUMENT),
        (SavePerson(id="eve", name="Eve", role=Role.OWNER, telegram_user_id=1), ErrorCode.INVALID_ARGUMENT),
        (SavePerson(id="", name="Eve", role=Role.OWNER), ErrorCode.INVALID_ARGUMENT),
        (SavePerson(id="a b", name="Eve", role=Role.OWNER), ErrorCode.INVALID_ARGUMENT),
        (SavePerson(id="eve", name="\n", role=Role.OWNER), ErrorCode.INVALID_ARGUMENT),
    ],
)
async def test_an_invalid_person_is_refused(store: Store, request_: SavePerson, code: ErrorCode) -> None:
    people = await started(store, ANNA)
    with pytest.raises(ContractError) as caught:
        await people.save(request_)
    assert caught.value.code is code
    assert [one.id for one in people.list()] == ["anna"]


async def test_people_of_the_settings_file_cannot_be_removed(store: Store) -> None:
    people = await started(store, ANNA)
    with pytest.raises(ContractError) as caught:
        await people.remove("anna")
    assert caught.value.code is ErrorCode.FORBIDDEN
    with pytest.raises(ContractError) as caught:
        await people.remove("nobody")
    assert caught.value.code is ErrorCode.NOT_FOUND


async def test_the_settings_file_takes_precedence_over_the_database(store: Store) -> None:
    people = await started(store)
    await people.save(SavePerson(id="anna", name="Impostor", role=Role.OWNER))
    await people.save(SavePerson(id="eve", name="Eve", role=Role.OWNER, ha_user_id="ha-1"))
    people = await started(store, ANNA)
    assert [one.name for one in people.list()] == ["Anna"]


async def test_two_people_of_the_settings_file_must_not_share_a_user_id(store: Store) -> None:
    with pytest.raises(ContractError, match="same user id"):
        await started(store, ANNA, KnownPerson(id="eve", name="Eve", telegram_user_id=1))


FULL = SavePerson(
    id="sam",
    name="Sam",
    role=Role.MEMBER,
    telegram_user_id=7,
    language="de",
    quiet_from="22:00",
    quiet_until="06:30",
    authority={"media": Authority.HIGH},
    asked_after_minutes=15,
    critical_alerts=True,
    pin="2580",
)


async def test_everything_about_a_person_survives_a_restart_except_the_pin_itself(store: Store) -> None:
    saved = await (await started(store)).save(FULL)
    assert saved == Person(
        id="sam",
        name="Sam",
        role=Role.MEMBER,
        telegram_user_id=7,
        language="de",
        quiet_from="22:00",
        quiet_until="06:30",
        authority={"media": Authority.HIGH},
        asked_after_minutes=15,
        critical_alerts=True,
        has_pin=True,
    )
    people = await started(store)
    assert people.list() == (saved,)
    assert await people.check_pin(saved, "2580") is None
    async with store.read() as connection:
        rows = (await connection.execute(select(tables.people))).all()
    assert "2580" not in str(rows)
    assert "2580" not in repr(FULL)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"pin": "12"}, "pin"),
        ({"pin": "1111"}, "pin"),
        ({"pin": "abcd"}, "pin"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_until": None}, "quiet_from"),
        ({"quiet_until": "7"}, "quiet_until"),
        ({"asked_after_minutes": -1}, "asked_after_minutes"),
        ({"asked_after_minutes": 1441}, "asked_after_minutes"),
        ({"language": "x" * 17}, "language"),
    ],
)
async def test_a_wrong_value_is_refused_with_its_name(store: Store, change: dict[str, Any], key: str) -> None:
    people = await started(store)
    with pytest.raises(ContractError) as caught:
        await people.save(replace(FULL, **change))
    assert caught.value.code is ErrorCode.INVALID_ARGUMENT
    assert caught.value.placeholders.get("key") == key
    assert people.list() == ()


async def test_a_pin_stays_until_it_is_changed_or_removed(store: Store) -> None:
    people = await started(store)
    await people.save(FULL)
    kept = await people.save(replace(FULL, name="Sammy", pin=None))
    assert kept.has_pin
    assert await people.check_pin(kept, "2580") is None
    changed = await people.save(replace(FULL, pin="9753"))
    assert await people.check_pin(changed, "2580") == PinRefusal("The PIN is wrong.")
    assert await people.check_pin(changed, "9753") is None
    removed = await people.save(replace(FULL, pin=""))
    assert not removed.has_pin
    assert "You have no PIN" in str(await people.check_pin(removed, "9753"))


async def test_a_person_of_the_file_can_have_a_pin(store: Store) -> None:
    people = await started(store, replace(ANNA, pin="4711"))
    (anna,) = people.list()
    assert anna.has_pin
    assert await people.check_pin(anna, "4711") is None


async def test_wrong_pins_lock_for_a_time_also_after_a_restart(store: Store) -> None:
    clock = ManualClock(NOW)
    people = await started(store, clock=clock)
    sam = await people.save(FULL)
    for _ in range(TRIES):
        assert await people.check_pin(sam, "0000x") == PinRefusal("The PIN is wrong.")
    locked = await people.check_pin(sam, "2580")
    assert locked is not None
    assert "Too many wrong PINs" in locked.text
    assert locked.until == NOW + FIRST_LOCK
    people = await started(store, clock=clock)
    assert "Too many wrong PINs" in str(await people.check_pin(sam, "2580"))
    clock.move(FIRST_LOCK.total_seconds())
    assert await people.check_pin(sam, "1357") == PinRefusal("The PIN is wrong.")
    clock.move(FIRST_LOCK.total_seconds())
    assert "Too many wrong PINs" in str(await people.check_pin(sam, "2580")), "twice as long"
    clock.move(FIRST_LOCK.total_seconds())
    assert await people.check_pin(sam, "2580") is None
    for _ in range(TRIES - 1):
        assert await people.check_pin(sam, "1357") == PinRefusal("The PIN is wrong.")
    assert await people.check_pin(sam, "2580") is None, "the right one ended the count"


@given(st.integers(0, 10_000))
def test_a_lock_never_gets_shorter_with_more_wrong_pins(failures: int) -> None:
    until, later = locked_until(failures, NOW), locked_until(failures + 1, NOW)
    assert (until is None) == (failures < TRIES)
    assert until is None or (later is not None and until <= later <= NOW + LONGEST_LOCK)
