"""Makes the weekly report when it is due, and on request."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.preferences import Preference, PreferenceState
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.reports import WeeklyDocument, WeeklyQuery, WeeklyReport

from ..clock import Clock
from ..inventory.ports import Inventory
from ..llm.settings import Deployment
from ..llm.tables import egress
from ..llm.tables import requests as model_requests
from ..store import audit, preferences
from ..store import reports as stored
from ..store.store import Store
from ..texts import texts_of, translate
from ..timing.scheduler import Due
from . import figures
from .aging import aging
from .figures import WEEK, CloudRequest, ModelUse, Rows
from .schedule import report_id
from .text import document

KEPT: Final = 60
"""Reports and files that are kept: a little more than a year."""

MOST_ROWS: Final = 2_000
MOST_PREFERENCES: Final = 10
FEWEST_APPROVED: Final = 3
DAYS_SHOWN: Final = 14


class WeeklyReports:
    """Stores a report once a week, publishes it, and writes it to a Markdown file."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        clock: Clock,
        zone: str,
        deployments: Sequence[Deployment],
        folder: Path,
    ) -> None:
        """``folder`` is created when needed."""
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._zone = zone
        self._deployments = {one.id: one for one in deployments}
        self._folder = folder

    async def make(self, due: Due) -> None:
        """Make the report that is due, unless it was made before."""
        async with self._store.read() as connection:
            made = await stored.report(connection, report_id(due.at, self._zone))
        if made is None:
            made = await self._report(due.at)
            async with self._store.change() as unit:
                if await stored.add(unit.connection, made, KEPT):
                    await audit.append(unit.connection, made.made_at, "report.made", {"report": made.id})
                    unit.publish(RowKind.REPORT, made.id, made)
        await asyncio.to_thread(_write, self._folder, made.id, document(made, texts_of(None)).markdown)

    async def weekly(self, query: WeeklyQuery) -> WeeklyDocument:
        """Handle ``reports.weekly``. Raises ContractError NOT_FOUND for a report that is not kept."""
        if query.id is None:
            report = await self._report(self._clock.now())
        else:
            async with self._store.read() as connection:
                found = await stored.report(connection, query.id)
            if found is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such report."))
            report = found
        return document(report, texts_of(query.language))

    async def _report(self, until: datetime) -> WeeklyReport:
        """Return the report of the seven days before ``until``."""
        async with self._store.read() as connection:
            rows = await self._rows(connection, until - 2 * WEEK)
            habits = await preferences.newest(connection, MOST_ROWS)
        instances = self._inventory.instances()
        snapshots = {
            one.id: row for one in instances if (row := self._inventory.snapshot(one.id)) is not None
        }
        return WeeklyReport(
            id=report_id(until, self._zone),
            since=until - WEEK,
            until=until,
            zone=self._zone,
            made_at=self._clock.now(),
            week=figures.week_figures(rows, until),
            before=figures.week_figures(rows, until - WEEK),
            days=figures.day_figures(rows, until, self._zone, DAYS_SHOWN),
            resolve_seconds=figures.resolve_seconds(rows, until),
            incidents=figures.reported_incidents(rows, until),
            runs=figures.reported_runs(rows, until),
            proposed=tuple(one for one in habits if one.state is PreferenceState.PROPOSED)[:MOST_PREFERENCES],
            always_approved=tuple(filter(_is_always_approved, habits))[:MOST_PREFERENCES],
            aging=aging(instances, snapshots, self._clock.now()),
            quotas=figures.quota_uses(rows, until),
            is_partial=len(rows.incidents) == MOST_ROWS or len(rows.approvals) == MOST_ROWS,
        )

    async def _rows(self, connection: AsyncConnection, since: datetime) -> Rows:
        uses = await connection.execute(
            select(model_requests).where(model_requests.c.day >= since.date().isoformat())
        )
        cloud = await connection.execute(
            select(egress.c.at, egress.c.bytes).where(egress.c.at >= since).limit(MOST_ROWS)
        )
        return Rows(
            incidents=await stored.incidents_since(connection, since, MOST_ROWS),
            approvals=await stored.approvals_since(connection, since, MOST_ROWS),
            runs=await stored.runs_since(connection, since, MOST_ROWS),
            uses=[
                ModelUse(deployment=row.deployment, day=row.day, used=row.used, cost=row.cost) for row in uses
            ],
            cloud=[CloudRequest(at=row.at, size=row.bytes) for row in cloud],
            limits={key: one.daily_requests for key, one in self._deployments.items()},
        )


def _is_always_approved(one: Preference) -> bool:
    return one.approved == one.decided and one.approved >= FEWEST_APPROVED


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file if it is not there, and delete the oldest beyond KEPT."""
    file = folder / f"{name}.md"
    if file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    for old in sorted(folder.glob("????-??-??.md"))[:-KEPT]:
        old.unlink()
