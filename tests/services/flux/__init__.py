"""Flux in the lab: two kustomizations, a Helm release, a Git repository, and its controllers."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Replay, ReplayState, bearer
from services._kubernetes import REVIEW, TOKEN, Answer, condition, listed, meta, patched, rules, single
from steward.services.flux.models import KINDS, REQUESTED

ROUTES = {kind: f"GET /{path}" for kind, path in KINDS.items()}
KUSTOMIZATIONS, RELEASES, REPOSITORIES = ROUTES.values()
CONTROLLERS = "GET /apis/apps/v1/deployments"
NAMES = {"kustomization": "apps", "helm_release": "grafana", "git_repository": "lab"}


def one_path(kind: str) -> str:
    """Return the route of one object of a kind, without its method."""
    group, _, plural = KINDS[kind].rpartition("/")
    return f"/{group}/namespaces/{{namespace}}/{plural}/{{name}}"


def managed(
    name: str, status: str = "True", reason: str = "ReconciliationSucceeded", message: str = "", **more: Any
) -> Answer:
    """Return something that Flux reconciles; ``more`` goes into its specification."""
    return {
        "metadata": meta(name, "flux-system", generation=2),
        "spec": {"interval": "10m", "sourceRef": {"kind": "GitRepository", "name": "lab"}, **more},
        "status": {
            "observedGeneration": 2,
            "conditions": [condition("Ready", status, reason, message or "Applied revision: main@sha1:b2b2")],
            "lastAppliedRevision": "main@sha1:b2b2",
        },
    }


def controller(name: str, status: str = "True") -> Answer:
    """Return one of Flux's controllers."""
    labels = {"app.kubernetes.io/part-of": "flux", "app.kubernetes.io/version": "v2.6.4"}
    return {
        "metadata": meta(name, "flux-system", labels=labels),
        "status": {"conditions": [condition("Available", status)]},
    }


def _control(state: ReplayState, one: Answer) -> None:
    """Do what Flux does two seconds after a change: reconcile, unless it is suspended."""

    def reconcile() -> None:
        if not one["spec"].get("suspend"):
            asked = one["metadata"].get("annotations", {}).get(REQUESTED)
            one["status"] |= {"observedGeneration": one["metadata"]["generation"]}
            one["status"] |= {"lastHandledReconcileAt": asked} if asked else {}

    state.later(2.0, reconcile)


async def _suspended(lab: Any, kind: str) -> None:
    items: Any = lab.served["flux"].state.object(ROUTES[kind])["items"]
    items[0]["spec"]["suspend"] = True
    items[0]["metadata"]["generation"] = 3


def _rounds(kind: str) -> tuple[Round, ...]:
    title = f"flux-system/{NAMES[kind]}"
    write = ("PATCH", one_path(kind).format(namespace="flux-system", name=NAMES[kind]))
    return (
        Round(action=f"reconcile_{kind}", target=title, write=write),
        Round(action=f"suspend_{kind}", target=title, write=write),
        Round(action=f"resume_{kind}", target=title, write=write, prepare=lambda lab: _suspended(lab, kind)),
    )


ILL = {
    route: listed(
        managed(NAMES[kind], "False", "BuildFailed", "kustomization path not found", suspend=True),
        managed("infra"),
    )
    for kind, route in ROUTES.items()
}
_ABSENT = "The API leaves out what is false"
FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            KUSTOMIZATIONS: listed(managed("apps"), managed("infra")),
            RELEASES: listed(managed("grafana"), managed("loki")),
            REPOSITORIES: listed(managed("lab"), managed("charts")),
            CONTROLLERS: listed(controller("kustomize-controller"), controller("helm-controller")),
            REVIEW: rules(
                *((path.split("/")[1], path.rpartition("/")[2], "list,patch") for path in KINDS.values()),
                ("apps", "deployments", "list"),
            ),
            **{f"GET {one_path(kind)}": single(route) for kind, route in ROUTES.items()},
        },
        effects={f"PATCH {one_path(kind)}": patched(route, _control) for kind, route in ROUTES.items()},
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "wrong"},
    targets={kind: f"flux-system/{name}" for kind, name in NAMES.items()},
    unhealthy={
        **ILL,
        CONTROLLERS: listed(controller("kustomize-controller", "False"), controller("helm-controller")),
    },
    optional={f"{route}?limit=250 items.spec.suspend": _ABSENT for route in ROUTES.values()},
    rounds=tuple(one for kind in KINDS for one in _rounds(kind)),
)
