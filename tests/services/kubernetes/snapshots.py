"""The volume claims of the cluster in the lab, and its snapshots: snapshot.storage.k8s.io/v1."""

from collections.abc import Iterable, Mapping
from typing import Any

from lab.replay import Computed, Raw, ReplayState, Sent
from lab.wire import Json
from services._kubernetes import Answer, find, listed, meta, single

GROUP = "snapshot.storage.k8s.io"
DRIVER = "driver.longhorn.io"
PROVISIONER = "volume.kubernetes.io/storage-provisioner"
DEFAULT = "snapshot.storage.kubernetes.io/is-default-class"
CLASSES = f"GET /apis/{GROUP}/v1/volumesnapshotclasses"
CLAIMS = "GET /api/v1/persistentvolumeclaims"
SNAPSHOTS = f"GET /apis/{GROUP}/v1/volumesnapshots"
VOLUMES = "GET /api/v1/persistentvolumes"
TAKES = 2.0
"""Seconds until a snapshot is ready."""


def of(namespace: str) -> str:
    """Return the path of the snapshots of a namespace."""
    return f"/apis/{GROUP}/v1/namespaces/{namespace}/volumesnapshots"


def volume(claim: str) -> Answer:
    """Return the volume of a pod that is a claim."""
    return {"name": claim.partition("-")[2], "persistentVolumeClaim": {"claimName": claim}}


def claim(name: str, namespace: str, driver: str = DRIVER) -> Answer:
    """Return a claim with a volume."""
    return {
        "metadata": meta(name, namespace, annotations={PROVISIONER: driver}),
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "longhorn",
            "volumeMode": "Filesystem",
            "volumeName": f"pvc-{name}",
        },
        "status": {"phase": "Bound"},
    }


def persistent(name: str, namespace: str) -> Answer:
    """Return the volume of a claim, whose storage is deleted with the claim."""
    return {
        "metadata": meta(f"pvc-{name}", annotations={}),
        "spec": {
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {"name": name, "namespace": namespace, "uid": f"uid-{namespace}-{name}"},
        },
        "status": {"phase": "Bound"},
    }


def snapshot_class(name: str, policy: str = "Delete", *, driver: str = DRIVER, default: str = "") -> Answer:
    """Return how a driver takes snapshots."""
    notes = {DEFAULT: default} if default else {}
    return {"metadata": meta(name, annotations=notes), "driver": driver, "deletionPolicy": policy}


def answers(claims: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Return the answers about claims, by namespaces."""
    return {
        CLASSES: listed(snapshot_class("longhorn")),
        CLAIMS: listed(*(claim(name, space) for space, names in claims.items() for name in names)),
        SNAPSHOTS: listed(),
        VOLUMES: listed(*(persistent(name, space) for space, names in claims.items() for name in names)),
        "GET /api/v1/persistentvolumes/{name}": single(VOLUMES),
        "GET /api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}": single(CLAIMS),
        f"GET {of('{namespace}')}": _of_namespace,
    }


def taken(workload: str, namespace: str, claim: str, copy: str = "steward-ab12", image: str = "") -> Answer:
    """Return one of our snapshots that is ready."""
    notes = {
        "homelab-steward/copy": copy,
        "homelab-steward/workload": f"{namespace}/deployments/{workload}",
        "homelab-steward/image": image or f"{workload}:6",
    }
    labels = {"app.kubernetes.io/managed-by": "homelab-steward"}
    return {
        "metadata": meta(f"{copy}-{workload}-{claim}", namespace, labels=labels, annotations=notes),
        "spec": {"source": {"persistentVolumeClaimName": claim}},
        "status": {"readyToUse": True, "restoreSize": "1Gi"},
    }


def _of_namespace(state: ReplayState, sent: Sent) -> Json | Raw:
    items: Any = state.object(SNAPSHOTS)["items"]
    key, _, value = sent.query.get("labelSelector", "").partition("=")
    return listed(
        *(
            one
            for one in items
            if one["metadata"]["namespace"] == sent.parameters["namespace"]
            and (not key or one["metadata"]["labels"].get(key) == value)
        )
    )


def _create(state: ReplayState, sent: Sent) -> Json | Raw:
    items: Any = state.object(SNAPSHOTS)["items"]
    wanted = dict[str, Any](sent.fields)
    name, namespace = wanted["metadata"]["name"], sent.parameters["namespace"]
    if any((one["metadata"]["name"], one["metadata"]["namespace"]) == (name, namespace) for one in items):
        return Raw(status=409, body={"message": f"volumesnapshots {name} already exists"})
    made = {**wanted, "metadata": {**meta(name, namespace), **wanted["metadata"]}}
    made["metadata"]["creationTimestamp"] = state.stamp()
    items.append(made)
    state.later(TAKES, lambda: made.update(status={"readyToUse": True, "restoreSize": "1Gi"}))
    return made


def _delete(state: ReplayState, sent: Sent) -> Json | Raw:
    found = find(state, SNAPSHOTS, sent)
    if found is None:
        return Raw(status=404, body={"message": "not found"})
    items: Any = state.object(SNAPSHOTS)["items"]
    items.remove(found)
    return {"kind": "Status", "status": "Success"}


EFFECTS: dict[str, Computed] = {
    f"POST {of('{namespace}')}": _create,
    f"DELETE {of('{namespace}')}/{{name}}": _delete,
}
