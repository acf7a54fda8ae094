"""Volume claims, volumes, and VolumeSnapshots (snapshot.storage.k8s.io/v1): what the API answers."""

from collections.abc import Sequence
from typing import Final

import msgspec

from ...errors import PreconditionFailed, ServiceNotFound
from ...sdk.answers import Item, Unknown
from ...sdk.description import Call, Gaps
from .._kubernetes.client import PAGE
from .._kubernetes.models import Meta
from .client import KubernetesClient
from .pods import OwnedMeta, PodVolume

GROUP: Final = "snapshot.storage.k8s.io"
API: Final = f"apis/{GROUP}/v1"
PROVISIONERS: Final = (
    "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
)
"""Annotations of a claim that name the driver which made its volume."""

DEFAULT: Final = "snapshot.storage.kubernetes.io/is-default-class"
MANAGED: Final = {"app.kubernetes.io/managed-by": "homelab-steward"}
COPY: Final = "homelab-steward/copy"
WORKLOAD: Final = "homelab-steward/workload"
IMAGE: Final = "homelab-steward/image"
"""Annotations of a snapshot: the name of the copy that it belongs to, the id of the workload, and the
image of its first container then."""


class ClaimStatus(Item):
    """Whether a claim has a volume."""

    phase: str = ""


class Amount(Item):
    """The size that is requested."""

    storage: str = ""


class Requests(Item):
    """What a claim requests."""

    requests: Amount = Amount()


class ClaimSpec(Item):
    """What is wanted. ``volume_name`` is set once it has a volume."""

    volume_name: str = ""
    storage_class_name: str | None = None
    volume_mode: str | None = None
    access_modes: tuple[str, ...] = ()
    resources: Requests = Requests()


class Claim(Item):
    """A volume claim."""

    metadata: OwnedMeta
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()

    @property
    def driver(self) -> str:
        """The driver of its volume, "" when it was not made by one."""
        found = (self.metadata.annotations.get(one, "") for one in PROVISIONERS)
        return next((one for one in found if one), "")


class ClaimReference(Item):
    """The claim that has a volume, or had it."""

    uid: str = ""


class VolumeSpec(Item):
    """Who has a volume, and what happens to its storage once the claim is deleted: Delete or Retain."""

    persistent_volume_reclaim_policy: str
    claim_ref: ClaimReference = ClaimReference()


class Volume(Item):
    """A persistent volume."""

    metadata: OwnedMeta
    spec: VolumeSpec


class SnapshotClass(Item):
    """How a driver takes snapshots. With the policy Retain a deleted one stays on the storage."""

    metadata: Meta
    driver: str
    deletion_policy: str

    @property
    def is_default(self) -> bool:
        """Whether it is used when none is named."""
        return self.metadata.annotations.get(DEFAULT) == "true"


class SnapshotSource(Item):
    """What a snapshot is of."""

    claim: str = msgspec.field(name="persistentVolumeClaimName", default="")


class SnapshotSpec(Item):
    """What is wanted."""

    source: SnapshotSource


class SnapshotError(Item):
    """Why it could not be taken so far."""

    message: str = ""


class SnapshotStatus(Item):
    """How far it is, and the least size of a volume that is made from it."""

    ready_to_use: bool = False
    restore_size: str | None = None
    error: SnapshotError | None = None


class VolumeSnapshot(Item):
    """A snapshot of a claim."""

    metadata: Meta
    spec: SnapshotSpec
    status: SnapshotStatus = SnapshotStatus()

    @property
    def is_ready(self) -> bool:
        """Whether a volume can be made from it."""
        return self.status.ready_to_use and self.metadata.deletion_timestamp is None


def namespace_of(call: Call) -> str:
    """Return the namespace of a workload."""
    return call.target.id.partition("/")[0]


def snapshots_path(call: Call) -> str:
    """Return the path of the snapshots in the namespace of a workload."""
    return f"{API}/namespaces/{namespace_of(call)}/volumesnapshots"


def claims_path(call: Call) -> str:
    """Return the path of the claims in the namespace of a workload."""
    return f"api/v1/namespaces/{namespace_of(call)}/persistentvolumeclaims"


async def volumes(client: KubernetesClient, call: Call) -> tuple[PodVolume, ...]:
    """Return the volumes of a workload and of its pods: those of a stateful set are only in the pods."""
    found = (await client.workload(call)).spec.template.spec.volumes
    pods = await client.pods(call)
    return (*found, *(volume for pod in pods for volume in pod.spec.volumes))


def claims_of(found: Sequence[PodVolume]) -> list[str]:
    """Return the names of the claims among volumes that data may be written to."""
    return sorted({one.claim for one in found} - {""})


async def lacking(client: KubernetesClient, call: Call, needs: Sequence[str]) -> str:
    """Return the first right that the token certainly lacks, "" for none."""
    review = await client.review(Gaps(), namespace_of(call))
    if isinstance(review, Unknown):
        return ""
    return next((one for one in needs if not review.allows(one)), "")


async def claim(client: KubernetesClient, call: Call, name: str) -> Claim:
    """Return a claim. Raises PreconditionFailed when it is not there."""
    found = await claim_or_none(client, call, name)
    if found is None:
        raise PreconditionFailed(t"There is no volume claim {name}")
    return found


async def claim_or_none(client: KubernetesClient, call: Call, name: str) -> Claim | None:
    """Return a claim, None when it is not there."""
    try:
        return await client.one(Claim, f"{claims_path(call)}/{name}")
    except ServiceNotFound:
        return None


async def own_snapshots(client: KubernetesClient, call: Call) -> tuple[VolumeSnapshot, ...]:
    """Return our snapshots of a workload. Raises ServiceMalformed when one in the namespace is odd."""
    selector = ",".join(f"{key}={value}" for key, value in MANAGED.items())
    path = snapshots_path(call)
    found = await client.whole(VolumeSnapshot, path, below="items", limit=PAGE, labelSelector=selector)
    return tuple(one for one in found if one.metadata.annotations.get(WORKLOAD) == call.target.id)


def of_copy(found: Sequence[VolumeSnapshot], copy: object) -> dict[str, VolumeSnapshot]:
    """Return the snapshots of one copy by their claims."""
    return {one.spec.source.claim: one for one in found if one.metadata.annotations.get(COPY) == copy}
