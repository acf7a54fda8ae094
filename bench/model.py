"""A model server that streams a fixed answer at a fixed rate, in OpenAI's and Ollama's formats."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from lab.model_ollama import ollama_chunks, ollama_models, ollama_running, ollama_shown
from lab.model_openai import openai_chunks, openai_models
from lab.model_script import Turn
from lab.wire import Json, JsonObject, dumps, json_response, loads

OPENAI: Final = "/v1/chat/completions"
OLLAMA: Final = "/api/chat"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from the request to the first piece, and between pieces."""

    first: float = 0.0
    each: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request and the times of its answer, as values of ``time.perf_counter``."""

    path: str
    body: JsonObject
    arrived: float
    first_sent: float
    last_sent: float


class PacedModel:
    """A server on 127.0.0.1 that always answers with ``pieces``; ``served`` lists all answers.

    The time of a piece counts from the request, so delays do not add up. Chunks of the format
    before the first piece are sent with it, and chunks after the last piece follow immediately.
    """

    def __init__(self, pieces: Sequence[str], *, name: str = "paced") -> None:
        self.name = name
        self.pace = Pace()
        self.served: list[Served] = []
        self._pieces = tuple(pieces)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The URL without a path."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=16 * 1024**2)
        app.add_routes(
            [
                web.post(OPENAI, self._openai),
                web.get("/v1/models", self._openai_models),
                web.post(OLLAMA, self._ollama),
                web.get("/api/tags", self._ollama_models),
                web.get("/api/ps", self._ollama_running),
                web.post("/api/show", self._ollama_shown),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        arrived, body = time.perf_counter(), _object(loads(await request.read()))
        chunks = openai_chunks(self.name, Turn(pieces=self._pieces), body)
        lines = [*(f"data: {dumps(one)}\n\n" for one in chunks), "data: [DONE]\n\n"]
        return await self._stream(request, body, arrived, lines, kind="text/event-stream", before=1)

    async def _ollama(self, request: web.Request) -> web.StreamResponse:
        arrived, body = time.perf_counter(), _object(loads(await request.read()))
        chunks = ollama_chunks(self.name, Turn(pieces=self._pieces), is_streamed=True)
        lines = [dumps(one) + "\n" for one in chunks]
        return await self._stream(request, body, arrived, lines, kind="application/x-ndjson", before=0)

    async def _openai_models(self, _: web.Request) -> web.Response:
        return json_response(openai_models(self.name))

    async def _ollama_models(self, _: web.Request) -> web.Response:
        return json_response(ollama_models(self.name))

    async def _ollama_running(self, _: web.Request) -> web.Response:
        return json_response(ollama_running(self.name))

    async def _ollama_shown(self, _: web.Request) -> web.Response:
        return json_response(ollama_shown())

    async def _stream(
        self,
        request: web.Request,
        body: JsonObject,
        arrived: float,
        lines: list[str],
        *,
        kind: str,
        before: int,
    ) -> web.StreamResponse:
        """Send the lines; ``before`` of them precede the first line with a piece."""
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        sent: list[float] = []
        after = before + len(self._pieces)
        pieces = ["".join(lines[: before + 1]), *lines[before + 1 : after]]
        for number, line in enumerate(pieces):
            await _sleep_until(arrived + self.pace.first + number * self.pace.each)
            sent.append(time.perf_counter())
            await response.write(line.encode())
        await response.write("".join(lines[after:]).encode())
        self.served.append(
            Served(path=request.path, body=body, arrived=arrived, first_sent=sent[0], last_sent=sent[-1])
        )
        await response.write_eof()
        return response


async def _sleep_until(deadline: float) -> None:
    left = deadline - time.perf_counter()
    if left > 0:
        await asyncio.sleep(left)


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise web.HTTPBadRequest
    return value
