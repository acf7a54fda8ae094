"""Measures each request to a language model: time, tokens, and how it ended."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Final, Protocol

from ..tracing import Span, SpanKind, span
from .messages import Delta
from .model_spans import request_attributes
from .openai_wire import JsonObject
from .ports import ModelClient, TimeLimits
from .settings import Deployment

ANSWERED: Final = "answered"


class CountCalls(Protocol):
    """Takes what was measured."""

    def model_call(self, deployment: str, tier: str, outcome: str, seconds: float) -> None:
        """Count a request."""

    def model_tokens(self, deployment: str, question: int, answer: int) -> None:
        """Count the tokens of one request and its answer."""


class MeasuredClient:
    """An adapter whose requests are counted. The list of models is not: it asks no model."""

    def __init__(self, client: ModelClient, counts: CountCalls) -> None:
        """``client`` sends the requests."""
        self._client = client
        self._counts = counts

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        """Send a chat request and yield the answer."""
        with self._measured(deployment, "chat", body) as call:
            async with aclosing(self._client.stream(deployment, body, limits)) as answer:
                async for delta in answer:
                    if delta.usage is not None:
                        usage = delta.usage
                        self._counts.model_tokens(deployment.id, usage.prompt_tokens, usage.answer_tokens)
                        call.set("gen_ai.usage.input_tokens", usage.prompt_tokens)
                        call.set("gen_ai.usage.output_tokens", usage.answer_tokens)
                    if delta.model:
                        call.set("gen_ai.response.model", delta.model)
                    if delta.finish is not None:
                        call.set("gen_ai.response.finish_reasons", (str(delta.finish),))
                    yield delta

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Send an embeddings request and return the decoded response."""
        with self._measured(deployment, "embeddings", body):
            return await self._client.embed(deployment, body, seconds)

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers."""
        return await self._client.models(deployment)

    @contextmanager
    def _measured(self, deployment: Deployment, operation: str, body: JsonObject) -> Iterator[Span]:
        """Count the request at its end. The outcome of a failure is the name of its error.

        Its span follows the semantic conventions of OpenTelemetry for generative models, without any text.
        """
        with (
            span(
                f"{operation} {body.get('model', deployment.id)}",
                SpanKind.CLIENT,
                request_attributes(deployment, operation, body),
            ) as made,
            self._counted(deployment),
        ):
            yield made

    @contextmanager
    def _counted(self, deployment: Deployment) -> Iterator[None]:
        began = time.perf_counter()
        outcome = ANSWERED
        try:
            yield
        except GeneratorExit:
            outcome = "stopped"
            raise
        except BaseException as err:
            outcome = type(err).__name__
            raise
        finally:
            seconds = time.perf_counter() - began
            self._counts.model_call(deployment.id, str(deployment.tier), outcome, seconds)
