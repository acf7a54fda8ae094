"""Ollama by its own API, with several nodes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.model import ScriptedModel
from lab.model_script import ModelFault, ModelFaultKind, Script, ScriptedCall, Turn
from steward.clock import ManualClock
from steward.llm.errors import InvalidAnswer, ModelError, ModelUnavailable
from steward.llm.messages import ChatMessage, ChatRequest, Delta, Finish, Role, ToolCall, Usage
from steward.llm.ollama import Ollama, native_body, openai_chunk
from steward.llm.ollama_nodes import NodePool
from steward.llm.openai_compatible import OpenAiCompatible
from steward.llm.openai_wire import chat_body
from steward.llm.ports import TimeLimits
from steward.llm.settings import Deployment, DeploymentKind

from .rig import LOGS, NOW, chat_request

HELLO = Script([Turn(pieces=("Good ", "evening."))])


def deployed(*urls: str, **fields: object) -> Deployment:
    return Deployment(
        id="gpu",
        kind=DeploymentKind.OLLAMA,
        url=urls[0],
        more_urls=urls[1:],
        model="m:8b",
        embedding_model="e:latest",
        **fields,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def client(stall: float = 0.3) -> AsyncIterator[Ollama]:
    async with aiohttp.ClientSession() as session:
        yield Ollama(OpenAiCompatible(session, connect=1.0), NodePool(ManualClock(NOW)), stall=stall)


async def answer(ollama: Ollama, deployment: Deployment, request: ChatRequest | None = None) -> list[Delta]:
    body = chat_body(request or chat_request("hello"), deployment.model)
    return [one async for one in ollama.stream(deployment, body, TimeLimits(start=5, total=5))]


async def test_an_answer_with_its_context_and_the_time_that_the_model_stays_loaded() -> None:
    async with ScriptedModel(HELLO, name="m:8b") as model, client() as ollama:
        deployment = deployed(f"{model.url}/v1", context_tokens=16384, keep_alive_seconds=60)
        pieces = await answer(ollama, deployment)
        assert "".join(one.text for one in pieces) == "Good evening."
        assert pieces[-1].finish is Finish.STOP
        assert Usage(prompt_tokens=7, answer_tokens=2) in [one.usage for one in pieces]
        sent = orjson.loads(model.bodies[0])
        assert sent["keep_alive"] == 60
        assert sent["options"] == {"num_ctx": 16384, "num_predict": 1024, "temperature": 0.2}


async def test_calls_and_their_results() -> None:
    script = Script([Turn(calls=(ScriptedCall(name="logs", arguments={"container": "radarr"}),))])
    call = ToolCall(id="1", name="logs", arguments={"container": "sonarr"})
    earlier = ChatRequest(
        messages=(
            ChatMessage(role=Role.USER, text="logs?"),
            ChatMessage(role=Role.ASSISTANT, text="", calls=(call,)),
            ChatMessage(role=Role.TOOL, text="none", call_id="1"),
            ChatMessage(role=Role.USER, text="and of radarr?"),
        ),
        tools=(LOGS,),
        schema={"type": "object"},
    )
    async with ScriptedModel(script, name="m:8b") as model, client() as ollama:
        pieces = await answer(ollama, deployed(model.url), earlier)
        assert pieces[-1].finish is Finish.CALLS
        assert [(one.name, one.arguments) for one in pieces[-1].calls] == [("logs", {"container": "radarr"})]
    sent = native_body(deployed("http://a"), chat_body(earlier, "m"))
    messages = sent["messages"]
    assert isinstance(messages, list)
    assert messages[1]["tool_calls"] == [{"function": {"name": "logs", "arguments": {"container": "sonarr"}}}]
    assert sent["format"] == {"type": "object"}


async def test_a_burst_of_ten_goes_to_both_nodes() -> None:
    async with (
        ScriptedModel(HELLO, name="m:8b") as one,
        ScriptedModel(HELLO, name="m:8b") as two,
        client() as ollama,
    ):
        deployment = deployed(one.url, two.url)
        answers = await asyncio.gather(*(answer(ollama, deployment) for _ in range(10)))
        assert len(answers) == 10
        assert one.bodies
        assert two.bodies
        assert len(one.bodies) + len(two.bodies) == 10


async def test_a_node_without_the_model_is_not_asked() -> None:
    async with (
        ScriptedModel(HELLO, name="other:1b") as one,
        ScriptedModel(HELLO, name="m:8b") as two,
        client() as ollama,
    ):
        await answer(ollama, deployed(one.url, two.url))
        assert (len(one.bodies), len(two.bodies)) == (0, 1)
        assert await ollama.models(deployed(one.url, two.url)) == ("m:8b", "other:1b")
        with pytest.raises(ModelUnavailable, match="no node has the model"):
            await answer(ollama, deployed(one.url, one.url))


async def test_the_next_node_answers_when_one_fails() -> None:
    async with (
        ScriptedModel(HELLO, name="m:8b") as one,
        ScriptedModel(HELLO, name="m:8b") as two,
        client() as ollama,
    ):
        one.fault = ModelFault(kind=ModelFaultKind.STATUS, status=503)
        deployment = deployed(one.url, two.url)
        assert "".join(piece.text for piece in await answer(ollama, deployment)) == "Good evening."
        assert len(two.bodies) == 1
        await answer(ollama, deployment)
        assert len(two.bodies) == 2, "the node that failed is left out for some time"


async def test_nodes_that_are_down_are_unavailable() -> None:
    async with client() as ollama:
        nowhere = deployed("http://127.0.0.1:9", "http://127.0.0.1:10")
        with pytest.raises(ModelUnavailable, match="no node answers"):
            await answer(ollama, nowhere)
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await answer(ollama, deployed("http://127.0.0.1:9"))
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await ollama.models(nowhere)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("not json\n", "invalid response"),
        ("[]\n", "invalid response"),
        ('{"error": "model requires more system memory"}\n', "gpu"),
        ('{"message": {"content": "Good"}, "done": false}', "did not say that its answer has ended"),
    ],
)
async def test_a_body_that_is_not_an_answer(lines: str, error: str) -> None:
    async def chat(_request: web.Request) -> web.Response:
        return web.Response(text=lines)

    async with _server(chat) as url, client() as ollama:
        with pytest.raises(ModelError, match=error):
            await answer(ollama, deployed(url))


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.llm.ollama.LONGEST_EVENT", 100)

    async def chat(_request: web.Request) -> web.Response:
        return web.Response(text="a" * 1000)

    async with _server(chat) as url, client() as ollama:
        with pytest.raises(InvalidAnswer, match="without end"):
            await answer(ollama, deployed(url))


async def test_embeddings_have_the_format_of_the_gateway() -> None:
    bodies: list[dict[str, object]] = []

    async def embed(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.json_response({"embeddings": [[0.5, 1.0], [2.0, 3.0]]} if len(bodies) == 1 else {})

    body = {"model": "e:latest", "input": ["a", "b"]}
    async with _server(embed) as url, client() as ollama:
        deployment = deployed(url)
        assert await ollama.embed(deployment, dict(body), 5) == {
            "data": [{"index": 0, "embedding": [0.5, 1.0]}, {"index": 1, "embedding": [2.0, 3.0]}]
        }
        assert bodies[0]["keep_alive"] == 300
        with pytest.raises(InvalidAnswer):
            await ollama.embed(deployment, dict(body), 5)


def test_a_call_of_another_form_is_left_to_the_reader() -> None:
    odd: dict[str, object] = {
        "message": {"tool_calls": ["x", {"function": {"name": "a", "arguments": "{}"}}]}
    }
    assert openai_chunk(odd) == {"choices": [{"delta": odd["message"]}]}
    assert openai_chunk({"done": True})["choices"] == [{"delta": {}, "finish_reason": "stop"}]


@asynccontextmanager
async def _server(answer: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/api/{path}", answer)  # type: ignore[arg-type]
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
