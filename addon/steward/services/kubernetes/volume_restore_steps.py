"""What is done to a workload and its claims to go back to snapshots, and to take that back."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...errors import EffectUnknown, PreconditionFailed
from ...sdk.description import Call
from ...sdk.kits import poll_until
from .client import KubernetesClient
from .volume_claims import GROUP, Claim, Volume, claim_or_none, claims_path
from .volume_restore_plan import KEPT, Piece, Way, users, volume_of
from .workloads import Workload

RESTORED: Final = "homelab-steward/restored"
"""Annotation of a claim that was made from a snapshot: the name of the copy."""

ENDS: Final = 180.0
"""Seconds within which the pods must have ended."""

SETTLES: Final = 60.0
"""Seconds within which a claim must be deleted, or bound to the volume of before."""


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
            await self.must_be_possible()
            await self._end_pods(self.way.image_before)
            for one in self.way.pieces:
                await self._bind(one)
        await self._let_run(self.way.image_before)
        for one in self.way.pieces:
            await self._release(one)

    async def must_be_possible(self) -> None:
        """Raise PreconditionFailed when a volume of before is gone, or somebody else made a claim."""
        for one in self.way.pieces:
            await volume_of(self.client, one.volume)
            found = await self.found(one.claim)
            if found is not None and found.spec.volume_name != one.volume:
                self.must_be_ours(found, one)

    async def run_again(self) -> None:
        """Let the pods run with the claims that were made from the snapshots. Raises ServiceError."""
        await self._let_run(self.way.image)

    async def is_back(self) -> bool:
        """Return whether all claims have the volumes of before."""
        return all([await self.has_volume_of_before(one) for one in self.way.pieces])

    async def has_volume_of_before(self, one: Piece) -> bool:
        """Return whether a claim has the volume of before."""
        own = await self.found(one.claim)
        return (
            own is not None and own.spec.volume_name == one.volume and own.metadata.deletion_timestamp is None
        )

    async def is_kept(self, one: Piece) -> bool:
        """Return whether the volume of before is still kept for the change. Raises PreconditionFailed."""
        return KEPT in (await volume_of(self.client, one.volume)).metadata.annotations

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
        """Return whether the claims and volumes are as before, and the pods are wanted as before."""
        if not (await self._runs(self.way.image_before) and await self.is_back()):
            return False
        return not any([await self.is_kept(one) for one in self.way.pieces])

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
