"""Stores what is wrong with monitors: which are blind, disagree, or cannot be read, and what was reported."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Severity

from .tables import monitor_problems
from .upsert import upsert


class ProblemKind(StrEnum):
    """What is wrong. GONE: the monitor cannot be read."""

    BLIND = "blind"
    SPLIT = "split"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorProblem:
    """A problem of a monitor. ``source`` is its instance, ``witness`` what of it is meant.

    It has been seen since ``seen_from``, last at ``seen_at``. ``reported_at`` is None until it is reported;
    then ``summary``, ``description`` and ``severity`` are those of the report.
    """

    key: str
    kind: ProblemKind
    source: str
    witness: str
    seen_from: datetime
    seen_at: datetime
    reported_at: datetime | None = None
    severity: Severity = Severity.WARNING
    summary: str = ""
    description: str = ""


async def save(connection: AsyncConnection, rows: Sequence[MonitorProblem]) -> None:
    """Insert or replace problems."""
    values = [asdict(one) | {"kind": one.kind.value, "severity": one.severity.value} for one in rows]
    await upsert(connection, monitor_problems, values)


async def all_problems(connection: AsyncConnection) -> dict[str, MonitorProblem]:
    """Return all problems by key."""
    rows = await connection.execute(select(monitor_problems))
    return {row.key: _problem(dict(row._mapping)) for row in rows}  # noqa: SLF001 - public by its documentation


async def blind(connection: AsyncConnection) -> dict[str, datetime]:
    """Return since when each witness that is blind was seen to be."""
    table = monitor_problems
    where = table.c.kind == ProblemKind.BLIND.value
    rows = await connection.execute(select(table.c.witness, table.c.seen_from).where(where))
    return {row.witness: row.seen_from for row in rows}


async def forget(connection: AsyncConnection, keys: Iterable[str]) -> None:
    """Delete problems that are over."""
    await connection.execute(delete(monitor_problems).where(monitor_problems.c.key.in_(list(keys))))


def _problem(row: dict[str, Any]) -> MonitorProblem:
    kind, severity = ProblemKind(row.pop("kind")), Severity(row.pop("severity"))
    return MonitorProblem(kind=kind, severity=severity, **row)
