"""The app is the leader of its store, and stops when another process takes over."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from rig.clocks import HANGING
from rig.databases import store_url
from steward.app import App
from steward.command_line.run import _ended_before
from steward.errors import LeadershipLost
from steward.settings.model import Listen, Settings
from steward.settings.reader import keep_secrets
from steward.store.database import Database
from steward.store.leader_table import leader_table


def settings_of(folder: Path) -> Settings:
    return keep_secrets(
        Settings(
            data_dir=folder,
            database_url=store_url(folder),
            workflow_database_url=f"sqlite:///{folder / 'workflows.db'}",
            listen=Listen(host="127.0.0.1", port=0),
        )
    )


async def test_an_app_whose_store_another_process_took_over_notices_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    app = App(settings)
    await app.lead()
    await app.start()
    lost = asyncio.create_task(app.lost())
    database = Database(settings.database_url)
    try:
        # Such as with a copy of the folder on a file system that does not know locks.
        async with database.write() as connection:
            await connection.execute(leader_table.update().values(epoch=leader_table.c.epoch + 1))
        assert not lost.done()
        ready = f"http://127.0.0.1:{app.port}/ready"
        # It writes to the store.
        async with aiohttp.ClientSession() as session, session.get(ready) as answer:
            assert answer.status == 503
        async with asyncio.timeout(HANGING):
            await lost
    finally:
        await database.close()
        await app.close()


async def test_a_start_goes_on_where_the_lead_was_taken_and_gives_it_up(tmp_path: Path) -> None:
    for _ in range(2):
        app = App(settings_of(tmp_path))
        await app.start()
        await app.close()


async def test_work_ends_before_the_stop_or_is_cancelled() -> None:
    stop, begun = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(HANGING)

    async def ended() -> None:
        pass

    async def fails() -> None:
        raise LeadershipLost

    assert await _ended_before(ended(), stop)
    with pytest.raises(LeadershipLost):
        await _ended_before(fails(), stop)
    waiting = asyncio.create_task(_ended_before(work(), stop))
    await begun.wait()
    stop.set()
    assert not await waiting
