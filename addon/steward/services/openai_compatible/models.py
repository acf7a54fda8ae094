"""What such servers answer. Sources: tools/server/README.md of llama.cpp, the documentation of vLLM."""

from typing import Any, Final

from ...sdk.answers import Item, NotKnown, known, many, one, worded
from ...sdk.display import Text, share, translate
from .._models.client import ModelState

RUNNING: Final = ("llamacpp:requests_processing", "vllm:num_requests_running")
WAITING: Final = ("llamacpp:requests_deferred", "vllm:num_requests_waiting")
CACHE: Final = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "llamacpp:kv_cache_usage_ratio")
PROGRESS: Final = (
    "llamacpp:n_decode_total",
    "llamacpp:tokens_predicted_total",
    "llamacpp:prompt_tokens_total",
    "vllm:generation_tokens_total",
    "vllm:prompt_tokens_total",
)
"""Counters that grow while a server works."""

LONGEST: Final = 300.0
"""Seconds without progress from which on a server that has requests is stuck."""


class Status(Item, rename=None):
    """What the router of llama.cpp does with a model."""

    value: str
    failed: bool | None = None
    exit_code: int | None = None


class Model(Item, rename=None):
    """One model; ``status`` is reported by the router of llama.cpp, ``state`` by LM Studio."""

    id: str
    status: Status | None = None
    state: str | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether it is in memory. Raises NotKnown."""
        found = self.status.value if self.status else self.state
        if found is None:
            raise NotKnown(t"The server does not report which models are loaded")
        return found == "loaded"

    def failed(self) -> Text | None:
        """Return that it ended when it was loaded. Raises NotKnown when that is not reported."""
        status = known(self.status)
        code = "" if status.exit_code is None else t", with exit code {status.exit_code}"
        return t"It ended while it was loaded{code}" if status.failed else None

    def __str__(self) -> str:
        if self.status and (reason := self.failed()):
            return f"{self.id}: {translate(reason)}"
        return f"{self.id}: {worded(lambda: 'loaded' if self.is_loaded else 'not loaded')}"


class Slot(Item, rename=None):
    """One slot of llama.cpp. Its prompt is not read."""

    is_processing: bool


class Properties(Item, rename=None):
    """What llama.cpp (its build) and vLLM (its version) say about themselves."""

    build_info: str | None = None
    version: str | None = None


class ServerState(ModelState):
    """Everything that one poll reads. ``idle_for`` is for how long nothing progressed (seconds)."""

    models = many("models", Model, below="data")
    studio = many("api/v0/models", Model, below="data", optional=True, may_be_absent=True)
    slots = many("slots", Slot, optional=True, may_be_absent=True)
    metrics = one("metrics", dict[str, float], optional=True, may_be_absent=True)
    llama_cpp = one("props", Properties, optional=True, may_be_absent=True)
    vllm = one("version", Properties, optional=True, may_be_absent=True)
    idle_for: float | None = None

    def complete(self, client: Any) -> None:
        """Take for how long nothing progressed."""
        super().complete(client)
        metrics = self.read_or(ServerState.metrics, {})
        counters = [metrics[name] for name in PROGRESS if name in metrics]
        self.idle_for = client.progress.seconds(sum(counters)) if counters else None

    def listed(self) -> tuple[Model, ...]:
        """Return the models, with the states that LM Studio reports of them."""
        states = {model.id: model for model in self.read_or(ServerState.studio, ())}
        return tuple(states.get(model.id, model) for model in self.models)

    def metric(self, names: tuple[str, ...]) -> float:
        """Return the first of these metrics that is there. Raises NotKnown."""
        return known(next((self.metrics[name] for name in names if name in self.metrics), None))

    @property
    def running(self) -> float:
        """How many requests are worked on. Raises NotKnown."""
        if self.read_or(ServerState.slots, ()):
            return sum(slot.is_processing for slot in self.slots)
        return self.metric(RUNNING)

    @property
    def waiting(self) -> float:
        """How many requests wait. Raises NotKnown."""
        return self.metric(WAITING)

    @property
    def slots_busy(self) -> float:
        """Percent of the slots in use. Raises NotKnown."""
        return share(sum(slot.is_processing for slot in self.slots), len(self.slots) or None)

    @property
    def cache_used(self) -> float:
        """Percent of the KV cache in use. Raises NotKnown."""
        return 100 * self.metric(CACHE)

    @property
    def version(self) -> str:
        """The version or the build. Raises NotKnown."""
        cpp, vllm = (self.read_or(one, Properties()) for one in (ServerState.llama_cpp, ServerState.vllm))
        return known(cpp.build_info or vllm.version)

    def stuck(self) -> Text | None:
        """Return that it has requests and makes no progress. Raises NotKnown."""
        if not self.metric(RUNNING) and not self.waiting:
            return None
        idle = known(self.idle_for)
        return t"It has requests and made no progress for {idle:.0f} seconds" if idle >= LONGEST else None

    def no_router(self) -> Text | None:
        """Return that it does not load models on request. Raises NotKnown."""
        has_router = any(model.status is not None for model in self.models)
        return None if has_router else t"Only the router of llama.cpp loads models on request"
