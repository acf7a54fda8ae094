"""A connection to an MCP server, over a program's pipes or HTTP.

The MCP library is slow to import: only :mod:`connecting` imports this module, in a thread.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, cast

import anyio
import anyio.streams.memory
import httpx2
import mcp_types as types
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage
from mcp_types import CONNECTION_CLOSED, REQUEST_TIMEOUT

from ..errors import StewardError
from ..settings.foreign_tools import ForeignServer, ServerKind
from ..texts import translate
from .definitions import ToolDefinition, WrongDefinition
from .output import LONGEST, RawOutput, plain
from .ports import MOST_TOOLS, Arguments, CallLost, Offered, ServerFailed
from .program import LONGEST_MESSAGE, Program, running

MOST_PAGES: Final = 50
MOST_GARBAGE: Final = 100
"""Lines that are no message, after which a program is given up. Some programs print a greeting."""

LONGEST_REASON: Final = 200
NO_ANSWER: Final = frozenset({CONNECTION_CLOSED, REQUEST_TIMEOUT})
"""Error codes that the library itself makes when no answer came."""

type _Incoming = SessionMessage | Exception
type _Streams = tuple[
    anyio.streams.memory.MemoryObjectReceiveStream[_Incoming],
    anyio.streams.memory.MemoryObjectSendStream[SessionMessage],
]


class McpConnection:
    """One open connection."""

    def __init__(self, server: ForeignServer) -> None:
        """The client is set when it is connected."""
        self.client: Client | None = None
        self._server = server
        self._changed = asyncio.Event()
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def lose(self, reason: ServerFailed) -> None:
        """Note that the connection has ended."""
        if not self._lost.done():
            self._lost.set_exception(reason)
            self._lost.exception()  # read here: perhaps nobody waits for it
        self._changed.set()

    async def notify(self, message: object) -> None:
        """Take what the server sends by itself; the rest of it is ignored."""
        if isinstance(message, types.ToolListChangedNotification):
            self._changed.set()

    async def changed(self) -> None:
        """Wait until the server says that its tools changed. Raises ServerFailed when the connection ends."""
        await self._changed.wait()
        self._changed.clear()
        self._check()

    async def offered(self) -> Offered:
        """Return what the server offers now. Raises ServerFailed."""
        self._check()
        try:
            return await self._list()
        except StewardError:
            raise
        except Exception as err:
            raise self.failure(err) from err

    async def call(self, tool: str, arguments: Arguments) -> RawOutput:
        """Send one call. Raises ServerFailed when the connection had ended before, CallLost."""
        self._check()
        # Not the library's own method: that validates the result by the server's schema, which may be made
        # to take forever.
        params = types.CallToolRequestParams(name=tool, arguments=dict(arguments))
        request = types.CallToolRequest(params=params)
        try:
            result = await self._connected.session.send_request(request, types.CallToolResult)
        except MCPError as err:
            if err.error.code in NO_ANSWER:
                raise self._call_lost(err) from err
            return RawOutput(text=err.error.message, is_error=True)
        except Exception as err:
            raise self._call_lost(err) from err
        return RawOutput(text=_text(result), is_error=result.is_error)

    def _call_lost(self, error: BaseException) -> CallLost:
        reason = _reason(error)
        return CallLost(t"{self._server.name} did not answer: {reason}")

    @property
    def _connected(self) -> Client:
        if self.client is None:
            raise ServerFailed(t"It is not connected.")
        return self.client

    def failure(self, error: BaseException) -> ServerFailed:
        """Return why the connection ended: what the program did, or else the error of the library."""
        lost = self._lost.exception() if self._lost.done() else None
        return lost if isinstance(lost, ServerFailed) else ServerFailed(_reason(error))

    def _check(self) -> None:
        if self._lost.done():
            self._lost.result()

    async def _list(self) -> Offered:
        """Read all pages of the list."""
        found: dict[str, ToolDefinition] = {}
        unusable: dict[str, str] = {}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            params = types.PaginatedRequestParams(cursor=cursor)
            page = await self._connected.session.send_request(
                types.ListToolsRequest(params=params), types.ListToolsResult
            )
            for one in page.tools:
                if len(found) + len(unusable) >= MOST_TOOLS:
                    return Offered(tools=tuple(found.values()), unusable=unusable, is_cut=True)
                _add(one, found, unusable)
            cursor = page.next_cursor
            if cursor is None:
                return Offered(tools=tuple(found.values()), unusable=unusable)
        return Offered(tools=tuple(found.values()), unusable=unusable, is_cut=True)


def _add(one: types.Tool, found: dict[str, ToolDefinition], unusable: dict[str, str]) -> None:
    """Add the definition of a tool; two of the same name cannot be told apart, so neither is used."""
    name = plain(one.name, LONGEST_REASON)
    if name in unusable:
        return
    if name in found:
        del found[name]
        unusable[name] = translate(t"The server has it twice.")
        return
    try:
        found[name] = ToolDefinition(
            name=one.name,
            description=one.description or "",
            input_schema=one.input_schema,
            output_schema=one.output_schema,
            reads_only=one.annotations.read_only_hint if one.annotations else None,
        )
    except WrongDefinition as err:
        unusable[name] = str(err)


def _text(result: types.CallToolResult) -> str:
    """Return the texts of a result; of pictures and the like only what they are."""
    parts: list[str] = []
    size = 0
    for block in result.content:
        match block:
            case types.TextContent():
                part = block.text
            case types.EmbeddedResource(resource=types.TextResourceContents() as resource):
                part = resource.text
            case _:
                part = f"[{block.type}]"
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            break
    return "\n".join(parts)


def _reason(error: BaseException) -> str:
    """Return an error of the library or of a server as a short text."""
    if isinstance(error, BaseExceptionGroup):
        return _reason(error.exceptions[0])
    if isinstance(error, MCPError):
        return plain(error.error.message, LONGEST_REASON)
    return str(error) if isinstance(error, StewardError) else type(error).__name__


@asynccontextmanager
async def connect(server: ForeignServer) -> AsyncIterator[McpConnection]:
    """Open a connection. Raises ServerFailed."""
    connection = McpConnection(server)
    try:
        transport = _transport(server, connection)
        async with Client(transport, message_handler=connection.notify, cache=None) as client:
            connection.client = client
            yield connection
    except StewardError:
        raise
    except Exception as err:
        raise connection.failure(err) from err
    finally:
        connection.client = None


def _transport(server: ForeignServer, connection: McpConnection) -> AbstractAsyncContextManager[Any]:
    return _pipes(server, connection) if server.kind is ServerKind.STDIO else _http(server)


@asynccontextmanager
async def _http(server: ForeignServer) -> AsyncIterator[Any]:
    headers: Mapping[str, str] = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    timeout = httpx2.Timeout(10.0, read=60.0)
    limits = httpx2.Limits(max_connections=8)
    async with (
        httpx2.AsyncClient(
            headers=headers,
            timeout=timeout,
            transport=_Bounded(httpx2.AsyncHTTPTransport(limits=limits)),
        ) as http,
        streamable_http_client(server.url, http_client=http, max_sse_event_size=LONGEST_MESSAGE) as streams,
    ):
        yield streams


class _Bounded(httpx2.AsyncBaseTransport):
    """Ends a response that is no stream of events after LONGEST_MESSAGE bytes."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response of a request with a bounded body."""
        # A compressed answer could be many times as long as its bytes.
        request.headers["Accept-Encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if "content-encoding" in response.headers:
            await response.aclose()
            message = "the answer is compressed, which was not asked for"
            raise httpx2.RemoteProtocolError(message)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _BoundedStream(cast("httpx2.AsyncByteStream", response.stream))
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > LONGEST_MESSAGE:
                message = "the answer is too long"
                raise httpx2.RemoteProtocolError(message)
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def _pipes(server: ForeignServer, connection: McpConnection) -> AsyncIterator[_Streams]:
    """Start the program, and yield the streams of its messages."""
    incoming, read = anyio.create_memory_object_stream[_Incoming](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    async with running(server) as program:
        tasks = (
            asyncio.create_task(_receive(program, incoming, connection), name=f"from {server.name}"),
            asyncio.create_task(_send(program, outgoing, connection), name=f"to {server.name}"),
        )
        try:
            yield read, write
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stream in (incoming, read, write, outgoing):
                stream.close()


async def _receive(
    program: Program,
    incoming: anyio.streams.memory.MemoryObjectSendStream[_Incoming],
    connection: McpConnection,
) -> None:
    """Pass on the messages of a program until its end, or until it is given up."""
    garbage = 0
    reason = ServerFailed(t"It ended.")
    try:
        while line := await program.read_line():
            try:
                message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValueError:
                garbage += 1
                if garbage > MOST_GARBAGE:
                    reason = ServerFailed(t"It sends something other than messages.")
                    break
                continue
            await incoming.send(SessionMessage(message))
        else:
            said = plain(program.last_errors, LONGEST_REASON)
            reason = ServerFailed(t"It ended. It said: {said}") if said else reason
    except ServerFailed as err:
        reason = err
    except anyio.BrokenResourceError, anyio.ClosedResourceError:
        pass
    finally:
        connection.lose(reason)
        # All requests that wait fail at once.
        incoming.close()


async def _send(
    program: Program,
    outgoing: anyio.streams.memory.MemoryObjectReceiveStream[SessionMessage],
    connection: McpConnection,
) -> None:
    """Pass on messages to a program until its end."""
    try:
        async for one in outgoing:
            line = one.message.model_dump_json(by_alias=True, exclude_unset=True)
            await program.write_line(line.encode())
    except ServerFailed as err:
        connection.lose(err)
