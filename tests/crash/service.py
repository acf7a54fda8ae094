"""The service of the boxes over HTTP, and its inventory for the app."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import aiohttp
from aiohttp import web

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference
from steward.changes.observations import RUNNING
from steward.clock import SystemClock
from steward.errors import PreconditionFailed
from steward.sdk.access import Access
from steward.sdk.description import (
    Action,
    AnyService,
    Call,
    Covers,
    DryRun,
    Effect,
    Measure,
    Preserves,
    ResourceKind,
    Sensor,
)
from steward.sdk.kits import ITEM_NAME, NAME, CreateItem
from steward.sdk.rest import Rest
from torture.service import Client, TortureInventory

from .points import Points
from .world import NODE, Sent, World

LONGEST: Final = 60.0
"""Seconds that a request may take."""


class BoxServer:
    """Serves the world. A ``late`` change arrives just before so many of the next requests are over."""

    def __init__(self, points: Points, late: int | None) -> None:
        self._points = points
        self._world: World = points.disk.world
        self._late = list(self._world.under_way) if late is not None else []
        self._until_late = late or 0
        self._world.under_way.clear()
        self.port = 0

    async def start(self) -> web.AppRunner:
        """Listen on a free port of loopback."""
        made = web.Application()
        made.router.add_get("/boxes", self._list)
        made.router.add_get("/boxes/{name}", self._read)
        made.router.add_post("/boxes/{name}/{what}", self._write)
        runner = web.AppRunner(made, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    def deliver(self) -> None:
        """Let arrive what is late."""
        with self._points.disk.lock:
            while self._late:
                self._world.arrive(self._late.pop())

    async def _list(self, _: web.Request) -> web.Response:
        self._note_request()
        return web.json_response(
            {name: box.shown() for name, box in self._world.boxes.items() if name != NODE}
        )

    async def _read(self, request: web.Request) -> web.Response:
        self._note_request()
        return web.json_response(self._world.boxes[request.match_info["name"]].shown())

    async def _write(self, request: web.Request) -> web.StreamResponse:
        self._note_request()
        sent = Sent(
            box=request.match_info["name"],
            what=request.match_info["what"],
            body=await request.json() if request.can_read_body else {},
        )
        with self._points.disk.lock:
            self._world.under_way.clear()
            if self._world.lost_requests:
                self._world.lost_requests -= 1
                return _cut(request)
            status = self._world.arrive(sent)
            self._points.at(f"effect {sent.box} {sent.what}")
            if self._world.lost_answers:
                self._world.lost_answers -= 1
                return _cut(request)
        box = self._world.boxes[sent.box]
        return web.json_response({"job": len(box.jobs)}, status=status)

    def _note_request(self) -> None:
        self._until_late -= 1
        if self._until_late < 0:
            self.deliver()


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _names(client: Client, call: Call) -> Collection[str]:
    found = await client.box(call)
    return [str(one) for one in found["copies"]]


async def _copy(client: Client, call: Call, name: str) -> None:
    await client.change(call, "copy", name=name)


async def _drop(client: Client, call: Call, name: str) -> None:
    await client.change(call, "drop", name=name)


async def _dry_back(client: Client, call: Call) -> DryRun:
    name = call.text(NAME)
    if name not in await _names(client, call):
        raise PreconditionFailed(f"there is no copy {name}")
    found = await client.box(call)
    return DryRun(
        differences=(Difference(field="State", before="now", after=name),),
        baseline={NAME: name, "version": found["version"]},
    )


async def _check_back(client: Client, call: Call, _: Mapping[str, Value]) -> None:
    await _dry_back(client, call)


async def _back(client: Client, call: Call, baseline: Mapping[str, Value]) -> str:
    await client.change(call, "back", name=str(baseline[NAME]), version=baseline["version"])
    return "as before"


async def _probe_back(client: Client, call: Call, baseline: Mapping[str, Value]) -> Effect:
    found = await client.box(call)
    return Effect.DONE if found["version"] != baseline["version"] else Effect.NOT_SEEN


async def _verify_back(client: Client, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    is_done = await _probe_back(client, call, baseline) is Effect.DONE
    return CheckResult(name="State", ok=is_done, text="as before" if is_done else "now")


COPY: Final = CreateItem[Client](label="Copy", names=_names, create=_copy, delete=_drop).action(
    key="copy", name="Copy", description="", risk=Risk.LOW, scope="node", arguments=(ITEM_NAME,)
)
BACK: Final = Action[Client](
    key="back",
    name="Back",
    description="",
    risk=Risk.LOW,
    scope="node",
    arguments=(ITEM_NAME,),
    dry_run=_dry_back,
    precheck=_check_back,
    execute=_back,
    probe=_probe_back,
    verify=_verify_back,
    deduplicated=True,
)


class BoxClient(Client):
    """Waits long enough on a busy machine: lost answers cut the connection."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        Rest.__init__(
            self, Access(settings={"url": url}, session=session, clock=SystemClock()), timeout=LONGEST
        )


class BoxInventory(TortureInventory):
    """All boxes of the world, on a node whose copies contain all of them."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.service_row: AnyService = _service(self.service_row)
        self.instance_row = replace(self.instance_row, settings={"url": "http://boxes.lan"})


def _service(plain: AnyService) -> AnyService:
    (boxes,) = plain.resources
    running = Sensor[Any](key="running", name="Running", device_class=RUNNING, value=lambda one: one.running)
    restarts = Sensor[Any](
        key="restarts", name="Restarts", measure=Measure.RESTARTS, value=lambda one: one.restarts
    )
    how = Preserves[Any](action="copy", covers=Covers.MACHINE, back="back")
    node = ResourceKind[Any, str](key="node", name="Node", items=lambda _: (), id=str, preserves=how)
    return replace(
        plain,
        resources=(replace(boxes, sensors=(boxes.sensors[0], running, restarts)), node),
        actions=(*plain.actions, COPY, BACK),
    )
