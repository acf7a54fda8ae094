"""Calls servers with an OpenAI-compatible API."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson

from .errors import InvalidAnswer, ModelFailed, ModelSlow, ModelStalled, ModelUnavailable, ParameterRejected
from .messages import Delta
from .openai_wire import (
    ChunkReader,
    InvalidResponse,
    JsonObject,
    ServerFault,
    read_models,
    tool_names,
    without,
)
from .ports import TimeLimits
from .server_errors import fault_error, status_error
from .settings import Deployment

CONNECT: Final = 5.0
"""Seconds until a connection attempt fails."""

STALL: Final = 30.0
"""Seconds without data in the middle of an answer until it fails."""

LISTING: Final = 5.0
"""Seconds until a request for the list of models fails."""

LONGEST_EVENT: Final = 1024 * 1024
MAX_BODY: Final = 64 * 1024 * 1024
SHORT_BODY: Final = 16 * 1024
AFTER_FINISH: Final = 2.0
"""Seconds without data after the reason for the end, until the answer counts as whole."""


class OpenAiCompatible:
    """Client for all ``openai`` deployments."""

    def __init__(
        self, session: aiohttp.ClientSession, *, stall: float = STALL, connect: float = CONNECT
    ) -> None:
        """``stall`` and ``connect`` are in seconds."""
        self._session = session
        self._stall = stall
        self._connect = connect
        self._rejected: dict[tuple[str, str], frozenset[str]] = {}

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        """Yield the answer in pieces. Parameters that the model rejects are left out from then on.

        Raises:
            ModelRefused: wrong key, or not paid.
            RequestRejected: a status that concerns this request only.
            ModelUnavailable: unreachable, 429, 5xx, or connection closed.
            ModelStalled: no data in time.
            InvalidAnswer: the response is not an answer.
        """
        model = deployment.id, str(body.get("model"))
        while True:
            rejected = self._rejected.get(model, frozenset())
            try:
                async for delta in self._stream(deployment, without(body, rejected), limits):
                    yield delta
            except ParameterRejected as err:
                if err.parameters <= rejected:
                    raise
                self._rejected[model] = rejected | err.parameters
            else:
                return

    async def _stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        reader = ChunkReader(tool_names(body))
        async with self._post(deployment, "chat/completions", body, limits.start) as response:
            events = _events(response, deployment)
            wait = limits.start - (loop.time() - begun)
            while (event := await _next_event(events, reader, wait, self._stall, deployment)) is not None:
                delta = _parse_chunk(reader, event, deployment)
                if delta is not None:
                    yield delta
                longest = AFTER_FINISH if reader.has_finished else self._stall
                wait = min(longest, limits.total - (loop.time() - begun))
            if not reader.has_finished:
                raise _early_end(deployment, reader, response)
        yield reader.end()

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the decoded embeddings response. Raises as ``stream`` does."""
        async with self._post(deployment, "embeddings", body, seconds) as response:
            return await read_json(response, deployment, seconds)

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers. Raises as ``stream`` does."""
        async with self.request(deployment, "GET", "models", None, LISTING) as response:
            plain = await read_json(response, deployment, LISTING)
        try:
            return read_models(plain)
        except InvalidResponse as err:
            raise InvalidAnswer(t"{deployment.id} sent an invalid list of models") from err

    def _post(
        self, deployment: Deployment, path: str, body: JsonObject, seconds: float
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self.request(deployment, "POST", path, orjson.dumps(body), seconds)

    @asynccontextmanager
    async def request(
        self, deployment: Deployment, method: str, path: str, data: bytes | None, seconds: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield a response with status 200; translate errors, also those in the block."""
        headers = {"Content-Type": "application/json"} if data is not None else {}
        if deployment.api_key:
            headers["Authorization"] = f"Bearer {deployment.api_key}"
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                response = await self._session.request(
                    method,
                    f"{deployment.url.rstrip('/')}/{path}",
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=self._connect),
                    middlewares=(send_once,),
                )
            async with response:
                if response.status != HTTPStatus.OK:
                    raise await _response_error(deployment, response)
                yield response
        except aiohttp.ConnectionTimeoutError as err:
            raise ModelUnavailable(t"{deployment.id} cannot be reached") from err
        except TimeoutError as err:
            raise ModelStalled(t"{deployment.id} did not answer in time") from err
        except aiohttp.ClientConnectorError as err:
            raise ModelUnavailable(t"{deployment.id} cannot be reached") from err
        except (aiohttp.ClientError, OSError) as err:
            raise ModelUnavailable(t"{deployment.id} closed the connection") from err


async def send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request only once: aiohttp repeats it after a ServerDisconnectedError."""
    try:
        return await handler(request)
    except aiohttp.ServerDisconnectedError as err:
        raise aiohttp.ClientError("connection lost") from err


def broken_off(deployment: Deployment, *, is_slow: bool) -> ModelFailed:
    """Return the error of an answer that did not end; ``is_slow``: its time was over while it arrived."""
    if is_slow:
        return ModelSlow(t"{deployment.id} did not end its answer in time")
    return ModelStalled(t"{deployment.id} did not finish its answer")


async def _next_event(
    events: AsyncIterator[bytes], reader: ChunkReader, seconds: float, stall: float, deployment: Deployment
) -> bytes | None:
    """Return the next event, None when the answer has ended.

    Once the server has said why the answer ended, nothing that follows can make it incomplete.
    """
    try:
        async with asyncio.timeout(seconds):
            event = await anext(events, None)
    except TimeoutError as err:
        if reader.has_finished:
            return None
        raise broken_off(deployment, is_slow=reader.has_content and seconds < stall) from err
    except aiohttp.ClientError, OSError:
        if reader.has_finished:
            return None
        raise
    if event is not None and event.strip(b'"').upper() == b"[DONE]":
        reader.finish()
        return None
    return event


async def _events(response: aiohttp.ClientResponse, deployment: Deployment) -> AsyncIterator[bytes]:
    """Yield the data of each server-sent event; skip comments and other fields.

    A server that does not stream sends one JSON object, which is yielded whole.
    """
    rest = b""
    async for piece in response.content.iter_any():
        rest += piece
        if not rest.lstrip().startswith(b"{"):
            *whole, rest = rest.split(b"\n")
            for line in whole:
                if data := _event_data(line):
                    yield data
        if len(rest) > LONGEST_EVENT:
            raise InvalidAnswer(t"{deployment.id} answers without end")
    if rest.lstrip().startswith(b"{"):
        yield rest
        yield b"[DONE]"
    elif data := _event_data(rest):
        yield data


def _event_data(line: bytes) -> bytes:
    """Return the data of one line, empty if it has none."""
    return line.removeprefix(b"data:").strip() if line.startswith(b"data:") else b""


def _parse_chunk(reader: ChunkReader, event: bytes, deployment: Deployment) -> Delta | None:
    try:
        return reader.read(decoded(event))
    except (json.JSONDecodeError, InvalidResponse) as err:
        raise InvalidAnswer(t"{deployment.id} sent an invalid response") from err
    except ServerFault as err:
        raise fault_error(deployment.id, err.error) from err


def decoded(event: bytes) -> object:
    """Return decoded JSON, also with NaN, invalid UTF-8, or half of a surrogate pair, as some servers send.

    Raises json.JSONDecodeError.
    """
    try:
        plain: object = orjson.loads(event)
    except orjson.JSONDecodeError:
        plain = json.loads(event.decode("utf-8", "replace"))
    return plain


def _early_end(
    deployment: Deployment, reader: ChunkReader, response: aiohttp.ClientResponse
) -> InvalidAnswer:
    """Return the error for a response that ended without an end of the answer.

    The response itself is whole, so the server is there, and the next request may succeed.
    """
    if not reader.has_content and "html" in response.content_type:
        return InvalidAnswer(t"{deployment.id} sent a web page instead of an answer")
    return InvalidAnswer(t"{deployment.id} did not say that its answer has ended")


async def read_json(response: aiohttp.ClientResponse, deployment: Deployment, seconds: float) -> object:
    """Return the decoded JSON of a response. Raises InvalidAnswer."""
    data = bytearray()
    async with asyncio.timeout(seconds):
        async for piece in response.content.iter_any():
            data += piece
            if len(data) > MAX_BODY:
                raise InvalidAnswer(t"{deployment.id} answers without end")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as err:
        raise InvalidAnswer(t"{deployment.id} sent an invalid response") from err


async def _response_error(deployment: Deployment, response: aiohttp.ClientResponse) -> ModelFailed:
    """Return the error for a response; its own text may quote the question or the key."""
    async with asyncio.timeout(LISTING):
        body = await response.content.read(SHORT_BODY)
    return status_error(deployment.id, response.status, response.headers, body)
