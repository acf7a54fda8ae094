"""The OpenAI client parses chunks and wait times, and handles faulty servers."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from steward.llm.errors import (
    EmptyAnswer,
    InvalidAnswer,
    ModelFailed,
    ModelRefused,
    ModelSlow,
    ModelStalled,
    ModelUnavailable,
    ParameterRejected,
    RequestRejected,
    RequestTooLong,
)
from steward.llm.messages import Delta, Finish, Tier, ToolCall, Usage
from steward.llm.openai_compatible import OpenAiCompatible
from steward.llm.openai_wire import (
    ChunkReader,
    InvalidResponse,
    JsonObject,
    ServerFault,
    read_embeddings,
    read_models,
)
from steward.llm.ports import TimeLimits
from steward.llm.server_errors import fault_error, retry_after, status_error
from steward.llm.settings import Deployment

from .rig import deployment_of

NOW = 1_795_000_000.0
BODY: JsonObject = {"model": "m", "messages": [], "stream": True}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, b"", None),
        ({"Retry-After": "30"}, b"", 30.0),
        ({"Retry-After": "1.5"}, b"", 1.5),
        ({"retry-after": "Wed, 18 Nov 2026 11:08:40 GMT"}, b"", 1_795_000_120.0 - NOW),
        ({"retry-after": "soon"}, b"", None),
        ({"x-ratelimit-reset-requests": "6m0s"}, b"", 360.0),
        ({"x-ratelimit-reset-tokens": "1h2m3.5s"}, b"", 3723.5),
        ({"x-ratelimit-reset-requests": "250ms"}, b"", 0.25),
        ({"x-ratelimit-reset": "1795000060"}, b"", 60.0),
        ({"x-ratelimit-reset": "1795000060000"}, b"", 60.0),
        ({"x-ratelimit-reset": "1"}, b"", 1.0),
        ({"retry-after": "nan"}, b"", None),
        ({}, b'{"error": {"details": [{"retryDelay": "34.5s"}]}}', 34.5),
    ],
)
def test_the_wait_time_is_parsed(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert retry_after(headers, body, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b"", ModelRefused),
        (402, b"", ModelRefused),
        (404, b"", RequestRejected),
        (429, b"maximum context length", ModelUnavailable),
        (503, b"", ModelUnavailable),
        (408, b"", ModelUnavailable),
        (400, b'{"error": {"message": "tools are not supported"}}', RequestRejected),
        (422, b"", RequestRejected),
        (451, b"", RequestRejected),
        (413, b"", RequestTooLong),
        (400, b'{"error": {"code": "context_length_exceeded"}}', RequestTooLong),
        (400, b"This model's maximum context length is 8192 tokens. Please reduce it.", RequestTooLong),
        (400, b"the request exceeds the available context size, try increasing it", RequestTooLong),
        (400, b"prompt is too long: 204923 tokens > 200000 maximum", RequestTooLong),
        (400, b"The input token count (33000) exceeds the maximum number of tokens", RequestTooLong),
        (500, b"Trying to keep the first 9000 tokens when context overflows.", RequestTooLong),
        (500, b"error parsing tool call: raw='{'", InvalidAnswer),
        (500, b"Conversation roles must alternate user/assistant/user/assistant/...", RequestRejected),
        (500, b"Failed to apply chat_template: unknown filter", RequestRejected),
        (500, b"out of memory", ModelUnavailable),
        (400, b'{"error": {"code": "content_filter"}}', EmptyAnswer),
        (403, b"This model requires moderation and your input was flagged", EmptyAnswer),
        (400, b"registry.ollama.ai/library/gemma:2b does not support tools", RequestRejected),
        (404, b"No endpoints found that support tool use", RequestRejected),
    ],
)
def test_the_error_of_a_status(status: int, body: bytes, error: type[ModelFailed]) -> None:
    assert type(status_error("m", status, body=body)) is error


OPENAI_REFUSES = {
    "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead.",
    "temperature": "Unsupported value: 'temperature' does not support 0.2 with this model. "
    "Only the default (1) value is supported.",
    "stream_options": "body.stream_options: Extra inputs are not permitted",
}


@pytest.mark.parametrize(("parameter", "message"), OPENAI_REFUSES.items())
def test_a_parameter_that_is_not_accepted_is_named(parameter: str, message: str) -> None:
    error = status_error("m", 400, body=json.dumps({"error": {"message": message}}).encode())
    assert isinstance(error, ParameterRejected)
    assert error.parameters == {parameter}
    too_large = b"max_tokens is too large: 9000. This model supports at most 4096 completion tokens"
    assert type(status_error("m", 400, body=too_large)) is RequestRejected


async def test_parameters_that_a_model_rejects_are_left_out_from_then_on(
    session: aiohttp.ClientSession,
) -> None:
    bodies: list[JsonObject] = []

    async def answer(request: web.Request) -> web.Response:
        body = await request.json()
        bodies.append(body)
        for parameter, message in OPENAI_REFUSES.items():
            if parameter in body and body["model"] == "new":
                return web.json_response({"error": {"message": message}}, status=400)
        return web.json_response({"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]})

    app = web.Application()
    app.router.add_post("/chat/completions", answer)
    async with TestServer(app) as server:
        deployment = Deployment(id="m", tier=Tier.LOCAL, url=str(server.make_url("")), model="m")
        client, limits = OpenAiCompatible(session), TimeLimits(start=5, total=10)
        wanted = {"max_tokens": 100, "temperature": 0.2, "stream_options": {"include_usage": True}}
        for model in ("new", "new", "old"):
            body: JsonObject = {**BODY, **wanted, "model": model}
            pieces = [one async for one in client.stream(deployment, body, limits)]
            assert "".join(one.text for one in pieces) == "Yes."
    assert len(bodies) == 4 + 1 + 1
    assert bodies[4] == {**BODY, "model": "new", "max_completion_tokens": 100}
    assert bodies[5] == {**BODY, **wanted, "model": "old"}


async def test_a_server_that_always_rejects_a_parameter_is_an_error(session: aiohttp.ClientSession) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"error": "unknown field: temperature"}, status=422)

    app = web.Application()
    app.router.add_post("/chat/completions", refuse)
    async with TestServer(app) as server:
        deployment = Deployment(id="m", tier=Tier.LOCAL, url=str(server.make_url("")), model="m")
        with pytest.raises(ParameterRejected, match="does not accept temperature"):
            async for _ in OpenAiCompatible(session).stream(deployment, BODY, TimeLimits(start=5, total=10)):
                pass


def test_a_wait_time_is_kept() -> None:
    first, second = status_error("m", 429), status_error("m", 429, {"Retry-After": "5"})
    assert isinstance(first, ModelUnavailable)
    assert isinstance(second, ModelUnavailable)
    assert (first.retry_after, second.retry_after) == (60, 5)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"code": 429, "message": "slow down"}, ModelUnavailable),
        ({"code": "503"}, ModelUnavailable),
        ({"code": "rate_limit_exceeded"}, ModelUnavailable),
        ({"code": "context_length_exceeded"}, RequestTooLong),
        ({"message": "Failed to parse tool call arguments as JSON"}, InvalidAnswer),
        ({"code": 7, "message": "unknown"}, RequestRejected),
        ("no reason", RequestRejected),
    ],
)
def test_the_error_in_the_middle_of_an_answer(fault: object, error: type[ModelFailed]) -> None:
    assert type(fault_error("m", fault)) is error


def _chunk(delta: JsonObject, finish: str | None = None) -> JsonObject:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_calls_are_assembled_from_pieces() -> None:
    reader = ChunkReader()
    first: JsonObject = {"index": 0, "id": "a", "function": {"name": "logs", "arguments": '{"li'}}
    second: JsonObject = {"index": 1, "id": "b", "function": {"name": "look", "arguments": ""}}
    assert reader.read(_chunk({"role": "assistant", "content": None})) is None
    assert reader.read(_chunk({"tool_calls": [first]})) is None
    assert reader.read(_chunk({"tool_calls": [second]})) is None
    assert reader.read(_chunk({"tool_calls": [{"index": 0, "function": {"arguments": 'nes": 3}'}}]})) is None
    assert reader.read(_chunk({}, "stop")) is None
    assert reader.read({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}) == Delta(
        usage=Usage(prompt_tokens=3, answer_tokens=4)
    )
    assert reader.end() == Delta(
        calls=(ToolCall(id="a", name="logs", arguments={"lines": 3}), ToolCall(id="b", name="look")),
        finish=Finish.CALLS,
    )


@pytest.mark.parametrize(
    "chunk",
    [
        [],
        "text",
        _chunk({}, "error"),
        _chunk({}, "abort"),
        _chunk({}, "network_error"),
        _chunk({}, "MALFORMED_FUNCTION_CALL"),
    ],
)
def test_an_invalid_chunk_is_an_error(chunk: object) -> None:
    with pytest.raises(InvalidResponse):
        ChunkReader().read(chunk)


@pytest.mark.parametrize(
    "chunk",
    [
        {"error": {"message": "overloaded"}},
        {"error": "overloaded"},
        {"object": "error", "message": "overloaded", "code": 503},
        {"object": "error"},
        {"message": "overloaded", "type": "server_error"},
        {"detail": "The model is loading"},
        {"detail": [{"msg": "field required"}]},
    ],
)
def test_an_error_in_a_chunk_is_a_fault(chunk: object) -> None:
    with pytest.raises(ServerFault):
        ChunkReader().read(chunk)


@pytest.mark.parametrize(
    "chunk",
    [
        {"choices": [7]},
        {"choices": None},
        {"choices": []},
        {"error": None},
        {"error": {}},
        {"error": {"code": 0, "message": ""}},
        {"choices": [], "message": ""},
        _chunk({"content": 7}),
        {**_chunk({}), "message": "queued"},
    ],
)
def test_a_chunk_without_content_is_ignored(chunk: object) -> None:
    assert ChunkReader().read(chunk) is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        (None, ""),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab"),
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "b"},
            ],
            "b",
        ),
        ({"type": "output_text", "text": "a"}, "a"),
        ({"text": "a"}, "a"),
        ([{"type": "image_url", "image_url": "x"}], ""),
    ],
)
def test_content_can_consist_of_parts(content: object, text: str) -> None:
    delta = ChunkReader().read(_chunk({"content": content}))
    assert (delta.text if delta else "") == text


@pytest.mark.parametrize(
    ("reasons", "finish"),
    [
        (["stop"], Finish.STOP),
        (["", "", "stop"], Finish.STOP),
        (["stop", "stop"], Finish.STOP),
        ([" "], None),
        ([None], None),
        ([7], None),
        (["length"], Finish.LENGTH),
        (["MAX_TOKENS"], Finish.LENGTH),
        (["stop", "length"], Finish.LENGTH),
        (["length", "stop"], Finish.LENGTH),
        (["max_new_tokens"], Finish.LENGTH),
        (["length_limit"], Finish.LENGTH),
        (["content_filter"], Finish.FILTERED),
        (["sensitive"], Finish.FILTERED),
        (["error_toxic"], Finish.FILTERED),
        (["stop_sequence"], Finish.STOP),
        (["eos_token"], Finish.STOP),
        (["SAFETY", "stop"], Finish.FILTERED),
        (["end_turn"], Finish.STOP),
        (["tool_calls"], Finish.CALLS),
    ],
)
def test_the_reason_of_the_end(reasons: list[object], finish: Finish | None) -> None:
    reader = ChunkReader()
    for reason in reasons:
        reader.read({"choices": [{"delta": {}, "finish_reason": reason}]})
    assert reader.has_finished is (finish is not None)
    assert reader.end().finish is (finish or Finish.STOP)


@pytest.mark.parametrize(
    "plain",
    [None, {}, {"data": [{}]}, {"data": [{"embedding": []}]}, {"data": [{"embedding": ["x"]}]}, {"data": []}],
)
def test_invalid_vectors_are_an_error(plain: object) -> None:
    with pytest.raises(InvalidResponse):
        read_embeddings(plain, 1)


def test_vectors_are_sorted_by_index() -> None:
    rows = [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1.5]}]
    assert read_embeddings({"data": rows}, 2) == ((1.5,), (2.0,))
    assert read_models({"data": [{"id": "a"}, {"id": "b"}]}) == ("a", "b")


async def _answer(
    session: aiohttp.ClientSession, deployment: Deployment, seconds: float = 10.0, stall: float = 1.0
) -> str:
    client = OpenAiCompatible(session, stall=stall, connect=5.0)
    return "".join(
        [
            delta.text
            async for delta in client.stream(deployment, BODY, TimeLimits(start=seconds, total=seconds))
        ]
    )


async def test_a_slow_answer_succeeds_and_a_stalled_one_fails(session: aiohttp.ClientSession) -> None:
    script = Script([Turn(pieces=("a",) * 6)])
    async with ScriptedModel(script, seconds_per_piece=0.2) as model:
        # The whole answer takes longer than the time without a piece that counts as stalled.
        assert await _answer(session, deployment_of(model)) == "aaaaaa"
        with pytest.raises(ModelSlow):
            await _answer(session, deployment_of(model), seconds=0.9)
        model.fault = ModelFault(kind=ModelFaultKind.STALL, after=3)
        with pytest.raises(ModelStalled, match="did not finish its answer"):
            await _answer(session, deployment_of(model))


async def test_the_key_is_sent_and_a_wrong_one_is_an_error(session: aiohttp.ClientSession) -> None:
    async with ScriptedModel(Script([Turn(pieces=("yes",))]), api_key="k-right") as model:
        assert await _answer(session, deployment_of(model, api_key="k-right")) == "yes"
        with pytest.raises(ModelRefused, match="rejects the key"):
            await _answer(session, deployment_of(model, api_key="k-wrong"))
        client = OpenAiCompatible(session)
        assert await client.models(deployment_of(model, api_key="k-right")) == ("scripted",)


async def test_an_unreachable_server_is_an_error(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with ScriptedModel() as model:
        gone = deployment_of(model)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await _answer(session, gone)


async def test_the_scripted_model_serves_the_ollama_api(session: aiohttp.ClientSession) -> None:
    async with ScriptedModel(Script([Turn(pieces=("Good ", "evening"))]), name="qwen:0.5b") as model:
        asked = {"model": "qwen:0.5b", "messages": [{"role": "user", "content": "hello"}]}
        async with session.post(f"{model.url}/api/chat", json=asked) as response:
            lines = [json.loads(line) async for line in response.content]
        assert "".join(line["message"]["content"] for line in lines) == "Good evening"
        assert [line["done"] for line in lines] == [False, False, True]
        async with session.post(f"{model.url}/api/chat", json={**asked, "stream": False}) as response:
            assert (await response.json())["message"]["content"] == "Good evening"
        for path in ("tags", "ps"):
            async with session.get(f"{model.url}/api/{path}") as response:
                assert (await response.json())["models"][0]["name"] == "qwen:0.5b"
        async with session.post(f"{model.url}/api/show", json={"model": "qwen:0.5b"}) as response:
            assert "tools" in (await response.json())["capabilities"]
