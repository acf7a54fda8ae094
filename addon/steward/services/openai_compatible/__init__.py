"""A server with OpenAI's API: its models, its queue, and what else it reports.

llama.cpp reports slots, metrics, and which models its router has loaded; vLLM reports metrics; LM
Studio reports which models are loaded. OpenVINO, MLX and OptiLLM only list their models.
"""

from typing import Final

from ...sdk.categories import MODELS
from ...sdk.checks import warning
from ...sdk.coverage import Gaps
from ...sdk.description import Call, ResourceKind, Service, Versions
from ...sdk.lists import list_tool, worst_first
from ...sdk.sensors import count, diagnostic, flag, percentage
from .._models.client import LOADED_SWITCH, RESPONSE_TIME, load_actions
from .client import SETTINGS, ServerClient, poll_all
from .models import Model, ServerState


async def _models(client: ServerClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await poll_all(client, gaps)).listed()
    return [str(model) for model in worst_first(found, lambda model: model.failed() is not None)]


async def _queue(client: ServerClient, gaps: Gaps, _: Call) -> list[str]:
    return (await poll_all(client, gaps)).queue_lines()


SERVICE: Final = Service[ServerClient, ServerState](
    key="openai_compatible",
    name="OpenAI-compatible server",
    category=MODELS,
    icon="mdi:brain",
    settings=SETTINGS,
    connect=ServerClient,
    poll=poll_all,
    version=lambda state: state.version,
    tested="llama.cpp's server in xllamacpp 2026.10.11549",
    understood=Versions(note="llama.cpp from b4000, vLLM from 0.6, LM Studio from 0.3.6"),
    sensors=(
        count("models", "Models", lambda state: len(state.models), "mdi:brain"),
        count("requests_running", "Requests running", lambda state: state.running, "mdi:play"),
        count("requests_waiting", "Requests waiting", lambda state: state.waiting, "mdi:tray-full"),
        percentage("slots_busy", "Slots in use", lambda state: state.slots_busy, "mdi:tray"),
        percentage("cache_used", "KV cache used", lambda state: state.cache_used, "mdi:memory"),
        RESPONSE_TIME,
        flag("stuck", "Stuck", lambda state: state.stuck() is not None, "problem"),
        diagnostic("version", "Version", lambda state: state.version),
    ),
    resources=(
        ResourceKind[ServerState, Model](
            key="model",
            name="Model",
            items=ServerState.listed,
            id=lambda model: model.id,
            title=lambda model: model.id,
            labels=lambda model: {"model": model.id},
            part="models",
            icon="mdi:brain",
            sensors=(flag("loaded", "Loaded", lambda model: model.is_loaded, "running"),),
        ),
    ),
    checks=(
        warning("model_server_stuck", "Model server stuck", ServerState.stuck),
        warning("model_failed", "Model cannot be loaded", Model.failed, scope="model"),
    ),
    tools=(
        list_tool("models", "Models", "Which models there are, and which are loaded.", _models),
        list_tool("queue", "Requests", "How many requests run and wait.", _queue, capability="queue"),
    ),
    actions=load_actions(
        ServerClient.is_loaded, ServerClient.load, ServerClient.unload, ServerState.no_router
    ),
    controls=(LOADED_SWITCH,),
)
