"""Ollama: which models are installed and loaded, and their GPU memory; loads, unloads and pulls them."""

from typing import Final

from ...errors import ServiceError, ServiceRefused
from ...sdk.answers import known
from ...sdk.client import LOGIN, Basic, Rest
from ...sdk.description import MODELS, Access, Call, Gaps, ResourceKind, Risk, Service, Versions
from ...sdk.display import GIB, Text, list_tool, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, number_field, text_field, url_field
from ...sdk.kits import Switch, Turn
from ...sdk.sensors import count, flag, gibibytes, memory_share, served, stops_first
from .._models.client import LOADED_SWITCH, RESPONSE_TIME, LoadingServer, load_actions
from .models import Model, OllamaState

LONGEST: Final = 3600.0
"""Seconds that a pull may take: Ollama ends it when nobody waits for it."""

NOT_DONE: Final = ("pull model manifest", "requires more system memory")
GPU_MEMORY: Final = number_field(
    "gpu_memory",
    "GPU memory",
    "Ollama does not report it. With it, the steward sees when it is full.",
    least=1,
    most=4096,
    unit="GiB",
    required=False,
)
WANTED: Final = text_field(
    "models", "Models that must be there", "Names, separated by commas. They can be pulled.", required=False
)


class Slow(Rest):
    """Requests that are answered when their work is done."""

    auth = Basic()

    def not_done(self, text: str) -> type[ServiceError] | None:
        """Return that a failure was one before anything was changed."""
        return ServiceRefused if any(one in text for one in NOT_DONE) else None


class OllamaClient(LoadingServer):
    """One Ollama."""

    timed = "api/version"
    auth = Basic()

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._slow = Slow(access, timeout=LONGEST)
        self.wanted = tuple(map(full_name, access.names(WANTED.key)))
        self.gpu_memory = access.number(GPU_MEMORY.key, default=0) * GIB or None

    async def is_loaded(self, call: Call) -> bool:
        """Return whether a model is loaded. Raises ServiceMalformed when the list lacks something."""
        return await OllamaState.running.find(self, lambda one: one.name == call.target.id) is not None

    async def is_installed(self, call: Call) -> bool:
        """Return whether a model is installed. Raises ServiceMalformed when the list lacks something."""
        return await OllamaState.installed.find(self, lambda one: one.name == call.target.id) is not None

    async def not_installed(self, call: Call) -> Text | None:
        """Return that a model is not installed: then it cannot be loaded. Raises as is_installed does."""
        return None if await self.is_installed(call) else t"{call.target.name} is not installed"

    async def load(self, call: Call) -> None:
        """Load a model and wait for it."""
        await self._slow.send("POST", "api/generate", {"model": call.target.id, "stream": False})

    async def unload(self, call: Call) -> None:
        """Unload a model; requests that use it are finished first."""
        body = {"model": call.target.id, "keep_alive": 0, "stream": False}
        await self._slow.send("POST", "api/generate", body)

    async def pull(self, call: Call) -> None:
        """Pull a model and wait for it."""
        await self._slow.send("POST", "api/pull", {"model": call.target.id, "stream": False})

    async def delete(self, call: Call) -> None:
        """Delete a model."""
        await self.send("DELETE", "api/delete", {"model": call.target.id})


def full_name(name: str) -> str:
    """Return the name of a model with its tag, as Ollama lists it."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


PULLING: Final = Switch[OllamaClient](
    is_on=OllamaClient.is_installed,
    on=Turn(to=True, run=OllamaClient.pull, note=t"It is downloaded, which may take long and fill the disk."),
    off=Turn(to=False, run=OllamaClient.delete),
    words=(t"not installed", t"installed"),
    label=t"Model",
)


@list_tool("models", "Models", "Which models are installed and loaded.", capability="status")
async def _models(client: OllamaClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await OllamaState.poll(client, gaps)).models()
    return [str(one) for one in worst_first(found, lambda one: not one.is_installed)]


MODEL: Final = ResourceKind[OllamaState, Model](
    key="model",
    items=OllamaState.models,
    id=lambda one: one.name,
    labels=lambda one: {"model": one.name},
    sensors=(
        flag("loaded", "Loaded", lambda one: one.running is not None, "running"),
        gibibytes("gpu_memory_used", "GPU memory used", lambda one: one.vram, enabled=False),
        gibibytes("size", "Size", lambda one: known(one.installed).size, enabled=False),
        flag("installed", "Installed", lambda one: one.is_installed, enabled=False),
        stops_first("Is unloaded first", lambda one: one.is_first),
    ),
)
SERVICE: Final = Service[OllamaClient, OllamaState](
    key="ollama",
    category=MODELS,
    icon="mdi:brain",
    settings=(url_field("http://ollama.example.org:11434"), GPU_MEMORY, WANTED, *LOGIN, *TLS_SETTINGS),
    connect=OllamaClient,
    poll=OllamaState.poll,
    version=lambda state: state.version,
    understood=Versions("0.5", "0.13"),
    sensors=(
        served("models_installed", "Models installed", lambda state: len(state.installed), "mdi:brain"),
        count("models_loaded", "Models loaded", lambda state: len(state.running), "mdi:memory"),
        gibibytes("gpu_memory_used", "GPU memory used", lambda state: state.vram),
        memory_share(lambda state: state.memory_share, "GPU memory usage"),
        RESPONSE_TIME,
    ),
    resources=(MODEL,),
    checks=(
        warning("model_memory", "GPU memory full", OllamaState.memory_full),
        warning("model_missing", "Model missing", Model.missing, scope="model"),
    ),
    tools=(_models,),
    actions=(
        *load_actions(OllamaClient, refusal=OllamaClient.not_installed),
        PULLING.turn_on(
            key="pull",
            name="Pull model",
            description="Downloads a model from its registry.",
            risk=Risk.MEDIUM,
            scope="model",
            blast_radius="The network and the disk get work",
        ),
    ),
    controls=(LOADED_SWITCH,),
)
