"""The service that is changed: boxes behind HTTP, whose answers are slow or lost.

It runs in a process of its own. A request goes on when the app that sent it is killed.
"""

import asyncio
import random
import socket
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiohttp import web

MEMORY, MORE_MEMORY, USED = 2048, 3072, 1945
CPU, MORE_CPU = 2, 4

FAULTS: Final = (
    "none",
    "none",
    "slow",
    "slow answer",
    "late",
    "answer lost",
    "request lost",
    "refused",
    "error after",
)
LONGEST: Final = 1.5
"""Seconds after which a request has taken effect, if it does."""


@dataclass
class Box:
    """One box. ``effects`` counts what was done to it; ``faults`` holds one for each next write."""

    breaks: bool
    faults: list[tuple[str, float]]
    memory: int = MEMORY
    cpu: int = CPU
    version: int = 1
    started: int = 1
    running: bool = True
    jobs: list[int] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, object]:
        """Return what the service shows."""
        return {
            "memory": self.memory,
            "cpu": self.cpu,
            "version": self.version,
            "started": self.started,
            "running": self.running,
            "share": 100 * USED / self.memory,
            "jobs": self.jobs,
        }


class World:
    """The boxes, and the requests under way."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.boxes: dict[str, Box] = {}
        self.under_way = 0

    def application(self) -> web.Application:
        """Return the web application."""
        made = web.Application()
        made.router.add_post("/boxes", self.create)
        made.router.add_get("/boxes", self.list)
        made.router.add_get("/effects", self.effects)
        made.router.add_get("/boxes/{name}", self.read)
        made.router.add_post("/boxes/{name}/{what}", self.write)
        return made

    async def create(self, request: web.Request) -> web.Response:
        """Create a box, with what will go wrong with it."""
        name = (await request.json())["name"]
        breaks = name.startswith("worse")
        chosen = [(self._random.choice(FAULTS), self._random.uniform(0.05, LONGEST)) for _ in range(2)]
        self.boxes[name] = Box(breaks=breaks, faults=chosen)
        return web.json_response({})

    async def list(self, _: web.Request) -> web.Response:
        """Return all boxes."""
        return web.json_response({name: box.shown() for name, box in self.boxes.items()})

    async def read(self, request: web.Request) -> web.Response:
        """Return one box."""
        return web.json_response(self.boxes[request.match_info["name"]].shown())

    async def effects(self, _: web.Request) -> web.Response:
        """Return what was done to each box, and how many requests are under way."""
        done = {name: dict(box.effects) for name, box in self.boxes.items()}
        return web.json_response({"under_way": self.under_way, "effects": done})

    async def write(self, request: web.Request) -> web.StreamResponse:
        """Make a change, or not, as the box's next fault says."""
        box, what, body = (
            self.boxes[request.match_info["name"]],
            request.match_info["what"],
            await request.json(),
        )
        fault, seconds = box.faults.pop(0) if box.faults else ("none", 0.0)
        self.under_way += 1
        try:
            if fault == "refused":
                return web.json_response({"error": "not now"}, status=409)
            if fault == "request lost":
                return _cut(request)
            return await self._write(request, box, what, body, fault, seconds)
        finally:
            self.under_way -= 1

    async def _write(
        self, request: web.Request, box: Box, what: str, body: dict[str, int], fault: str, seconds: float
    ) -> web.StreamResponse:
        if fault == "late":
            # The connection is cut first, and the change is made afterwards.
            _cut(request)
        if fault in ("slow", "late"):
            await asyncio.sleep(seconds)
        if not _change(box, what, body):
            return web.json_response({"error": "the version is another one"}, status=412)
        if fault == "slow answer":
            await asyncio.sleep(seconds)
        if fault == "answer lost":
            return _cut(request)
        if fault == "error after":
            return web.json_response({"error": "failed"}, status=500)
        return web.json_response({"job": len(box.jobs)})


def _change(box: Box, what: str, body: dict[str, int]) -> bool:
    """Make a change; return False when it is based on another version."""
    if body.get("version", box.version) != box.version:
        return False
    box.version += 1
    if what == "restart":
        box.started += 1
    elif what == "search":
        box.jobs.append(len(box.jobs) + 1)
    else:
        setattr(box, what, body["value"])
        box.running = not (box.breaks and box.memory != MEMORY)
    box.effects[f"{what} {body['value']}" if "value" in body else what] += 1
    return True


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def serve(listener: socket.socket, seed: int) -> None:
    """Serve until the process is ended."""
    web.run_app(World(seed).application(), sock=listener, print=None, access_log=None)


def effects_of(url: str) -> dict[str, Any]:
    """Return the effects once no request is under way."""
    while True:
        with urllib.request.urlopen(f"{url}/effects") as answer:  # noqa: S310 - our own process
            found = orjson.loads(answer.read())
        if not found["under_way"]:
            effects: dict[str, Any] = found["effects"]
            return effects
        time.sleep(0.1)
