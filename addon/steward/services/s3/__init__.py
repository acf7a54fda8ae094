"""Object storage with the API of S3, such as MinIO: buckets, sizes, drives and health."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from ...sdk.answers import Item, State, Time, Unknown, known, many, one, worded
from ...sdk.description import STORAGE, Call, Gaps, ResourceKind, Role, Service, Versions
from ...sdk.display import critical, list_tool, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.format import size, usage
from ...sdk.sensors import count, flag, gibibytes, percentage, served, share, since
from ...texts import Text
from .client import S3Client

FULL: Final = 90.0


class Bucket(Item):
    """One bucket of the listing."""

    name: str
    created: Time | None = None


class Usage(Item, rename=None):
    """What MinIO counted in a bucket."""

    bucket: str
    size: float | None = msgspec.field(default=None, name="minio_bucket_usage_total_bytes")
    objects: float | None = msgspec.field(default=None, name="minio_bucket_usage_object_total")


class Cluster(Item, rename=None):
    """The metrics of a MinIO cluster. Sizes in bytes."""

    version: str | None = None
    total: float | None = msgspec.field(default=None, name="minio_cluster_capacity_usable_total_bytes")
    free: float | None = msgspec.field(default=None, name="minio_cluster_capacity_usable_free_bytes")
    drives_offline: float | None = msgspec.field(default=None, name="minio_cluster_drive_offline_total")

    @property
    def used(self) -> float:
        """Bytes in use. Raises NotKnown."""
        return known(self.total) - known(self.free)


class Health(Item):
    """Whether the cluster can write; None when the program has no such endpoint."""

    healthy: bool | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A bucket with what is in it."""

    bucket: Bucket
    usage: Usage | Unknown

    @property
    def size(self) -> float:
        """Bytes. Raises NotKnown."""
        return known(known(self.usage).size)

    @property
    def objects(self) -> int:
        """The number of objects. Raises NotKnown."""
        return int(known(known(self.usage).objects))

    def __str__(self) -> str:
        filled, objects = worded(lambda: size(self.size)), worded(lambda: self.objects)
        return f"{self.bucket.name}: {filled}, {objects} objects"


class S3State(State):
    """Everything that one poll reads. Metrics and health are those of MinIO."""

    buckets = many("buckets", Bucket)
    health = one("health", Health, optional=True)
    cluster = one("cluster", Cluster, optional=True)
    usage = many("bucket", Usage, below="buckets", optional=True)

    def filled(self) -> Iterator[Filled]:
        """Return the buckets with their sizes, as far as they are known."""
        usage = {each.bucket: each for each in self.read_or(S3State.usage, ())}
        reason = Unknown(self.gaps.of("usage") or "MinIO has not counted it yet")
        return (Filled(each, usage.get(each.name, reason)) for each in self.buckets)

    def full(self) -> Text | None:
        """Return that the storage is nearly full. Raises NotKnown."""
        used = share(self.cluster.used, self.cluster.total)
        return t"{usage(self.cluster.used, self.cluster.total)} are used" if used > FULL else None

    def unhealthy(self) -> Text | None:
        """Return that the cluster has too few drives to write. Raises NotKnown."""
        return None if known(self.health.healthy) else t"The cluster has too few drives or servers to write"

    def drives(self) -> Text | None:
        """Return that drives are offline. Raises NotKnown."""
        count = int(known(self.cluster.drives_offline))
        return t"{count} drives are offline" if count else None


@list_tool("buckets", "Buckets", "The largest first.", capability="storage")
async def _list(client: S3Client, gaps: Gaps, _: Call) -> list[str]:
    found = (await S3State.poll(client, gaps)).filled()
    return [str(each) for each in sorted(found, key=lambda each: -(getattr(each.usage, "size", None) or 0))]


SERVICE: Final = Service(
    key="s3",
    name="S3 storage",
    category=STORAGE,
    manufacturer=None,
    icon="mdi:bucket",
    role=Role.STORAGE,
    interval=60.0,
    settings=(
        url_field("http://minio.example.org:9000"),
        text_field("access_key", "Access key", "Of a user who may s3:ListAllMyBuckets"),
        secret_field("secret_key", "Secret key", "Of the same user"),
        text_field("region", "Region", "By default us-east-1", required=False),
        secret_field("metrics_token", "Token of the metrics", "Of MinIO, a bearer token", required=False),
        *TLS_SETTINGS,
    ),
    connect=S3Client,
    poll=S3State.poll,
    version=lambda state: state.cluster.version,
    sensors=(
        served("buckets", "Buckets", lambda s: len(s.buckets), "mdi:bucket"),
        percentage("disk_share", "Space used", lambda s: share(s.cluster.used, s.cluster.total)),
        gibibytes("disk_used", "Used", lambda s: s.cluster.used),
        gibibytes("disk_size", "Size", lambda s: known(s.cluster.total), enabled=False),
        count("drives_offline", "Drives offline", lambda s: s.cluster.drives_offline, "mdi:harddisk-remove"),
        flag("unhealthy", "Cluster unhealthy", lambda s: not known(s.health.healthy), "problem"),
    ),
    resources=(
        ResourceKind[S3State, Filled](
            key="bucket",
            items=S3State.filled,
            id=lambda each: each.bucket.name,
            labels=lambda each: {"bucket": each.bucket.name},
            role=Role.STORAGE,
            sensors=(
                gibibytes("size", "Size", lambda each: each.size),
                served("objects", "Objects", lambda each: each.objects),
                since("created", "Created", lambda each: each.bucket.created),
            ),
        ),
    ),
    checks=(
        critical("storage_unhealthy", "Storage cannot be written", S3State.unhealthy),
        warning("drives_offline", "Drives offline", S3State.drives),
        warning("storage_nearly_full", "Storage nearly full", S3State.full),
    ),
    tools=(_list,),
    understood=Versions(note="S3 of MinIO, SeaweedFS, Garage, Ceph and rclone; metrics of MinIO"),
    tested="rclone serve s3, and recorded answers of MinIO",
)
