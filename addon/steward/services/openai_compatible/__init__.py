"""A server with OpenAI's API: its models, its queue, and what else it reports.

llama.cpp reports slots, metrics, and which models its router has loaded; vLLM reports metrics; LM
Studio reports which models are loaded. OpenVINO, MLX and OptiLLM only list their models.
"""

from typing import Final

from ...errors import ServiceNotFound, ServiceRefused
from ...sdk.answers import worded
from ...sdk.client import Basic, Parameter
from ...sdk.description import MODELS, Access, Call, Gaps, ResourceKind, Service, Versions, Work
from ...sdk.display import count, flag, list_tool, percentage, problem, served, shows, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.metrics import totals
from ...sdk.unchanged import Unchanged
from .._models.client import LOADED_SWITCH, RESPONSE_TIME, LoadingServer, load_actions
from .models import Model, ServerState

TOKEN: Final = secret_field("token", "API key", "Nothing if the server needs none.", required=False)
API: Final = text_field(
    "api", "Path of the API", "v1 if you leave it empty; OpenVINO has v3.", required=False
)
LIST: Final = "models"
ASK_AGAIN: Final = 600.0
"""Seconds for which a server is not asked again for what it does not have."""


class ServerClient(LoadingServer):
    """One server. What it does not have is asked for rarely."""

    auth = Basic((TOKEN,))

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.timed = f"{(access.optional(API.key) or 'v1').strip('/')}/{LIST}"
        self._absent: dict[str, float] = {}
        self.progress = Unchanged(access.clock)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the answer to a GET; metrics by name. Raises as Rest.get does."""
        return await (super().get(self.timed, **query) if path == LIST else self._optional(path))

    async def _optional(self, path: str) -> object:
        now = self.clock.monotonic()
        if now < self._absent.get(path, now):
            raise ServiceNotFound(t"{path}: the server does not have it")
        try:
            found = totals(await self.text(path)) if path == "metrics" else await super().get(path)
            # LM Studio answers 200 with an error for what it does not have.
            if isinstance(found, dict) and found.keys() == {"error"}:
                raise ServiceNotFound(t"{path}: the server does not have it")
        except ServiceRefused:
            self._absent[path] = now + ASK_AGAIN
            raise
        return found

    async def is_loaded(self, call: Call) -> bool:
        """Return whether a model is loaded. Raises NotKnown, or ServiceMalformed when it is not listed."""
        ours = call.target
        return (await ServerState.models.listed(self, lambda one: one.id == ours.id, ours.name)).is_loaded

    async def load(self, call: Call) -> None:
        """Begin to load a model."""
        await self.send("POST", "models/load", {"model": call.target.id})

    async def unload(self, call: Call) -> None:
        """Unload a model; requests that use it end within ten seconds."""
        await self.send("POST", "models/unload", {"model": call.target.id})


@list_tool("models", "Models", "Which models there are, and which are loaded.")
async def _models(client: ServerClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await ServerState.poll(client, gaps)).listed()
    return [str(model) for model in worst_first(found, lambda model: model.failed() is not None)]


@list_tool("queue", "Requests", "How many requests run and wait.")
async def _queue(client: ServerClient, gaps: Gaps, _: Call) -> list[str]:
    state = await ServerState.poll(client, gaps)
    return [
        f"Running: {worded(lambda: f'{state.running:g}')}",
        f"Waiting: {worded(lambda: f'{state.waiting:g}')}",
        f"Slots: {len(state.read_or(ServerState.slots, ())) or 'not reported'}",
    ]


SERVICE: Final = Service[ServerClient, ServerState](
    key="openai_compatible",
    name="OpenAI-compatible server",
    category=MODELS,
    manufacturer=None,
    icon="mdi:brain",
    settings=(url_field("http://llama.example.org:8080"), API, TOKEN, *TLS_SETTINGS),
    connect=ServerClient,
    poll=ServerState.poll,
    version=lambda state: state.version,
    tested="llama.cpp's server in xllamacpp 2026.10.11549",
    understood=Versions(note="llama.cpp from b4000, vLLM from 0.6, LM Studio from 0.3.6"),
    sensors=(
        served("models", "Models", lambda state: len(state.models), "mdi:brain"),
        shows(Work.ANSWERING, count("requests_running", "Requests running", lambda s: s.running, "mdi:play")),
        count("requests_waiting", "Requests waiting", lambda state: state.waiting, "mdi:tray-full"),
        percentage("slots_busy", "Slots in use", lambda state: state.slots_busy, "mdi:tray"),
        percentage("cache_used", "KV cache used", lambda state: state.cache_used, "mdi:memory"),
        RESPONSE_TIME,
        problem("stuck", "Stuck", ServerState.stuck),
    ),
    resources=(
        ResourceKind[ServerState, Model](
            key="model",
            items=ServerState.listed,
            id=lambda model: model.id,
            labels=lambda model: {"model": model.id},
            sensors=(flag("loaded", "Loaded", lambda model: model.is_loaded, "running"),),
        ),
    ),
    checks=(
        warning("model_server_stuck", "Model server stuck", ServerState.stuck),
        warning("model_failed", "Model cannot be loaded", Model.failed, scope="model"),
    ),
    tools=(_models, _queue),
    actions=load_actions(ServerClient, available=ServerState.no_router),
    controls=(LOADED_SWITCH,),
)
