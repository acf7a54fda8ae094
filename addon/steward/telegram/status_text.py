"""Renders what is open, what waits, and which services do not answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.maintenance import MaintenanceWindow
from homelab_steward.contract.mode import PauseScope, StewardMode
from homelab_steward.contract.state import Instance, InstanceStatus

from ..texts import Texts, english
from .markup import Rich, bold, joined, literal, prose, quote

MOST_LINES: Final = 10
"""Incidents and services that a status names."""

MOST_COUNTED: Final = 100
TITLE: Final = 80
REASON: Final = 120
"""Characters of a title and a reason, so that a status fits in one message."""

_STATES: Final = {
    IncidentStatus.OPEN: english("open"),
    IncidentStatus.DIAGNOSED: english("diagnosed"),
    IncidentStatus.WAITING: english("waiting"),
    IncidentStatus.SCHEDULED: english("scheduled"),
    IncidentStatus.ACTING: english("in progress"),
    IncidentStatus.UNSOLVED: english("not solved"),
    IncidentStatus.IGNORED: english("ignored"),
    IncidentStatus.RESOLVED: english("resolved"),
}
_SERVICE_STATES: Final = {
    InstanceStatus.PENDING: english("not read yet"),
    InstanceStatus.OK: english("works"),
    InstanceStatus.UNREACHABLE: english("does not answer"),
    InstanceStatus.UNAUTHORIZED: english("refuses the credentials"),
    InstanceStatus.FAILING: english("fails"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state that a status shows. ``waiting`` are the incidents whose requests wait for an answer."""

    incidents: Sequence[Incident]
    waiting: set[str]
    instances: Sequence[Instance]
    mode: StewardMode
    windows: Sequence[MaintenanceWindow]


def status_text(of: Overview, texts: Texts, now: datetime, zone: tzinfo) -> Rich:
    """Return the status as a message."""
    return joined(
        [
            *_incident_lines(of, texts),
            *_service_lines(of.instances, texts),
            *_pause_lines(of.mode, texts),
            *window_lines([one for one in of.windows if one.current is not None], texts, now, zone),
        ]
    )


def window_lines(
    windows: Sequence[MaintenanceWindow], texts: Texts, now: datetime, zone: tzinfo
) -> list[Rich]:
    """Return the maintenance windows with the times they are in, or the next ones."""
    lines: list[Rich] = []
    for one in windows[:MOST_LINES]:
        times = one.current or one.following
        if times is not None:
            begins, ends = (shown_time(at, now, texts, zone) for at in (times.starts_at, times.ends_at))
            until = texts("until {end}", end=ends)
            text = until if one.current else texts("from {begin} until {end}", begin=begins, end=ends)
            lines.append(literal("🔧 ") + prose(one.title, TITLE) + literal(f": {text}"))
    return [*lines, *_more(len(windows), texts)]


def shown_time(at: datetime, now: datetime, texts: Texts, zone: tzinfo) -> str:
    """Return the time of day, with the date when it is another day."""
    local = at.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return texts.time(local) if is_today else texts.date_and_time(local)


def _incident_lines(of: Overview, texts: Texts) -> list[Rich]:
    number = len(of.incidents)
    head = texts("No incident is open.")
    if number >= MOST_COUNTED:
        head = texts("At least {count} incidents are open.", count=number)
    elif number:
        head = texts.plural("{count} incident is open.", "{count} incidents are open.", number)
    asked = len(of.waiting)
    if asked:
        waits = texts.plural(
            "{count} request waits for an answer.", "{count} requests wait for an answer.", asked
        )
        head = f"{head} {waits}"
    first = sorted(of.incidents, key=lambda one: one.id not in of.waiting)
    lines = [_incident_line(one, texts, is_waiting=one.id in of.waiting) for one in first[:MOST_LINES]]
    return [bold(literal(head)), *lines, *_more(number, texts)]


def _incident_line(one: Incident, texts: Texts, *, is_waiting: bool) -> Rich:
    state = texts("waits for an answer") if is_waiting else texts(_STATES[one.status])
    return literal(f"• {one.number} ") + quote(one.title, TITLE, texts) + literal(f": {state}")


def _service_lines(instances: Sequence[Instance], texts: Texts) -> list[Rich]:
    failed = [
        one
        for one in instances
        if one.status not in (InstanceStatus.OK, InstanceStatus.PENDING) and one.expected_off is None
    ]
    unread = sum(one.status is InstanceStatus.PENDING for one in instances)
    off = sum(one.expected_off is not None for one in instances)
    answering = len(instances) - len(failed) - unread - off
    heads = [texts("{count} of {total} services answer.", count=answering, total=len(instances))]
    if off:
        heads.append(texts.plural("{count} is meant to be off.", "{count} are meant to be off.", off))
    if unread:
        heads.append(texts.plural("{count} is not read yet.", "{count} are not read yet.", unread))
    lines = [_service_line(one, texts) for one in failed[:MOST_LINES]]
    return [bold(literal(" ".join(heads))), *lines, *_more(len(failed), texts)]


def _service_line(one: Instance, texts: Texts) -> Rich:
    reason = one.error or texts(_SERVICE_STATES[one.status])
    return literal("• ") + prose(one.name, TITLE) + literal(": ") + prose(reason, REASON)


def _pause_lines(mode: StewardMode, texts: Texts) -> list[Rich]:
    if mode.pause is None:
        return []
    by = mode.pause.person_name or "Home Assistant"
    is_all = mode.pause.scope is PauseScope.EVERYTHING
    every = texts("{name} paused every change.", name=by)
    text = every if is_all else texts("{name} paused automatic changes.", name=by)
    return [bold(literal("⏸ ") + prose(text, TITLE))]


def _more(number: int, texts: Texts) -> list[Rich]:
    if number <= MOST_LINES:
        return []
    return [literal(texts("… {count} more: open Home Assistant.", count=number - MOST_LINES))]
