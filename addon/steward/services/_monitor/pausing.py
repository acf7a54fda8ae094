"""Pausing what a monitor watches: two actions, each the undo of the other, and their switch."""

from collections.abc import Awaitable, Callable

from homelab_steward.contract.catalogue import Risk

from ...sdk.description import Action, Call, Control
from ...sdk.kits.about import TimedClient
from ...sdk.kits.switch import Switch, Turn


def pausing[C: TimedClient](
    kind: str,
    monitor: str,
    is_active: Callable[[C, Call], Awaitable[bool]],
    pause: Callable[[C, Call], Awaitable[object]],
    resume: Callable[[C, Call], Awaitable[object]],
    *,
    notes: tuple[str, str] = ("", ""),
    needs: tuple[str, ...] = (),
) -> tuple[Action[C], Action[C]]:
    """Return the actions that pause and resume a resource of this kind.

    ``notes`` are what people must know of pausing and of resuming.
    """
    switch = Switch(
        is_on=is_active,
        on=Turn(to=True, run=resume, note=notes[1]),
        off=Turn(to=False, run=pause, note=notes[0]),
        words=("paused", "active"),
    )
    return (
        switch.turn_off(
            key=f"pause_{kind}",
            name=f"Pause {kind}",
            description="Stops watching it until it is resumed.",
            risk=Risk.LOW,
            scope=kind,
            blast_radius=f"{monitor} notifies nobody of it meanwhile",
            icon="mdi:pause",
            capability="pause",
            needs=needs,
        ),
        switch.turn_on(
            key=f"resume_{kind}",
            name=f"Resume {kind}",
            description="Watches it again.",
            risk=Risk.LOW,
            scope=kind,
            icon="mdi:play",
            capability="resume",
            needs=needs,
        ),
    )


def pause_switch(kind: str) -> Control:
    """Return the switch of the reading ``active``, which these actions set."""
    return Control.switch("active", "Active", "active", on=f"resume_{kind}", off=f"pause_{kind}", scope=kind)
