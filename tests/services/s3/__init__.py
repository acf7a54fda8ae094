"""Object storage in the lab: a MinIO with two buckets, which checks every signature."""

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from aiohttp import web

from lab.faults import Fault, Faults
from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.replay import ReplayState
from lab.server import Simulator
from lab.wire import Json, JsonObject
from lab.world import World

KEY, SECRET, TOKEN = "keeper", "Blue-heron-42", "eyJ-heron"
BUCKETS: list[Json] = [
    {"Name": "backup", "CreationDate": "2026-01-02T03:04:05.678Z"},
    {"Name": "photos", "CreationDate": "2026-02-02T03:04:05.678Z"},
]
CLUSTER: JsonObject = {
    "minio_cluster_capacity_usable_total_bytes": 4_000_000_000_000,
    "minio_cluster_capacity_usable_free_bytes": 3_000_000_000_000,
    "minio_cluster_drive_offline_total": 0,
    "minio_cluster_drive_online_total": 4,
}
USAGE: list[Json] = [
    {"bucket": name, "minio_bucket_usage_total_bytes": size, "minio_bucket_usage_object_total": size // 2**20}
    for name, size in (("backup", 2**38), ("photos", 2**36))
]


ODD: JsonObject = {"bucket": "odd", "minio_bucket_usage_total_bytes": "odd"}


class MinioSimulator(Simulator):
    """Answers from ``state.answers``: the buckets as XML, metrics as text."""

    service = "s3"

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world, faults)
        self.state = ReplayState(
            world,
            {"GET /": [*BUCKETS], "GET /cluster": CLUSTER, "GET /bucket": [*USAGE], "GET /health": True},
        )

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [
            web.get("/", self._buckets),
            web.get("/minio/health/cluster", self._health),
            web.get("/minio/v2/metrics/{name}", self._metrics),
        ]

    def unauthorised(self, request: web.Request) -> web.Response:
        return self._xml("<Error><Code>SignatureDoesNotMatch</Code></Error>", 403)

    def failure(self, fault: Fault) -> web.Response:
        return self._xml("<Error><Code>InternalError</Code></Error>", fault.status)

    async def _buckets(self, request: web.Request) -> web.Response:
        signed = request.headers.get("Authorization", "")
        if not re.fullmatch(
            rf"AWS4-HMAC-SHA256 Credential={KEY}/\d{{8}}/us-east-1/s3/aws4_request, "
            r"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}",
            signed,
        ):
            return self.unauthorised(request)
        found = self.altered("GET /", self.state.rows("GET /"))
        rows = (
            "".join(f"<Bucket>{_tags(row)}</Bucket>" for row in found) if isinstance(found, list) else found
        )
        body = f"<Owner><ID>x</ID></Owner><Buckets>{rows}</Buckets>"
        return self._xml(
            f'<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{body}'
            "</ListAllMyBucketsResult>"
        )

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(status=200 if self.state.answers["GET /health"] else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=403)
        name = request.match_info["name"]
        answer = self.state.answers[f"GET /{name}"]
        assert not callable(answer)
        found = self.altered(f"GET /{name}", answer)  # type: ignore[arg-type]
        lines = ["# HELP minio_software_version_info MinIO Release tag for the server"]
        lines.append('minio_software_version_info{server="a:9000",version="2025-09-07T16:13:09Z"} 1')
        for row in found if isinstance(found, list) else [found]:
            fields = row if isinstance(row, dict) and row else ODD
            bucket = fields.get("bucket", "odd") if name == "bucket" else None
            label = f'{{bucket="{bucket}",server="a:9000"}}' if name == "bucket" else '{server="a:9000"}'
            values = {key: value for key, value in fields.items() if key != "bucket" and value is not None}
            lines += [f"{key}{label} {_word(value)}" for key, value in values.items()]
        return web.Response(text="\n".join(lines))

    def _xml(self, text: str, status: int = 200) -> web.Response:
        clean = "".join(one for one in text if one.isprintable())
        return web.Response(text=clean, status=status, content_type="application/xml")


def _tags(row: Json) -> str:
    fields = row if isinstance(row, dict) else {}
    return "".join(
        f"<{key}>{escape(str(value))}</{key}>" for key, value in fields.items() if value is not None
    )


def _word(value: Json) -> str:
    return re.sub(r"\s", "_", str(value)) or "odd"


async def _make_unhealthy(lab: Lab) -> None:
    answers = lab.served["s3"].state.answers  # type: ignore[attr-defined]
    free = {"minio_cluster_capacity_usable_free_bytes": 10**11, "minio_cluster_drive_offline_total": 2}
    answers |= {"GET /cluster": {**CLUSTER, **free}, "GET /health": False}


FIXTURE = ServiceFixture(
    simulator=lambda lab: MinioSimulator(lab.world, lab.faults),
    settings=lambda served: {
        "url": served.url,
        "access_key": KEY,
        "secret_key": SECRET,
        "metrics_token": TOKEN,
    },
    wrong_credentials={"access_key": "stranger"},
    unhealthy=_make_unhealthy,
)
