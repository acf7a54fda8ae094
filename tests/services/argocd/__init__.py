"""Argo CD in the lab: two applications that are synced by hand, and one that is synced by itself."""

from copy import deepcopy
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Computed, Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json
from services._kubernetes import TOKEN, Answer, listed, meta

APPS = "GET /api/v1/applications"
CAN_I = "GET /api/v1/account/can-i/applications/sync/{project}/{name}"
LOG = '{"result":{"content":"cannot open the database","podName":"radarr-6d5f"}}\n'


def deployed(number: int, revision: str) -> Answer:
    """Return a version of the history."""
    return {"id": number, "revision": revision, "deployedAt": f"2026-11-1{number}T08:00:00Z"}


def operation(
    phase: str = "Succeeded", message: str = "successfully synced", at: str = "2026-11-18T08:00:00Z"
) -> Answer:
    """Return the last sync."""
    over = {} if phase == "Running" else {"finishedAt": at}
    return {"phase": phase, "message": message, "startedAt": at, **over}


def part(kind: str, name: str, status: str = "Synced", health: str = "Healthy", message: str = "") -> Answer:
    """Return an object of an application."""
    return {
        "kind": kind,
        "name": name,
        "namespace": "media",
        "status": status,
        "health": {"status": health, "message": message},
    }


def application(name: str, policy: Answer | None = None, **status: Any) -> Answer:
    """Return an application that is fine, except for ``status``."""
    source = {"repoURL": "https://git.example.org/lab/apps", "path": name, "targetRevision": "main"}
    return {
        "metadata": meta(name, "argocd", generation=3),
        "spec": {"project": "default", "source": source, "syncPolicy": policy or {}},
        "status": {
            "sync": {"status": "Synced", "revision": "b2" * 20},
            "health": {"status": "Healthy"},
            "operationState": operation(),
            "history": [deployed(1, "a1" * 20), deployed(2, "b2" * 20)],
            "resources": [part("Deployment", name), part("Service", name)],
            **status,
        },
    }


def _find(state: ReplayState, sent: Sent) -> Answer | None:
    items: Any = state.object(APPS)["items"]
    return next((one for one in items if one["metadata"]["name"] == sent.parameters["name"]), None)


def _one(state: ReplayState, sent: Sent) -> Json | Raw:
    return _find(state, sent) or Raw(status=404, body={"code": 5, "message": "application not found"})


def _operated(end: Any) -> Computed:
    """Return what begins an operation, which runs for three seconds and ends as ``end`` says."""

    def change(state: ReplayState, sent: Sent) -> Json:
        one = _find(state, sent) or {}

        def begin() -> None:
            one["status"]["operationState"] = operation("Running", "", state.stamp())

        def finish() -> None:
            begun = one["status"]["operationState"]["startedAt"]
            one["status"]["operationState"] = operation(at=begun)
            end(one["status"], sent)

        state.later(1.0, begin)
        state.later(3.0, finish)
        return deepcopy(one)

    return change


def _synced(status: Answer, _: Sent) -> None:
    status["sync"]["status"] = "Synced"


def _rolled_back(status: Answer, sent: Sent) -> None:
    old = next(one for one in status["history"] if one["id"] == sent.fields["id"])
    status["history"].append(deployed(len(status["history"]) + 1, old["revision"]))


ILL = application(
    "radarr",
    sync={"status": "OutOfSync", "revision": "b2" * 20},
    health={"status": "Degraded"},
    operationState=operation("Failed", "one or more objects failed to apply"),
    conditions=[{"type": "ComparisonError", "message": "failed to load the repository"}],
    resources=[
        part("Deployment", "radarr", "OutOfSync", "Degraded", "progress deadline exceeded"),
        part("Service", "radarr"),
    ],
)
FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/version": {"Version": "v3.1.0+03c4ad8"},
            APPS: listed(
                application("radarr"),
                application("grafana"),
                application("infra", {"automated": {"prune": True}}),
            ),
            "GET /api/v1/applications/{name}": _one,
            "GET /api/v1/applications/{name}/logs": Raw(text=LOG * 2),
            CAN_I: {"value": "yes"},
        },
        effects={
            "POST /api/v1/applications/{name}/sync": _operated(_synced),
            "POST /api/v1/applications/{name}/rollback": _operated(_rolled_back),
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "wrong"},
    targets={"application": "radarr"},
    unhealthy={APPS: listed(ILL, application("grafana"))},
    optional={
        f"{APPS} items.status.conditions": "An application has conditions only while something is wrong",
        f"{APPS} items.spec.syncPolicy": "An application without it is synced by hand",
        f"{APPS} items.spec.syncPolicy.automated": "An application without it is synced by hand",
    },
    rounds=(
        Round(action="sync", target="radarr", write=("POST", "/api/v1/applications/radarr/sync")),
        Round(action="rollback", target="radarr", write=("POST", "/api/v1/applications/radarr/rollback")),
    ),
)
