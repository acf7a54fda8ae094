"""From the alert to the verdict with store and workflows on PostgreSQL, and with crashes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from aiohttp import ClientSession
from psycopg.sql import SQL, Identifier

from demo.waiting import becomes, seen
from e2e.rig import DEADLINE, E2eRig
from homelab_steward.contract.incidents import Incident, IncidentStatus, Outcome
from lab.lab import Lab
from real.postgresql import PostgresqlServer
from real.steward import ConfiguredSteward

ON_POSTGRESQL = "postgresql+psycopg"


@pytest.fixture
def name(tmp_path: Path) -> str:
    """Return the suffix of the names of this test's two databases."""
    return hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]


@pytest.fixture
async def rig(
    tmp_path: Path, session: ClientSession, lab: Lab, postgresql: PostgresqlServer, name: str
) -> AsyncIterator[E2eRig]:
    """Yield a steward with both databases on PostgreSQL, without alerts."""
    for purpose in ("store", "workflows"):
        await asyncio.to_thread(postgresql.create_database, f"{purpose}_{name}")
    addresses = {
        "database_url": postgresql.url_of(f"store_{name}", ON_POSTGRESQL),
        "workflow_database_url": postgresql.url_of(f"workflows_{name}"),
    }
    rig = E2eRig(session, lab, ConfiguredSteward(session, tmp_path / "steward", addresses))
    try:
        await rig.start()
        yield rig
    finally:
        await rig.close()
        print(rig.steward.child.tail(60))  # noqa: T201 - shown when a test fails


async def test_from_the_alert_to_the_verdict(rig: E2eRig, postgresql: PostgresqlServer, name: str) -> None:
    await rig.lab.start_story(climb_seconds=0.3)
    await rig.press()
    await check_one_repair(rig)
    assert not list(rig.steward.data_dir.glob("*.db*")), "no SQLite database is created"
    assert await asyncio.to_thread(rows, postgresql.url_of(f"store_{name}"), "public", "incidents") == 1
    assert await asyncio.to_thread(rows, postgresql.url_of(f"workflows_{name}"), "dbos", "workflow_status")


async def test_the_steward_is_killed_at_the_change(rig: E2eRig) -> None:
    """Proxmox's response is lost; the workflow resumes and reads the state."""
    await rig.lab.start_story(climb_seconds=0.3)
    world = rig.lab.world
    unsubscribe = world.changes.subscribe(lambda: rig.steward.child.kill_group() if world.effects else None)
    try:
        await rig.press()
        await seen(world.changes, lambda: world.effects, DEADLINE, "a change")
    finally:
        unsubscribe()
    await rig.restart()
    await check_one_repair(rig)


async def test_postgresql_crashes_while_a_request_waits(rig: E2eRig, postgresql: PostgresqlServer) -> None:
    """The request survives the crash, and the press works on new connections."""
    await rig.lab.start_story(climb_seconds=0.3)
    await rig.card(await rig.asked())
    await asyncio.to_thread(postgresql.stop)
    await asyncio.to_thread(postgresql.start)
    await becomes(rig.steward.is_ready, DEADLINE, "a steward that is ready again")
    await rig.press()
    await check_one_repair(rig)


async def check_one_repair(rig: E2eRig) -> Incident:
    """Wait for the end of the story; check one effect, the verdict and the audit log."""
    incident = await rig.incident_in(IncidentStatus.RESOLVED)
    effects = [(one.service, one.body.get("memory")) for one in rig.lab.world.effects]
    assert effects == [("proxmox", 3072)]
    assert rig.memory() == 3072
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED
    status, output = await rig.steward.run_command("audit", "verify")
    assert status == 0, output
    return incident


def rows(database_url: str, schema: str, table: str) -> int:
    with psycopg.connect(database_url) as connection:
        query = SQL("SELECT count(*) FROM {}").format(Identifier(schema, table))
        found = connection.execute(query).fetchone()
    return 0 if found is None else int(found[0])
