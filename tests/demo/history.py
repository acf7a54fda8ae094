"""The evidence of a runbook that repaired well for weeks, written with the app's own store functions."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import Severity
from lab.population import ADGUARD, PROMETHEUS, SONARR
from steward.agent.content_hash import content_hash
from steward.agent.levels.autonomy_state import CellStates
from steward.autonomy.cells import Cell
from steward.autonomy.trials import Label, Watch, circumstance
from steward.clock import SystemClock
from steward.runbooks.model import Runbook
from steward.settings.reader import read_settings
from steward.store import autonomy as stored
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.migrate import migrate
from steward.store.store import Store
from steward.wiring.services_and_runbooks import read_runbooks, read_services

CELL = Cell("container-memory-pressure", 1, "increase-memory", "proxmox/container")
ACTION, MAJOR = "proxmox.set_memory", "9"
GUESTS = (SONARR, ADGUARD, PROMETHEUS)
"""The guests on which it repaired; Radarr is none of them: the app asks about it."""

APPROVED = 24
"""Approved repairs: three in each circumstance."""

ANNOUNCED = 12
"""Repairs that were announced, and that nobody stopped."""

UNDOS = 80
EACH = timedelta(days=2)
WITHIN, SHORTER = "within: 120", "within: 15"
"""Seconds in which a repair has to help."""

RUN, WINDOW = timedelta(seconds=20), timedelta(days=1)


def write_runbook(folder: Path) -> None:
    """Write the built-in runbook with a shorter time to help, as an owner may: harm is known after it."""
    text = resources.files("steward.runbooks").joinpath("own", f"{CELL.runbook_id}.md").read_text("utf-8")
    folder.mkdir()
    (folder / f"{CELL.runbook_id}.md").write_text(text.replace(WITHIN, SHORTER, 1), encoding="utf-8")


async def write_history(settings_file: Path) -> None:
    """Store the evidence of the cell at the level `veto`, before the first start of the app.

    The app itself judges it: at its start it asks the owner for the next level.
    """
    settings = read_settings({}, None, settings_file)
    library = read_runbooks(settings, read_services(settings))
    await asyncio.to_thread(settings.data_dir.mkdir, mode=0o700, parents=True)
    database = Database(settings.database_url)
    try:
        await migrate(database)
        await _write(Store(database, Changes(SystemClock())), library[CELL.runbook_id])
    finally:
        await database.close()


async def _write(store: Store, runbook: Runbook) -> None:
    states = CellStates({runbook.id: runbook})
    began = (
        datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
        - (APPROVED + ANNOUNCED + 2) * EACH
    )
    async with store.change(durable=True) as unit:
        for trial in _trials(began, content_hash(runbook, CELL.version)):
            await stored.add_trial(unit.connection, trial)
            if not trial.is_automatic:
                await stored.add_selection(unit.connection, _approved(trial))
        for number in range(UNDOS):
            proof = stored.UndoProof(id=f"drill-{number}", action=ACTION, major=MAJOR, worked=True, at=began)
            await stored.add_undo_proof(unit.connection, proof)
        state = await states.one(unit.connection, CELL)
        standing = replace(state.standing, level=AutonomyLevel.VETO, since=began, raised_at=began)
        await states.save(unit, replace(state, standing=standing))


def _trials(began: datetime, runbook_hash: str) -> Iterator[stored.StoredTrial]:
    """Yield good runs, one every other day, in each quarter of the day and with and without others open."""
    for number in range(APPROVED + ANNOUNCED):
        started_at = began + number * EACH + timedelta(hours=6 * (number % 4))
        around = circumstance(started_at, Severity.WARNING, number // 4 % 2)
        at = started_at + RUN
        yield stored.StoredTrial(
            run_id=f"history-{number}",
            runbook_id=CELL.runbook_id,
            version=CELL.version,
            runbook_hash=runbook_hash,
            recipe=CELL.recipe,
            target_class=CELL.target_class,
            target=f"proxmox:container:{GUESTS[number % len(GUESTS)]}",
            plan_hash=f"history-{number}",
            alerts=("ContainerMemoryHigh",),
            is_automatic=number >= APPROVED,
            hour_part=around.hour_part.value,
            severity=around.severity.value,
            others_open=around.others_open,
            started_at=started_at,
            at=at,
            due_at=at + WINDOW,
            seen_at=at + WINDOW,
            looked_at=at + WINDOW,
            watch=Watch.COVERED.value,
            was_readable=True,
            nature={
                "is_reversible": True,
                "is_idempotent": True,
                "is_high_risk": False,
                "actions": [[ACTION, MAJOR]],
            },
            label=Label.GOOD.value,
            labelled_at=at + WINDOW,
        )


def _approved(trial: stored.StoredTrial) -> stored.Selection:
    return stored.Selection(
        approval_id=trial.run_id,
        runbook_id=trial.runbook_id,
        version=trial.version,
        recipe=trial.recipe,
        target_class=trial.target_class,
        target=trial.target,
        offered_at=trial.started_at,
        choice="approved",
        at=trial.started_at,
    )
