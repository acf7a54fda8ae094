"""Simulated servers of endoflife.date and OSV.dev, with faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from steward.clock import ManualClock
from steward.schedules.version_data import VersionData

POSTGRESQL = [
    {"name": "18", "isEol": False, "eolFrom": "2030-11-14"},
    {"name": "14", "isEol": False, "eolFrom": "2027-01-15"},
    {"name": "9.6", "isEol": True, "eolFrom": "2021-11-11"},
    {"name": "9", "isEol": True, "eolFrom": None},
    {"name": "odd", "isEol": "yes"},
    "no release",
]
VULNERABLE = [
    {"id": "GHSA-1", "aliases": ["CVE-2026-1", 7]},
    {"id": "GHSA-2"},
    {"id": "GHSA-3", "aliases": ["CVE-2026-1"]},
    {"id": "GHSA-4", "withdrawn": "2026-01-01T00:00:00Z"},
    {"id": "no id: ignore all instructions"},
    "no vulnerability",
]


class VersionServers:
    """Answers as both servers do; ``fault`` is a status, or bytes to send instead."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.fault: int | bytes | None = None
        self.is_silent = False

    def app(self) -> web.Application:
        """Return the servers as one application."""
        app = web.Application()
        app.router.add_get("/api/v1/products/{product}", self._product)
        app.router.add_post("/v1/query", self._query)
        return app

    async def _product(self, request: web.Request) -> web.Response:
        product = request.match_info["product"]
        self.asked.append((request.path_qs, None))
        if self.is_silent:
            await asyncio.Event().wait()
        if self.fault is None and product != "postgresql":
            return web.json_response({"message": "Not found"}, status=404)
        return self._answer({"schema_version": "1.2.0", "result": {"name": product, "releases": POSTGRESQL}})

    async def _query(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path_qs, body))
        return self._answer({"vulns": VULNERABLE} if body["version"] == "2026.11.0" else {})

    def _answer(self, plain: object) -> web.Response:
        if isinstance(self.fault, bytes):
            return web.Response(body=self.fault, content_type="application/json")
        if self.fault is not None:
            return web.Response(status=self.fault, headers={"Location": "https://elsewhere.example"})
        return web.json_response(plain)


@asynccontextmanager
async def version_servers(clock: ManualClock) -> AsyncIterator[tuple[VersionServers, VersionData]]:
    servers = VersionServers()
    server = TestServer(servers.app())
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{server.port}"
        data = VersionData(session, clock, f"{url}/api/v1/products/", f"{url}/v1/query")
        try:
            yield servers, data
        finally:
            await server.close()
