"""Counts decisions about one kind of incident, proposes to mute it, and leaves muted ones unsolved."""

import hashlib
import math
from dataclasses import replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import Decision, Incident, IncidentStatus, Severity, Verb
from homelab_steward.contract.preferences import Preference, PreferenceState
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import RowKind

from ...store import audit, incidents, preferences
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import translate
from ..incidents.correlation import SEVERITIES, as_diagnosed

FEWEST: Final = 3
"""Decisions after which muting is proposed for a kind of incident that was always ignored."""

MOST_COUNTED: Final = 10_000
MOST_KEPT: Final = 500
Z95: Final = 1.6448536269514722
"""The quantile of the normal distribution for a one-sided confidence of 95 %."""


def preference_id(incident: Incident) -> str:
    """Return the id of the kind of an incident: its runbook, or else its alert, and its target. Pure."""
    about = target_key(incident.target) if incident.target else incident.group_key
    parts = ("runbook", runbook_of(incident) or "", alert_of(incident), about)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def runbook_of(incident: Incident) -> str | None:
    """Return the id of the best runbook of an incident, None when none matched."""
    matches = incident.diagnosis.matches if incident.diagnosis else ()
    return matches[0].runbook_id if matches else None


def alert_of(incident: Incident) -> str:
    """Return the name of the alert of an incident without a runbook, else ""."""
    if runbook_of(incident) is not None or not incident.alerts:
        return ""
    return min(one.name for one in incident.alerts)


def fresh(incident: Incident, now: datetime) -> Preference:
    """Return the preference for an incident of a kind that nobody decided about yet. Pure."""
    return Preference(
        id=preference_id(incident),
        title=incident.title,
        category=incident.category,
        severity=incident.severity,
        state=PreferenceState.NOTED,
        first_at=now,
        last_at=now,
        runbook_id=runbook_of(incident),
        alert=alert_of(incident),
        target=incident.target,
    )


def counted(row: Preference, incident: Incident, decision: Decision, option: Option | None) -> Preference:
    """Return the preference with one more decision; ``option`` is the approved option, if any. Pure.

    Muting is proposed for a kind that was always ignored, unless one of its incidents was critical.
    Any other decision withdraws the proposal and ends the muting.
    """
    acts = option is not None and option.kind is OptionKind.ACT
    after = replace(
        row,
        title=incident.title,
        category=incident.category,
        severity=max(row.severity, incident.severity, key=SEVERITIES.index),
        last_at=decision.at,
        ignored=_plus(row.ignored, is_more=decision.verb is Verb.IGNORE),
        approved=_plus(row.approved, is_more=acts),
        rejected=_plus(row.rejected, is_more=decision.verb is Verb.REJECT),
        looked=_plus(row.looked, is_more=option is not None and not acts),
    )
    after = replace(after, approved_at_least=at_least(after.approved, after.decided))
    return replace(after, state=_state(after))


def _plus(count: int, *, is_more: bool) -> int:
    return min(count + is_more, MOST_COUNTED)


def _state(row: Preference) -> PreferenceState:
    """Return the state of a preference after its counts changed."""
    is_always = row.ignored == row.decided
    if row.state is PreferenceState.DECLINED:
        return row.state
    if row.state is PreferenceState.MUTED:
        return row.state if is_always else PreferenceState.NOTED
    is_due = is_always and row.ignored >= FEWEST and row.severity is not Severity.CRITICAL
    return PreferenceState.PROPOSED if is_due else PreferenceState.NOTED


def at_least(successes: int, total: int) -> float:
    """Return the lower bound of Wilson's one-sided 95 % confidence interval of a share. Pure."""
    if total == 0:
        return 0.0
    share, square = successes / total, Z95 * Z95
    middle = share + square / (2 * total)
    spread = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + square / total))


def is_muted(row: Preference | None, incident: Incident) -> bool:
    """Return whether nobody is asked about an incident. A critical one is always asked about. Pure."""
    is_wanted = row is not None and row.state is PreferenceState.MUTED
    return is_wanted and incident.severity is not Severity.CRITICAL


async def note(unit: Unit, incident: Incident, decision: Decision, option: Option | None) -> None:
    """Count a decision about an incident, in the transaction that stores it.

    Decisions about requests of people are not counted.
    """
    if incident.is_request:
        return
    row = await preferences.preference(unit.connection, preference_id(incident))
    row = counted(row or fresh(incident, decision.at), incident, decision, option)
    await write(unit, row)
    dropped = await preferences.oldest_noted(unit.connection, MOST_KEPT)
    await preferences.remove(unit.connection, dropped)
    for one in dropped:
        unit.publish(RowKind.PREFERENCE, one, None)


async def write(unit: Unit, row: Preference) -> None:
    """Store and publish a preference."""
    await preferences.save(unit.connection, row)
    unit.publish(RowKind.PREFERENCE, row.id, row)


async def leave_muted(store: Store, incident: Incident, row: Preference | None, now: datetime) -> bool:
    """Return whether nobody is asked about a diagnosed incident, after writing why.

    A muted incident is unsolved; it ends with its alerts, or is asked about when it gets worse. The end of
    muting is written too. ``row`` is the preference for its kind, as it was read.
    """
    if incident.muted is None and not is_muted(row, incident):
        return False
    async with store.change() as unit:
        row = await preferences.preference(unit.connection, preference_id(incident))
        current = as_diagnosed(await incidents.incident(unit.connection, incident.id), incident)
        if current is None:
            return True  # The stored incident has changed: there is nothing to ask about here.
        if row is None or not is_muted(row, incident):
            if current.muted is not None:
                await _save(unit, replace(current, muted=None))
            return False
        await write(unit, replace(row, muted=row.muted + 1, last_at=now))
        body = {"incident": current.id, "preference": row.id}
        await audit.append(unit.connection, now, "incident.muted", body)
        reason = translate("Muted: {person} accepted that nobody is asked.", person=row.changed_by)
        muted = replace(current, muted=reason, resolution=reason, status=IncidentStatus.UNSOLVED)
        await _save(unit, replace(muted, updated_at=now))
    return True


async def _save(unit: Unit, incident: Incident) -> None:
    await incidents.save_incident(unit.connection, incident)
    unit.publish(RowKind.INCIDENT, incident.id, incident)
