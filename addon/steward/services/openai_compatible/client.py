"""The client of a server with OpenAI's API. What a server does not have is asked for rarely."""

from collections.abc import Mapping
from typing import Final

from ...errors import ServiceMalformed, ServiceNotFound, ServiceRefused
from ...sdk.access import Access
from ...sdk.auth import Basic
from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.typed_calls import Parameter
from .._models.client import ModelServer, poll
from .models import PROGRESS, Model, Progress, ServerState, metrics_of

TOKEN: Final = secret_field("token", "API key", "Nothing if the server needs none.", required=False)
API: Final = text_field(
    "api", "Path of the API", "v1 if you leave it empty; OpenVINO has v3.", required=False
)
SETTINGS: Final = (url_field("http://llama.example.org:8080"), API, TOKEN, *TLS_SETTINGS)
MODELS: Final = "models"
OBJECTS: Final = ("metrics", "props", "version")
ASK_AGAIN: Final = 600.0
"""Seconds for which a server is not asked again for what it does not have."""


class ServerClient(ModelServer):
    """One server."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=Basic((TOKEN,)))
        self.timed = f"{(access.optional(API.key) or 'v1').strip('/')}/{MODELS}"
        self._absent: dict[str, float] = {}
        self._progress: Progress | None = None

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the answer to a GET; metrics by name. Raises as Rest.get does.

        An object that the server does not have is empty.
        """
        try:
            return await (super().get(self.timed, **query) if path == MODELS else self._optional(path))
        except ServiceRefused:
            if path not in OBJECTS:
                raise
            return {}

    async def _optional(self, path: str) -> object:
        now = self.clock.monotonic()
        if now < self._absent.get(path, now):
            raise ServiceNotFound(f"{path}: the server does not have it")
        try:
            found = metrics_of(await self.text(path)) if path == "metrics" else await super().get(path)
        except ServiceRefused:
            self._absent[path] = now + ASK_AGAIN
            raise
        # LM Studio answers 200 with an error for what it does not have.
        if isinstance(found, dict) and found.keys() == {"error"}:
            self._absent[path] = now + ASK_AGAIN
            raise ServiceNotFound(f"{path}: the server does not have it")
        return found

    async def _model(self, call: Call) -> Model:
        for model in await self.many(Model, MODELS, Gaps(), below="data"):
            if model.id == call.target.id:
                return model
        raise ServiceMalformed(f"{call.target.name} is not listed")

    async def is_loaded(self, call: Call) -> bool:
        """Return whether a model is loaded. Raises NotKnown, or ServiceMalformed when it is not listed."""
        return (await self._model(call)).is_loaded

    async def load(self, call: Call) -> None:
        """Begin to load a model."""
        await self.send("POST", "models/load", {"model": call.target.id})

    async def unload(self, call: Call) -> None:
        """Unload a model; requests that use it end within ten seconds."""
        await self.send("POST", "models/unload", {"model": call.target.id})

    def idle_for(self, metrics: Mapping[str, float]) -> float | None:
        """Return for how long the counters of progress have not changed (seconds)."""
        counters = [metrics[name] for name in PROGRESS if name in metrics]
        if not counters:
            return None
        now, total = self.clock.monotonic(), sum(counters)
        if self._progress is None or self._progress.total != total:
            self._progress = Progress(total, now)
        return now - self._progress.since


async def poll_all(client: ServerClient, gaps: Gaps) -> ServerState:
    """Return the state, and for how long nothing progressed. Raises ServiceError."""
    state = await poll(ServerState, client, gaps)
    state.idle_for = client.idle_for(state.read_or(ServerState.metrics, {}))
    return state
