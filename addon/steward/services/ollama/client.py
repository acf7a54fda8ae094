"""The client of Ollama. Loading and pulling take long, so they have a longer timeout."""

from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

from ...errors import ServiceError, ServiceMalformed, ServiceRefused
from ...sdk.access import Access
from ...sdk.auth import LOGIN, Basic
from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.fields import TLS_SETTINGS, text_field, url_field
from ...sdk.format import GIB
from ...sdk.rest import Rest
from .._models.client import ModelServer, poll
from .models import Installed, OllamaState, Running

LONGEST: Final = 3600.0
"""Seconds that a pull may take: Ollama ends it when nobody waits for it."""

NOT_DONE: Final = ("pull model manifest", "requires more system memory")
GPU_MEMORY: Final = Field(
    key="gpu_memory",
    kind=SettingKind.NUMBER,
    name="GPU memory",
    description="Ollama does not report it. With it, the steward sees when it is full.",
    required=False,
    minimum=1,
    maximum=4096,
    unit="GiB",
)
WANTED: Final = text_field(
    "models", "Models that must be there", "Names, separated by commas. They can be pulled.", required=False
)
SETTINGS: Final = (url_field("http://ollama.example.org:11434"), GPU_MEMORY, WANTED, *LOGIN, *TLS_SETTINGS)


class Slow(Rest):
    """Requests that are answered when their work is done."""

    def not_done(self, text: str) -> type[ServiceError] | None:
        """Return that a failure was one before anything was changed."""
        return ServiceRefused if any(one in text for one in NOT_DONE) else None


class OllamaClient(ModelServer):
    """One Ollama."""

    timed = "api/version"

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=Basic())
        self._slow = Slow(access, auth=Basic(), timeout=LONGEST)
        names = (access.optional(WANTED.key) or "").split(",")
        self.wanted = tuple(full_name(one.strip()) for one in names if one.strip())
        self.gpu_memory = access.number(GPU_MEMORY.key, default=0) * GIB or None

    async def is_loaded(self, call: Call) -> bool:
        """Return whether a model is loaded. Raises ServiceMalformed when the list lacks something."""
        return await self._listed(Running, "api/ps", call)

    async def is_installed(self, call: Call) -> bool:
        """Return whether a model is installed. Raises ServiceMalformed when the list lacks something."""
        return await self._listed(Installed, "api/tags", call)

    async def not_installed(self, call: Call) -> str | None:
        """Return that a model is not installed: then it cannot be loaded. Raises as is_installed does."""
        return None if await self.is_installed(call) else f"{call.target.name} is not installed"

    async def _listed(self, kind: type[Running | Installed], path: str, call: Call) -> bool:
        gaps = Gaps()
        names = {one.name for one in await self.many(kind, path, gaps, below="models")}
        if call.target.id not in names and (reason := gaps.of(path)):
            raise ServiceMalformed(reason)
        return call.target.id in names

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


async def poll_all(client: OllamaClient, gaps: Gaps) -> OllamaState:
    """Return the state with the settings. Raises ServiceError."""
    state = await poll(OllamaState, client, gaps)
    state.wanted, state.gpu_memory = client.wanted, client.gpu_memory
    return state
