"""The whole loop with its store and its workflows on a real PostgreSQL, and the worst in the middle."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from aiohttp import ClientSession
from psycopg.sql import SQL, Identifier

from demo.waiting import becomes, seen
from e2e.rig import DEADLINE, Home
from homelab_steward.contract.incidents import Incident, IncidentStatus, Outcome
from lab.lab import Lab
from real.postgresql import PostgresqlServer
from real.steward import ConfiguredSteward

ON_POSTGRESQL = "postgresql+psycopg"


@pytest.fixture
def name(tmp_path: Path) -> str:
    """Part of the names of this test's two databases."""
    return hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]


@pytest.fixture
async def home(
    tmp_path: Path, session: ClientSession, lab: Lab, postgresql: PostgresqlServer, name: str
) -> AsyncIterator[Home]:
    """The steward with both its databases on PostgreSQL, and nothing wrong yet."""
    for purpose in ("store", "workflows"):
        await asyncio.to_thread(postgresql.create_database, f"{purpose}_{name}")
    addresses = {
        "database_url": postgresql.address(f"store_{name}", ON_POSTGRESQL),
        "workflow_database_url": postgresql.address(f"workflows_{name}"),
    }
    home = Home(session, lab, ConfiguredSteward(session, tmp_path / "steward", addresses))
    try:
        await home.start()
        yield home
    finally:
        await home.close()
        print(home.steward.child.tail(60))  # noqa: T201 - shown when a test fails


async def test_from_the_alert_to_the_verdict(home: Home, postgresql: PostgresqlServer, name: str) -> None:
    await home.lab.start_story(climb_seconds=0.3)
    await home.press()
    await it_helped_once(home)
    assert not list(home.steward.data_dir.glob("*.db*")), "nothing is kept in SQLite beside it"
    assert await asyncio.to_thread(rows, postgresql.address(f"store_{name}"), "public", "incidents") == 1
    assert await asyncio.to_thread(rows, postgresql.address(f"workflows_{name}"), "dbos", "workflow_status")


async def test_killed_at_the_instant_of_the_change(home: Home) -> None:
    """The answer of Proxmox finds nobody; the workflow comes back and asks what came of it."""
    await home.lab.start_story(climb_seconds=0.3)
    world = home.lab.world
    unsubscribe = world.changes.subscribe(lambda: home.steward.child.strike() if world.effects else None)
    try:
        await home.press()
        await seen(world.changes, lambda: world.effects, DEADLINE, "a change")
    finally:
        unsubscribe()
    await home.restart()
    await it_helped_once(home)


async def test_the_server_crashes_while_a_person_thinks(home: Home, postgresql: PostgresqlServer) -> None:
    """What was asked stands afterwards, and the press is not lost on broken connections."""
    await home.lab.start_story(climb_seconds=0.3)
    await home.card(await home.asked())
    await asyncio.to_thread(postgresql.stop)
    await asyncio.to_thread(postgresql.start)
    await becomes(home.steward.is_ready, DEADLINE, "a steward that is ready again")
    await home.press()
    await it_helped_once(home)


async def it_helped_once(home: Home) -> Incident:
    """Wait for the end of the story: one effect, a verdict, and a sound audit log."""
    incident = await home.incident_in(IncidentStatus.RESOLVED)
    effects = [(one.service, one.body.get("memory")) for one in home.lab.world.effects]
    assert effects == [("proxmox", 3072)]
    assert home.memory() == 3072
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED
    status, output = await home.steward.run_command("audit", "verify")
    assert status == 0, output
    return incident


def rows(address: str, schema: str, table: str) -> int:
    with psycopg.connect(address) as connection:
        query = SQL("SELECT count(*) FROM {}").format(Identifier(schema, table))
        found = connection.execute(query).fetchone()
    return 0 if found is None else int(found[0])
