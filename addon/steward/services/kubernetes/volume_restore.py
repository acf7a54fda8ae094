"""Goes back to snapshots of volumes: claims are made again from them while the workload has no pods.

The volumes of before are kept: some drivers have the snapshots in them, and an undo binds them again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceUnreachable
from ...sdk.description import Action, Call, DryRun, Effect, Undo
from ...sdk.fields import text_field
from ...sdk.kits import NAME, difference, poll_until, result
from ...texts import translate
from .client import KubernetesClient
from .volume_claims import GROUP, Claim, Volume, claim_or_none, claims_path
from .volume_restore_plan import KEPT, Piece, Way, planned, users, volume_of
from .workloads import Workload

RESTORED: Final = "homelab-steward/restored"
"""Annotation of a claim that was made from a snapshot: the name of the copy."""

WAY: Final = "way"
SENT: Final = "sent"
"""In the baseline: what was there before, and that the change has begun."""

GOING_BACK: Final = "going_back"
ENDS: Final = 180.0
"""Seconds within which the pods must have ended."""

SETTLES: Final = 60.0
"""Seconds within which a claim must be deleted, or bound to the volume of before."""

READY: Final = 900.0
"""Seconds within which the volumes must be made and the pods be ready."""

READ_FOR: Final = 30.0
BACK_TO: Final = text_field(NAME, "Name", "Of the snapshots. Empty for the newest.", required=False)
AGAIN: Final = (1.0, 5.0, 15.0)
"""Seconds between the tries to bring back what was there before."""


def _way(baseline: Mapping[str, Value]) -> Way:
    return msgspec.json.decode(str(baseline[WAY]), type=Way)


async def _dry_run(client: KubernetesClient, call: Call) -> DryRun:
    way = await planned(client, call)
    found = [
        difference(t"Volume claim {one.claim}", t"volume {one.volume}", t"from snapshot {one.snapshot}")
        for one in way.pieces
    ]
    if way.image != way.image_before:
        found.append(difference(t"Image", way.image_before, way.image))
    kept = ", ".join(one.volume for one in way.pieces)
    return DryRun(
        differences=tuple(found),
        baseline={NAME: way.copy, WAY: msgspec.json.encode(way).decode()},
        note=translate(
            t"Its pods are ended meanwhile. The volumes of now stay until a person deletes them: {kept}."
        ),
    )


async def _precheck(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> None:
    """Raise PreconditionFailed when something is not as before, unless the change has begun."""
    if not baseline.get(SENT) and await planned(client, call) != _way(baseline):
        raise PreconditionFailed(t"{call.target.name} was changed in the meantime")


@dataclass(frozen=True, slots=True)
class Restore:
    """Carries out one way, there and back. Each part looks first whether it was done before."""

    client: KubernetesClient
    call: Call
    way: Way
    changed: list[str] = field(default_factory=list)
    """The paths of what was changed, or may have been."""

    async def run(self) -> None:
        """Make the claims from the snapshots. Raises ServiceError."""
        for one in self.way.pieces:
            await self._keep(one)
        await self._end_pods(self.way.image)
        for one in self.way.pieces:
            await self._remove(one.claim, one.uid)
        for one in self.way.pieces:
            await self._make(one)
        await self._let_run(self.way.image)

    async def back(self) -> None:
        """Bind the volumes of before again. Raises ServiceError, PreconditionFailed if one is gone."""
        if not await self.is_back():
            await self._end_pods(self.way.image_before)
            for one in self.way.pieces:
                await self._bind(one)
        await self._let_run(self.way.image_before)
        for one in self.way.pieces:
            await self._release(one)

    async def is_back(self) -> bool:
        """Return whether all claims have the volumes of before."""
        found = [await self.found(one.claim) for one in self.way.pieces]
        return all(
            own is not None and own.spec.volume_name == one.volume and own.metadata.deletion_timestamp is None
            for own, one in zip(found, self.way.pieces, strict=True)
        )

    async def found(self, name: str) -> Claim | None:
        """Return a claim, None when it is not there."""
        return await claim_or_none(self.client, self.call, name)

    async def restored(self) -> list[Claim] | None:
        """Return the claims when all are made from the snapshots, else None."""
        found = [(await self.found(one.claim), one) for one in self.way.pieces]
        made = [own for own, one in found if own is not None and self.is_ours(own, one)]
        return made if len(made) == len(found) else None

    async def is_done(self) -> bool:
        """Return whether all claims are made from the snapshots, and the pods are wanted again."""
        return await self._runs(self.way.image) and await self.restored() is not None

    async def is_untouched(self) -> bool:
        """Return whether the claims have the volumes of before, and the pods are wanted as before."""
        return await self._runs(self.way.image_before) and await self.is_back()

    async def _runs(self, image: str) -> bool:
        one = await self.client.workload(self.call)
        return one.spec.replicas == self.way.replicas and one.main.image == image

    def is_ours(self, found: Claim, one: Piece) -> bool:
        """Return whether a claim was made from its snapshot by this change, not by an earlier one."""
        is_new = found.metadata.uid != one.uid
        return is_new and found.metadata.annotations.get(RESTORED) == self.way.copy

    async def _keep(self, one: Piece) -> None:
        """Let the storage stay when the claim is deleted."""
        volume = await volume_of(self.client, one.volume)
        is_kept = volume.spec.persistent_volume_reclaim_policy == "Retain"
        if not is_kept or KEPT not in volume.metadata.annotations:
            await self._change_volume(volume, {KEPT: one.policy}, persistentVolumeReclaimPolicy="Retain")

    async def _release(self, one: Piece) -> None:
        """Wait for the volume, and let happen to its storage what was to happen before.

        Raises EffectUnknown while its claim is not bound.
        """
        volume = await volume_of(self.client, one.volume)
        claimed = await self.found(one.claim)
        if claimed is not None and volume.spec.claim_ref.uid not in ("", claimed.metadata.uid):
            # Who had it is forgotten, so that the claim of this name may have it again.
            await self._change_volume(volume, {}, claimRef={"uid": None, "resourceVersion": None})
        claimed = await poll_until(
            self.client.clock,
            lambda: self.found(one.claim),
            lambda found: found is not None and found.status.phase == "Bound",
            seconds=SETTLES,
            away=0.0,
        )
        if claimed is None or claimed.status.phase != "Bound" or claimed.spec.volume_name != one.volume:
            raise EffectUnknown(t"Volume claim {one.claim} is not bound to {one.volume}")
        volume = await volume_of(self.client, one.volume)
        if KEPT in volume.metadata.annotations:
            await self._change_volume(volume, {KEPT: None}, persistentVolumeReclaimPolicy=one.policy)

    async def _change_volume(self, volume: Volume, notes: Mapping[str, str | None], **spec: object) -> None:
        meta, path = volume.metadata, f"api/v1/persistentvolumes/{volume.metadata.name}"
        await self._noted(path, self.client.patch(path, meta, annotations=notes, spec=spec))

    async def _noted(self, path: str, sent: Awaitable[object]) -> None:
        """Wait for a change, and note that it was made, or may have been."""
        try:
            await sent
        except EffectUnknown:
            self.changed.append(path)
            raise
        self.changed.append(path)

    async def _end_pods(self, image: str) -> None:
        """End all pods, and wait until none uses the claims: a claim that is in use is not deleted."""
        one = await self.client.workload(self.call)
        if one.spec.replicas or one.main.image != image:
            await self._change(one, image, 0)
        claims = [piece.claim for piece in self.way.pieces]
        left = await poll_until(
            self.client.clock,
            lambda: users(self.client, self.call, claims),
            lambda found: not found,
            seconds=ENDS,
            away=ENDS,
        )
        if left:
            raise PreconditionFailed(t"{left[0]} uses the volume claims and does not end")

    async def _let_run(self, image: str) -> None:
        if not await self._runs(image):
            await self._change(await self.client.workload(self.call), image, self.way.replicas)

    async def _change(self, one: Workload, image: str, replicas: int) -> None:
        main = {"name": one.main.name, "image": image}
        template = {"spec": {"containers": [main]}}
        sent = self.client.change(self.call, one, replicas=replicas, template=template)
        await self._noted(self.call.target.id, sent)

    async def _remove(self, name: str, uid: str) -> None:
        """Delete the claim with a uid, and wait until it is gone."""
        found, path = await self.found(name), f"{claims_path(self.call)}/{name}"
        if found is None or found.metadata.uid != uid:
            return
        if found.metadata.deletion_timestamp is None:
            body = {"preconditions": {"uid": uid}}
            await self._noted(path, self.client.send("DELETE", path, body))
        left = await poll_until(
            self.client.clock,
            lambda: self.found(name),
            lambda own: own is None or own.metadata.uid != uid,
            seconds=SETTLES,
            away=SETTLES,
        )
        if left is not None and left.metadata.uid == uid:
            raise PreconditionFailed(t"Volume claim {name} is not deleted: something uses it")

    async def _make(self, one: Piece) -> None:
        """Make a claim from its snapshot."""
        found = await self.found(one.claim)
        self.must_be_ours(found, one)
        if found is None:
            source = {"apiGroup": GROUP, "kind": "VolumeSnapshot", "name": one.snapshot}
            await self._post(one, {RESTORED: self.way.copy}, dataSource=source)

    async def _bind(self, one: Piece) -> None:
        """Let a claim have the volume of before."""
        await volume_of(self.client, one.volume)
        found = await self.found(one.claim)
        if found is not None and found.spec.volume_name == one.volume:
            if found.metadata.deletion_timestamp is None:
                return
        else:
            self.must_be_ours(found, one)
        if found is not None:
            await self._remove(one.claim, found.metadata.uid)
        await self._post(one, {}, volumeName=one.volume)

    def must_be_ours(self, found: Claim | None, one: Piece) -> None:
        """Raise PreconditionFailed when there is a claim that this change did not make."""
        if found is not None and not self.is_ours(found, one):
            raise PreconditionFailed(t"Somebody else made volume claim {one.claim} meanwhile")

    async def _post(self, one: Piece, notes: Mapping[str, str], **spec: object) -> None:
        body, meta = one.body, one.body["metadata"]
        meta = {**meta, "annotations": {**meta["annotations"], **notes}}
        whole, path = {**body, "metadata": meta, "spec": {**body["spec"], **spec}}, claims_path(self.call)
        await self._noted(path, self.client.send("POST", path, whole))


async def _execute(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Go back. After a failure everything is as before, if that is possible.

    Raises PreconditionFailed then, EffectUnknown when it is not.
    """
    restore = Restore(client, call, _way(baseline))
    await client.workload(call)
    has_begun = bool(baseline.get(SENT))
    await call.note({SENT: True})
    try:
        if baseline.get(GOING_BACK):
            raise EffectUnknown(t"It was ended")
        await _persistently(restore, restore.run, is_over=restore.is_done)
    except ServiceError as err:
        if not has_begun and not restore.changed:
            raise
        if isinstance(err, EffectUnknown) and await restore.is_done():
            raise
        await _back_after(restore, err)
        raise PreconditionFailed(t"{err}. {call.target.name} has its volumes of before") from err
    return translate(t"The volume claims of {call.target.name} were made from {restore.way.copy}")


async def _persistently(
    restore: Restore, step: Callable[[], Awaitable[None]], is_over: Callable[[], Awaitable[bool]]
) -> None:
    """Carry on where it ended when the server does not answer for a short time. Raises ServiceError."""
    for wait in AGAIN:
        try:
            return await step()
        except EffectUnknown, ServiceUnreachable:
            if await is_over():
                raise
            await restore.client.clock.sleep(wait)
    return await step()


async def _never() -> bool:
    return False


async def _back_after(restore: Restore, err: ServiceError) -> None:
    """Bring back what was there before. Raises EffectUnknown when that fails."""
    await restore.call.note({GOING_BACK: True})
    try:
        await _persistently(restore, restore.back, is_over=_never)
    except ServiceError as failure:
        raise EffectUnknown(t"{err}. Going back failed too: {failure}") from failure


async def _probe(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    restore = Restore(client, call, _way(baseline))
    if await restore.is_done():
        return Effect.DONE
    is_ended = baseline.get(GOING_BACK) and await restore.is_untouched()
    return Effect.NOT_DONE if is_ended else Effect.NOT_SEEN


async def _latest(_: KubernetesClient, __: Call, ___: Mapping[str, Value]) -> float:
    return READY


async def _verify(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    """Return whether the claims have new volumes and the pods are ready. Either takes its time."""
    restore, label = Restore(client, call, _way(baseline)), t"Volumes"

    async def read() -> CheckResult:
        made = await restore.restored()
        if made is None:
            return result(label, t"not from {restore.way.copy}", ok=False)
        one = await client.workload(call)
        unbound = [own.metadata.name for own in made if own.status.phase != "Bound"]
        if unbound and restore.way.replicas:
            return result(label, t"Volume claim {unbound[0]} has no volume so far", ok=None)
        if one.is_rolled_out:
            return result(label, t"from {restore.way.copy}, {one.ready} pods ready", ok=True)
        is_failed = any(pod.fails() for pod in await client.pods(call))
        text = t"{one.ready} of {one.wanted} pods are ready"
        return result(label, text, ok=False if is_failed else None)

    return await poll_until(
        client.clock, read, lambda found: found.ok is not None, seconds=READ_FOR, away=0.0
    )


async def _undo_dry_run(
    client: KubernetesClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    restore = Restore(client, call, _way(baseline))
    if await restore.is_untouched():
        return ()
    found: list[Difference] = []
    for one in restore.way.pieces:
        own = await restore.found(one.claim)
        if own is not None and own.spec.volume_name != one.volume:
            restore.must_be_ours(own, one)
        await volume_of(client, one.volume)
        found.append(
            difference(t"Volume claim {one.claim}", t"from snapshot {one.snapshot}", t"volume {one.volume}")
        )
    return tuple(found)


async def _undo(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    await Restore(client, call, _way(baseline)).back()
    return translate(t"{call.target.name} has its volumes of before again")


RESTORE_VOLUMES: Final = Action[KubernetesClient](
    key="restore_volumes",
    name="Go back to snapshots of volumes",
    description="Makes its volume claims again from snapshots, with the image of then.",
    risk=Risk.HIGH,
    scope="workload",
    icon="mdi:backup-restore",
    blast_radius="What was written to its volumes since then is not there any more",
    interrupts=True,
    arguments=(BACK_TO,),
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    latest=_latest,
    # Each part looks first whether it was done: an attempt that was interrupted goes on.
    deduplicated=True,
    undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
)
