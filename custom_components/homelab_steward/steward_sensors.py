"""The sensors of the app itself, computed from the rows that it sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.util import dt as dt_util

from .change_rows import WAITING
from .const import ATTR_REASON
from .contract.changes import Change, ChangeStatus
from .contract.incidents import ApprovalRequest, Incident
from .contract.mode import Elevation
from .contract.model_limits import LimitUse
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .contract.restore_drill import RestoreReport
from .contract.state import Instance, Resource
from .contract.usage import Usage
from .restores import age_in_days, described
from .steward_state import StewardState

LISTED: Final = 10
"""How many incidents or requests are named in an attribute; the rest are only counted."""

ATTR_OFF: Final = "off"
ATTR_NOT_OFFERED: Final = "not_offered"


@dataclass(frozen=True, kw_only=True)
class StewardSensorDescription(SensorEntityDescription):
    """A sensor of the app, computed from the rows that it sent.

    With ``is_daily`` it is computed again when a day begins.
    """

    kinds: tuple[RowKind, ...]
    value: Callable[[StewardState], float | datetime | None]
    attributes: Callable[[StewardState], Mapping[str, Any]] | None = None
    is_daily: bool = False


def _open_incidents(state: StewardState) -> Mapping[str, Any]:
    return {"incidents": [_listed(row) for row in state.open_incidents()[:LISTED]]}


def _listed(incident: Incident) -> dict[str, Any]:
    """Return number and title, and since or until when the incident is stale or silenced."""
    row: dict[str, Any] = {"number": incident.number, "title": one_line(incident.title)[:80]}
    if incident.suppressed is not None:
        row["silenced_until"] = incident.silenced_until and incident.silenced_until.isoformat()
        row["silenced"] = one_line(incident.suppressed)[:80]
    if incident.stale_since is not None:
        row["stale_since"] = incident.stale_since.isoformat()
    return row


def _parts_with_problem(state: StewardState) -> int | None:
    """Return how many parts of the app do not work, None before they were looked at."""
    if state.doctor is None or not state.doctor.health:
        return None
    return sum(one.ok is False for one in state.doctor.health)


def _parts(state: StewardState) -> Mapping[str, Any]:
    """Return what is wrong with the app itself, and which of its parts could not be looked at."""
    health = state.doctor.health if state.doctor else ()
    return {
        "reasons": [one_line(reason)[:200] for one in health if one.ok is False for reason in one.reasons],
        "failed_parts": [one.key for one in health if one.ok is False],
        "unknown_parts": [one.key for one in health if one.ok is None],
    }


def _pending_approvals(state: StewardState) -> Mapping[str, Any]:
    return {"requests": [_request(row) for row in state.pending_approvals()[:LISTED]]}


def _request(approval: ApprovalRequest) -> dict[str, Any]:
    """Return title and options of a request, and the options that are not offered and why."""
    row: dict[str, Any] = {
        "approval_id": approval.id,
        "number": approval.incident_number,
        "title": one_line(approval.title)[:80],
        "options": [
            {"number": one.number, "label": one_line(one.label)[:80], "risk": one.risk.value}
            for one in approval.proposal.options
        ],
        ATTR_NOT_OFFERED: [one_line(reason)[:200] for reason in approval.proposal.left_out],
    }
    if approval.snoozed_until is not None:
        row["snoozed_until"] = approval.snoozed_until.isoformat()
    if approval.acts_at is not None:
        row["acts_at"] = approval.acts_at.isoformat()
    if approval.first is not None:
        row["first_approval"] = one_line(approval.first.person_name)[:80]
    return row


def _changes_waiting(state: StewardState) -> list[Change]:
    """Return the updates that wait for their time or for a person, the first that is due first."""
    waiting = [one for one in state.changes.values() if one.status in WAITING]
    return sorted(waiting, key=lambda one: (one.status is not ChangeStatus.ASKED, one.until or one.found_at))


def _change(change: Change) -> dict[str, Any]:
    return {
        "title": one_line(change.title)[:80],
        "status": change.status.value,
        "judgement": change.assessment.level.value if change.assessment else None,
        "until": change.until.isoformat() if change.until else None,
    }


def _oldest_waiting(state: StewardState) -> datetime | None:
    """Return since when the oldest pending request waits."""
    return next((one.created_at for one in state.pending_approvals()), None)


def _off(state: StewardState) -> list[dict[str, str]]:
    """Return name and reason of each service and of all in them that is off and meant to be."""
    found: list[Instance | Resource] = [*state.instances.values()]
    for snapshot in state.snapshots.values():
        found += snapshot.resources
    return [
        {"name": one_line(one.name)[:80], ATTR_REASON: one_line(one.expected_off)[:200]}
        for one in found
        if one.expected_off is not None
    ]


def _today(state: StewardState) -> Usage | None:
    """Return the use of the language models today, None when it is not known or nothing was used."""
    usage = state.usage
    return usage if usage and usage.day == dt_util.now().date().isoformat() else None


def _sent_out(state: StewardState) -> int | None:
    """Return how many requests were sent to models outside today."""
    if state.usage is None:
        return None
    today = _today(state)
    return today.sent_out if today else 0


def _private_sent(state: StewardState) -> int | None:
    """Return how many of these requests had private text in which nothing was masked."""
    if state.usage is None:
        return None
    today = _today(state)
    return today.private_sent if today else 0


def _cost(state: StewardState) -> float | None:
    """Return what the requests of today cost by the prices in the settings."""
    if state.usage is None:
        return None
    today = _today(state)
    return today.cost if today else 0.0


def _last_sent(state: StewardState) -> Mapping[str, Any]:
    """Return where the newest of these requests went, and how many private parts were masked in it."""
    last = state.usage.last_sent if state.usage else None
    return {
        "last_at": last.at.isoformat() if last else None,
        "deployment": one_line(last.deployment)[:80] if last else None,
        "tier": last.tier if last else None,
        "task": last.task if last else None,
        "masked": last.masked if last else None,
    }


def current_limits(state: StewardState) -> Iterator[tuple[str, LimitUse]]:
    """Yield each deployment with each limit above zero; nothing is used after the day or week."""
    usage = state.usage
    if usage is None:
        return
    now, day = dt_util.now().date(), date.fromisoformat(usage.day)
    is_today, is_week = day == now, day.isocalendar()[:2] == now.isocalendar()[:2]
    for one in usage.models:
        for limit in one.limits:
            if limit.limit:
                is_current = is_week if limit.is_weekly else is_today
                yield one.deployment, limit if is_current else replace(limit, used=0)


def _quota(state: StewardState) -> int | None:
    """Return the smallest share of a limit that is left, in percent; None without a limit."""
    return min((100 - limit.percent for _, limit in current_limits(state)), default=None)


def _models(state: StewardState) -> Mapping[str, Any]:
    """Return what each deployment used today, and its limits."""
    today = _today(state) is not None
    models = state.usage.models if state.usage else ()
    return {
        "models": [
            {
                "deployment": one_line(one.deployment)[:80],
                "used": one.used * today,
                "limit": one.limit,
                "tokens": one.tokens * today,
                "cost": one.cost * today,
                "limits": {limit.kind: {"used": limit.used, "limit": limit.limit} for limit in one.limits},
            }
            for one in models[:LISTED]
        ]
    }


def _drill(state: StewardState) -> Mapping[str, Any]:
    """Return when the last drill was, and the rules that did not hold or could not be tried."""
    drill = state.drill
    return {
        "last_at": drill.at.isoformat() if drill else None,
        "probes": drill.probes if drill else None,
        "failed": [one_line(one.title)[:200] for one in drill.failed] if drill else [],
        "not_applicable": [one_line(one.title)[:200] for one in drill.not_applicable] if drill else [],
    }


def _restorable(state: StewardState) -> int | None:
    """Return how many backups have a proof that is not too old, None before the first look at them."""
    report = state.restores
    return len(report.restorable(dt_util.utcnow())) if report and report.proofs else None


def _restores(state: StewardState) -> Mapping[str, Any]:
    """Return how many backups there are, the age of the proofs, and the first that have none."""
    report, now = state.restores or RestoreReport(days=1), dt_util.utcnow()
    proven = report.restorable(now)
    missing = [one for one in report.proofs if one not in proven]
    return {
        "backups": len(report.proofs),
        "oldest_proof_days": age_in_days(report, now),
        "not_proven": [described(one) for one in missing[:LISTED]],
        "proven": [described(one) for one in proven[:LISTED]],
    }


def _elevation(state: StewardState) -> Elevation | None:
    """Return the elevation that is under way, None when there is none."""
    last = state.mode.elevation
    return last if last is not None and last.is_open(dt_util.utcnow()) else None


def _elevated(state: StewardState) -> Mapping[str, Any]:
    """Return who approves alone, and in which category or service; nothing while nobody does."""
    open_one = _elevation(state)
    if open_one is None:
        return {"person": None, "category": None, "service": None, "began_at": None}
    instance = state.instances.get(open_one.instance_id)
    return {
        "person": one_line(open_one.person_name)[:80],
        "category": open_one.category or None,
        "service": one_line(instance.name)[:80] if instance else open_one.instance_id or None,
        "began_at": open_one.opened_at.isoformat(),
    }


STEWARD_SENSORS: Final = (
    StewardSensorDescription(
        key="open_incidents",
        translation_key="open_incidents",
        state_class=SensorStateClass.MEASUREMENT,
        kinds=(RowKind.INCIDENT,),
        value=lambda steward_state: len(steward_state.open_incidents()),
        attributes=_open_incidents,
    ),
    StewardSensorDescription(
        key="pending_approvals",
        translation_key="pending_approvals",
        state_class=SensorStateClass.MEASUREMENT,
        kinds=(RowKind.APPROVAL,),
        value=lambda steward_state: len(steward_state.pending_approvals()),
        attributes=_pending_approvals,
    ),
    StewardSensorDescription(
        key="parts_with_problem",
        translation_key="parts_with_problem",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        kinds=(RowKind.DOCTOR,),
        value=_parts_with_problem,
        attributes=_parts,
    ),
    StewardSensorDescription(
        key="oldest_waiting",
        translation_key="oldest_waiting",
        device_class=SensorDeviceClass.TIMESTAMP,
        kinds=(RowKind.APPROVAL,),
        value=_oldest_waiting,
    ),
    StewardSensorDescription(
        key="elevation",
        translation_key="elevation",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.MODE, RowKind.INSTANCE),
        value=lambda steward_state: one.ends_at if (one := _elevation(steward_state)) else None,
        attributes=_elevated,
    ),
    StewardSensorDescription(
        key="changes_waiting",
        translation_key="changes_waiting",
        state_class=SensorStateClass.MEASUREMENT,
        kinds=(RowKind.CHANGE,),
        value=lambda steward_state: len(_changes_waiting(steward_state)),
        attributes=lambda steward_state: {
            "changes": [_change(one) for one in _changes_waiting(steward_state)[:LISTED]]
        },
    ),
    StewardSensorDescription(
        key="repairs_verified",
        translation_key="repairs_verified",
        # Not always increasing: a relapse is not a repair any more.
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.STATISTICS,),
        value=lambda steward_state: sum(row.fixed for row in steward_state.statistics.values()),
    ),
    StewardSensorDescription(
        key="last_drill",
        translation_key="last_drill",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.DRILL,),
        value=lambda steward_state: steward_state.drill.held if steward_state.drill else None,
        attributes=_drill,
    ),
    StewardSensorDescription(
        key="restorable_backups",
        translation_key="restorable_backups",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.RESTORES,),
        value=_restorable,
        attributes=_restores,
        is_daily=True,
    ),
    StewardSensorDescription(
        key="meant_to_be_off",
        translation_key="meant_to_be_off",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.INSTANCE, RowKind.SNAPSHOT),
        value=lambda steward_state: len(_off(steward_state)),
        attributes=lambda steward_state: {ATTR_OFF: _off(steward_state)[:LISTED]},
    ),
    StewardSensorDescription(
        key="sent_out",
        translation_key="sent_out",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.USAGE,),
        value=_sent_out,
        attributes=_last_sent,
        is_daily=True,
    ),
    StewardSensorDescription(
        key="private_sent",
        translation_key="private_sent",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.USAGE,),
        value=_private_sent,
        is_daily=True,
    ),
    StewardSensorDescription(
        key="cost",
        translation_key="cost",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Without a price in the settings it is always zero.
        entity_registry_enabled_default=False,
        suggested_display_precision=2,
        kinds=(RowKind.USAGE,),
        value=_cost,
        is_daily=True,
    ),
    StewardSensorDescription(
        key="quota",
        translation_key="quota",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        kinds=(RowKind.USAGE,),
        value=_quota,
        attributes=_models,
        is_daily=True,
    ),
)
