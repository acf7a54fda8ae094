"""What a standby answers: it runs, and another replica has the app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..settings.model import Limits
from .http_exchange import Json, failure
from .listener import Listener
from .server import ApiServer

MESSAGE = "This replica is a standby: another one answers"


@asynccontextmanager
async def standing_by(listener: Listener, limits: Limits) -> AsyncIterator[None]:
    """Answer as a standby while the block runs; the address stays taken. Raises CannotListen."""
    # The server closes its socket, and the leader needs the address.
    own = replace(listener, bound=listener.bound.dup())
    routes = [
        Route("/health", _health, methods=["GET"]),
        Route("/{path:path}", _unavailable, methods=["GET", "HEAD", "POST", "PUT", "DELETE"]),
    ]
    server = ApiServer(Starlette(routes=routes), own, limits)
    try:
        await server.start()
        yield
    finally:
        await server.close()
        own.close()


async def _health(_request: Request) -> Response:
    return Json({"status": "ok", "role": "standby"})


async def _unavailable(_request: Request) -> Response:
    """Answer ``/ready`` and everything else: a load balancer asks another replica."""
    return failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", MESSAGE)
