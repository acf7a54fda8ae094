"""Ollama: which models are installed and loaded, and their GPU memory; loads, unloads and pulls them."""

from typing import Final

from ...sdk.categories import MODELS
from ...sdk.checks import warning
from ...sdk.coverage import Gaps
from ...sdk.description import Call, ResourceKind, Risk, Service, Versions
from ...sdk.kits.switch import Switch, Turn
from ...sdk.lists import list_tool, worst_first
from ...sdk.readings import known
from ...sdk.sensors import count, diagnostic, flag, gibibytes, percentage
from .._models.client import LOADED_SWITCH, RESPONSE_TIME, load_actions
from .client import SETTINGS, OllamaClient, poll_all
from .models import Model, OllamaState

PULLING: Final = Switch[OllamaClient](
    is_on=OllamaClient.is_installed,
    on=Turn(to=True, run=OllamaClient.pull, note="It is downloaded, which may take long and fill the disk."),
    off=Turn(to=False, run=OllamaClient.delete),
    words=("not installed", "installed"),
    label="Model",
)


async def _models(client: OllamaClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await poll_all(client, gaps)).models()
    return [str(one) for one in worst_first(found, lambda one: not one.is_installed)]


SERVICE: Final = Service[OllamaClient, OllamaState](
    key="ollama",
    name="Ollama",
    category=MODELS,
    manufacturer="Ollama",
    icon="mdi:brain",
    settings=SETTINGS,
    connect=OllamaClient,
    poll=poll_all,
    version=lambda state: state.version.version,
    understood=Versions("0.5", "0.13"),
    sensors=(
        count("models_installed", "Models installed", lambda state: len(state.installed), "mdi:brain"),
        count("models_loaded", "Models loaded", lambda state: len(state.running), "mdi:memory"),
        gibibytes("gpu_memory_used", "GPU memory used", lambda state: state.vram),
        percentage("memory_share", "GPU memory usage", lambda state: state.memory_share, "mdi:memory"),
        RESPONSE_TIME,
        diagnostic("version", "Version", lambda state: state.version.version),
    ),
    resources=(
        ResourceKind[OllamaState, Model](
            key="model",
            name="Model",
            items=OllamaState.models,
            id=lambda one: one.name,
            title=lambda one: one.name,
            labels=lambda one: {"model": one.name},
            part="installed",
            icon="mdi:brain",
            sensors=(
                flag("loaded", "Loaded", lambda one: one.running is not None, "running"),
                gibibytes("gpu_memory_used", "GPU memory used", lambda one: one.vram, enabled=False),
                gibibytes("size", "Size", lambda one: known(one.installed).size, enabled=False),
                flag("installed", "Installed", lambda one: one.is_installed, enabled=False),
                flag(
                    "stops_first",
                    "Is unloaded first",
                    lambda one: one.is_first,
                    diagnostic=True,
                    enabled=False,
                ),
            ),
        ),
    ),
    checks=(
        warning("model_memory", "GPU memory full", OllamaState.memory_full),
        warning("model_missing", "Model missing", Model.missing, scope="model"),
    ),
    tools=(
        list_tool("models", "Models", "Which models are installed and loaded.", _models, capability="status"),
    ),
    actions=(
        *load_actions(
            OllamaClient.is_loaded, OllamaClient.load, OllamaClient.unload, refusal=OllamaClient.not_installed
        ),
        PULLING.turn_on(
            key="pull",
            name="Pull model",
            description="Downloads a model from its registry.",
            risk=Risk.MEDIUM,
            scope="model",
            capability="pull",
            blast_radius="The network and the disk get work",
        ),
    ),
    controls=(LOADED_SWITCH,),
)
