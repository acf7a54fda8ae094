"""The restart of a program that can restart itself."""

from collections.abc import Awaitable, Callable

from ...texts import Text
from ..description import Action, Call, Risk
from .about import TimedClient
from .restart import Restart


def restart_program[C: TimedClient](
    started: Callable[[C, Call], Awaitable[str]],
    request: Callable[[C, Call], Awaitable[object]],
    note: Text = "",
) -> Action[C]:
    """Return the action that makes a program restart itself; its container keeps running.

    ``started`` and ``request`` are those of Restart.
    """
    return Restart(started=started, request=request, note=note).action(
        key="restart",
        description="Restarts the program, not its container.",
        risk=Risk.LOW,
        blast_radius="The program is away for some seconds",
    )
