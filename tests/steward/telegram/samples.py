"""Incidents and requests for the tests of the Telegram front end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from homelab_steward.contract.catalogue import (
    ActionOffer,
    Catalogue,
    Field,
    Risk,
    ServiceOffer,
    SettingKind,
)
from homelab_steward.contract.changes import (
    Assessment,
    Change,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    PackageChange,
)
from homelab_steward.contract.diagnosis import Claim, Diagnosis, Evidence, RunbookMatch
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Decision,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    Severity,
    Verb,
    Verdict,
)
from homelab_steward.contract.proposals import Option, OptionKind, Proposal
from homelab_steward.contract.reports import DayFigures, ReportedIncident, WeekFigures, WeeklyReport
from homelab_steward.contract.state import FrontEnd, TargetRef
from homelab_steward.contract.step_parts import Difference, PlannedStep

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
APP = TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr")
RADARR = TargetRef(instance_id="pve", kind="lxc", id="pve1/lxc/105", name="radarr")

CATALOGUE = Catalogue(
    digest="",
    services=(
        ServiceOffer(
            key="proxmox",
            name="Proxmox VE",
            category="infrastructure",
            settings=(),
            actions=(
                ActionOffer(
                    key="set_memory",
                    name="Set memory",
                    description="",
                    risk=Risk.LOW,
                    reversible=True,
                    arguments=(
                        Field(key="memory_mib", kind=SettingKind.NUMBER, name="Memory", unit="MiB"),
                        Field(key="wait", kind=SettingKind.NUMBER, name="Waiting time", unit="s"),
                    ),
                ),
            ),
        ),
    ),
)


def step(**changes: object) -> PlannedStep:
    base = PlannedStep(
        action="proxmox.set_memory",
        target=RADARR,
        arguments={"memory_mib": 3072},
        title="Set memory",
        risk=Risk.LOW,
        reversible=True,
        differences=(Difference(field="memory", before="2048 MiB", after="3072 MiB"),),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def option(number: int = 1, **changes: object) -> Option:
    base = Option(
        number=number,
        kind=OptionKind.ACT,
        label="Increase memory 2 → 3 GiB",
        plan_hash=f"{number:064x}",
        steps=(step(),),
        verification="memory and health are read back",
        history="increase worked",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def three_options() -> tuple[Option, ...]:
    restart = step(
        action="radarr.restart", target=APP, title="Restart", arguments={}, differences=(), reversible=False
    )
    return (
        option(1),
        option(2, label="Restart Radarr", steps=(restart,), reversible=False, risk=Risk.MEDIUM, history=""),
        option(3, label="Investigate", kind=OptionKind.INVESTIGATE, steps=(), verification="", history=""),
    )


def request(
    name: str = "a1", options: tuple[Option, ...] | None = None, **changes: object
) -> ApprovalRequest:
    incident_id = str(changes.get("incident_id", f"i-{name}"))
    proposal = Proposal(
        id=f"p-{name}",
        incident_id=incident_id,
        options=three_options() if options is None else options,
        matches=(
            RunbookMatch(
                runbook_id="container-memory",
                version=2,
                title="Container memory pressure",
                score=0.92,
                reason="the label says memory",
                history="last time: worked",
            ),
        ),
        policy_version=1,
        made_at=NOON,
    )
    base = ApprovalRequest(
        id=name,
        incident_id=incident_id,
        incident_number=12,
        title="Memory of radarr at 95 %",
        text="Radarr needs more memory",
        severity=Severity.WARNING,
        category="media",
        status=ApprovalStatus.PENDING,
        proposal=proposal,
        created_at=NOON,
        expires_at=NOON + timedelta(hours=2),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def update_options() -> tuple[Option, ...]:
    return (
        option(1, label="Update Sonarr 4.0.1 → 4.0.2", history="", verification="It is watched for 15 min"),
        option(2, label="Defer 7 days", kind=OptionKind.DEFER, steps=(), history="", verification=""),
    )


def found_update(key: str, notes: str, approval_id: str = "a1") -> Change:
    return Change(
        id=key,
        source=ChangeSource.IMAGE,
        target=RADARR,
        title="Sonarr 4.0.1 → 4.0.2",
        packages=(PackageChange(name="Sonarr", old="4.0.1", new="4.0.2"),),
        revision="4.0.2",
        status=ChangeStatus.ASKED,
        found_at=NOON,
        updated_at=NOON,
        category="media",
        assessment=Assessment(level=ChangeLevel.SAFE, at=NOON, notes=notes),
        approval_id=approval_id,
    )


def incident(asked: ApprovalRequest | None, **changes: object) -> Incident:
    """Return the waiting incident of a request, or an unsolved one without a request."""
    base = Incident(
        id=asked.incident_id if asked is not None else "i-lonely",
        number=12,
        group_key="radarr",
        title="Memory of radarr at 95 %",
        severity=asked.severity if asked is not None else Severity.WARNING,
        category=asked.category if asked is not None else "media",
        status=IncidentStatus.WAITING if asked is not None else IncidentStatus.UNSOLVED,
        opened_at=NOON,
        updated_at=NOON,
        alerts=(),
        diagnosis=diagnosis(),
        proposal=asked.proposal if asked is not None else None,
        approval_id=asked.id if asked is not None else None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def diagnosis(summary: str = "The container is short of memory", **changes: object) -> Diagnosis:
    base = Diagnosis(
        summary=summary,
        has_problem=True,
        claims=(Claim(text="Memory is at 95 % of 2 GiB", evidence=("e1",)),),
        evidence=(
            Evidence(
                id="e1",
                tool="proxmox.status",
                instance_id="pve",
                title="Container status",
                text="maxmem: 2147483648\nmem: 2040109465",
                read_at=NOON,
            ),
        ),
        made_at=NOON,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def decided(
    asked: ApprovalRequest, number: int = 1, via: FrontEnd = FrontEnd.HOME_ASSISTANT, name: str = "Alex"
) -> ApprovalRequest:
    """Return the request with one of its options approved."""
    chosen = asked.proposal.option(number)
    decision = Decision(
        verb=Verb.APPROVE,
        person_id=name.lower(),
        person_name=name,
        via=via,
        at=NOON + timedelta(minutes=3),
        option=number,
        label=chosen.label if chosen is not None else "",
    )
    return replace(asked, status=ApprovalStatus.APPROVED, decision=decision)


def run(asked: ApprovalRequest, status: RunStatus = RunStatus.SUCCEEDED, **changes: object) -> Run:
    """Return a run of option 1 with the verdict fixed."""
    verdict = Verdict(
        outcome=Outcome.FIXED,
        checks=(CheckResult(name="Memory limit", ok=True, text="3 GiB"),),
        at=NOON + timedelta(minutes=4),
        summary="It helped.",
    )
    base = Run(
        id=asked.id,
        incident_id=asked.incident_id,
        approval_id=asked.id,
        option=1,
        label="Increase memory 2 → 3 GiB",
        plan_hash=f"{1:064x}",
        status=status,
        steps=(),
        started_at=NOON + timedelta(minutes=3),
        verdict=verdict if status is RunStatus.SUCCEEDED else None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def weekly_report(**changes: object) -> WeeklyReport:
    """Return the report of a week with two incidents."""
    days = [
        DayFigures(day=f"2026-11-{day:02}", opened=day % 3, resolved=(day + 1) % 2) for day in range(15, 22)
    ]
    base = WeeklyReport(
        id="2026-11-21",
        since=NOON - timedelta(days=7),
        until=NOON,
        zone="UTC",
        made_at=NOON,
        week=WeekFigures(opened=2, resolved=2, repaired=1, by_itself=1),
        before=WeekFigures(),
        days=tuple(days),
        incidents=(
            ReportedIncident(
                id="i-1",
                number=12,
                title="Memory of radarr at 95 %",
                severity=Severity.WARNING,
                status=IncidentStatus.RESOLVED,
                opened_at=NOON - timedelta(days=2),
                resolved_at=NOON - timedelta(days=1),
            ),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]
