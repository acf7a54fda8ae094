"""A simulated forge with the APIs of GitHub, GitLab and Gitea, and its faults."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from steward.changes.forges import PAGE, Forge, ForgeKind
from steward.changes.notes_source import NotesSource, OwnForge
from steward.clock import ManualClock

HOSTS = {"github.com": ForgeKind.GITHUB, "gitlab.com": ForgeKind.GITLAB, "codeberg.org": ForgeKind.GITEA}


def release(tag: str, notes: str = "", **more: Any) -> dict[str, Any]:
    """Return a release as GitHub and Gitea answer it, with the fields of GitLab."""
    at = "2026-11-01T10:00:00Z"
    both = {"body": notes, "description": notes, "published_at": at, "released_at": at}
    return {"tag_name": tag, **both, **more}


class ForgeServer:
    """Answers for all hosts; ``fault`` is a status or bytes to send instead of an answer."""

    def __init__(self) -> None:
        self.releases: dict[str, list[Any]] = {}
        self.files: dict[tuple[str, str, str], str] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.fault: int | bytes | None = None
        self.is_silent = False
        self.left = 60
        self.reset: int | None = None
        self.more: dict[str, str] = {}

    def app(self) -> web.Application:
        """Return the forge."""
        app = web.Application()
        app.router.add_get("/{kind}/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        self.headers.append(request.headers)
        if self.is_silent:
            await asyncio.Event().wait()
        headers = {"ETag": f'"{len(self.releases)}"', **self.more}
        if self.reset is not None:
            self.left -= 1
            headers |= {"X-RateLimit-Remaining": str(self.left), "X-RateLimit-Reset": str(self.reset)}
        if isinstance(self.fault, bytes):
            return web.Response(body=self.fault, headers=headers)
        if self.fault is not None:
            return web.Response(
                status=self.fault, headers={"Location": "https://elsewhere.example/", **headers}
            )
        parts = [unquote(one) for one in request.raw_path.partition("?")[0].split("/")[2:]]
        if parts[0] == "repos":
            repository, rest = "/".join(parts[1:3]), parts[3:]
        else:
            repository, rest = parts[1], parts[2:]
        if repository in self.moved:
            return web.Response(status=301, headers={"Location": self.moved[repository], **headers})
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return self._content(request, repository, rest, headers)

    def _content(
        self, request: web.Request, repository: str, rest: list[str], headers: Mapping[str, str]
    ) -> web.Response:
        if rest == ["releases"] and repository in self.releases:
            page = int(request.query["page"])
            size = int(request.query.get("per_page", request.query.get("limit", "0")))
            rows = self.releases[repository][(page - 1) * size : page * size]
            return web.json_response(rows, headers=headers)
        name = next((one for one in rest if one.endswith(".md")), "")
        text = self.files.get((repository, name, request.query.get("ref", "")))
        if text is None:
            return web.json_response({"message": "Not Found"}, status=404, headers=headers)
        return web.Response(text=text, headers=headers)


@dataclass(frozen=True, slots=True)
class Rig:
    """The forge, and the source that asks it."""

    server: ForgeServer
    source: NotesSource
    clock: ManualClock
    own: dict[str, tuple[ForgeKind, OwnForge]]
    address: str


@asynccontextmanager
async def forge_rig(clock: ManualClock) -> AsyncIterator[Rig]:
    """Yield a source whose public forges are all simulated."""
    server, own = ForgeServer(), dict[str, tuple[ForgeKind, OwnForge]]()
    running = TestServer(server.app())
    await running.start_server()
    address = f"http://127.0.0.1:{running.port}"
    forges = {host: Forge(kind, f"{address}/{kind}/") for host, kind in HOSTS.items()}
    async with aiohttp.ClientSession() as session:
        try:
            yield Rig(server, NotesSource(session, clock, lambda: own, forges), clock, own, address)
        finally:
            await running.close()


def many(first: int) -> list[dict[str, Any]]:
    """Return more than a page of releases: 1.0.<first> down to 1.0.1."""
    assert first > PAGE
    return [release(f"v1.0.{number}", f"- Fix moon {number}") for number in range(first, 0, -1)]
