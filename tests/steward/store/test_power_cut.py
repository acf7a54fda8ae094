"""What survives a power cut: only what was synced counts, as a copy of each file at its last sync."""

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from rig.databases import is_postgresql
from rig.inventory import NOW
from steward.store import audit
from steward.store.audit import DURABLE, NotDurable
from steward.store.database import Database
from steward.store.store import Store

TESTS: Final = Path(__file__).parents[2]
SHIM: Final = TESTS / "rig" / "power_cut.c"
on_sqlite = pytest.mark.skipif(is_postgresql(), reason="PostgreSQL syncs each commit itself")


async def images(folder: Path, *options: str) -> Path:
    """Run the approval and return the folder of the images."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    library, home, kept = folder / "power_cut.so", folder / "home", folder / "images"
    (home / "synced").mkdir(parents=True)
    await succeeds(compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM), "-ldl")
    environment = os.environ | {
        "LD_PRELOAD": str(library),
        "POWER_CUT_FOLDER": str(home / "steward.db"),
        "POWER_CUT_IMAGE": str(home / "synced"),
        "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent / "addon"))),
    }
    await succeeds(
        sys.executable, "-m", "rig.power_cut", str(home), str(kept), *options, environment=environment
    )
    return kept


async def succeeds(*command: str, environment: dict[str, str] | None = None) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode(errors="replace")[-3000:]


def rows(image: Path, query: str) -> list[tuple[str, ...]]:
    """Return what a start after the power cut reads; nothing when there is not even a table."""
    with closing(sqlite3.connect(image / "steward.db")) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []


async def soundness(image: Path) -> int | None:
    database = Database(f"sqlite+aiosqlite:///{image / 'steward.db'}")
    async with database.read() as connection:
        report = await audit.verify(connection)
    await database.close()
    return report.broken_at


DECIDED: Final = "SELECT status FROM approvals WHERE status = 'approved'"
STEPS: Final = "SELECT state FROM journal WHERE started_at IS NOT NULL"
UNDOING: Final = "SELECT state FROM journal WHERE undoing_at IS NOT NULL"
LEASES: Final = "SELECT run_id FROM leases"


@on_sqlite
async def test_decision_start_and_result_survive_a_power_cut(tmp_path: Path) -> None:
    kept = await images(tmp_path)
    assert rows(kept / "pressed", DECIDED) == [("approved",)]
    assert rows(kept / "execute", STEPS) == [("started",)], "before the effect is made"
    assert len(rows(kept / "execute", LEASES)) == 1
    assert rows(kept / "undo", UNDOING) == [("verified",)], "before it is undone"
    assert rows(kept / "ended", "SELECT status FROM runs") == [("undone",)]
    assert rows(kept / "ended", LEASES) == []
    for name in ("pressed", "execute", "undo", "ended"):
        assert await soundness(kept / name) is None


@on_sqlite
async def test_without_durable_transactions_they_do_not(tmp_path: Path) -> None:
    kept = await images(tmp_path, "careless")
    assert rows(kept / "pressed", DECIDED) == []
    assert rows(kept / "execute", STEPS) == []


@pytest.mark.parametrize("event", sorted(DURABLE))
async def test_an_event_that_must_survive_is_refused_in_a_transaction_that_is_not_durable(
    store: Store, event: str
) -> None:
    with pytest.raises(NotDurable, match=event):
        async with store.change() as unit:
            await audit.append(unit.connection, NOW, event, {})
    async with store.change(durable=True) as unit:
        await audit.append(unit.connection, NOW, event, {})
    async with store.change() as unit:
        await audit.append(unit.connection, NOW, "incident.opened", {})
