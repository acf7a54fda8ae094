"""A server that is described by an OpenAPI document, with plain HTTP requests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
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
from .openapi_document import Operation, Operations, WrongDocument, operations
from .openapi_request import request_of
from .output import RawOutput
from .ports import MOST_TOOLS, Arguments, CallLost, Offered, ServerFailed

LONGEST_DOCUMENT: Final = 8 * 1024 * 1024
LONGEST_ANSWER: Final = 256 * 1024
"""Bytes."""

TIMEOUT: Final = ClientTimeout(total=30.0, sock_connect=10.0)
CONNECTIONS: Final = 8
TEXTUAL: Final = ("json", "text/", "xml", "yaml", "javascript", "x-www-form-urlencoded")


class OpenApiConnection:
    """The operations of one document, read when it was connected."""

    def __init__(self, server: ForeignServer, session: ClientSession, found: Operations) -> None:
        """Requests go to the address of ``server`` only."""
        self._server = server
        self._session = session
        self._found = found
        self._offered = offered(server, found)

    async def offered(self) -> Offered:
        """Return the operations."""
        return self._offered

    async def changed(self) -> None:
        """Never return: a document is read again when the app starts."""
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


def secret_headers(server: ForeignServer) -> dict[str, str]:
    """Return the header with the secret, none without one."""
    if not server.token:
        return {}
    if server.token_header:
        return {server.token_header: server.token}
    return {"Authorization": f"Bearer {server.token}"}


@asynccontextmanager
async def connect(server: ForeignServer) -> AsyncIterator[OpenApiConnection]:
    """Read the document, and keep a session until the block is left. Raises ServerFailed."""
    async with ClientSession(
        connector=TCPConnector(limit=CONNECTIONS),
        cookie_jar=DummyCookieJar(),
        timeout=TIMEOUT,
        # A compressed answer could be many times as long as its bytes.
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
    ) as session:
        data = await _document(server, session)
        try:
            found = await asyncio.to_thread(operations, data)
        except WrongDocument as err:
            raise ServerFailed(str(err)) from err
        yield OpenApiConnection(server, session, found)


async def _document(server: ForeignServer, session: ClientSession) -> bytes:
    """Return the document of a server. Raises ServerFailed."""
    if server.document is not None:
        return await asyncio.to_thread(_from_file, server.document)
    url = URL(server.document_url)
    # The secret goes to the address of the settings only.
    headers = secret_headers(server) if url.origin() == URL(server.url).origin() else {}
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK or "Content-Encoding" in response.headers:
                status = response.status
                raise ServerFailed(t"The document cannot be read: HTTP {status}")
            data = await _body(response, LONGEST_DOCUMENT + 1)
    except (ClientError, TimeoutError) as err:
        reason = type(err).__name__
        raise ServerFailed(t"The document cannot be read: {reason}") from err
    return _bounded(data)


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(LONGEST_DOCUMENT + 1))
    except OSError as err:
        reason = type(err).__name__
        raise ServerFailed(t"The document cannot be read: {reason}") from err


def _bounded(data: bytes) -> bytes:
    if len(data) > LONGEST_DOCUMENT:
        raise ServerFailed(t"The document has more than {LONGEST_DOCUMENT // 1024**2} MiB")
    return data


async def _output(response: ClientResponse) -> RawOutput:
    """Return an answer with its status. A redirect is never followed, and where it leads is not shown."""
    status = f"HTTP {response.status}"
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        return RawOutput(text=translate(t"{status}: a redirect, which is not followed"), is_error=True)
    kind = response.headers.get("Content-Type", "text/plain")
    is_readable = any(one in kind for one in TEXTUAL) and "Content-Encoding" not in response.headers
    data = await _body(response, LONGEST_ANSWER) if is_readable else b""
    text = data.decode(errors="replace") if is_readable else f"[{kind}]"
    return RawOutput(text=f"{status}\n{text}", is_error=response.status >= HTTPStatus.BAD_REQUEST)


async def _body(response: ClientResponse, longest: int) -> bytes:
    """Return at most ``longest`` bytes; the rest is not read."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size >= longest:
            break
    return b"".join(pieces)[:longest]
