"""What Ollama answers. Source: docs/openapi.yaml of ollama/ollama."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...sdk.answers import Item, NotKnown, Time, known, many, one, worded
from ...sdk.display import Text, percent, share, size
from .._models.client import ModelState

FULL: Final = 95.0
"""Percent of the GPU memory from which on it is full."""


class Installed(Item, rename=None):
    """A model on the disk; ``size`` in bytes."""

    name: str
    size: float | None = None


class Running(Item, rename=None):
    """A model in memory. Bytes in all, and of these in GPU memory."""

    name: str
    size: float | None = None
    size_vram: float | None = None
    expires_at: Time | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model that is installed or must be; None for what it is not."""

    name: str
    state: OllamaState
    installed: Installed | None

    @property
    def running(self) -> Running | None:
        """It in memory, None when it is not loaded. Raises NotKnown."""
        return next((one for one in self.state.running if one.name == self.name), None)

    @property
    def vram(self) -> float:
        """Bytes of GPU memory that it takes. Raises NotKnown."""
        return known(self.running.size_vram) if self.running else 0.0

    @property
    def is_first(self) -> bool:
        """Whether it is the one to unload first: its time ends before that of the others. Raises NotKnown."""
        ends = {known(one.expires_at): one.name for one in self.state.running}
        return bool(ends) and ends[min(ends)] == self.name

    @property
    def is_installed(self) -> bool:
        """Whether it is on the disk. Raises NotKnown while the list of models lacks some."""
        if self.installed is None and (reason := self.state.gaps.of("installed")):
            raise NotKnown(reason)
        return self.installed is not None

    def missing(self) -> Text | None:
        """Return that it must be there and is not. Raises NotKnown."""
        return None if self.is_installed else t"It is not installed, and the settings say that it must be"

    def __str__(self) -> str:
        return f"{self.name}: {worded(self._place)}"

    def _place(self) -> str:
        if not self.is_installed:
            return "not installed"
        if self.running is None:
            return "not loaded"
        on_gpu = percent(self.vram, known(self.running.size))
        return f"loaded, {size(self.vram)} of GPU memory, {on_gpu or 0:g} % of it on the GPU"


class OllamaState(ModelState):
    """Everything that one poll reads; ``wanted`` and ``gpu_memory`` (bytes) are settings."""

    version = one("api/version", str, below="version")
    installed = many("api/tags", Installed, below="models")
    running = many("api/ps", Running, below="models", optional=True)
    wanted: tuple[str, ...] = ()
    gpu_memory: float | None = None

    def complete(self, client: Any) -> None:
        """Take the settings."""
        super().complete(client)
        self.wanted, self.gpu_memory = client.wanted, client.gpu_memory

    def models(self) -> Iterator[Model]:
        """Yield the models that are installed, and those that must be."""
        found = {one.name: one for one in self.installed}
        for name in dict.fromkeys((*found, *self.wanted)):
            yield Model(name, self, found.get(name))

    @property
    def vram(self) -> float:
        """Bytes of GPU memory in use. Raises NotKnown."""
        return sum(known(one.size_vram) for one in self.running)

    @property
    def memory_share(self) -> float:
        """Percent of the GPU memory in use. Raises NotKnown when its size is not set."""
        return share(self.vram, self.gpu_memory)

    def memory_full(self) -> Text | None:
        """Return that the loaded models fill the GPU memory. Raises NotKnown."""
        used = self.memory_share
        return t"The loaded models take {used:g} % of the GPU memory" if used > FULL else None
