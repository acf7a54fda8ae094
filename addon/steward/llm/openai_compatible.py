"""Calls servers with an OpenAI-compatible API."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson

from .errors import ModelError, ModelRefused, ModelStalled, ModelUnavailable
from .messages import Delta
from .openai_wire import ChunkReader, InvalidResponse, JsonObject, read_models
from .settings import Deployment

CONNECT: Final = 5.0
"""Seconds until a connection attempt fails."""

STALL: Final = 30.0
"""Seconds without data in the middle of an answer until it fails."""

LISTING: Final = 5.0
"""Seconds until a request for the list of models fails."""

LONGEST_LINE: Final = 1024 * 1024
MAX_BODY: Final = 64 * 1024 * 1024
SHORT_BODY: Final = 16 * 1024
BUSY: Final = 60.0
"""Seconds to wait after a 429 without a wait time."""

_LEAST_UNIX_SECONDS: Final = 1_000_000_000
_LEAST_UNIX_MILLISECONDS: Final = 1_000_000_000_000
_PLAIN: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_DELAY: Final = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_RESET_HEADERS: Final = (
    "retry-after",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset",
)
_STATUS_TEXTS: Final[Mapping[int, str]] = {
    400: "rejects the request",
    401: "rejects the key",
    402: "requires payment",
    403: "denies access",
    404: "does not know the model",
    413: "rejects the request as too long",
    422: "rejects the request",
}


class OpenAiCompatible:
    """Client for all ``openai`` deployments."""

    def __init__(
        self, session: aiohttp.ClientSession, *, stall: float = STALL, connect: float = CONNECT
    ) -> None:
        """``stall`` and ``connect`` are in seconds."""
        self._session = session
        self._stall = stall
        self._connect = connect

    async def stream(self, deployment: Deployment, body: JsonObject, seconds: float) -> AsyncGenerator[Delta]:
        """Yield the answer in pieces; ``seconds`` limits the whole answer.

        Raises:
            ModelRefused: a status that a retry does not change soon.
            ModelUnavailable: unreachable, 429, 5xx, connection closed, or an invalid response.
            ModelStalled: no data in time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        reader = ChunkReader()
        async with self._post(deployment, "chat/completions", body, seconds) as response:
            lines = _lines(response, deployment)
            has_data = False
            while True:
                remaining = deadline - loop.time()
                try:
                    async with asyncio.timeout(min(self._stall, remaining) if has_data else remaining):
                        line = await anext(lines, None)
                except TimeoutError as err:
                    raise ModelStalled(f"{deployment.id} stopped in the middle of its answer") from err
                has_data = True
                if line is None or line == b"[DONE]":
                    break
                delta = _parse_chunk(reader, line, deployment)
                if delta is not None:
                    yield delta
        if not reader.has_finished:
            raise ModelUnavailable(f"{deployment.id} closed the connection before the end of its answer")

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the decoded embeddings response. Raises as ``stream`` does."""
        async with self._post(deployment, "embeddings", body, seconds) as response:
            return await _read_json(response, deployment, seconds)

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers. Raises as ``stream`` does."""
        async with self._request(deployment, "GET", "models", None, LISTING) as response:
            plain = await _read_json(response, deployment, LISTING)
        try:
            return read_models(plain)
        except InvalidResponse as err:
            raise ModelUnavailable(f"{deployment.id} sent an invalid list of models") from err

    def _post(
        self, deployment: Deployment, path: str, body: JsonObject, seconds: float
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._request(deployment, "POST", path, orjson.dumps(body), seconds)

    @asynccontextmanager
    async def _request(
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
            raise ModelUnavailable(f"{deployment.id} cannot be reached") from err
        except TimeoutError as err:
            raise ModelStalled(f"{deployment.id} did not answer in time") from err
        except aiohttp.ClientConnectorError as err:
            raise ModelUnavailable(f"{deployment.id} cannot be reached") from err
        except (aiohttp.ClientError, OSError) as err:
            raise ModelUnavailable(f"{deployment.id} closed the connection") from err


async def send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request only once: aiohttp repeats it after a ServerDisconnectedError."""
    try:
        return await handler(request)
    except aiohttp.ServerDisconnectedError as err:
        raise aiohttp.ClientError("connection lost") from err


async def _lines(response: aiohttp.ClientResponse, deployment: Deployment) -> AsyncIterator[bytes]:
    """Yield the data of each server-sent event; skip comments and other fields."""
    rest = b""
    async for piece in response.content.iter_any():
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise ModelUnavailable(f"{deployment.id} answers without end")
        for line in whole:
            if line.startswith(b"data:"):
                yield line.removeprefix(b"data:").strip()
    if rest.startswith(b"data:"):
        yield rest.removeprefix(b"data:").strip()


def _parse_chunk(reader: ChunkReader, line: bytes, deployment: Deployment) -> Delta | None:
    try:
        return reader.read(orjson.loads(line))
    except (orjson.JSONDecodeError, InvalidResponse) as err:
        raise ModelUnavailable(f"{deployment.id} sent an invalid response") from err


async def _read_json(response: aiohttp.ClientResponse, deployment: Deployment, seconds: float) -> object:
    data = bytearray()
    async with asyncio.timeout(seconds):
        async for piece in response.content.iter_any():
            data += piece
            if len(data) > MAX_BODY:
                raise ModelUnavailable(f"{deployment.id} answers without end")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as err:
        raise ModelUnavailable(f"{deployment.id} sent an invalid response") from err


async def _response_error(deployment: Deployment, response: aiohttp.ClientResponse) -> ModelError:
    """Return the error for a response; its own text may quote the question or the key."""
    async with asyncio.timeout(LISTING):
        body = await response.content.read(SHORT_BODY)
    return status_error(deployment.id, response.status, response.headers, body)


def status_error(
    name: str, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> ModelUnavailable:
    """Return the error for a status other than 200, with the wait time that the server asks for."""
    after = retry_after(headers or {}, body, time.time())
    if status in _STATUS_TEXTS:
        return ModelRefused(f"{name} {_STATUS_TEXTS[status]} ({status})", retry_after=after)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ModelUnavailable(f"{name} received too many requests (429)", retry_after=after or BUSY)
    return ModelUnavailable(f"{name} cannot answer now ({status})", retry_after=after)


def retry_after(headers: Mapping[str, str], body: bytes, now: float) -> float | None:
    """Return the seconds until a server accepts the next request, None if it does not say.

    Reads Retry-After (seconds or a date), the usual x-ratelimit-reset headers (seconds,
    ``6m0s``, or a Unix time in seconds or milliseconds), and Gemini's ``retryDelay``.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    for name in _RESET_HEADERS:
        seconds = _seconds(values.get(name, ""), now)
        if seconds is not None:
            return seconds
    delay = _DELAY.search(body)
    return float(delay[1]) if delay else None


def _seconds(text: str, now: float) -> float | None:
    """Return a header's time in seconds from ``now``, None if it is not a time."""
    if not text:
        return None
    if _PLAIN.fullmatch(text):
        number = float(text)
        if number > _LEAST_UNIX_MILLISECONDS:
            number /= 1000
        return max(number - now, 0.0) if number > _LEAST_UNIX_SECONDS else number
    duration = _DURATION.fullmatch(text)
    if duration:
        days, hours, minutes, seconds, milliseconds = (float(part or 0) for part in duration.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except ValueError:
        return None
