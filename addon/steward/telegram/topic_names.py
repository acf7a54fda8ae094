"""Names of forum topics, and which topic an incident's messages belong to. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.catalogue import Category
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Severity

from ..sdk import categories
from ..texts import household
from .markup import plain

type Topic = str
"""The key of a forum topic: a category's key, one of those below, or that of an incident."""

GENERAL: Final = categories.GENERAL.key
"""The chat itself; what has no topic of its own goes there."""

CRITICAL: Final = "critical_alerts"
REPORTS: Final = "weekly_reports"
RESOLVED: Final = "resolved"

AHEAD: Final = frozenset({CRITICAL, REPORTS, RESOLVED, *(one.key for one in categories.BUILT_IN)})
"""The topics that exist from the start. Another one is created with its first message."""

LONGEST_TITLE: Final = 60
"""Characters of an incident's title in the name of its topic, which has at most 128."""

_INCIDENT: Final = "incident/"
_SUPERGROUP: Final = "-100"
_SEVERITIES: Final = {Severity.INFO: "🔵", Severity.WARNING: "🟠", Severity.CRITICAL: "🔴"}
_STATES: Final = {
    IncidentStatus.WAITING: "🔔",
    IncidentStatus.SCHEDULED: "🕒",
    IncidentStatus.ACTING: "⚙️",
    IncidentStatus.UNSOLVED: "❗",
    IncidentStatus.RESOLVED: "✅",
    IncidentStatus.IGNORED: "🔕",
}


def titles_of(found: Iterable[Category]) -> dict[Topic, str]:
    """Return the title of each standing topic: one per category, and those for every category."""
    texts = household()
    own = {one.key: texts.name(one.name) for one in found}
    fixed = {
        CRITICAL: texts("Critical Alerts"),
        REPORTS: texts("Weekly Reports"),
        RESOLVED: texts("Resolved"),
    }
    return {GENERAL: texts.name(categories.GENERAL.name), CRITICAL: fixed[CRITICAL], **own, **fixed}


def topic_of(category: str, severity: Severity) -> Topic:
    """Return the standing topic of an incident: its category's, or CRITICAL."""
    return CRITICAL if severity is Severity.CRITICAL else category


def topic_of_request(request: ApprovalRequest, updates: str | None) -> Topic:
    """Return the standing topic of a request; ``updates`` is the category whose topic has all updates.

    None: each is in the topic of what it updates.
    """
    category = updates if updates is not None and request.concerns_updates else request.category
    return topic_of(category, request.severity)


def incident_key(incident_id: str) -> Topic:
    """Return the key of an incident's own topic."""
    return f"{_INCIDENT}{incident_id}"


def incident_id_of(topic: Topic) -> str | None:
    """Return the incident that a topic belongs to, None for a standing topic."""
    return topic.removeprefix(_INCIDENT) if topic.startswith(_INCIDENT) else None


def incident_topic_name(incident: Incident) -> str:
    """Return the name of an incident's own topic: its state, its number and its title."""
    icon = _STATES.get(incident.status, _SEVERITIES[incident.severity])
    return f"{icon} {incident.number} · {plain(incident.title, LONGEST_TITLE)}"


def own_topic_at(incident: Incident, after: timedelta | None) -> datetime | None:
    """Return when an incident that is announced gets a topic of its own, None when it gets none.

    A critical one gets it at once, another one when it has lasted for ``after``.
    """
    if after is None or incident.is_request or incident.status.is_closed or incident.muted is not None:
        return None
    is_critical = incident.severity is Severity.CRITICAL
    return incident.opened_at if is_critical else incident.opened_at + after


def topic_link(chat_id: int, thread_id: int) -> str:
    """Return the address of a topic, "" in a chat whose topics have none."""
    number = str(chat_id)
    if not number.startswith(_SUPERGROUP):
        return ""
    return f"https://t.me/c/{number.removeprefix(_SUPERGROUP)}/{thread_id}"
