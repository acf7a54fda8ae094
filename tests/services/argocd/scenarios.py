"""What happens to applications of Argo CD."""

from typing import Any

from lab.scenarios import FiringAlert, Scenario
from services._kubernetes import listed
from services.argocd import APPS, application, deployed, operation, part

DIFFERS = application(
    "radarr",
    sync={"status": "OutOfSync", "revision": "b2" * 20},
    resources=[part("Deployment", "radarr", "OutOfSync"), part("Service", "radarr")],
)
FAILED = application(
    "radarr",
    sync={"status": "OutOfSync", "revision": "b2" * 20},
    operationState=operation("Failed", "one or more objects failed to apply"),
)
ILL = application("radarr", health={"status": "Degraded", "message": "progress deadline exceeded"})
ILL_AGAIN = application(
    "radarr",
    health={"status": "Degraded", "message": "progress deadline exceeded"},
    operationState=operation(at="2026-11-18T11:07:00Z"),
    history=[deployed(1, "a1" * 20), deployed(2, "b2" * 20), deployed(3, "a1" * 20)],
)
FINE = application(
    "radarr",
    operationState=operation(at="2026-11-18T11:07:00Z"),
    history=[deployed(1, "a1" * 20), deployed(2, "b2" * 20), deployed(3, "a1" * 20)],
)


def _now(one: Any) -> Any:
    return {APPS: listed(one, application("grafana"))}


SCENARIOS = (
    Scenario(
        runbook="application-out-of-sync",
        services=("argocd",),
        breaks=_now(DIFFERS),
        check="application_out_of_sync",
        recipe="sync",
        target="radarr",
        evidence="Deployment media/radarr: OutOfSync",
    ),
    Scenario(
        runbook="application-out-of-sync",
        services=("argocd",),
        breaks=_now(FAILED),
        alert=FiringAlert(name="ArgoAppNotSynced", labels={"name": "radarr", "project": "default"}),
        recipe="sync",
        target="radarr",
        evidence="objects failed to apply",
    ),
    *Scenario.each(
        "rollback",
        "sync",
        runbook="application-degraded",
        services=("argocd",),
        breaks=_now(ILL),
        check="application_degraded",
        target="radarr",
        helps=_now(FINE),
        again=_now(ILL_AGAIN),
    ),
)
