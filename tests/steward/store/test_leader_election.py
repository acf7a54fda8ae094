"""One process is the leader of a store: the others wait or refuse, and nothing of a former one is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rig.clocks import HANGING
from rig.databases import is_postgresql, store_url
from steward.errors import LeadershipLost
from steward.store import leader_election
from steward.store.database import Database, StoreUnavailable, epoch_of
from steward.store.folder_lock import folders_of
from steward.store.leader import Leader
from steward.store.leader_election import claim, leading
from steward.store.leader_table import leader_table
from steward.store.migrate import migrate
from steward.store.start_check import check_store
from steward.store.tables import app_metadata

on_postgresql = pytest.mark.skipif(not is_postgresql(), reason="needs PostgreSQL")
LASTS = 1_000.0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(store_url(tmp_path))
    yield made
    await made.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(store_url(tmp_path))
    yield made
    await made.close()


async def row_of(database: Database) -> dict[str, object]:
    async with database.read() as connection:
        return dict((await connection.execute(select(leader_table))).one()._mapping)


async def change_row(database: Database, **values: object) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(update(leader_table).values(**values))


async def expire(database: Database) -> None:
    """Let the lease end, as if it had not been renewed for long."""
    await change_row(database, expires_at=1)


async def write(database: Database, key: str) -> int:
    async with database.write(durable=True) as connection:
        await connection.execute(insert(app_metadata).values(key=key, value="x"))
        return epoch_of(connection)


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.scalars(select(app_metadata.c.key).order_by(app_metadata.c.key))).all())


async def write_slowly(database: Database, meanwhile: Awaitable[None]) -> None:
    async with database.write(durable=True) as connection:
        await connection.execute(insert(app_metadata).values(key="a", value="x"))
        await meanwhile


async def until_claimed(database: Database) -> None:
    """Wait for the lock of the leader, which the server releases, and for the end of its lease."""
    async with asyncio.timeout(HANGING):
        while (leader := await claim(database, "b", LASTS)) is None:  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)
    database.leader = leader


async def led(database: Database, owner: str = "me") -> Leader:
    leader = await claim(database, owner, LASTS)
    assert leader is not None
    database.leader = leader
    return leader


async def test_each_leader_has_the_next_epoch_and_releases_it(database: Database, tmp_path: Path) -> None:
    for epoch in (1, 2):
        async with leading(database, "me") as leader:
            assert (leader.epoch, database.leader) == (epoch, leader)
            assert (await row_of(database))["is_released"] in (False, 0)
            assert leader.in_doubt_for(0) is None
        assert (await row_of(database))["is_released"] in (True, 1)
        assert database.leader is None


async def test_what_a_former_leader_writes_is_refused(database: Database, other: Database) -> None:
    await migrate(database)
    first = await led(database)
    assert await write(database, "a") == 1
    await expire(database)
    second = await led(other, "me")
    assert second.epoch == 2
    for is_durable in (True, False):
        with pytest.raises(LeadershipLost):
            async with database.write(durable=is_durable) as connection:
                await connection.execute(insert(app_metadata).values(key="b", value="x"))
    assert first.lost.is_set()
    assert not second.lost.is_set()
    assert await write(other, "c") == 2
    assert await keys(other) == ["a", "c"]


async def test_the_same_epoch_of_another_owner_is_refused(database: Database) -> None:
    """A restored dump of the server may have an epoch again."""
    await migrate(database)
    await led(database)
    await change_row(database, owner="other")
    with pytest.raises(LeadershipLost):
        await write(database, "a")


async def test_a_command_without_a_leader_writes(database: Database) -> None:
    await migrate(database)
    assert await write(database, "a") == 0


async def test_the_row_of_the_leader_is_not_part_of_a_used_store(database: Database, tmp_path: Path) -> None:
    """The app may be stopped between its claim and the first migration."""
    await led(database)
    await check_store(database, tmp_path)


async def test_a_leader_that_lost_its_lease_releases_nothing(
    database: Database, other: Database, tmp_path: Path
) -> None:
    async with leading(database, "me"):
        await expire(database)
        await led(other, "me")
    assert (await row_of(other))["is_released"] in (False, 0)


def test_the_folders_of_sqlite_files_are_locked_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    inside, outside = f"sqlite+aiosqlite:///{data}/steward.db", f"sqlite:///{tmp_path}/other/workflows.db"
    assert folders_of(data, inside, outside) == (data, tmp_path / "other")
    assert folders_of(data, "postgresql+psycopg://u:p@db/steward") == (data,)
    (tmp_path / "link").symlink_to(data)
    assert folders_of(tmp_path / "link", inside) == (data,)


@on_postgresql
async def test_two_claims_at_the_same_time_have_one_leader(database: Database, other: Database) -> None:
    made = await asyncio.gather(claim(database, "a", LASTS), claim(other, "b", LASTS))
    assert sorted(one is None for one in made) == [False, True]


@on_postgresql
async def test_a_lease_holds_until_it_ends(database: Database, other: Database) -> None:
    assert await claim(database, "a", LASTS) is not None
    assert await claim(other, "b", LASTS) is None
    await expire(database)
    second = await claim(other, "b", LASTS)
    assert second is not None
    doubt = second.in_doubt_for(1)
    assert doubt is not None
    assert doubt < HANGING
    assert second.in_doubt_for(2) is None
    async with other.write() as connection:
        await connection.execute(update(leader_table).values(is_released=True))
    third = await claim(database, "a", LASTS)
    assert third is not None
    assert third.in_doubt_for(2) is not None, "the doubt is not over with the next leader"


@on_postgresql
async def test_the_same_folder_is_the_leader_again_at_once(database: Database, tmp_path: Path) -> None:
    """The lock of the folder proves that the process before has ended."""
    await led(database, "me")
    database.leader = None
    async with leading(database, "me") as leader:
        assert leader.epoch == 2
        assert leader.in_doubt_for(1) is None


@on_postgresql
async def test_a_lease_is_renewed_until_it_is_lost(
    database: Database, other: Database, tmp_path: Path
) -> None:
    async with leading(database, "me", lasts=0.3) as leader:
        first = (await row_of(other))["expires_at"]
        async with asyncio.timeout(HANGING):
            while (await row_of(other))["expires_at"] == first:  # noqa: ASYNC110 - a row has no event
                await asyncio.sleep(0.01)
        assert not leader.lost.is_set()
        await change_row(other, epoch=9)
        async with asyncio.timeout(HANGING):
            await leader.lost.wait()


@on_postgresql
async def test_a_renewal_without_an_answer_is_tried_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []
    renewed = asyncio.Event()
    renew = leader_election._renew

    async def renew_later(connection: AsyncConnection, leader: Leader, lasts: float) -> None:
        tries.append(lasts)
        if len(tries) == 1:
            raise OSError
        await renew(connection, leader, lasts)
        renewed.set()

    monkeypatch.setattr(leader_election, "_renew", renew_later)
    async with leading(database, "me", lasts=0.3) as leader, asyncio.timeout(HANGING):
        await renewed.wait()
        assert not leader.lost.is_set()


async def test_a_standby_waits_until_it_is_the_leader(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the database does not answer."""
    answers: list[Leader | StoreUnavailable | None] = [None, None, StoreUnavailable("away")]
    take = claim

    async def claimed(of: Database, owner: str, lasts: float) -> Leader | None:
        if not answers:
            return await take(of, owner, lasts)
        answer = answers.pop(0)
        if isinstance(answer, StoreUnavailable):
            raise answer
        return answer

    monkeypatch.setattr(leader_election, "claim", claimed)
    seen: list[str] = []

    @asynccontextmanager
    async def stand_by() -> AsyncIterator[None]:
        seen.append("standby")
        yield
        seen.append("leader")

    async with leading(database, "me", stand_by=stand_by, lasts=0.06) as leader:
        assert leader.epoch == 1
    assert (seen, answers) == (["standby", "leader"], [])
    answers.append(None)
    with pytest.raises(StoreUnavailable, match="Another steward uses the PostgreSQL database"):
        async with leading(database, "me"):
            pytest.fail("there was another leader")


@on_postgresql
async def test_the_lease_of_a_process_that_crashed_is_waited_for(database: Database, other: Database) -> None:
    """It has another id after a start of its machine. Without ``waits`` a command is refused at once."""
    assert await claim(other, "before the crash", 0.3)
    with pytest.raises(StoreUnavailable, match="Another steward uses the PostgreSQL database"):
        async with leading(database, "me", lasts=0.3):
            pytest.fail("the lease had not ended")
    async with asyncio.timeout(HANGING), leading(database, "me", waits=True, lasts=0.3) as leader:
        assert (leader.epoch, leader.in_doubt_for(1) is None) == (2, False)


@on_postgresql
async def test_a_process_that_renews_its_lease_is_not_waited_for(database: Database, other: Database) -> None:
    assert await claim(other, "running", LASTS)

    async def wait() -> None:
        async with leading(database, "me", waits=True, lasts=0.06):
            pytest.fail("there was another leader")

    waiting = asyncio.create_task(wait())
    while not waiting.done():
        await change_row(other, expires_at=leader_table.c.expires_at + 1)
        await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable, match="Another steward uses the PostgreSQL database"):
        await waiting


@on_postgresql
async def test_a_standby_takes_over_when_the_leader_releases(
    database: Database, other: Database, tmp_path: Path
) -> None:
    waits = asyncio.Event()
    seen: list[str] = []

    @asynccontextmanager
    async def stand_by() -> AsyncIterator[None]:
        seen.append("standby")
        waits.set()
        yield
        seen.append("leader")

    async def follow() -> int:
        async with leading(other, "b", stand_by=stand_by, lasts=0.3) as second:
            return second.epoch

    async with leading(database, "a", lasts=LASTS):
        following = asyncio.create_task(follow())
        await waits.wait()
        assert seen == ["standby"]
    async with asyncio.timeout(HANGING):
        assert await following == 2
    assert seen == ["standby", "leader"]


@on_postgresql
async def test_the_lock_of_a_process_that_was_stopped_while_it_wrote_is_released(
    database: Database, other: Database
) -> None:
    await migrate(database)
    leader = await claim(database, "a", 0.05)
    database.leader = leader
    with pytest.raises(StoreUnavailable):
        await write_slowly(database, until_claimed(other))
    assert other.leader is not None
    assert other.leader.epoch == 2
    assert await keys(other) == []
    with pytest.raises(LeadershipLost):
        await write(database, "b")
