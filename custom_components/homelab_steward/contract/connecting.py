"""Opens the websocket to the app, and checks that both understand each other."""

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp

from .errors import ContractError, ErrorCode, MalformedMessage
from .protocol import (
    MAX_MESSAGE_BYTES,
    MINIMUM_SCHEMA_VERSION,
    SCHEMA_VERSION,
    WEBSOCKET_PATH,
    Frame,
    FrameKind,
    Hello,
)

CONNECT_TIMEOUT: Final = 10.0
CLOSE_TIMEOUT: Final = 3.0
HEARTBEAT: Final = 20.0
_BROKEN_OFF: Final = (None, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
_NO_STEWARD: Final = (HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""What web servers answer that know no websocket at this path."""
_GOODBYE: Final = (
    aiohttp.WSCloseCode.OK,
    aiohttp.WSCloseCode.GOING_AWAY,
    aiohttp.WSCloseCode.SERVICE_RESTART,
)


async def open_socket(
    session: aiohttp.ClientSession, url: str, token: str, heartbeat: float | None = HEARTBEAT
) -> aiohttp.ClientWebSocketResponse:
    """Open the websocket. Raises ContractError(UNAUTHORIZED) on a refused token."""
    try:
        return await session.ws_connect(
            url,
            headers={"Authorization": f"Bearer {token}"},
            heartbeat=heartbeat,
            max_msg_size=MAX_MESSAGE_BYTES,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
        )
    except aiohttp.WSServerHandshakeError as err:
        if err.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise ContractError(ErrorCode.UNAUTHORIZED, "The steward refused the access token") from err
        raise


async def read_hello(socket: aiohttp.ClientWebSocketResponse) -> Hello:
    """Return the app's hello. Raises ContractError(INCOMPATIBLE) with what to update."""
    data = await socket.receive()
    if data.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
        raise ContractError(ErrorCode.NOT_CONNECTED, "The steward closed the connection")
    frame = Frame.from_json(data.data)
    if frame.kind is not FrameKind.HELLO:
        raise MalformedMessage("Frame", "expected a hello")
    hello = Hello.from_plain(frame.body)
    if hello.schema_version < MINIMUM_SCHEMA_VERSION:
        raise ContractError(ErrorCode.INCOMPATIBLE, "The steward app is too old: update the app")
    if hello.minimum_schema_version > SCHEMA_VERSION:
        raise ContractError(ErrorCode.INCOMPATIBLE, "The integration is too old: update the integration")
    return hello


async def probe(session: aiohttp.ClientSession, url: str, token: str) -> Hello:
    """Return the hello of the app at ``url`` (for setup forms).

    Raises ContractError with CANNOT_CONNECT, UNAUTHORIZED, INCOMPATIBLE or MALFORMED.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            socket = await open_socket(session, url.rstrip("/") + WEBSOCKET_PATH, token, heartbeat=None)
            try:
                return await read_hello(socket)
            finally:
                await socket.close()
    except aiohttp.WSServerHandshakeError as err:
        code = ErrorCode.MALFORMED if err.status in _NO_STEWARD else ErrorCode.CANNOT_CONNECT
        raise ContractError(code, f"No steward answers at {url}") from err
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
        raise ContractError(ErrorCode.CANNOT_CONNECT, f"No steward answers at {url}") from err


def why_closed(code: int | None) -> str:
    """Return a text for people on why a connection ended, by its websocket close code."""
    if code in _BROKEN_OFF:
        return "the connection broke off"
    if code in _GOODBYE:
        return "the steward ended the connection"
    return f"the steward refused to go on (websocket code {code})"
