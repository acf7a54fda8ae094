"""The interface of the adapters that call deployments."""

from collections.abc import AsyncGenerator
from typing import Protocol

from .messages import Delta
from .openai_wire import JsonObject
from .settings import Deployment


class ModelClient(Protocol):
    """Sends complete request bodies. Raises ModelErrors, which contain neither question nor key."""

    def stream(self, deployment: Deployment, body: JsonObject, seconds: float) -> AsyncGenerator[Delta]:
        """Send a chat request and yield the answer; ``seconds`` limits the whole answer."""

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Send an embeddings request and return the decoded response."""

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers."""
