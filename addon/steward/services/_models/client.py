"""The client of a model server: it measures how long one of its reads takes."""

from abc import abstractmethod
from typing import Any, Final, TypedDict

from ...sdk.answers import State, known
from ...sdk.client import Parameter, Rest
from ...sdk.description import Action, Available, Call, Control, Risk, Sensor
from ...sdk.kits import Refusal, Switch, Turn
from ...sdk.sensors import duration

LOADS: Final = 600.0
"""Seconds that loading a model may take."""


class ModelServer(Rest):
    """A model server; ``timed`` is the path of the read that is measured."""

    timed: str
    response_time: float | None = None

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET. Raises as Rest.get does."""
        begun = self.clock.monotonic()
        answer = await super().get(path, **query)
        if path == self.timed:
            self.response_time = self.clock.monotonic() - begun
        return answer


class ModelState(State):
    """What one poll reads, and how long the measured read took (seconds)."""

    response_time: float | None = None

    def complete(self, client: Any) -> None:
        """Take how long it took."""
        self.response_time = client.response_time


RESPONSE_TIME: Final[Sensor[Any]] = duration(
    "response_time", "Response time", lambda state: round(1000 * known(state.response_time)), "ms"
)


class LoadingServer(ModelServer):
    """A model server that loads and unloads models on request."""

    @abstractmethod
    async def is_loaded(self, call: Call) -> bool:
        """Return whether a model is loaded. Raises NotKnown or ServiceError."""

    @abstractmethod
    async def load(self, call: Call) -> None:
        """Load a model."""

    @abstractmethod
    async def unload(self, call: Call) -> None:
        """Unload a model."""


def load_actions[C: LoadingServer](
    server: type[C], *, available: Available | None = None, refusal: Refusal[C] | None = None
) -> tuple[Action[C], ...]:
    """Return the actions that load and unload a model; ``refusal`` reads why it cannot be loaded."""
    switch = Switch[C](
        is_on=server.is_loaded,
        on=Turn(to=True, run=server.load, refusal=refusal),
        off=Turn(to=False, run=server.unload, note=t"The next request loads it again, which takes a while."),
        words=(t"not loaded", t"loaded"),
        label=t"Model",
        settle=LOADS,
    )
    both: _Both = {"risk": Risk.LOW, "scope": "model", "available": available}
    return (
        switch.turn_on(
            key="load",
            name="Load model",
            description="Loads a model, so that the next request is answered at once.",
            blast_radius="Other models may be unloaded for it",
            **both,
        ),
        switch.turn_off(
            key="unload", name="Unload model", description="Takes a model out of the memory.", **both
        ),
    )


class _Both(TypedDict):
    risk: Risk
    scope: str
    available: Available | None


LOADED_SWITCH: Final = Control.switch("loaded", "Loaded", "loaded", on="load", off="unload", scope="model")
