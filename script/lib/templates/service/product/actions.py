"""What can be done: every action is made by a kit."""

from typing import Final

from homelab_steward.contract.catalogue import Risk

from ...sdk.description import Call
from ...sdk.kits.restart import Restart
from ...sdk.rest import Rest
from .models import ExampleState


async def _started(client: Rest, _: Call) -> str:
    """Return what changes with every start."""
    return (await ExampleState.status.whole(client)).started_at.isoformat()


async def _restart(client: Rest, _: Call) -> None:
    await client.send("POST", "restart")


ACTIONS: Final = (
    Restart(started=_started, request=_restart, note=t"Example is away for some seconds.").action(
        key="restart",
        name="Restart",
        description="Restarts Example.",
        risk=Risk.LOW,
        blast_radius="Example is away for some seconds",
    ),
)
