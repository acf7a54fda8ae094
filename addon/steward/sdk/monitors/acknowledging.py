"""The action that acknowledges an alert: it stays open, and the monitor does not notify anybody."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homelab_steward.contract.catalogue import Field

from ...texts import Text
from ..description import Action, Call, Risk
from ..kits import Refusal, Switch, Turn
from .client import MonitorClient
from .watched import MonitorState

_WORDS: Final = (t"not acknowledged", t"acknowledged")


class AcknowledgingClient[S: MonitorState](MonitorClient[S]):
    """A monitor that can acknowledge its items, or alerts about them."""

    @abstractmethod
    async def is_acknowledged(self, call: Call) -> bool:
        """Return whether the target is acknowledged. Raises PreconditionFailed when it is over."""

    @abstractmethod
    async def acknowledge(self, call: Call) -> None:
        """Acknowledge the target."""


def acknowledging[C: AcknowledgingClient[Any]](
    kind: str,
    client: type[C],
    description: str,
    *,
    note: Text,
    arguments: tuple[Field, ...] = (),
    refusal: Refusal[C] | None = None,
    take_back: Callable[[C, Call], Awaitable[object]] | None = None,
) -> Action[C]:
    """Return the action that acknowledges a resource of this kind.

    ``note`` says when the monitor notifies again. ``take_back`` undoes it; without it there is no undo.
    """
    return Switch(
        is_on=client.is_acknowledged,
        on=Turn(to=True, run=client.acknowledge, refusal=refusal, note=note),
        off=None if take_back is None else Turn(to=False, run=take_back),
        words=_WORDS,
        label=t"Alert",
    ).turn_on(
        key=f"acknowledge_{kind}",
        description=description,
        risk=Risk.LOW,
        scope=kind,
        arguments=arguments,
        blast_radius=f"{client.monitor} notifies nobody of it meanwhile",
    )
