"""Argo CD: the health and sync of its applications, sync, and rollback."""

from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed
from ...sdk.answers import known, worded
from ...sdk.description import (
    DELIVERY,
    Call,
    Deploys,
    Gaps,
    ResourceKind,
    Right,
    Risk,
    Role,
    Service,
    Versions,
)
from ...sdk.display import Text, brief, list_tool, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, number_field, url_field
from ...sdk.kits import Current, Jobs, RunJob, SetValue, always, poll_until, result
from ...sdk.sensors import choice, count, diagnostic, flag, served, time
from .client import TAKES, TOKEN, ArgoClient
from .models import HEALTH, SYNC, Application, ArgoState

LINES: Final = number_field("lines", "Lines", default=50, least=1, most=200)
RIGHT: Final = Right(key="sync", name="applications, sync", needed_for="sync and rollback")


def _line(one: Application) -> str:
    sync, health = worded(lambda: one.sync), worded(lambda: one.health)
    return f"{one.key}: {sync}, {health}, revision {one.status.sync.label[:12] or 'not known'}"


@list_tool("applications", "Applications", "All applications, those with problems first.")
async def _applications(client: ArgoClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Application, "api/v1/applications", gaps, below="items")
    return [
        _line(one) for one in worst_first(found, lambda one: one.sync != "synced" or one.health != "healthy")
    ]


@list_tool("status", "Status", "Sync, health and parts.", scope="application")
async def _status(client: ArgoClient, _: Gaps, call: Call) -> list[str]:
    one = await client.application(call)
    parts = [
        f"{part.kind} {part.namespace}/{part.name}: {part.status}, {part.health.status or 'no health'} "
        f"{brief(part.health.message)}".strip()
        for part in worst_first(one.status.resources, lambda part: part.is_bad)
    ]
    last = f"Last sync: {worded(lambda: one.operation.job.text)}"
    automatic = "Argo CD syncs it by itself" if one.is_automated else "It is synced by hand"
    problems = [f"{own.type}: {brief(own.message)}" for own in one.status.conditions]
    return [_line(one), automatic, last, *problems, *parts]


@list_tool("history", "History", "The versions that were deployed.", scope="application", capability="tasks")
async def _history(client: ArgoClient, _: Gaps, call: Call) -> list[str]:
    found = (await client.application(call)).deployed()
    return [f"{one.deployed_at:%Y-%m-%d %H:%M} UTC: {one.label} (id {one.id})" for one in found]


@list_tool("logs", "Log", "The last lines of its pods.", scope="application", arguments=(LINES,), limit=200)
async def _log(client: ArgoClient, _: Gaps, call: Call) -> list[str]:
    return await client.log(call, int(call.number("lines")))


async def _sync(client: ArgoClient, call: Call) -> str:
    await client.refresh(call)
    return (await client.operate(call, "sync")).job.handle


async def _is_synced(client: ArgoClient, call: Call) -> CheckResult:
    one = await client.application(call)
    return result(t"Sync", worded(lambda: one.sync), ok=one.sync == "synced")


async def _deployed(client: ArgoClient, call: Call) -> Current:
    found = (await client.application(call)).deployed()
    if not found:
        raise PreconditionFailed(t"{call.target.name} was never deployed")
    return Current(value=found[0].label)


async def _previous(client: ArgoClient, call: Call) -> Value:
    found = (await client.application(call)).deployed()
    older = next((one.label for one in found if one.label != found[0].label), None)
    if older is None:
        raise PreconditionFailed(t"No earlier version of {call.target.name} is kept")
    return older


async def _refusal(client: ArgoClient, call: Call, _: Current) -> Text | None:
    one = await client.application(call)
    return t"Argo CD syncs {call.target.name} by itself: it would undo this" if one.is_automated else None


async def _roll_to(client: ArgoClient, call: Call, value: Value, _: Current) -> None:
    found = (await client.application(call)).deployed()
    number = next((one.id for one in found if one.label == value), None)
    if number is None:
        raise PreconditionFailed(t"The version {value} is not kept any more")
    begun = await client.operate(call, "rollback", id=number)
    await poll_until(
        client.clock,
        lambda: client.job(call, begun.job.handle),
        lambda job: not job.is_running,
        seconds=TAKES,
        away=TAKES,
    )


APPLICATION: Final = ResourceKind[ArgoState, Application](
    key="application",
    items=lambda state: state.applications,
    id=lambda one: one.key,
    title=lambda one: one.metadata.name,
    labels=lambda one: {"name": one.metadata.name, "project": one.spec.project},
    is_device=True,
    role=Role.APPLICATION,
    sensors=(
        choice("sync", "Sync", lambda one: one.sync, tuple(SYNC.values())),
        choice("health", "Health", lambda one: one.health, tuple(HEALTH.values())),
        diagnostic("revision", "Revision", lambda one: one.status.sync.label or None),
        diagnostic("deployed_revision", "Deployed revision", lambda one: one.deployed_revision),
        diagnostic("failed_revision", "Failed revision", lambda one: one.failed_revision),
        time("synced_at", "Last sync", lambda one: one.operation.finished_at),
        flag("automatic", "Automatic sync", lambda one: one.is_automated, diagnostic=True),
    ),
    deploys=Deploys(
        read=lambda _, one: one.deployment(),
        revision="deployed_revision",
        failed="failed_revision",
        healthy=("health", "healthy"),
        action="sync",
    ),
)
SERVICE: Final = Service[ArgoClient, ArgoState](
    key="argocd",
    name="Argo CD",
    category=DELIVERY,
    manufacturer="Argo Project",
    icon="mdi:source-branch-sync",
    settings=(url_field("https://argocd.example.org"), TOKEN, *TLS_SETTINGS),
    connect=ArgoClient,
    poll=ArgoClient.poll,
    version=lambda state: state.version.version,
    sensors=(
        served("applications", "Applications", lambda state: len(state.applications)),
        count(
            "out_of_sync",
            "Out of sync",
            lambda state: sum(one.sync != "synced" for one in state.applications),
        ),
        count(
            "unhealthy",
            "Unhealthy",
            lambda state: sum(one.health in ("degraded", "missing") for one in state.applications),
        ),
    ),
    resources=(APPLICATION,),
    checks=(
        warning("application_out_of_sync", "Application out of sync", Application.out_of_sync, "application"),
        warning("application_degraded", "Application degraded", Application.degraded, "application"),
        warning("application_sync_failed", "Sync failed", Application.failed, "application"),
        warning("application_error", "Application cannot be read", Application.error, "application"),
    ),
    tools=(_applications, _status, _history, _log),
    actions=(
        RunJob(
            start=_sync,
            jobs=Jobs(read=ArgoClient.job, newest=ArgoClient.newest, seconds=TAKES),
            changes=always(t"Sync", t"as it runs", t"as declared"),
            goal=_is_synced,
            note=t"Nothing is pruned.",
        ).action(
            key="sync",
            description="Brings what runs in line with what is declared.",
            risk=Risk.MEDIUM,
            scope="application",
            capability="reconcile",
            button=True,
            blast_radius="One application",
            needs=(RIGHT.key,),
        ),
        SetValue(
            goal=_previous,
            label=t"Version",
            read=_deployed,
            write=_roll_to,
            refusal=_refusal,
            note=t"Nothing is pruned. It is out of sync afterwards, until the declaration is changed.",
        ).action(
            key="rollback",
            name="Roll back",
            description="Deploys the version before.",
            risk=Risk.MEDIUM,
            scope="application",
            blast_radius="One application",
            needs=(RIGHT.key,),
        ),
    ),
    rights=(RIGHT,),
    granted=lambda state: frozenset({RIGHT.key} if known(state.may_sync) else ()),
    product="argo-cd",
    understood=Versions("2.10", "3"),
)
