"""People are found by the user id of each front end; unknown people are nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind, SavePerson
from homelab_steward.contract.state import FrontEnd, Origin, Role, Speaker
from steward.clock import SystemClock
from steward.inventory import tables
from steward.inventory.people import People
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
        await connection.run_sync(lambda sync: metadata.create_all(sync, tables=[tables.people]))
    yield Store(database, Changes(SystemClock()))
    await database.close()


async def started(store: Store, *configured: KnownPerson) -> People:
    people = People(store, configured)
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
