"""The client of object storage: requests with AWS Signature 4, answers in XML, metrics as text."""

from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from yarl import URL

from ...errors import ServiceMalformed, ServiceRefused, ServiceUnauthorized, ServiceUnreachable
from ...sdk.access import Access
from ...sdk.client import Parameter, Rest
from ...sdk.metrics import samples
from ...sdk.s3_signature import S3Key

NAMESPACE: Final = "{*}"
METRICS: Final = "minio/v2/metrics"


class S3Client(Rest):
    """One object storage."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._key = S3Key(
            access_key=access.text("access_key"),
            secret_key=access.text("secret_key"),
            region=access.optional("region") or "us-east-1",
        )
        self._token = access.optional("metrics_token")

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the buckets, the health of the cluster, or the metrics of MinIO. Raises ServiceError."""
        if path == "buckets":
            return buckets(await self.data(""))
        if path == "health":
            return {"healthy": await self._is_healthy()}
        return metrics(await self.text(f"{METRICS}/{path}", **query))

    async def _is_healthy(self) -> bool | None:
        """Return whether MinIO can write, None when it is another program."""
        try:
            await self.data("minio/health/cluster")
        except ServiceUnreachable as err:
            if ": 503" not in str(err):
                raise
            return False
        except ServiceRefused, ServiceUnauthorized:
            return None
        return True

    def signature(self, method: str, url: URL, query: Mapping[str, str], data: bytes) -> Mapping[str, str]:
        """Return the headers that sign a request; the metrics of MinIO take a token instead."""
        if url.path.startswith("/minio/"):
            return {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return self._key.headers(method, url, query, data, self.clock.now())


def buckets(data: bytes) -> list[dict[str, str | None]]:
    """Return the buckets of a listing. Raises ServiceMalformed when it is none."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - expat limits how much entities may grow
    except ET.ParseError as err:
        raise ServiceMalformed(t"buckets: the answer is not XML") from err
    if not root.tag.endswith("ListAllMyBucketsResult"):
        raise ServiceMalformed(t"buckets: the answer is not a list of buckets")
    return [
        {"name": one.findtext(f"{NAMESPACE}Name"), "created": one.findtext(f"{NAMESPACE}CreationDate")}
        for one in root.iter()
        if one.tag.endswith("}Bucket") or one.tag == "Bucket"
    ]


def metrics(text: str) -> dict[str, object]:
    """Return the values of metrics by their names, and those with a label ``bucket`` by the bucket.

    Other labels name the server that answers: the first value counts. Raises ServiceMalformed.
    """
    found: dict[str, object] = {}
    rows: dict[str, dict[str, object]] = {}
    for name, named, value in samples(text):
        if "version" in named and name == "minio_software_version_info":
            found["version"] = named["version"]
        elif "bucket" in named:
            rows.setdefault(named["bucket"], {"bucket": named["bucket"]})[name] = value
        else:
            found.setdefault(name, value)
    if not found and not rows:
        raise ServiceMalformed(t"metrics: the answer has no metrics")
    return {**found, "buckets": list(rows.values())}
