"""Calls Ollama by its own API, which takes the size of the context and how long a model stays loaded.

Source: Ollama's API documentation (/api/chat, /api/embed, /api/ps, /api/tags).
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

import aiohttp
import orjson

from .errors import InvalidAnswer, ModelFailed, ModelUnavailable
from .messages import Delta
from .ollama_nodes import NodePool, NodeState
from .openai_compatible import (
    LISTING,
    LONGEST_EVENT,
    STALL,
    OpenAiCompatible,
    broken_off,
    decoded,
    read_json,
)
from .openai_wire import ChunkReader, InvalidResponse, JsonObject, ServerFault, tool_names
from .ports import TimeLimits
from .server_errors import fault_error
from .settings import Deployment

STATE: Final = 1.5
"""Seconds in which a node has to say its state."""


class Ollama:
    """Client for all ``ollama`` deployments, each of which may have several nodes."""

    def __init__(self, http: OpenAiCompatible, pool: NodePool, *, stall: float = STALL) -> None:
        """``http`` sends the requests; ``stall`` is in seconds."""
        self._http = http
        self._pool = pool
        self._stall = stall

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        """Yield the answer of one node; if it fails before its first piece, ask the next.

        Raises a ModelError.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        tried: list[str] = []
        while True:
            spent = loop.time() - begun
            left = TimeLimits(start=limits.start - spent, total=limits.total - spent)
            await self._read_states(deployment)
            is_asked = has_begun = False
            try:
                async with self._pool.node(deployment, deployment.model, tried, left.start) as url:
                    tried.append(url)
                    is_asked = True
                    async for delta in self._stream(replace(deployment, url=url), body, left):
                        has_begun = True
                        yield delta
            except ModelUnavailable:
                if is_asked:
                    self._pool.set_down(tried[-1])
                if has_begun or not is_asked or len(tried) == len(deployment.nodes):
                    raise
            else:
                return

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the embeddings in OpenAI's format. Raises a ModelError."""
        native = {
            "model": body["model"],
            "input": body["input"],
            "keep_alive": deployment.keep_alive_seconds,
            "options": {"num_ctx": deployment.context_tokens},
        }
        await self._read_states(deployment)
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(
                self._pool.node(deployment, deployment.embedding_model, (), seconds)
            )
            node = replace(deployment, url=url)
            data = orjson.dumps(native)
            response = await stack.enter_async_context(
                self._http.request(node, "POST", "api/embed", data, seconds)
            )
            plain = await read_json(response, node, seconds)
        vectors = plain.get("embeddings") if isinstance(plain, dict) else None
        if not isinstance(vectors, list):
            raise InvalidAnswer(t"{deployment.id} sent an invalid embeddings response")
        return {"data": [{"index": number, "embedding": one} for number, one in enumerate(vectors)]}

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the models of all nodes that answer. Raises ModelUnavailable if none does."""
        states = await asyncio.gather(*(self._state(deployment, one) for one in deployment.nodes))
        answered = [one for one in states if one is not None]
        if not answered:
            raise ModelUnavailable(t"{deployment.id} cannot be reached")
        return tuple(sorted(frozenset[str]().union(*(one.models for one in answered))))

    async def _read_states(self, deployment: Deployment) -> None:
        """Read the states of the nodes that are not fresh."""
        stale = self._pool.stale(deployment)
        states = await asyncio.gather(*(self._state(deployment, one) for one in stale))
        for url, state in zip(stale, states, strict=True):
            self._pool.set_state(url, state)

    async def _state(self, deployment: Deployment, url: str) -> NodeState | None:
        node = replace(deployment, url=url)
        try:
            async with asyncio.timeout(STATE):
                tags, loaded = await asyncio.gather(
                    self._listed(node, "api/tags"), self._listed(node, "api/ps")
                )
        except TimeoutError, ModelFailed:
            return None
        return NodeState(models=frozenset(tags), loaded=loaded)

    async def _listed(self, node: Deployment, path: str) -> dict[str, int]:
        """Return the bytes of video memory by model."""
        async with self._http.request(node, "GET", path, None, LISTING) as response:
            plain = await read_json(response, node, LISTING)
        rows = plain.get("models") if isinstance(plain, dict) else None
        if not isinstance(rows, list):
            raise InvalidAnswer(t"{node.id} sent an invalid list of models")
        found: dict[str, int] = {}
        for one in rows:
            if isinstance(one, dict) and isinstance(one.get("name"), str):
                size = one.get("size_vram")
                found[one["name"]] = size if isinstance(size, int) else 0
        return found

    async def _stream(self, node: Deployment, body: JsonObject, limits: TimeLimits) -> AsyncGenerator[Delta]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        reader = ChunkReader(tool_names(body))
        data = orjson.dumps(native_body(node, body))
        async with self._http.request(node, "POST", "api/chat", data, limits.start) as response:
            lines = _lines(response, node)
            wait, is_slow = limits.start - (loop.time() - begun), False
            while (line := await _next_line(lines, wait, node, is_slow=is_slow)) is not None:
                delta = _parse_line(reader, line, node)
                if delta is not None:
                    yield delta
                if reader.has_finished:
                    break
                wait = min(self._stall, limits.total - (loop.time() - begun))
                is_slow = reader.has_content and wait < self._stall
            if not reader.has_finished:
                raise InvalidAnswer(t"{node.id} did not say that its answer has ended")
        yield reader.end()


def native_body(deployment: Deployment, body: JsonObject) -> JsonObject:
    """Return the body of /api/chat for a body in OpenAI's format."""
    messages = body["messages"]
    native: JsonObject = {
        "model": body["model"],
        "messages": [_native_message(one) for one in messages] if isinstance(messages, list) else [],
        "stream": True,
        "keep_alive": deployment.keep_alive_seconds,
        "options": {
            "num_ctx": deployment.context_tokens,
            "num_predict": body["max_tokens"],
            "temperature": body["temperature"],
        },
    }
    if "tools" in body:
        native["tools"] = body["tools"]
    wanted = body.get("response_format")
    schema = wanted.get("json_schema") if isinstance(wanted, dict) else None
    if isinstance(schema, dict):
        native["format"] = schema["schema"]
    return native


def openai_chunk(line: JsonObject) -> JsonObject:
    """Return a line of an answer as a chunk in OpenAI's format."""
    if line.get("error"):
        return {"error": line["error"]}
    message = line.get("message")
    delta: JsonObject = dict(message) if isinstance(message, dict) else {}
    calls = delta.get("tool_calls")
    if isinstance(calls, list):
        delta["tool_calls"] = [_openai_call(one) for one in calls]
    choice: JsonObject = {"delta": delta}
    chunk: JsonObject = {"choices": [choice]}
    if line.get("done") is True:
        choice["finish_reason"] = line.get("done_reason") or "stop"
        chunk["usage"] = {
            "prompt_tokens": line.get("prompt_eval_count"),
            "completion_tokens": line.get("eval_count"),
        }
    return chunk


def _openai_call(call: object) -> object:
    """Return a call with its arguments as text; Ollama sends an object."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict):
        return call
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        function = {**function, "arguments": orjson.dumps(arguments).decode()}
    return {**call, "function": function}


def _native_message(message: JsonObject) -> JsonObject:
    """Return a message with the arguments of its calls as objects."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return message
    functions = [one["function"] for one in calls]
    native = [
        {"function": {"name": one["name"], "arguments": orjson.loads(one["arguments"])}} for one in functions
    ]
    return {**message, "tool_calls": native}


async def _lines(response: aiohttp.ClientResponse, node: Deployment) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in response.content.iter_any():
        rest += piece
        *whole, rest = rest.split(b"\n")
        for line in whole:
            if line.strip():
                yield line
        if len(rest) > LONGEST_EVENT:
            raise InvalidAnswer(t"{node.id} answers without end")
    if rest.strip():
        yield rest


async def _next_line(
    lines: AsyncIterator[bytes], seconds: float, node: Deployment, *, is_slow: bool
) -> bytes | None:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await anext(lines, None)
    except TimeoutError as err:
        raise broken_off(node, is_slow=is_slow) from err


def _parse_line(reader: ChunkReader, line: bytes, node: Deployment) -> Delta | None:
    try:
        plain = decoded(line)
        if not isinstance(plain, dict):
            raise InvalidResponse("expected an object")
        return reader.read(openai_chunk(plain))
    except (json.JSONDecodeError, InvalidResponse) as err:
        raise InvalidAnswer(t"{node.id} sent an invalid response") from err
    except ServerFault as err:
        raise fault_error(node.id, err.error) from err
