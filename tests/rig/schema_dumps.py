"""Databases as SQL: written once before a release, and read by the tests of all later versions."""

import asyncio
import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from rig.agent_rig import opened_store
from rig.inventory import NOW
from steward.store import audit
from steward.store.schedule_states import RunState, ScheduleState, save


async def write_rows(folder: Path) -> Path:
    """Make a database of today with some rows in a folder, and return its file."""
    async with opened_store(folder) as store:
        await store.check()
        async with store.change() as unit:
            for number in range(3):
                body = {"number": number, "text": "ü “quotes” ' \n"}
                await audit.append(unit.connection, NOW + timedelta(days=number), "schema.kept", body)
            state = ScheduleState(
                id="backup",
                times="1d",
                since=NOW,
                due_at=NOW,
                state=RunState.FAILED,
                failures=2,
                reason="full",
            )
            await save(unit.connection, state)
    return folder / "steward.db"


def dump(database: Path, target: Path) -> None:
    """Write a database as compressed SQL."""
    with closing(sqlite3.connect(database)) as connection:
        text = "\n".join(connection.iterdump()) + "\n"
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


def load(source: Path, database: Path) -> None:
    """Make a database from compressed SQL."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(gzip.decompress(source.read_bytes()).decode())


def main(target: Path) -> None:
    """Write a database of today."""
    with tempfile.TemporaryDirectory() as folder:
        dump(asyncio.run(write_rows(Path(folder))), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
