"""The lab's web page: shows and controls the phone, the forum and the world."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import WSMsgType, web

from lab.lab import Lab
from lab.page_commands import CommandError, PageCommands
from lab.updates import LabUpdates
from lab.views import SECTIONS
from lab.wire import Json, JsonObject, dumps, json_response, loads

_STATIC = Path(__file__).with_name("static")
_TICK_SECONDS = 0.25
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LabPage:
    """`async with LabPage(lab) as page:` serves the page of a started lab at `page.url`.

    Browsers get a snapshot of all sections over a websocket, then each section that changes.
    The page listens on loopback and only answers requests to loopback host names.
    """

    def __init__(self, lab: Lab, *, port: int = 0, updates: LabUpdates | None = None) -> None:
        self._lab = lab
        self._port = port
        self._commands = PageCommands(lab, updates)
        self._viewers: set[web.WebSocketResponse] = set()
        self._shown: dict[str, str] = {}
        self._sequence = 0
        self._changed = asyncio.Event()
        self._unsubscribe: list[Callable[[], None]] = []
        self._pump: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The URL of the page."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Serve the page."""
        app = web.Application(middlewares=[_guard])
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/ws", self._socket),
                web.post("/api/{command}", self._command),
                web.static("/static", _STATIC),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        sources = (self._lab.world, self._lab.faults, self._lab.phone, self._lab.telegram.forum)
        self._unsubscribe = [source.changes.subscribe(self._changed.set) for source in sources]
        self._pump = asyncio.get_running_loop().create_task(self._update_forever())

    async def close(self) -> None:
        """Stop serving."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        for viewer in tuple(self._viewers):
            await viewer.close(code=1001, message=b"the lab is stopping")
        if self._runner is not None:
            await self._runner.cleanup()

    # -- requests ----------------------------------------------------------------------------

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        viewer = web.WebSocketResponse(heartbeat=20)
        await viewer.prepare(request)
        await self._broadcast(self._refresh())
        snapshot = self._snapshot()
        self._viewers.add(viewer)  # before the snapshot is sent, so that no change is missed
        try:
            await viewer.send_str(snapshot)
            async for message in viewer:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._viewers.discard(viewer)
        return viewer

    async def _command(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            return _refused(415, "A command must be JSON.")
        try:
            given = loads(await request.read())
        except ValueError:
            return _refused(400, "This is not JSON.")
        if not isinstance(given, dict):
            return _refused(400, "A command must be a JSON object.")
        try:
            return json_response(await self._commands.run(request.match_info["command"], given))
        except CommandError as err:
            return _refused(400, str(err))

    # -- updates -----------------------------------------------------------------------------

    async def _update_forever(self) -> None:
        while True:
            await self._tick()
            if self._viewers:
                await self._broadcast(self._refresh())

    async def _tick(self) -> None:
        try:
            async with asyncio.timeout(_TICK_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return
        await asyncio.sleep(0)  # let the change finish
        self._changed.clear()

    def _refresh(self) -> list[str]:
        """Update all sections, and return the names of those that changed."""
        changed: list[str] = []
        for name, view in SECTIONS.items():
            text = dumps(view(self._lab))
            if self._shown.get(name) != text:
                self._shown[name] = text
                changed.append(name)
        return changed

    def _snapshot(self) -> str:
        sections: JsonObject = {name: loads(text) for name, text in self._shown.items()}
        return self._event({"type": "snapshot", "sections": sections})

    async def _broadcast(self, names: list[str]) -> None:
        for name in names:
            event = self._event({"type": "section", "name": name, "value": loads(self._shown[name])})
            for viewer in tuple(self._viewers):
                await _send(viewer, event)

    def _event(self, event: dict[str, Json]) -> str:
        self._sequence += 1
        return dumps({"sequence": self._sequence, **event})


async def _send(viewer: web.WebSocketResponse, text: str) -> None:
    if viewer.closed:
        return
    try:
        await viewer.send_str(text)
    except ConnectionError:
        await viewer.close()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    host = request.host.rsplit(":", 1)[0]
    origin = request.headers.get("Origin")
    is_ours = origin is None or origin == f"http://{request.host}"
    if host not in ("127.0.0.1", "localhost") or not is_ours:
        return _refused(403, "The lab only answers requests from this machine.")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_SECURITY_HEADERS)
    return response


def _refused(status: int, text: str) -> web.Response:
    return json_response({"error": text}, status=status)
