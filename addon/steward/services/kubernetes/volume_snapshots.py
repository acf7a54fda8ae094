"""Snapshots of the volumes of a workload, with undo: VolumeSnapshot, snapshot.storage.k8s.io/v1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed, ServiceNotFound
from ...sdk.description import BY_HAND, Action, Call, DryRun, Effect, Undo
from ...sdk.display import brief
from ...sdk.kits import ITEM_NAME, NAME, difference, free_name, poll_until, result
from ...texts import household, translate
from .._kubernetes.client import PAGE
from .client import KubernetesClient
from .volume_claims import (
    API,
    COPY,
    GROUP,
    IMAGE,
    MANAGED,
    WORKLOAD,
    Claim,
    SnapshotClass,
    VolumeSnapshot,
    claim,
    claims_of,
    lacking,
    of_copy,
    own_snapshots,
    snapshots_path,
    volumes,
)
from .volume_restore_plan import by_hand

COPIES_FILES: Final = frozenset({"nfs.csi.k8s.io"})
"""Drivers that write every file into an archive: that may take hours."""

NEEDS: Final = (
    "get persistentvolumeclaims",
    *(f"{verb} volumesnapshots.{GROUP}" for verb in ("list", "create", "delete")),
    f"list volumesnapshotclasses.{GROUP}",
)
READY: Final = 900.0
"""Seconds within which all snapshots must be ready to use."""

READ_FOR: Final = 30.0
"""Seconds for which one verification waits for them."""

LONGEST_ERROR: Final = 200
CLAIMS: Final = "claims"
SENT: Final = "sent"
"""What is noted before the first snapshot is requested: those with the name are ours from then on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The claims of a workload with the class of each; ``left`` are further volumes with data."""

    classes: Mapping[str, str]
    left: Sequence[str]


async def _wanted(client: KubernetesClient, call: Call) -> Wanted:
    """Return what is to be copied. Raises PreconditionFailed when a volume cannot be."""
    found = await volumes(client, call)
    claims = [await claim(client, call, name) for name in claims_of(found)]
    if not claims:
        raise PreconditionFailed(t"{call.target.name} has no volume claim")
    if right := await lacking(client, call, NEEDS):
        raise PreconditionFailed(t"The token lacks the right {right}")
    classes = await _classes(client)
    chosen = {one.metadata.name: _class_of(one, classes) for one in claims}
    return Wanted(chosen, sorted({one.name for one in found if one.has_data and not one.claim}))


async def _classes(client: KubernetesClient) -> tuple[SnapshotClass, ...]:
    try:
        return await client.whole(SnapshotClass, f"{API}/volumesnapshotclasses", below="items", limit=PAGE)
    except ServiceNotFound as err:
        raise PreconditionFailed(t"The cluster has no snapshots of volumes") from err


def _class_of(own: Claim, classes: Sequence[SnapshotClass]) -> str:
    """Return the class with which a snapshot of a claim is taken. Raises PreconditionFailed for none."""
    name, driver = own.metadata.name, own.driver
    if own.status.phase != "Bound" or own.metadata.deletion_timestamp is not None:
        raise PreconditionFailed(t"Volume claim {name} has no volume")
    if driver in COPIES_FILES:
        raise PreconditionFailed(t"{driver} copies every file of {name} for a snapshot, which may take hours")
    fitting = [one for one in classes if driver and one.driver == driver]
    if not fitting:
        raise PreconditionFailed(t"The storage of volume claim {name} has no class for snapshots")
    removable = [one for one in fitting if one.deletion_policy == "Delete"]
    if not removable:
        kept = fitting[0].metadata.name
        raise PreconditionFailed(t"Snapshots of class {kept} stay on the storage when they are deleted")
    best = [one for one in removable if one.is_default] or removable
    if len(best) > 1:
        raise PreconditionFailed(
            t"Several classes for snapshots fit volume claim {name}, and none is the default"
        )
    return best[0].metadata.name


async def _made(
    client: KubernetesClient, call: Call, baseline: Mapping[str, Value]
) -> dict[str, VolumeSnapshot]:
    """Return the snapshots of a copy by their claims."""
    return of_copy(await own_snapshots(client, call), baseline[NAME])


def _claims(baseline: Mapping[str, Value]) -> list[str]:
    return str(baseline[CLAIMS]).split("\n")


async def _dry_run(client: KubernetesClient, call: Call) -> DryRun:
    wanted = await _wanted(client, call)
    taken = {one.metadata.annotations.get(COPY, "") for one in await own_snapshots(client, call)}
    name = free_name(taken, str(call.arguments.get(NAME) or ""))
    left = household().listed(wanted.left)
    return DryRun(
        differences=tuple(
            difference(t"Snapshot of volume claim {claim}", t"none", _name(call, name, claim))
            for claim in wanted.classes
        ),
        baseline={
            NAME: name,
            CLAIMS: "\n".join(wanted.classes),
            BY_HAND: translate(await by_hand(client, call, [*wanted.classes])),
        },
        note=translate(t"The snapshots do not contain the volumes {left}.") if left else "",
    )


def _name(call: Call, copy: str, claim: str) -> str:
    """Return the name of a snapshot; several workloads may use one claim."""
    return f"{copy}-{call.target.id.rpartition('/')[2]}-{claim}"


async def _precheck(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> None:
    """Raise PreconditionFailed when other claims are used now, or somebody else made this copy."""
    if list((await _wanted(client, call)).classes) != _claims(baseline):
        raise PreconditionFailed(t"{call.target.name} has other volumes than before")
    if not baseline.get(SENT) and await _made(client, call, baseline):
        raise PreconditionFailed(t"{baseline[NAME]} of {call.target.name} was created in the meantime")


async def _execute(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Request the snapshots that are not there: an attempt that was interrupted may have made some."""
    wanted, made = await _wanted(client, call), await _made(client, call, baseline)
    copy, image = str(baseline[NAME]), (await client.workload(call)).main.image
    await call.note({SENT: True})
    for name, snapshot_class in wanted.classes.items():
        if name not in made:
            body = _body(call, copy, name, snapshot_class, image)
            await client.send("POST", snapshots_path(call), body)
    return translate(t"Snapshots {baseline[NAME]} of {call.target.name} were requested")


def _body(call: Call, copy: str, claim: str, snapshot_class: str, image: str) -> dict[str, object]:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "VolumeSnapshot",
        "metadata": {
            "name": _name(call, copy, claim),
            "labels": MANAGED,
            "annotations": {COPY: copy, WORKLOAD: call.target.id, IMAGE: image},
        },
        "spec": {
            "volumeSnapshotClassName": snapshot_class,
            "source": {"persistentVolumeClaimName": claim},
        },
    }


async def _probe(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    made = await _made(client, call, baseline)
    if set(_claims(baseline)) <= made.keys():
        return Effect.DONE
    return Effect.BEGUN if made else Effect.NOT_SEEN


async def _latest(_: KubernetesClient, __: Call, ___: Mapping[str, Value]) -> float:
    return READY


async def _verify(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    """Return whether all snapshots are ready. A driver tries again what failed: that is not known."""

    async def read() -> CheckResult:
        made, label = await _made(client, call, baseline), t"Snapshots of volumes"
        missing = [one for one in _claims(baseline) if one not in made]
        if missing:
            return result(label, t"none of {missing[0]}", ok=False)
        waiting = [claim for claim, one in made.items() if not one.is_ready]
        if not waiting:
            return result(label, str(baseline[NAME]), ok=True)
        error = made[waiting[0]].status.error
        why = brief(error.message, LONGEST_ERROR) if error is not None else ""
        return result(label, t"{waiting[0]} is not ready" if not why else f"{waiting[0]}: {why}", ok=None)

    return await poll_until(
        client.clock, read, lambda found: found.ok is not None, seconds=READ_FOR, away=0.0
    )


async def _undo_dry_run(
    client: KubernetesClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    made = await _made(client, call, baseline)
    return tuple(
        difference(t"Snapshot of volume claim {claim}", one.metadata.name, t"deleted")
        for claim, one in made.items()
    )


async def _undo(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    for one in (await _made(client, call, baseline)).values():
        try:
            await client.send("DELETE", f"{snapshots_path(call)}/{one.metadata.name}")
        except ServiceNotFound:
            continue  # somebody deleted it in the meantime
    return translate(t"Snapshots {baseline[NAME]} of {call.target.name} were deleted")


SNAPSHOT_VOLUMES: Final = Action[KubernetesClient](
    key="snapshot_volumes",
    name="Take snapshots of volumes",
    description="Takes a snapshot of each of its volume claims.",
    risk=Risk.LOW,
    scope="workload",
    icon="mdi:camera",
    blast_radius="Nothing is changed",
    arguments=(ITEM_NAME,),
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    latest=_latest,
    # Each snapshot has a name of its own: what is there is not made, or deleted, a second time.
    deduplicated=True,
    undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
)
