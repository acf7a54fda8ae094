"""What happens to what Flux reconciles."""

from collections.abc import Callable
from typing import Any

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario, replayed
from services._kubernetes import condition
from services.flux import KUSTOMIZATIONS

FAILED = condition("Ready", "False", "HealthCheckFailed", "timeout waiting for Deployment media/radarr")
FINE = condition("Ready", "True", "ReconciliationSucceeded", "Applied revision: main@sha1:b2b2")
ALERT = FiringAlert(
    name="FluxReconciliationFailure",
    labels={"namespace": "flux-system", "name": "apps", "kind": "Kustomization"},
)


def _apps(ready: Any = None, *, suspended: bool | None = None) -> Callable[[Lab], Any]:
    async def change(lab: Lab) -> None:
        items: Any = replayed(lab, "flux").object(KUSTOMIZATIONS)["items"]
        if ready is not None:
            items[0]["status"]["conditions"] = [ready]
        if suspended is not None:
            items[0]["spec"]["suspend"] = suspended

    return change


def _failing(recipe: str, helps: Any, again: Any = None, **seen: Any) -> Scenario:
    return Scenario(
        runbook="reconciliation-failed",
        services=("flux",),
        breaks=_apps(FAILED),
        recipe=recipe,
        target="flux-system/apps",
        helps=helps,
        again=again,
        evidence="timeout waiting for Deployment",
        **seen,
    )


SCENARIOS = (
    _failing("reconcile", _apps(FINE), check="kustomization_failed"),
    _failing("reconcile", _apps(FINE), alert=ALERT),
    _failing("pause", None, _apps(FAILED, suspended=False), check="kustomization_failed"),
    Scenario(
        runbook="reconciliation-suspended",
        services=("flux",),
        breaks=_apps(suspended=True),
        check="kustomization_suspended",
        recipe="resume",
        target="flux-system/apps",
    ),
)
