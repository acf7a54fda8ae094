"""Alerts that belong to an update that is applied or watched: nobody is asked about them until it ends."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change
from homelab_steward.contract.incidents import Alert, Run
from homelab_steward.contract.state import TargetRef

from ...store import change_records, incidents, runs
from ...store.target_keys import target_key

LONGEST_COVER: Final = timedelta(hours=1)
"""For how long from its start an update takes the alerts about what it changes.

Its run may last longer, such as while a person is asked whether data goes back too.
"""

type Application = Callable[[TargetRef], TargetRef | None]
"""Returns the instance that runs in a target, None when none does."""


async def covers(connection: AsyncConnection, application: Application, now: datetime) -> Mapping[str, str]:
    """Return the ids of the incidents of the updates under way by the keys of the targets they cover."""
    live = await runs.unfinished(connection)
    if not live:
        return {}
    # An update may still be written as asked about when its run has begun.
    rows = await change_records.changes_in(connection, change_records.AT_WORK)
    return covered_targets(live, rows, application, now)


def covered_targets(
    live: Iterable[Run], rows: Iterable[Change], application: Application, now: datetime
) -> Mapping[str, str]:
    """Return the ids of the incidents of updates by the keys of the targets they cover. Pure.

    ``live`` are runs that are not over, ``rows`` are updates. An update covers its target, what it
    watches, and the instances that run in those: not the host, and nothing beside it.
    """
    under_way = {one.approval_id: one.incident_id for one in live if is_covering(one, now)}
    found: dict[str, str] = {}
    for row in rows:
        incident_id = None if row.approval_id is None else under_way.get(row.approval_id)
        if incident_id is None:
            continue
        for target in (row.target, *row.watched):
            for one in (target, application(target)):
                if one is not None:
                    found.setdefault(target_key(one), incident_id)
    return found


def is_covering(run: Run, now: datetime) -> bool:
    """Return whether the run of an update takes alerts now. Pure.

    A run that starts in the future comes from a wrong clock and takes none.
    """
    return run.finished_at is None and timedelta() <= now - run.started_at < LONGEST_COVER


def covering(alert: Alert, covered: Mapping[str, str]) -> str | None:
    """Return the id of the incident of the update that an alert belongs to, None for none. Pure."""
    return None if alert.target is None else covered.get(target_key(alert.target))


def is_left(alert: Alert, covered: Mapping[str, str]) -> bool:
    """Return whether an alert that belongs to an update is a problem of its own now. Pure."""
    return alert.incident_id != covering(alert, covered)


async def left(connection: AsyncConnection, application: Application, now: datetime) -> tuple[Alert, ...]:
    """Return the alerts that belong to updates which do not cover them any more, and still fire."""
    held = await incidents.firing_in_requests(connection)
    covered = await covers(connection, application, now) if held else {}
    return tuple(one for one in held if is_left(one, covered))
