"""The interface of the adapters that call deployments."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from .messages import Delta
from .openai_wire import JsonObject
from .settings import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """The seconds until an answer must have started, and until it must be complete."""

    start: float
    total: float


class ModelClient(Protocol):
    """Sends complete request bodies. Raises ModelErrors, which contain neither question nor key."""

    def stream(self, deployment: Deployment, body: JsonObject, limits: TimeLimits) -> AsyncGenerator[Delta]:
        """Send a chat request and yield the answer; the last piece has its tool calls and finish."""

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Send an embeddings request and return the decoded response."""

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers."""
