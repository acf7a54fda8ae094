"""Talks to any server that speaks OpenAI's API, on a session that is handed in."""

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
from .openai_wire import ChunkReader, Garbled, JsonObject, read_models
from .settings import Deployment

CONNECT: Final = 5.0
"""Seconds to reach the server."""

STALL: Final = 30.0
"""Seconds without a word in the middle of an answer before it is given up."""

LISTING: Final = 5.0
"""Seconds the list of models may take."""

LONGEST_LINE: Final = 1024 * 1024
MAX_BODY: Final = 64 * 1024 * 1024
SHORT_BODY: Final = 16 * 1024
BUSY: Final = 60.0
"""Seconds after a 429 that names no time."""

_SECONDS_SINCE_1970: Final = 1_000_000_000
_MILLISECONDS_SINCE_1970: Final = 1_000_000_000_000
_PLAIN: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_DELAY: Final = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_RESET_HEADERS: Final = (
    "retry-after",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset",
)
_REFUSALS: Final[Mapping[int, str]] = {
    400: "does not take the request",
    401: "does not take the key",
    402: "wants to be paid",
    403: "does not allow it",
    404: "does not know the model",
    413: "finds the request too long",
    422: "does not take the request",
}


class OpenAiCompatible:
    """One client for every deployment of this kind."""

    def __init__(
        self, session: aiohttp.ClientSession, *, stall: float = STALL, connect: float = CONNECT
    ) -> None:
        """``stall`` is how many seconds a model may say nothing in the middle of an answer."""
        self._session = session
        self._stall = stall
        self._connect = connect

    async def stream(self, deployment: Deployment, body: JsonObject, seconds: float) -> AsyncGenerator[Delta]:
        """Yield the answer as it comes. ``seconds`` bound the whole of it.

        Raises:
            ModelRefused: a status that another attempt would not change soon.
            ModelUnavailable: not reached, 429, 5xx, cut off, or no sense in it.
            ModelStalled: nothing came in time.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        reader = ChunkReader()
        async with self._post(deployment, "chat/completions", body, seconds) as response:
            lines = _lines(response, deployment)
            has_begun = False
            while True:
                left = ends - loop.time()
                try:
                    async with asyncio.timeout(min(self._stall, left) if has_begun else left):
                        line = await anext(lines, None)
                except TimeoutError as err:
                    raise ModelStalled(f"{deployment.id} stopped in the middle of its answer") from err
                has_begun = True
                if line is None or line == b"[DONE]":
                    break
                delta = _understood(reader, line, deployment)
                if delta is not None:
                    yield delta
        if not reader.has_finished:
            raise ModelUnavailable(f"{deployment.id} was cut off in the middle of its answer")

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the decoded answer to a request for embeddings. Raises as ``stream`` does."""
        async with self._post(deployment, "embeddings", body, seconds) as response:
            return await _decoded(response, deployment, seconds)

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the models the server has. Raises as ``stream`` does."""
        async with self._request(deployment, "GET", "models", None, LISTING) as response:
            plain = await _decoded(response, deployment, LISTING)
        try:
            return read_models(plain)
        except Garbled as err:
            raise ModelUnavailable(f"{deployment.id} answers no list of models") from err

    def _post(
        self, deployment: Deployment, path: str, body: JsonObject, seconds: float
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._request(deployment, "POST", path, orjson.dumps(body), seconds)

    @asynccontextmanager
    async def _request(
        self, deployment: Deployment, method: str, path: str, data: bytes | None, seconds: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield a good response; everything that goes wrong in the block is translated."""
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
                    middlewares=(once,),
                )
            async with response:
                if response.status != HTTPStatus.OK:
                    raise await _refusal(deployment, response)
                yield response
        except aiohttp.ConnectionTimeoutError as err:
            raise ModelUnavailable(f"{deployment.id} cannot be reached") from err
        except TimeoutError as err:
            raise ModelStalled(f"{deployment.id} did not answer in time") from err
        except aiohttp.ClientConnectorError as err:
            raise ModelUnavailable(f"{deployment.id} cannot be reached") from err
        except (aiohttp.ClientError, OSError) as err:
            raise ModelUnavailable(f"{deployment.id} was cut off") from err


async def once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Stand between aiohttp and the wire, or it would send a request again by itself."""
    try:
        return await handler(request)
    except aiohttp.ServerDisconnectedError as err:
        raise aiohttp.ClientError("the connection broke") from err


async def _lines(response: aiohttp.ClientResponse, deployment: Deployment) -> AsyncIterator[bytes]:
    """Yield the data of each event; comments and other fields are skipped."""
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


def _understood(reader: ChunkReader, line: bytes, deployment: Deployment) -> Delta | None:
    try:
        return reader.read(orjson.loads(line))
    except (orjson.JSONDecodeError, Garbled) as err:
        raise ModelUnavailable(f"{deployment.id} answers nonsense") from err


async def _decoded(response: aiohttp.ClientResponse, deployment: Deployment, seconds: float) -> object:
    data = bytearray()
    async with asyncio.timeout(seconds):
        async for piece in response.content.iter_any():
            data += piece
            if len(data) > MAX_BODY:
                raise ModelUnavailable(f"{deployment.id} answers without end")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as err:
        raise ModelUnavailable(f"{deployment.id} answers nonsense") from err


async def _refusal(deployment: Deployment, response: aiohttp.ClientResponse) -> ModelError:
    """Return the error for a status; the server's own words may quote the question or the key."""
    async with asyncio.timeout(LISTING):
        words = await response.content.read(SHORT_BODY)
    return refusal(deployment.id, response.status, response.headers, words)


def refusal(
    name: str, status: int, headers: Mapping[str, str] | None = None, words: bytes = b""
) -> ModelUnavailable:
    """Return the error for a status that is not 200, with the time a server asks to wait."""
    after = retry_after(headers or {}, words, time.time())
    if status in _REFUSALS:
        return ModelRefused(f"{name} {_REFUSALS[status]} ({status})", retry_after=after)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ModelUnavailable(f"{name} has had too many requests (429)", retry_after=after or BUSY)
    return ModelUnavailable(f"{name} cannot answer now ({status})", retry_after=after)


def retry_after(headers: Mapping[str, str], words: bytes, now: float) -> float | None:
    """Return seconds until a server wants to be asked again, None when it does not say.

    Read are Retry-After (seconds or a date), the usual x-ratelimit-reset headers (seconds,
    ``6m0s``, or a time since 1970 in seconds or milliseconds), and Gemini's ``retryDelay``.
    """
    stated = {name.lower(): value.strip() for name, value in headers.items()}
    for name in _RESET_HEADERS:
        seconds = _seconds(stated.get(name, ""), now)
        if seconds is not None:
            return seconds
    delay = _DELAY.search(words)
    return float(delay[1]) if delay else None


def _seconds(text: str, now: float) -> float | None:
    """Return what a header says in seconds from ``now``."""
    if not text:
        return None
    if _PLAIN.fullmatch(text):
        number = float(text)
        if number > _MILLISECONDS_SINCE_1970:
            number /= 1000
        return max(number - now, 0.0) if number > _SECONDS_SINCE_1970 else number
    duration = _DURATION.fullmatch(text)
    if duration:
        days, hours, minutes, seconds, milliseconds = (float(part or 0) for part in duration.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except ValueError:
        return None
