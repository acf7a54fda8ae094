"""The base class of the simulators: a server on loopback with faults."""

import asyncio
import socket
import ssl
import struct
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from lab.certificate import Certificate, make_certificate
from lab.faults import Fault, FaultKind, Faults
from lab.wire import Json, json_response, loads
from lab.world import World

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

type Alter = Callable[[str, Json], Json]
"""Takes where an answer goes out (method and path with query) and its JSON; returns what is sent."""

_HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
_KEPT_REQUESTS = 2000


@dataclass(frozen=True, slots=True)
class Seen:
    """A request to a simulator, and the status of its response (0: none)."""

    method: str
    path: str
    status: int


class Simulator:
    """A server on 127.0.0.1. Subclasses define the routes and the error responses.

    `requests` keeps the last ones that arrived, faults included. `alter` replaces JSON answers
    on their way out; a simulator that sends messages of its own passes them through `altered`.
    """

    service: str
    tls_name = ""
    """Name of the machine in its certificate; without one it serves plain HTTP."""

    def __init__(self, world: World, faults: Faults, *, port: int = 0) -> None:
        self.world = world
        self.faults = faults
        self.requests: deque[Seen] = deque(maxlen=_KEPT_REQUESTS)
        self.alter: Alter | None = None
        self._port = port
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None
        self._released = asyncio.Event()
        self._clearings = faults.clearings
        self._reopening: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._certificate: Certificate | None = None

    @property
    def ca_path(self) -> Path:
        """The path of the CA certificate. Raises RuntimeError before the start, and without TLS."""
        if self._certificate is None:
            raise RuntimeError("the simulator was not started, or serves plain HTTP")
        return self._certificate.ca_path

    @property
    def port(self) -> int:
        """The port, which the system chooses at the start."""
        return self._port

    @property
    def url(self) -> str:
        """The URL, without a slash at the end."""
        scheme = "https" if self.tls_name else "http"
        return f"{scheme}://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Bind a port and serve."""
        if self.tls_name:
            self._folder = tempfile.TemporaryDirectory(prefix=f"lab-{self.service}-")
            self._certificate = make_certificate(Path(self._folder.name), self.tls_name)
        app = web.Application(middlewares=[self._apply_fault], client_max_size=16 * 1024**2)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        self._socket = _bind(self._port)
        self._port = self._socket.getsockname()[1]
        self._unsubscribe = self.faults.changes.subscribe(self._follow_faults)
        if not self.faults.is_refusing(self.service):
            await self._listen()

    async def close(self) -> None:
        """Stop serving, and end all hanging requests."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._released.set()
        if self._reopening is not None:
            await self._reopening
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            # Persistent connections are reset: closing TLS would wait for clients that are gone.
            self._cut_connections()
            await asyncio.sleep(0)
            await self._runner.cleanup()
        if self._socket is not None:
            self._socket.close()
        if self._folder is not None:
            self._folder.cleanup()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes."""
        raise NotImplementedError

    def ssl_context(self) -> ssl.SSLContext | None:
        """Return the TLS context, None for plain HTTP."""
        return None if self._certificate is None else self._certificate.server_context()

    def fault_path(self, request: web.Request) -> str:
        """Return the path for faults, without secrets."""
        return request.path

    def unauthorised(self, request: web.Request) -> web.Response:
        """Return the service's response to wrong credentials."""
        return web.Response(status=401)

    def failure(self, fault: Fault) -> web.Response:
        """Return the service's response with an error status."""
        return json_response({"message": "Simulated failure"}, status=fault.status)

    # -- faults ------------------------------------------------------------------------------

    @web.middleware
    async def _apply_fault(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        path = self.fault_path(request)
        status = 0
        try:
            response = self._altered(request, await self._answer(request, handler, path))
            status = response.status
        except web.HTTPException as err:
            status = err.status
            raise
        finally:
            self.requests.append(Seen(request.method, path, status))
        return response

    def altered(self, where: str, value: Json) -> Json:
        """Return what is sent in place of an answer or message."""
        return value if self.alter is None else self.alter(where, value)

    def _altered(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        if self.alter is None or not isinstance(response, web.Response) or response.status >= 300:
            return response
        if response.content_type != "application/json" or not isinstance(response.body, bytes):
            return response
        where = f"{request.method} {request.path_qs}"
        return json_response(self.altered(where, loads(response.body)), status=response.status)

    async def _answer(self, request: web.Request, handler: Handler, path: str) -> web.StreamResponse:
        if self.faults.is_refusing(self.service):
            return cut(request)
        fault = self.faults.take(self.service, request.method, path)
        if fault is None:
            return await handler(request)
        return await self._faulty(fault, request, handler)

    async def _faulty(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
                return await handler(request)
            case FaultKind.ANSWER_LOST:
                await handler(request)
            case FaultKind.HANG:
                await self._released.wait()
            case FaultKind.RESET | FaultKind.REFUSED:
                pass
            case _:
                return self._wrong_answer(fault, request)
        return cut(request)

    def _wrong_answer(self, fault: Fault, request: web.Request) -> web.Response:
        if fault.kind is FaultKind.HTML:
            return web.Response(text=_HTML, content_type="text/html")
        if fault.kind is FaultKind.GARBAGE:
            return web.Response(body=b'{"data": [tru\xff', content_type="application/json")
        return self.unauthorised(request) if fault.kind is FaultKind.AUTH_LOST else self.failure(fault)

    def _cut_connections(self) -> None:
        if self._runner is None or self._runner.server is None:
            return
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    def _follow_faults(self) -> None:
        if self.faults.is_refusing(self.service):
            self._refuse()
        elif self._server is None and self._socket is not None:
            self._socket.listen()  # the system accepts connections from now on
            self._reopening = asyncio.get_running_loop().create_task(self._listen())
        if self.faults.clearings != self._clearings:
            self._clearings = self.faults.clearings
            self._released.set()
            self._released = asyncio.Event()

    def _refuse(self) -> None:
        if self._server is None or self._socket is None:
            return
        self._server.close()
        self._server = None
        self._cut_connections()
        # A bound socket that does not listen refuses connections and keeps the port.
        self._socket = _bind(self._port)

    async def _listen(self) -> None:
        if self._runner is None or self._runner.server is None or self._socket is None:
            raise RuntimeError(f"{self.service} was not started")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._runner.server, sock=self._socket, ssl=self.ssl_context()
        )


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def cut(request: web.Request) -> web.Response:
    """Reset the connection. The framework requires the returned response."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=499)
