"""A model server that answers from a script, in OpenAI's and Ollama's formats."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from aiohttp import web

from lab.model_ollama import ollama_chunks, ollama_models, ollama_running, ollama_said, ollama_shown
from lab.model_openai import (
    openai_chunks,
    openai_embeddings,
    openai_models,
    openai_said,
    openai_whole,
)
from lab.model_script import ModelFault, ModelFaultKind, Script, Turn
from lab.ports import free_port
from lab.server import Handler, cut
from lab.wire import JsonObject, dumps, json_response, loads


class ScriptedModel:
    """A server on 127.0.0.1. `bodies` are the bodies of all POST requests."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        name: str = "scripted",
        api_key: str = "",
        seconds_per_piece: float = 0.0,
    ) -> None:
        self.script = script or Script()
        self.name = name
        self.api_key = api_key
        self.seconds_per_piece = seconds_per_piece
        self.bodies: list[str] = []
        self.fault: ModelFault | None = None
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The URL without a path."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Bind a port and serve."""
        app = web.Application(client_max_size=16 * 1024**2, middlewares=[self._record])
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._openai_chat),
                web.post("/v1/embeddings", self._openai_embed),
                web.get("/v1/models", self._openai_models),
                web.post("/api/chat", self._ollama_chat),
                web.get("/api/tags", self._ollama_tags),
                web.post("/api/show", self._ollama_show),
                web.get("/api/ps", self._ollama_ps),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        self._port = self._port or free_port()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def close(self) -> None:
        """Stop serving, and end all hanging requests."""
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "POST":
            self.bodies.append(await request.text())
        if self.api_key and request.headers.get("Authorization") != f"Bearer {self.api_key}":
            return json_response({"error": {"message": "Incorrect API key provided"}}, status=401)
        return await handler(request)

    # -- OpenAI ------------------------------------------------------------------------------

    async def _openai_chat(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        turn = self.script.answer(openai_said(body))
        fault = self.fault or turn.fault
        if fault is not None and fault.kind in (ModelFaultKind.STATUS, ModelFaultKind.SILENT):
            return await self._no_answer(request, fault)
        if turn.raw:
            return await self._streamed(request, list(turn.raw), turn.content_type, "", fault)
        if body.get("stream") is not True:
            return json_response(openai_whole(self.name, turn))
        chunks = [f"data: {dumps(one)}\n\n" for one in openai_chunks(self.name, turn, body)]
        return await self._streamed(
            request, [*chunks, "data: [DONE]\n\n"], "text/event-stream", 'data: {"choi\n\n', fault
        )

    async def _openai_embed(self, request: web.Request) -> web.StreamResponse:
        if self.fault is not None:
            return await self._no_answer(request, self.fault)
        return json_response(openai_embeddings(self.name, await _body(request)))

    async def _openai_models(self, request: web.Request) -> web.StreamResponse:
        return json_response(openai_models(self.name))

    # -- Ollama ------------------------------------------------------------------------------

    async def _ollama_chat(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        turn = self.script.answer(ollama_said(body))
        fault = self.fault or turn.fault
        if fault is not None and fault.kind in (ModelFaultKind.STATUS, ModelFaultKind.SILENT):
            return await self._no_answer(request, fault)
        lines = list(ollama_chunks(self.name, turn, is_streamed=body.get("stream") is not False))
        if body.get("stream") is False:
            return json_response(lines[0])
        return await self._streamed(
            request, [dumps(one) + "\n" for one in lines], "application/x-ndjson", '{"mess\n', fault
        )

    async def _ollama_tags(self, request: web.Request) -> web.StreamResponse:
        return json_response(ollama_models(self.name))

    async def _ollama_show(self, request: web.Request) -> web.StreamResponse:
        return json_response(ollama_shown())

    async def _ollama_ps(self, request: web.Request) -> web.StreamResponse:
        return json_response(ollama_running(self.name))

    # -- responses ---------------------------------------------------------------------------

    async def _no_answer(self, request: web.Request, fault: ModelFault) -> web.StreamResponse:
        if fault.kind is ModelFaultKind.SILENT:
            await self._released.wait()
            return cut(request)
        return json_response(fault.body, status=fault.status, headers=fault.headers)

    async def _streamed(
        self, request: web.Request, pieces: list[str], kind: str, garbage: str, fault: ModelFault | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        async for piece in self._paced(pieces if fault is None else pieces[: fault.after]):
            await response.write(piece.encode())
        if fault is not None and fault.kind is ModelFaultKind.GARBAGE:
            await response.write(garbage.encode())
        if fault is not None and fault.kind is ModelFaultKind.STALL:
            await self._released.wait()
        if fault is not None and fault.kind is not ModelFaultKind.GARBAGE:
            cut(request)
            return response
        await response.write_eof()
        return response

    async def _paced(self, pieces: list[str]) -> AsyncIterator[str]:
        for piece in pieces:
            if self.seconds_per_piece:
                await asyncio.sleep(self.seconds_per_piece)
            yield piece


async def _body(request: web.Request) -> JsonObject:
    body = loads(await request.text())
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


__all__ = ["ModelFault", "ModelFaultKind", "Script", "ScriptedModel", "Turn"]
