"""What an API server of Kubernetes answers in the lab: metadata, conditions, lists, patches, rights."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lab.replay import Computed, Raw, ReplayState, Sent
from lab.wire import Json, JsonObject

TOKEN = "eyJhbGciOiJSUzI1NiJ9.c3Rld2FyZA.bGFiLXNpZ25hdHVyZQ"
REVIEW = "POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
CREATED = "2026-11-18T08:00:00Z"

type Answer = dict[str, Any]


def meta(name: str, namespace: str = "", **more: Any) -> Answer:
    """Return the metadata of an object; its uid is made of its name."""
    found = {
        "name": name,
        "uid": f"uid-{namespace}-{name}",
        "creationTimestamp": CREATED,
        "resourceVersion": "7",
    }
    return {**found, **({"namespace": namespace} if namespace else {}), **more}


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Answer:
    """Return a condition."""
    return {"type": kind, "status": status, "reason": reason, "message": message}


def listed(*items: Answer) -> JsonObject:
    """Return a list of all objects."""
    return {"metadata": {"resourceVersion": "42"}, "items": [*items]}


def rules(*given: tuple[str, str, str]) -> Answer:
    """Return the rights of a token: API group, resources and verbs, with commas."""
    found: list[Answer] = [
        {"apiGroups": [group], "resources": resources.split(","), "verbs": verbs.split(",")}
        for group, resources, verbs in given
    ]
    return {"kind": "SelfSubjectRulesReview", "status": {"incomplete": False, "resourceRules": found}}


def find(state: ReplayState, route: str, sent: Sent) -> Answer | None:
    """Return the object of a list that a request names."""
    items: Any = state.object(route)["items"]
    wanted = (sent.parameters["name"], sent.parameters.get("namespace", ""))
    return next(
        (one for one in items if (one["metadata"]["name"], one["metadata"].get("namespace", "")) == wanted),
        None,
    )


def single(route: str) -> Computed:
    """Return what answers one object of a list."""

    def answer(state: ReplayState, sent: Sent) -> Json | Raw:
        return find(state, route, sent) or Raw(status=404, body={"kind": "Status", "message": "not found"})

    return answer


def patched(route: str, then: Callable[[ReplayState, Answer], None]) -> Computed:
    """Return what patches one object of a list, unless it was changed since it was read."""

    def change(state: ReplayState, sent: Sent) -> Json | Raw:
        one, body = find(state, route, sent), dict[str, Any](sent.fields)
        if one is None:
            return Raw(status=404, body={"message": "not found"})
        before, own = deepcopy(one.get("spec")), body.pop("metadata", {})
        if own.pop("resourceVersion", None) != one["metadata"]["resourceVersion"]:
            return Raw(status=409, body={"kind": "Status", "message": "the object has been modified"})
        merge(one, {**body, "metadata": own})
        one["metadata"]["resourceVersion"] += "1"
        if one.get("spec") != before:
            one["metadata"]["generation"] = one["metadata"].get("generation", 1) + 1
        then(state, one)
        return one

    return change


def merge(into: Answer, patch: Answer) -> None:
    """Merge a patch as the API server does: items of a list are found by their names."""
    for key, value in patch.items():
        old = into.get(key)
        if isinstance(value, dict) and value.get("$patch") == "replace":
            into[key] = {name: one for name, one in value.items() if name != "$patch"}
        elif isinstance(value, dict) and isinstance(old, dict):
            merge(old, value)
        elif isinstance(value, list) and isinstance(old, list):
            for one in value:
                merge(next(own for own in old if own["name"] == one["name"]), one)
        elif value is None:
            into.pop(key, None)
        else:
            into[key] = value
