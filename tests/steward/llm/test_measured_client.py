"""Each request to a model is counted once, with how it ended."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from steward.llm.errors import ModelUnavailable
from steward.llm.measured_client import MeasuredClient
from steward.llm.messages import Delta, Tier, Usage
from steward.llm.openai_wire import JsonObject
from steward.llm.ports import TimeLimits
from steward.llm.settings import Deployment, DeploymentKind

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

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        if self.error is not None:
            raise self.error
        return {"data": []}

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        return ("m",)


async def test_an_answer() -> None:
    counts = Counts()
    async with aclosing(MeasuredClient(Model(), counts).stream(SMALL, {}, LIMITS)) as answer:
        assert [one.text async for one in answer] == ["Al", "so"]
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
