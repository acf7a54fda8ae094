"""Serves a small HTTP application in a process of its own, with few file descriptors.

Prints the port. The number of descriptors is the first argument, the number of connections per address
the second.
"""

import asyncio
import resource
import sys

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from steward.api.listener import open_listener
from steward.api.server import ApiServer
from steward.settings.model import Limits, Listen


async def health(_request: Request) -> PlainTextResponse:
    """Open a file, as the database does."""
    with open("/dev/null"):  # noqa: ASYNC230, PTH123 - needs a descriptor
        return PlainTextResponse("ok")


async def main() -> None:
    """Serve until standard input ends."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    descriptors, per_address = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    app = Starlette(routes=[Route("/health", health)])
    server = ApiServer(app, listener, Limits(connections_per_address=per_address))
    await server.start()
    sys.stdout.write(f"{listener.port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.close()


if __name__ == "__main__":
    asyncio.run(main())
