"""The actions that pause and resume an item of a monitor, each the undo of the other, and their switch."""

from abc import abstractmethod
from typing import Any, Final

from ..alarms import Status
from ..description import Call, Control, More, Risk, Sensor
from ..kits import Switch, Turn
from ..sensors import flag
from .client import MonitorClient
from .watched import MonitorState, Watched

ACTIVE: Final[Sensor[Watched[Any]]] = flag(
    "active", "Active", lambda one: one.status is not Status.PAUSED, diagnostic=True, enabled=False
)
"""The sensor whether an item is watched, for a kind of resource that can be paused."""


class PausingClient[S: MonitorState](MonitorClient[S]):
    """A monitor that can pause its items."""

    async def is_active(self, call: Call) -> bool:
        """Return whether the target is watched."""
        return (await self.target(call)).status is not Status.PAUSED

    @abstractmethod
    async def pause(self, call: Call) -> None:
        """Stop watching the target."""

    @abstractmethod
    async def resume(self, call: Call) -> None:
        """Watch the target again."""


def pausing[C: PausingClient[Any]](
    kind: str, client: type[C], *, notes: tuple[str, str] = ("", ""), needs: tuple[str, ...] = ()
) -> More[C, Any]:
    """Return the actions that pause and resume a resource of this kind, and the switch of ``active``.

    ``notes`` are the notes in the dry runs of pausing and of resuming.
    """
    switch = Switch(
        is_on=client.is_active,
        on=Turn(to=True, run=client.resume, note=notes[1]),
        off=Turn(to=False, run=client.pause, note=notes[0]),
        words=(t"paused", t"active"),
    )
    pause, resume = f"pause_{kind}", f"resume_{kind}"
    return {
        "actions": (
            switch.turn_off(
                key=pause,
                name=f"Pause {kind}",
                description="Stops watching it until it is resumed.",
                risk=Risk.LOW,
                scope=kind,
                blast_radius=f"{client.monitor} notifies nobody of it meanwhile",
                capability="pause",
                needs=needs,
            ),
            switch.turn_on(
                key=resume,
                name=f"Resume {kind}",
                description="Watches it again.",
                risk=Risk.LOW,
                scope=kind,
                capability="resume",
                needs=needs,
            ),
        ),
        "controls": (Control.switch("active", "Active", "active", on=resume, off=pause, scope=kind),),
    }
