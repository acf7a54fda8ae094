"""Records as the stages write them, with every field a test may want to vary."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change, ChangeSource, ChangeStatus, Distance, PackageChange
from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Run,
    RunStatus,
    Severity,
    Verb,
)
from homelab_steward.contract.maintenance import MaintenanceWindow, Occurrence
from homelab_steward.contract.preferences import Preference, PreferenceState
from homelab_steward.contract.proposals import Option, OptionKind, Proposal
from homelab_steward.contract.reports import WeekFigures, WeeklyDocument, WeeklyReport
from homelab_steward.contract.schedules import Delivery, ScheduledMessage
from homelab_steward.contract.state import FrontEnd, Person, Role, TargetRef
from homelab_steward.contract.step_parts import Difference, PlannedStep
from homelab_steward.contract.target_names import Alias, Aliases, AliasOrigin, TargetKey
from steward.sdk.categories import INFRASTRUCTURE

from .inventory import NOW, box

LATER = NOW + timedelta(hours=12)


def person(role: Role = Role.OWNER, name: str = "Olga") -> Person:
    return Person(id=name.lower(), name=name, role=role)


def step(
    action: str = "toy.set_memory",
    target: TargetRef | None = None,
    risk: Risk = Risk.MEDIUM,
    *,
    reversible: bool = True,
) -> PlannedStep:
    return PlannedStep(
        action=action,
        target=target or box(),
        arguments={"memory": 3072},
        title="Set memory: radarr",
        risk=risk,
        reversible=reversible,
        differences=(Difference(field="memory", before="2048 MiB", after="3072 MiB"),),
    )


def option(
    number: int = 1,
    plan_hash: str = "",
    risk: Risk = Risk.MEDIUM,
    kind: OptionKind = OptionKind.ACT,
    steps: tuple[PlannedStep, ...] | None = None,
    label: str = "Increase memory",
    runbook_id: str | None = "toy-memory",
) -> Option:
    return Option(
        number=number,
        kind=kind,
        label=label,
        plan_hash=plan_hash or f"hash-{number}",
        steps=(step(),) if steps is None else steps,
        runbook_id=runbook_id,
        runbook_version=1,
        recipe="grow",
        risk=risk,
    )


def proposal(*options: Option, incident_id: str = "incident") -> Proposal:
    return Proposal(
        id=uuid.uuid4().hex,
        incident_id=incident_id,
        options=options or (option(1), option(2)),
        matches=(),
        policy_version=1,
        made_at=NOW,
    )


def request(
    *options: Option,
    id: str = "request",  # noqa: A002 - the field's own name
    incident_id: str = "incident",
    status: ApprovalStatus = ApprovalStatus.PENDING,
    created_at: datetime = NOW,
    expires_at: datetime = LATER,
    decision: Decision | None = None,
    reminders: int = 0,
) -> ApprovalRequest:
    return ApprovalRequest(
        id=id,
        incident_id=incident_id,
        incident_number=1,
        title="Memory is short",
        text="Memory is at 95 %",
        severity=Severity.WARNING,
        category=INFRASTRUCTURE.key,
        status=status,
        proposal=proposal(*options, incident_id=incident_id),
        created_at=created_at,
        expires_at=expires_at,
        decision=decision,
        reminders=reminders,
    )


def decision(
    verb: Verb = Verb.APPROVE,
    at: datetime = NOW,
    option: int | None = 1,
    name: str = "Olga",
    via: FrontEnd = FrontEnd.TELEGRAM,
    label: str = "Increase memory",
) -> Decision:
    return Decision(
        verb=verb,
        person_id=name.lower(),
        person_name=name,
        via=via,
        at=at,
        option=option,
        label=label,
    )


def stored_alert(
    fingerprint: str = "a",
    name: str = "ToyMemoryHigh",
    status: AlertStatus = AlertStatus.FIRING,
    severity: Severity = Severity.WARNING,
    target: TargetRef | None = None,
    starts_at: datetime = NOW,
    received_at: datetime = NOW,
    incident_id: str | None = None,
    summary: str = "",
    source: str = "am",
    count: int = 1,
    labels: dict[str, str] | None = None,
) -> Alert:
    return Alert(
        fingerprint=fingerprint,
        source=source,
        name=name,
        severity=severity,
        status=status,
        starts_at=starts_at,
        received_at=received_at,
        target=target,
        incident_id=incident_id,
        summary=summary,
        count=count,
        labels=labels or {},
    )


def incident(
    *alerts: Alert,
    id: str = "incident",  # noqa: A002 - the field's own name
    number: int = 1,
    group_key: str = "group",
    status: IncidentStatus = IncidentStatus.WAITING,
    target: TargetRef | None = None,
    proposal: Proposal | None = None,
    approval_id: str | None = None,
    run: Run | None = None,
    resolved_at: datetime | None = None,
    opened_at: datetime = NOW,
    round: int = 1,  # noqa: A002 - the field's own name
) -> Incident:
    return Incident(
        id=id,
        number=number,
        group_key=group_key,
        title="Memory is short",
        severity=Severity.WARNING,
        category=INFRASTRUCTURE.key,
        status=status,
        opened_at=opened_at,
        updated_at=opened_at,
        alerts=alerts,
        target=target,
        proposal=proposal,
        approval_id=approval_id,
        run=run,
        resolved_at=resolved_at,
        round=round,
        alert_count=len(alerts),
    )


def run(
    status: RunStatus = RunStatus.RUNNING,
    id: str = "request",  # noqa: A002 - the field's own name
    incident_id: str = "incident",
    error: str | None = None,
) -> Run:
    return Run(
        id=id,
        incident_id=incident_id,
        approval_id=id,
        option=1,
        label="Increase memory",
        plan_hash="hash-1",
        status=status,
        steps=(),
        started_at=NOW,
        error=error,
    )


def maintenance_window() -> MaintenanceWindow:
    return MaintenanceWindow(
        id="window",
        title="Backups",
        person_id="olga",
        person_name="Olga",
        via=FrontEnd.TELEGRAM,
        added_at=NOW,
        once=Occurrence(starts_at=NOW, ends_at=LATER),
    )


def preference() -> Preference:
    return Preference(
        id="preference",
        title="Toy memory pressure",
        category=INFRASTRUCTURE.key,
        severity=Severity.WARNING,
        state=PreferenceState.NOTED,
        first_at=NOW,
        last_at=NOW,
    )


def aliases(name: str) -> Aliases:
    key = TargetKey(instance_id="toy1", kind="instance", id="toy1")
    return Aliases(
        aliases=(Alias(target=key, target_name="Toy", name=name, origin=AliasOrigin.PERSON, added_at=NOW),)
    )


def weekly_report(week: WeekFigures | None = None) -> WeeklyReport:
    return WeeklyReport(
        id="2026-11-20",
        since=NOW - timedelta(days=7),
        until=NOW,
        zone="Europe/Vienna",
        made_at=NOW,
        week=week or WeekFigures(),
        before=WeekFigures(),
    )


def weekly_document() -> WeeklyDocument:
    return WeeklyDocument(
        report=weekly_report(),
        title="Weekly report",
        headline="A quiet week.",
        sections=(),
        pictures=(),
        markdown="# Weekly report",
    )


def scheduled_message(**changes: Any) -> ScheduledMessage:
    """Return a message of a schedule."""
    made = ScheduledMessage(
        id="own/1",
        schedule_id="own",
        title="Own",
        due_at=NOW,
        made_at=NOW,
        lines=("Radarr: update to 5.1",),
        not_checked=("nas: no route",),
        deliver_to=tuple(Delivery),
    )
    return replace(made, **changes)


def change(change_id: str = "c1", **changes: Any) -> Change:
    """Return an update of the box radarr that is held."""
    made = Change(
        id=change_id,
        source=ChangeSource.SERVICE,
        target=box(),
        title="Radarr 5.1.0 → 5.1.1",
        packages=(PackageChange(name="Radarr", old="5.1.0", new="5.1.1", distance=Distance.PATCH),),
        revision="5.1.1",
        status=ChangeStatus.HELD,
        found_at=NOW,
        updated_at=NOW,
        category=INFRASTRUCTURE.key,
        distance=Distance.PATCH,
    )
    return replace(made, **changes)
