"""Flux: kustomizations, Helm releases and Git repositories, read and changed through the Kubernetes API."""

from collections.abc import Iterable
from typing import Any, Final

from ...sdk.answers import known, worded
from ...sdk.categories import DELIVERY
from ...sdk.description import (
    Action,
    Call,
    Check,
    Deploys,
    Gaps,
    ResourceKind,
    Risk,
    Role,
    Sensor,
    Service,
    Tool,
    Versions,
)
from ...sdk.display import brief, count, diagnostic, flag, list_tool, notice, served, warning, worst_first
from ...sdk.kits import About, Jobs, RunJob, Switch, Turn, always
from .._kubernetes.client import SETTINGS, rights
from .client import FluxClient
from .models import KINDS, FluxState, Managed

RESOURCES: Final = {kind: path.partition("/v")[0].removeprefix("apis/") for kind, path in KINDS.items()}
KUSTOMIZATION: Final = "kustomization"
NAMES: Final = {
    "kustomization": "Kustomization",
    "helm_release": "Helm release",
    "git_repository": "Git repository",
}


def _allowed(verb: str, kinds: Iterable[str] = KINDS) -> list[str]:
    """Return the rights to do something with these kinds."""
    return [f"{verb} {KINDS[kind].rpartition('/')[2]}.{RESOURCES[kind]}" for kind in kinds]


RIGHTS: Final = rights(
    reading_what_is_reconciled=_allowed("list"),
    the_version_and_controllers_of_Flux=("list deployments.apps",),
    reconcile_suspend_and_resume=_allowed("patch"),
)


def _line(one: Managed) -> str:
    def state() -> str:
        ready = "ready" if one.is_ready else "not ready"
        return f"{'suspended, ' if one.is_suspended else ''}{ready}, {brief(one.ready.message)}"

    return f"{one.key}: {worded(state)}, revision {one.revision or 'not known'}"


@list_tool("all", "All", "All that Flux reconciles, what failed first.")
async def _all(client: FluxClient, gaps: Gaps, _: Call) -> list[str]:
    found = [one for kind in KINDS for one in await client.all(kind, gaps)]
    return [_line(one) for one in worst_first(found, lambda one: not one.is_ready)]


async def _status(client: FluxClient, _: Gaps, call: Call) -> list[str]:
    one = await client.object(call)
    conditions = [
        f"{own.type}: {own.status} {own.reason} {brief(own.message)}" for own in one.status.conditions
    ]
    source = one.spec.source_ref or (one.spec.chart.spec.source_ref if one.spec.chart else None)
    origin = [f"From {source.kind} {source.name}"] if source else []
    return [_line(one), *origin, *conditions]


def _suspend(to: bool) -> Turn[FluxClient]:  # noqa: FBT001 - the state itself
    return Turn(
        to=to,
        run=lambda client, call: client.suspend(call, to=to),
        note=t"What runs stays as it is." if to else t"It is reconciled at once.",
    )


SUSPEND: Final = Switch[FluxClient](
    is_on=FluxClient.is_suspended, on=_suspend(True), off=_suspend(False), words=(t"reconciled", t"suspended")
)
RECONCILE: Final = RunJob[FluxClient](
    start=FluxClient.reconcile,
    jobs=Jobs(read=FluxClient.job, newest=FluxClient.newest),
    changes=always(t"State", t"as last reconciled", t"reconciled now"),
    refusal=FluxClient.refusal,
    waits=False,
)


def _about(kind: str, key: str, name: str, capability: str, icon: str, description: str) -> About:
    return {
        "key": f"{key}_{kind}",
        "name": name,
        "description": description,
        "risk": Risk.LOW,
        "scope": kind,
        "capability": capability,
        "icon": icon,
        "blast_radius": f"One {NAMES[kind]}, and what it deploys",
        "needs": tuple(_allowed("patch", (kind,))),
    }


def _actions(kind: str) -> tuple[Action[FluxClient], ...]:
    now = "Compares what runs with what is declared, and changes it where it differs."
    return (
        RECONCILE.action(**_about(kind, "reconcile", "Reconcile", "reconcile", "mdi:sync", now)),
        SUSPEND.turn_on(**_about(kind, "suspend", "Suspend", "pause", "mdi:pause", "Stops reconciling it.")),
        SUSPEND.turn_off(**_about(kind, "resume", "Resume", "resume", "mdi:play", "Reconciles it again.")),
    )


def _status_tool(kind: str) -> Tool[FluxClient]:
    text = "Its conditions, revision and source."
    return list_tool(f"status_{kind}", "Status", text, _status, scope=kind, capability="status")


FAILED: Final[Sensor[Managed]] = diagnostic(
    "failed_revision", "Failed revision", lambda one: one.failed_revision
)
DEPLOYS: Final = Deploys[FluxState, Managed](
    read=FluxState.deployment,
    revision="revision",
    failed="failed_revision",
    healthy=("ready", True),
    action=f"reconcile_{KUSTOMIZATION}",
)


def _kind(kind: str) -> ResourceKind[FluxState, Managed]:
    return ResourceKind(
        key=kind,
        name=NAMES[kind],
        items=lambda state: getattr(state, kind),
        id=lambda one: one.key,
        labels=lambda one: {"namespace": one.metadata.namespace, "name": one.metadata.name},
        role=Role.APPLICATION,
        is_device=True,
        icon="mdi:git" if kind == "git_repository" else "mdi:sync",
        sensors=(
            flag("ready", "Ready", lambda one: one.is_ready),
            flag("suspended", "Suspended", lambda one: one.is_suspended, diagnostic=True),
            diagnostic("revision", "Revision", lambda one: one.revision),
            *((FAILED,) if kind == KUSTOMIZATION else ()),
        ),
        deploys=DEPLOYS if kind == KUSTOMIZATION else None,
    )


def _checks(kind: str) -> tuple[Check[Any], ...]:
    return (
        warning(f"{kind}_failed", f"{NAMES[kind]} not reconciled", Managed.failed, kind),
        notice(f"{kind}_suspended", f"{NAMES[kind]} suspended", Managed.suspended, kind),
    )


SERVICE: Final = Service[FluxClient, FluxState](
    key="flux",
    category=DELIVERY,
    manufacturer="Flux project",
    icon="mdi:sync",
    settings=SETTINGS,
    connect=FluxClient,
    poll=FluxClient.poll,
    version=FluxState.version,
    sensors=(
        served("reconciled", "Reconciled", lambda state: sum(one.is_ready for one in state.all())),
        count("not_reconciled", "Not reconciled", lambda state: sum(not one.is_ready for one in state.all())),
    ),
    resources=tuple(map(_kind, KINDS)),
    checks=(
        warning("flux_controller", "Flux controller not available", FluxState.controller_problem),
        *(check for kind in KINDS for check in _checks(kind)),
    ),
    tools=(_all, *map(_status_tool, KINDS)),
    actions=tuple(action for kind in KINDS for action in _actions(kind)),
    rights=RIGHTS,
    granted=lambda state: known(state.review).granted(RIGHTS),
    understood=Versions("2.3", "2"),
)
