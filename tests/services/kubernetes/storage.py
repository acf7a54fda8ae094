"""What the controllers of volumes do in the lab: protect claims in use, make volumes, bind, and reclaim."""

from typing import Any

from lab.replay import Computed, Raw, ReplayState, Sent
from lab.wire import Json
from services._kubernetes import Answer, find, meta, patched
from services.kubernetes.snapshots import CLAIMS, SNAPSHOTS, VOLUMES

OF_NAMESPACE = "/api/v1/namespaces/{namespace}/persistentvolumeclaims"
PODS = "GET /api/v1/pods"
BINDS = 2.0
"""Seconds until a claim has its volume."""


def path(namespace: str) -> str:
    """Return the path of the claims of a namespace."""
    return OF_NAMESPACE.format(namespace=namespace)


def items(state: ReplayState, route: str) -> list[Answer]:
    """Return the objects of a list, to change them."""
    found: Any = state.object(route)["items"]
    return found  # type: ignore[no-any-return]


def named(state: ReplayState, route: str, name: str, namespace: str = "") -> Answer | None:
    """Return one object of a list."""
    wanted = (name, namespace)
    own = (one for one in items(state, route) if _key(one) == wanted)
    return next(own, None)


def _key(one: Answer) -> tuple[str, str]:
    return one["metadata"]["name"], one["metadata"].get("namespace", "")


def _is_used(state: ReplayState, claim: Answer) -> bool:
    """Return whether a pod uses a claim, also one that is ending."""
    name, namespace = _key(claim)
    return any(
        volume.get("persistentVolumeClaim", {}).get("claimName") == name
        for pod in items(state, PODS)
        if pod["metadata"]["namespace"] == namespace
        for volume in pod["spec"].get("volumes", ())
    )


def settle(state: ReplayState) -> None:
    """Do what the controllers do next: remove claims that nothing uses, reclaim and bind volumes."""
    for claim in [one for one in items(state, CLAIMS) if "deletionTimestamp" in one["metadata"]]:
        if not _is_used(state, claim):
            items(state, CLAIMS).remove(claim)
    uids = {one["metadata"]["uid"] for one in items(state, CLAIMS)}
    for volume in [*items(state, VOLUMES)]:
        owner = volume["spec"].get("claimRef", {}).get("uid")
        if owner is not None and owner not in uids:
            volume["status"] = {"phase": "Released"}
            if volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete":
                _destroy(state, volume)
    for claim in items(state, CLAIMS):
        if claim.get("status", {}).get("phase") != "Bound":
            _bind(state, claim)


def _destroy(state: ReplayState, volume: Answer) -> None:
    """Delete a volume with its storage. As in Longhorn, the snapshots of a volume are in it."""
    items(state, VOLUMES).remove(volume)
    for one in items(state, SNAPSHOTS):
        if f"pvc-{one['spec']['source'].get('persistentVolumeClaimName')}" == volume["metadata"]["name"]:
            one["status"] = {"readyToUse": False, "error": {"message": "the volume does not exist"}}


def _bind(state: ReplayState, claim: Answer) -> None:
    """Give a claim the volume that it names, or make one from its snapshot."""
    wanted = claim["spec"].get("volumeName")
    volume = named(state, VOLUMES, wanted) if wanted else _made(state, claim)
    if volume is None or volume["spec"].get("claimRef", {}).get("uid"):
        return  # it does not exist, or somebody else has it
    name, namespace = _key(claim)
    uid = claim["metadata"]["uid"]
    volume["spec"]["claimRef"] = {"name": name, "namespace": namespace, "uid": uid}
    volume["status"] = {"phase": "Bound"}
    claim["spec"]["volumeName"] = volume["metadata"]["name"]
    claim["status"] = {"phase": "Bound"}


def _made(state: ReplayState, claim: Answer) -> Answer | None:
    source = claim["spec"].get("dataSource", {})
    snapshot = named(state, SNAPSHOTS, source.get("name", ""), claim["metadata"]["namespace"])
    if snapshot is None or not snapshot.get("status", {}).get("readyToUse"):
        return None
    made = {
        "metadata": meta(f"pvc-{claim['metadata']['uid']}", annotations={"lab/from": source["name"]}),
        "spec": {"persistentVolumeReclaimPolicy": "Delete"},
    }
    items(state, VOLUMES).append(made)
    return made


def _create(state: ReplayState, sent: Sent) -> Json | Raw:
    wanted = dict[str, Any](sent.fields)
    name, namespace = wanted["metadata"]["name"], sent.parameters["namespace"]
    if named(state, CLAIMS, name, namespace) is not None:
        return Raw(status=409, body={"message": f'persistentvolumeclaims "{name}" already exists'})
    number = int(str(state.values.get("claims", 0))) + 1
    state.values["claims"] = number
    about = {**meta(name, namespace), **wanted["metadata"], "uid": f"uid-{namespace}-{name}-{number}"}
    made = {**wanted, "metadata": about, "status": {"phase": "Pending"}}
    items(state, CLAIMS).append(made)
    state.later(BINDS, lambda: settle(state))
    return made


def _delete(state: ReplayState, sent: Sent) -> Json | Raw:
    found = find(state, CLAIMS, sent)
    if found is None:
        return Raw(status=404, body={"message": "not found"})
    if sent.fields.get("preconditions") != {"uid": found["metadata"]["uid"]}:
        return Raw(status=409, body={"message": "the uid in the precondition does not match"})
    # It is protected while a pod uses it.
    found["metadata"]["deletionTimestamp"] = state.stamp()
    settle(state)
    return found


def _changed(state: ReplayState, _: Answer) -> None:
    state.later(BINDS, lambda: settle(state))


EFFECTS: dict[str, Computed] = {
    f"POST {OF_NAMESPACE}": _create,
    f"DELETE {OF_NAMESPACE}/{{name}}": _delete,
    "PATCH /api/v1/persistentvolumes/{name}": patched(VOLUMES, _changed),
}
