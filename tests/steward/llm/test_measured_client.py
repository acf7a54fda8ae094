"""Each request to a model is counted once, with how it ended."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import pytest

from rig.spans import named, recorded
from steward.llm.errors import ModelUnavailable
from steward.llm.measured_client import MeasuredClient
from steward.llm.messages import Delta, Finish, Tier, Usage
from steward.llm.openai_wire import JsonObject
from steward.llm.ports import TimeLimits
from steward.llm.settings import Deployment, DeploymentKind
from steward.tracing import SpanKind

SMALL = Deployment(id="small", kind=DeploymentKind.OLLAMA, tier=Tier.LOCAL, model="m", url="http://m")
LIMITS = TimeLimits(start=1, total=1)


class Counts:
    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.tokens: list[tuple[str, int, int]] = []

    def model_call(self, deployment: str, tier: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.calls.append((deployment, tier, outcome))

    def model_tokens(self, deployment: str, question: int, answer: int) -> None:
        self.tokens.append((deployment, question, answer))


class Model:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        yield Delta(text="Al")
        if self.error is not None:
            raise self.error
        yield Delta(text="so", usage=Usage(prompt_tokens=7, answer_tokens=2))
        yield Delta(finish=Finish.STOP, model="m-2026")

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        if self.error is not None:
            raise self.error
        return {"data": []}

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        return ("m",)


async def test_an_answer() -> None:
    counts = Counts()
    async with aclosing(MeasuredClient(Model(), counts).stream(SMALL, {}, LIMITS)) as answer:
        assert [one.text async for one in answer] == ["Al", "so", ""]
    assert counts.calls == [("small", "local", "answered")]
    assert counts.tokens == [("small", 7, 2)]


async def test_a_failure_has_the_name_of_its_error() -> None:
    counts = Counts()
    client = MeasuredClient(Model(ModelUnavailable(t"off")), counts)
    with pytest.raises(ModelUnavailable):
        _ = [one async for one in client.stream(SMALL, {}, LIMITS)]
    with pytest.raises(ModelUnavailable):
        await client.embed(SMALL, {}, 1)
    assert counts.calls == 2 * [("small", "local", "ModelUnavailable")]
    assert counts.tokens == []


async def test_an_answer_that_nobody_reads_to_its_end() -> None:
    counts = Counts()
    async with aclosing(MeasuredClient(Model(), counts).stream(SMALL, {}, LIMITS)) as answer:
        assert (await anext(answer)).text == "Al"
    assert counts.calls == [("small", "local", "stopped")]


async def test_vectors_are_counted_and_the_list_of_models_is_not() -> None:
    counts = Counts()
    client = MeasuredClient(Model(), counts)
    assert await client.models(SMALL) == ("m",)
    assert await client.embed(SMALL, {}, 1) == {"data": []}
    assert counts.calls == [("small", "local", "answered")]


async def test_a_span_follows_the_conventions_and_has_no_text() -> None:
    body: JsonObject = {"model": "m", "max_tokens": 700, "messages": [{"role": "user", "content": "private"}]}
    with recorded() as spans:
        async with aclosing(MeasuredClient(Model(), Counts()).stream(SMALL, body, LIMITS)) as answer:
            _ = [one async for one in answer]
    span = named(spans, "chat m")
    assert span.kind is SpanKind.CLIENT
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "ollama",
        "gen_ai.request.model": "m",
        "gen_ai.request.max_tokens": 700,
        "gen_ai.response.model": "m-2026",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
        "steward.deployment": "small",
        "steward.tier": "local",
    }
    assert "private" not in repr(spans)


@pytest.mark.parametrize(
    ("model", "provider"),
    [("anthropic/claude", "anthropic"), ("gemini/flash", "gcp.gemini"), ("gpt", "litellm")],
)
async def test_the_provider_of_litellm(model: str, provider: str) -> None:
    deployment = replace(SMALL, kind=DeploymentKind.LITELLM)
    with recorded() as spans, pytest.raises(ModelUnavailable):
        await MeasuredClient(Model(ModelUnavailable(t"off")), Counts()).embed(deployment, {"model": model}, 1)
    (span,) = spans
    assert span.attributes["gen_ai.provider.name"] == provider
    assert (span.name, span.error) == (f"embeddings {model}", "ModelUnavailable")
