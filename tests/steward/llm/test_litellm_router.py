"""The client for LiteLLM's Router, if LiteLLM is installed."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from lab.model_script import ScriptedCall
from lab.wire import JsonObject
from steward.llm.errors import (
    InvalidAnswer,
    ModelError,
    ModelRefused,
    ModelStalled,
    ModelUnavailable,
    RequestRejected,
    RequestTooLong,
)
from steward.llm.litellm_router import LiteLlmRouter
from steward.llm.messages import Tier
from steward.llm.settings import Deployment, DeploymentKind

from .rig import RESTART, Rig, chat_request, deployment_of, open_rig, reply_after

IS_INSTALLED = importlib.util.find_spec("litellm") is not None

needs_litellm = pytest.mark.skipif(not IS_INSTALLED, reason="litellm is not installed")
# LiteLLM and its libraries cause warnings.
pytestmark = [pytest.mark.timeout(120), pytest.mark.filterwarnings("default")]


def litellm_deployment(model: ScriptedModel, **fields: object) -> Deployment:
    plain = deployment_of(model, **fields)  # type: ignore[arg-type]
    return replace(
        plain,
        kind=DeploymentKind.LITELLM,
        model=f"openai/{model.name}",
        embedding_model="openai/embedder",
        api_key=plain.api_key or "sk-canary-of-the-key",
    )


@asynccontextmanager
async def opened_gateway(tmp_path: Path, *deployments: Deployment) -> AsyncIterator[Rig]:
    router = LiteLlmRouter(deployments, stall=0.5)
    async with open_rig(tmp_path, deployments, others={DeploymentKind.LITELLM: router}) as rig:
        yield rig
        await router.close()


@needs_litellm
async def test_chat_tool_calls_and_embeddings(tmp_path: Path) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "stop", "target": "radarr"})
    script = Script([Turn(match="stop", calls=(call,)), Turn(pieces=("Good ", "evening."))])
    async with (
        ScriptedModel(script, name="m") as model,
        opened_gateway(tmp_path, litellm_deployment(model, tier=Tier.CLOUD)) as rig,
    ):
        reply = await rig.gateway.chat(chat_request("stop it", tools=(RESTART,)))
        assert [(got.name, dict(got.arguments)) for got in reply.calls] == [(call.name, call.arguments)]
        texts = [delta.text async for delta in rig.gateway.stream(chat_request("hello"))]
        assert [text for text in texts if text] == ["Good ", "evening."]
        first, second = await rig.gateway.embed(("one", "two"))
        assert len(first) == len(second) == 8
        assert len(await rig.ledger()) == len(model.bodies) == 3
        assert await rig.gateway.models() == ("cloud-m/openai/m", "cloud-m/openai/embedder")


@needs_litellm
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"}),
            ModelUnavailable,
        ),
        (ModelFault(kind=ModelFaultKind.STATUS, status=402), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=401), ModelRefused),
        (ModelFault(kind=ModelFaultKind.STATUS, status=500), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=404), RequestRejected),
        (ModelFault(kind=ModelFaultKind.STATUS, status=409), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=503), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STALL, after=2), ModelStalled),
        (ModelFault(kind=ModelFaultKind.CUT, after=2), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.SILENT), ModelStalled),
    ],
)
async def test_a_failure_is_one_request_with_our_own_error_text(
    tmp_path: Path, fault: ModelFault, error: type[ModelError], caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedModel(Script([Turn(pieces=("a", "b", "c"))]), name="m") as model:
        model.fault = fault
        async with opened_gateway(tmp_path, litellm_deployment(model)) as rig:
            with pytest.raises(error) as caught:
                await reply_after(model, rig, "a canary of the question")
        assert len(model.bodies) == 1
    shown = f"{caught.value!r} {caught.value} {caplog.text}"
    assert "canary" not in shown


@needs_litellm
async def test_a_status_for_which_litellm_returns_nothing_is_an_error(tmp_path: Path) -> None:
    async with (
        ScriptedModel(Script([Turn(pieces=("Quiet.",))]), name="m") as model,
        opened_gateway(tmp_path, litellm_deployment(model)) as rig,
    ):
        model.fault = ModelFault(kind=ModelFaultKind.STATUS, status=422)
        with pytest.raises(InvalidAnswer):
            await rig.gateway.chat(chat_request("hello"))
        model.fault = None
        assert (await rig.gateway.chat(chat_request("hello"))).text == "Quiet."


def _event(delta: dict[str, object], finish: object = None, **fields: object) -> str:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "x", "object": "chat.completion.chunk", "choices": choices, **fields}
    return f"data: {json.dumps(chunk)}\n\n"


def _called(call_id: str, arguments: object) -> str:
    function = {"name": "request_action", "arguments": arguments}
    return _event({"tool_calls": [{"index": 0, "id": call_id, "type": "function", "function": function}]})


@needs_litellm
@pytest.mark.parametrize(
    ("body", "text", "calls"),
    [
        ([_event({"content": "Quiet."})], "Quiet.", 0),
        ([_event({"content": "Quiet."}, error=None), _event({}, "stop")], "Quiet.", 0),
        ([_event({"content": "<think>Hm.</think>Quiet."}), _event({}, "stop")], "Quiet.", 0),
        (
            [_event({"reasoning_content": "Hm."}), _event({"content": "Quiet."}), _event({}, "stop")],
            "Quiet.",
            0,
        ),
        ([_called("a", "{}"), _called("b", "{}"), _event({}, "tool_calls")], "", 2),
        ([_called("a", "null"), _event({}, "tool_calls")], "", 1),
        ([_called("a", "{'action': 'stop'}"), _event({}, "tool_calls")], "", 1),
    ],
)
async def test_an_unusual_answer_is_no_outage(tmp_path: Path, body: list[str], text: str, calls: int) -> None:
    script = Script([Turn(raw=(*body, "data: [DONE]\n\n"))])
    async with (
        ScriptedModel(script, name="m") as model,
        opened_gateway(tmp_path, litellm_deployment(model)) as rig,
    ):
        reply = await rig.gateway.chat(chat_request("hello", tools=(RESTART,)))
        assert (reply.text, len(reply.calls)) == (text, calls)


@needs_litellm
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"message": "slow down", "code": 429}, ModelUnavailable),
        ({"message": "Incorrect key", "type": "authentication_error", "code": 401}, ModelRefused),
        ({"message": "maximum context length is 8192 tokens", "code": 400}, RequestTooLong),
        ({"message": "odd"}, RequestRejected),
    ],
)
async def test_a_fault_within_an_answer_is_what_the_server_says(
    tmp_path: Path, fault: JsonObject, error: type[ModelError]
) -> None:
    body = (_event({"content": "He"}), f"data: {json.dumps({'error': fault})}\n\n")
    async with (
        ScriptedModel(Script([Turn(raw=body)]), name="m") as model,
        opened_gateway(tmp_path, litellm_deployment(model)) as rig,
    ):
        with pytest.raises(ModelError) as caught:
            await rig.gateway.chat(chat_request("hello"))
        assert type(caught.value) is error


@needs_litellm
async def test_a_rejected_request_is_no_outage(tmp_path: Path) -> None:
    async with ScriptedModel(name="m") as model, opened_gateway(tmp_path, litellm_deployment(model)) as rig:
        for message, error in (("odd", RequestRejected), ("maximum context length is 8192", RequestTooLong)):
            body: JsonObject = {"error": {"message": message, "code": "invalid"}}
            model.fault = ModelFault(kind=ModelFaultKind.STATUS, status=400, body=body)
            with pytest.raises(error):
                await rig.gateway.chat(chat_request("hello"))
        model.fault = None
        assert (await rig.gateway.chat(chat_request("hello"))).text == "I do not know."


@needs_litellm
def test_litellm_is_imported_on_first_use_and_without_a_network() -> None:
    program = (
        "import socket, sys\n"
        "def refused(*_): raise SystemExit('the network was used')\n"
        "socket.socket.connect = refused\n"
        "socket.getaddrinfo = refused\n"
        "from steward.llm import litellm_router\n"
        "assert 'litellm' not in sys.modules\n"
        "litellm_router._create_router(())\n"
        "assert 'litellm' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_a_missing_litellm_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)
    deployment = Deployment(id="many", kind=DeploymentKind.LITELLM, model="gemini/some")
    async with opened_gateway(tmp_path, deployment) as rig:
        with pytest.raises(ModelUnavailable, match="LiteLLM is not installed"):
            await rig.gateway.chat(chat_request("hello"))
