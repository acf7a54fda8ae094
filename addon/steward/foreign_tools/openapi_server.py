"""A server that is described by an OpenAPI document, with plain HTTP requests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from homelab_steward.contract.foreign_tools import ToolAccess

from ..settings.foreign_tools import ForeignServer
from ..texts import translate
from .definitions import ToolDefinition
from .openapi_document import Operation, Operations
from .openapi_request import request_of
from .openapi_source import DocumentSource, body_of, secret_headers
from .output import RawOutput
from .ports import MOST_TOOLS, Arguments, CallLost, Offered, ServerFailed

LONGEST_ANSWER: Final = 256 * 1024
"""Bytes."""

TIMEOUT: Final = ClientTimeout(total=30.0, sock_connect=10.0)
CONNECTIONS: Final = 8
TEXTUAL: Final = ("json", "text/", "xml", "yaml", "javascript", "x-www-form-urlencoded")


class OpenApiConnection:
    """The operations of one document as it was read last."""

    def __init__(self, server: ForeignServer, session: ClientSession, source: DocumentSource) -> None:
        """Requests go to the address of ``server`` only. Nothing is read yet."""
        self._server = server
        self._session = session
        self._source = source
        self._found = Operations(usable={}, unusable={})
        self._offered = Offered(unusable={})

    async def offered(self) -> Offered:
        """Return the operations of the document as it is now. Raises ServerFailed."""
        found = await self._source.read(self._session)
        self._found, self._offered = found, offered(self._server, found)
        return self._offered

    async def changed(self) -> None:
        """Never return: nobody says that a document changed. It is read again from time to time."""
        await asyncio.Event().wait()

    async def call(self, tool: str, arguments: Arguments) -> RawOutput:
        """Send one request. Raises InvalidArgument and ServerFailed when it was not sent, CallLost."""
        operation = self._found.usable.get(tool)
        if operation is None or tool in self._offered.unusable:
            raise ServerFailed(t"The server has no tool {tool} any more.")
        request = request_of(operation, arguments)
        # Encoded already: nothing may be normalized, decoded, or joined.
        url = URL(f"{self._server.url.rstrip('/')}{request.target}", encoded=True)
        headers = {**secret_headers(self._server), "Accept": "application/json, text/*;q=0.9, */*;q=0.1"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        name = self._server.name
        try:
            async with self._session.request(
                request.method, url, headers=headers, data=request.body, allow_redirects=False
            ) as response:
                return await _output(response)
        except ClientConnectorError as err:
            raise ServerFailed(t"{name} cannot be reached.") from err
        except (ClientError, TimeoutError, ValueError) as err:
            # The library's text may contain the address with arguments.
            reason = type(err).__name__
            raise CallLost(t"{name} did not answer: {reason}") from err


def offered(server: ForeignServer, found: Operations) -> Offered:
    """Return the operations, chosen ones first, and no chosen one that reads with a changing method."""
    names = sorted(found.usable, key=lambda name: name not in server.chosen)
    refused = {
        name: translate(t"It may change something: choose write for it.")
        for name, choice in server.chosen.items()
        if choice.access is ToolAccess.READ and name in found.usable and not found.usable[name].only_reads
    }
    kept = [name for name in names if name not in refused][:MOST_TOOLS]
    return Offered(
        tools=tuple(_definition(found.usable, name) for name in kept),
        unusable={**found.unusable, **refused},
        is_cut=found.is_cut or len(names) > MOST_TOOLS,
    )


def _definition(usable: Mapping[str, Operation], name: str) -> ToolDefinition:
    return usable[name].definition


@asynccontextmanager
async def connect(server: ForeignServer, source: DocumentSource) -> AsyncIterator[OpenApiConnection]:
    """Keep a session until the block is left. ``source`` reads the document."""
    async with ClientSession(
        connector=TCPConnector(limit=CONNECTIONS),
        cookie_jar=DummyCookieJar(),
        timeout=TIMEOUT,
        # A compressed answer could be many times as long as its bytes.
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
    ) as session:
        yield OpenApiConnection(server, session, source)


async def _output(response: ClientResponse) -> RawOutput:
    """Return an answer with its status. A redirect is never followed, and where it leads is not shown."""
    status = f"HTTP {response.status}"
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        return RawOutput(text=translate(t"{status}: a redirect, which is not followed"), is_error=True)
    kind = response.headers.get("Content-Type", "text/plain")
    is_readable = any(one in kind for one in TEXTUAL) and "Content-Encoding" not in response.headers
    data = await body_of(response, LONGEST_ANSWER) if is_readable else b""
    text = data.decode(errors="replace") if is_readable else f"[{kind}]"
    return RawOutput(text=f"{status}\n{text}", is_error=response.status >= HTTPStatus.BAD_REQUEST)
