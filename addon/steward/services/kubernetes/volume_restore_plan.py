"""What is done to go back to snapshots of volumes, and why a person has to do it."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ...errors import PreconditionFailed, ServiceNotFound
from ...sdk.description import Call
from ...sdk.display import Text
from ...sdk.kits import NAME
from .client import KubernetesClient
from .images import DEPLOYED
from .pods import quantity
from .volume_claims import (
    COPY,
    IMAGE,
    Claim,
    Volume,
    VolumeSnapshot,
    claim,
    claims_of,
    lacking,
    namespace_of,
    of_copy,
    own_snapshots,
    volumes,
)
from .workloads import Workload

NEEDS: Final = (
    *(f"{verb} persistentvolumeclaims" for verb in ("get", "create", "delete")),
    *(f"{verb} persistentvolumes" for verb in ("get", "patch")),
)
KEPT: Final = "homelab-steward/reclaim-policy"
"""Annotation of a volume that is kept: what was to happen to its storage before."""

LEFT_OUT: Final = (
    "pv.kubernetes.io/",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "kubectl.kubernetes.io/",
    "homelab-steward/",
)
"""Beginnings of annotations of a claim that belong to its volume, or to how it was made."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as it was, and the snapshot that it goes back to. ``body`` makes a claim like it."""

    claim: str
    uid: str
    volume: str
    policy: str
    snapshot: str
    body: dict[str, Any]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was there before: it has all that the change and its undo need."""

    copy: str
    replicas: int
    image: str
    image_before: str
    pieces: tuple[Piece, ...]


async def by_hand(client: KubernetesClient, call: Call, claims: Sequence[str]) -> Text:
    """Return why a person has to bring back the claims of a workload, "" when the action can."""
    one = await client.workload(call)
    if refusal := _refusal(one, call):
        return refusal
    for name in claims:
        if refusal := _claim_refusal(await claim(client, call, name)):
            return refusal
    if others := await users(client, call, claims, besides=one):
        return t"{others[0]} uses the same volume claims."
    right = await lacking(client, call, NEEDS)
    return t"The token lacks the right {right}." if right else ""


def _refusal(one: Workload, call: Call) -> Text | None:
    name, meta = call.target.name, one.metadata
    if any(key in meta.labels or key in meta.annotations for key in DEPLOYED):
        return t"Argo CD or Flux deploys {name}: suspend it there first."
    if one.spec.replicas is None:
        return t"{name} runs on every node, so it cannot be stopped."
    if one.spec.persistent_volume_claim_retention_policy.when_scaled == "Delete":
        return t"The volume claims of {name} are deleted when it is stopped."
    return None


def _claim_refusal(one: Claim) -> Text | None:
    name, owners = one.metadata.name, one.metadata.owner_references
    if owners:
        return t"Volume claim {name} belongs to {owners[0].kind} {owners[0].name}."
    if any(key in one.metadata.labels or key in one.metadata.annotations for key in DEPLOYED):
        return t"Argo CD or Flux deploys volume claim {name}: suspend it there first."
    return None


async def users(
    client: KubernetesClient, call: Call, claims: Sequence[str], besides: Workload | None = None
) -> list[str]:
    """Return the names of the pods that use claims, also of those that are ending."""
    wanted = set(claims)
    return [
        pod.metadata.name
        for pod in await client.pods_in(namespace_of(call))
        if wanted & {volume.any_claim for volume in pod.spec.volumes}
        and pod.status.phase not in ("Succeeded", "Failed")
        and not (besides is not None and besides.spec.selects(pod.metadata.labels))
    ]


async def planned(client: KubernetesClient, call: Call) -> Way:
    """Return what would be done now. Raises PreconditionFailed when it cannot be done."""
    found = await own_snapshots(client, call)
    copy = str(call.arguments.get(NAME) or _newest(found))
    chosen = of_copy(found, copy)
    if not chosen:
        raise PreconditionFailed(t"There are no snapshots {copy} of {call.target.name}")
    one, wanted = await client.workload(call), claims_of(await volumes(client, call))
    if one.wanted and wanted != sorted(chosen):
        raise PreconditionFailed(t"{call.target.name} has other volumes than the snapshots")
    if refusal := await by_hand(client, call, sorted(chosen)):
        raise PreconditionFailed(refusal)
    images = {own.metadata.annotations.get(IMAGE, "") for own in chosen.values()}
    if len(images) != 1 or "" in images:
        raise PreconditionFailed(t"The snapshots do not say which image they belong to")
    return Way(
        copy=copy,
        replicas=one.wanted,
        image=images.pop(),
        image_before=one.main.image,
        pieces=tuple([await _piece(client, call, chosen[name]) for name in sorted(chosen)]),
    )


def _newest(found: Sequence[VolumeSnapshot]) -> str:
    newest = max(found, key=lambda one: one.metadata.creation_timestamp, default=None)
    return newest.metadata.annotations.get(COPY, "") if newest is not None else ""


async def _piece(client: KubernetesClient, call: Call, snapshot: VolumeSnapshot) -> Piece:
    name = snapshot.spec.source.claim
    if not snapshot.is_ready:
        raise PreconditionFailed(t"Snapshot {snapshot.metadata.name} is not ready")
    one = await claim(client, call, name)
    if one.status.phase != "Bound" or one.metadata.deletion_timestamp is not None:
        raise PreconditionFailed(t"Volume claim {name} has no volume")
    size, least = one.spec.resources.requests.storage, snapshot.status.restore_size
    if least is not None and quantity(size) < quantity(least):
        raise PreconditionFailed(t"Snapshot {snapshot.metadata.name} needs {least}, the claim has {size}")
    volume = await volume_of(client, one.spec.volume_name)
    return Piece(
        claim=name,
        uid=one.metadata.uid,
        volume=one.spec.volume_name,
        policy=volume.metadata.annotations.get(KEPT, volume.spec.persistent_volume_reclaim_policy),
        snapshot=snapshot.metadata.name,
        body=_body(one),
    )


async def volume_of(client: KubernetesClient, name: str) -> Volume:
    """Return a persistent volume. Raises PreconditionFailed when it is not there any more."""
    try:
        return await client.one(Volume, f"api/v1/persistentvolumes/{name}")
    except ServiceNotFound as err:
        raise PreconditionFailed(t"There is no volume {name} any more") from err


def _body(one: Claim) -> dict[str, Any]:
    """Return what makes a claim like one, without its volume."""
    spec, meta = one.spec, one.metadata
    wanted = {
        "accessModes": [*spec.access_modes],
        "resources": {"requests": {"storage": spec.resources.requests.storage}},
        "storageClassName": spec.storage_class_name,
        "volumeMode": spec.volume_mode,
    }
    notes = {key: value for key, value in meta.annotations.items() if not key.startswith(LEFT_OUT)}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": meta.name, "labels": {**meta.labels}, "annotations": notes},
        "spec": {key: value for key, value in wanted.items() if value is not None},
    }
