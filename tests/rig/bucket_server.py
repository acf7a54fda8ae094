"""Simulated object storage: one bucket, pages of two objects, signatures checked, and faults."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from rig.inventory import NOW
from steward.clock import ManualClock
from steward.offsite.bucket import Bucket
from steward.sdk.s3_signature import S3Key

BUCKET: Final = "homelab"
PREFIX: Final = "attic/"
KEY: Final = S3Key(access_key="keeper", secret_key="heron-42", region="eu-central-1")
PAGE: Final = 2


class BucketServer:
    """``refuse`` has methods that are refused; ``body`` is sent instead of every answer."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.refuse: set[str] = set()
        self.body: bytes | None = None
        self.is_damaging = self.is_forgetting = False

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.requests.append(request.method)
        data = await request.read()
        if request.method in self.refuse:
            return error(403, "AccessDenied")
        if not self._is_signed(request, data):
            return error(403, "SignatureDoesNotMatch")
        if self.body is not None:
            return web.Response(body=self.body)
        return self._answer(request, request.match_info["name"], data)

    def _answer(self, request: web.Request, name: str, data: bytes) -> web.Response:
        if request.method == "PUT":
            if not self.is_forgetting:
                self.objects[name] = data[:-1] + b"?" if self.is_damaging else data
            return web.Response()
        if not name:
            return self._listing(request)
        if name not in self.objects:
            return error(404, "NoSuchKey")
        if request.method == "DELETE":
            del self.objects[name]
            return web.Response(status=204)
        return web.Response(body=self.objects[name])

    def _is_signed(self, request: web.Request, data: bytes) -> bool:
        given = request.headers
        if given["x-amz-content-sha256"] != hashlib.sha256(data).hexdigest():
            return False
        at = datetime.strptime(given["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        signed = KEY.headers(request.method, request.url.with_query(None), dict(request.query), data, at)
        return signed["Authorization"] == given["Authorization"]

    def _listing(self, request: web.Request) -> web.Response:
        first = int(request.query.get("continuation-token", "0"))
        names = sorted(one for one in self.objects if one.startswith(request.query["prefix"]))
        rows = "".join(
            f"<Contents><Key>{escape(one)}</Key><Size>{len(self.objects[one])}</Size></Contents>"
            for one in names[first : first + PAGE]
        )
        following = first + PAGE
        more = f"<NextContinuationToken>{following}</NextContinuationToken>" if following < len(names) else ""
        space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        return web.Response(text=f"<ListBucketResult {space}>{rows}{more}</ListBucketResult>")


def error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>")


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[BucketServer, Bucket]]:
    """Yield the simulated server and the bucket of the app."""
    simulated, app = BucketServer(), web.Application(client_max_size=2**26)
    app.router.add_route("*", f"/{BUCKET}{{slash:/?}}{{name:.*}}", simulated.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield (
            simulated,
            Bucket(
                session=session,
                clock=ManualClock(NOW),
                key=KEY,
                url=str(server.make_url("")),
                name=BUCKET,
                prefix=PREFIX,
            ),
        )
