"""What an adapter to a kind of deployment does: it sends what it is given, and nothing else."""

from collections.abc import AsyncGenerator
from typing import Protocol

from .messages import Delta
from .openai_wire import JsonObject
from .settings import Deployment


class ModelClient(Protocol):
    """Sends finished bodies. Its errors are ModelErrors without question and key."""

    def stream(self, deployment: Deployment, body: JsonObject, seconds: float) -> AsyncGenerator[Delta]:
        """Send a chat and yield the answer, within ``seconds`` for the whole."""

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Send a request for embeddings and return the decoded answer."""

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the models its server has."""
