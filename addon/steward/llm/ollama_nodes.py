"""Chooses the Ollama node for a request: one that answers, has the model, and has room."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from ..clock import Clock
from .errors import ModelUnavailable
from .settings import Deployment

MOST_WAITING: Final = 32
"""Requests that wait for room on the nodes of one model."""

AFTER_FAILURE: Final = 30.0
"""Seconds in which a node that failed is not asked."""

FRESH: Final = 10.0
"""Seconds in which the state of a node is not read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    """What a node said: its models, and the bytes of video memory of those that are loaded."""

    models: frozenset[str] = frozenset()
    loaded: Mapping[str, int] = field(default_factory=dict)

    @property
    def used_memory(self) -> int:
        """The video memory in use, in bytes."""
        return sum(self.loaded.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A node of a deployment; ``state`` is None while it is not known."""

    url: str
    state: NodeState | None
    running: int


def full_name(model: str) -> str:
    """Return the name as Ollama lists it."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def choose(
    candidates: Sequence[Candidate], model: str, *, parallel: int, is_pinned: bool
) -> Candidate | None:
    """Return the node for a request, None if it has to wait for room.

    A node that has the model loaded is preferred; then the one with the fewest requests, and with the
    most free memory. A pinned model is never loaded on a second node. Raises ModelUnavailable if no node
    has the model.
    """
    name = full_name(model)
    able = [one for one in candidates if one.state is None or name in one.state.models]
    if not able:
        raise ModelUnavailable(t"no node has the model {model}")
    loaded = [one for one in able if one.state is not None and name in one.state.loaded]
    if is_pinned:
        able = loaded[:1] or able[:1]
    free = [one for one in able if one.running < parallel]
    return min(free, key=lambda one: _rank(one, name), default=None)


def _rank(one: Candidate, name: str) -> tuple[bool, int, int]:
    state = one.state or NodeState()
    return name not in state.loaded, one.running, state.used_memory


class NodePool:
    """The nodes of all Ollama deployments: their states and the requests that run on them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: dict[str, tuple[float, NodeState | None]] = {}
        self._running: dict[str, int] = {}
        self._down: dict[str, float] = {}
        self._waiting = 0
        self._changed = asyncio.Condition()

    def stale(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the nodes whose state has to be read; of a single node no state is needed."""
        now = self._clock.monotonic()
        urls = deployment.nodes
        return () if len(urls) == 1 else tuple(one for one in urls if self._read_at(one) + FRESH <= now)

    def set_state(self, url: str, state: NodeState | None) -> None:
        """Keep what a node said; None if it did not answer."""
        self._states[url] = self._clock.monotonic(), state
        if state is None:
            self.set_down(url)

    def set_down(self, url: str) -> None:
        """Do not ask a node for some time, because it failed."""
        self._down[url] = self._clock.monotonic() + AFTER_FAILURE

    @asynccontextmanager
    async def node(
        self, deployment: Deployment, model: str, tried: Collection[str], seconds: float
    ) -> AsyncIterator[str]:
        """Yield the URL of a node that has room, and count the request until the block ends.

        ``tried`` are nodes that failed for this request. Raises ModelUnavailable: no node answers or has
        the model, too many requests wait, or none had room in ``seconds``.
        """
        url = await self._take(deployment, model, tried, seconds)
        try:
            yield url
        finally:
            self._running[url] -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _take(self, deployment: Deployment, model: str, tried: Collection[str], seconds: float) -> str:
        if self._waiting >= MOST_WAITING:
            raise ModelUnavailable(t"{deployment.id}: too many requests wait", retry_after=1.0)
        self._waiting += 1
        try:
            async with asyncio.timeout(max(0.0, seconds)), self._changed:
                while (found := self._choose(deployment, model, tried)) is None:
                    await self._changed.wait()
        except TimeoutError as err:
            raise ModelUnavailable(t"{deployment.id}: no node had room in time", retry_after=1.0) from err
        finally:
            self._waiting -= 1
        self._running[found.url] = found.running + 1
        return found.url

    def _choose(self, deployment: Deployment, model: str, tried: Collection[str]) -> Candidate | None:
        now = self._clock.monotonic()
        left = [one for one in deployment.nodes if one not in tried]
        # A single node is asked although it failed: the gateway pauses the deployment.
        up = [one for one in left if self._down.get(one, 0.0) <= now or len(deployment.nodes) == 1]
        if not up:
            raise ModelUnavailable(t"{deployment.id}: no node answers")
        candidates = [
            Candidate(url=one, state=self._state(one), running=self._running.get(one, 0)) for one in up
        ]
        return choose(candidates, model, parallel=deployment.parallel, is_pinned=deployment.pinned)

    def _state(self, url: str) -> NodeState | None:
        return self._states[url][1] if url in self._states else None

    def _read_at(self, url: str) -> float:
        return self._states[url][0] if url in self._states else float("-inf")
