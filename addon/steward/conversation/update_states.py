"""Says which update of a target is applied or watched, and which alerts belong to it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Protocol

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import AlertStatus, Incident
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.state import TargetRef

from .phrases import say

TITLE: Final = 200
MOST_ALERTS: Final = 3
PHRASES: Final = {ChangeStatus.APPLYING: "update_applied", ChangeStatus.WATCHING: "update_watched"}

type Key = tuple[str, str, str]
"""The key of a target."""


class Rows(Protocol):
    """The queries of the store that these answers need."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""

    async def updates(self) -> Sequence[Change]:
        """Return the updates that are not over."""


async def under_way(rows: Rows, targets: Collection[Key], language: str) -> list[str]:
    """Return sentences about the updates under way of one of these targets."""
    found: list[str] = []
    for change in await rows.updates():
        if change.status in PHRASES and not {one.key for one in _targets(change)}.isdisjoint(targets):
            incident = await rows.incident(change.incident_id or "")
            found += _said(change, incident, language)
    return found


def _targets(change: Change) -> Iterator[TargetRef]:
    yield change.target
    yield from change.watched


def _said(change: Change, incident: Incident | None, language: str) -> Iterator[str]:
    title = quoted(change.title, TITLE, language)
    yield say(language, PHRASES[change.status], title=title)
    firing = [
        one_line(one.summary or one.name).rstrip(".")
        for one in (incident.alerts if incident else ())
        if one.status is AlertStatus.FIRING
    ]
    if firing:
        alerts = "; ".join(dict.fromkeys(firing[:MOST_ALERTS]))
        yield say(language, "update_alerts", alerts=alerts)
