"""What can be done with a container."""

from collections.abc import Awaitable, Callable
from typing import Final

from homelab_steward.contract.catalogue import Risk

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call
from ...sdk.kits.restart import Restart
from ...sdk.kits.switch import Switch, Turn
from .client import DockerClient
from .models import Details


def _do(verb: str) -> Callable[[DockerClient, Call], Awaitable[None]]:
    return lambda client, call: client.act(call, verb)


async def _started(client: DockerClient, call: Call) -> str:
    state = (await client.inspect(call)).state
    if state.status != "running":
        raise PreconditionFailed(f"{call.target.name} does not run: it is {state.status}")
    return f"{state.started_at:%Y-%m-%d %H:%M:%S.%f} UTC"


async def _identity(client: DockerClient, call: Call) -> str:
    return (await client.inspect(call)).identity


async def _stop_takes(client: DockerClient, call: Call) -> float:
    return (await client.inspect(call)).config.stop_takes


def _is(reading: Callable[[Details], bool]) -> Callable[[DockerClient, Call], Awaitable[bool]]:
    async def read(client: DockerClient, call: Call) -> bool:
        return reading(await client.inspect(call))

    return read


async def _restarts(client: DockerClient, call: Call) -> str | None:
    is_restarting = (await client.inspect(call)).state.restarting
    return f"{call.target.name} is being restarted by its restart policy" if is_restarting else None


async def _is_down(client: DockerClient, call: Call) -> str | None:
    return None if (await client.inspect(call)).is_up else f"{call.target.name} does not run"


def _power(is_on: Callable[[Details], bool]) -> Switch[DockerClient]:
    return Switch(
        is_on=_is(is_on),
        on=Turn(to=True, run=_do("start"), refusal=_restarts),
        off=Turn(
            to=False,
            run=_do("stop"),
            note="Its restart policy does not start it again now.",
            latest=_stop_takes,
        ),
        words=("stopped", "started"),
        identity=_identity,
    )


PAUSE: Final = Switch[DockerClient](
    is_on=_is(lambda details: details.state.paused),
    on=Turn(to=True, run=_do("pause"), refusal=_is_down, note="Its programs keep their memory."),
    off=Turn(to=False, run=_do("unpause")),
    words=("not paused", "paused"),
    identity=_identity,
)
ACTIONS: Final[tuple[Action[DockerClient], ...]] = (
    Restart(
        started=_started,
        request=_do("restart"),
        latest=_stop_takes,
        identity=_identity,
        note="The container keeps its image and settings.",
    ).action(
        key="restart",
        name="Restart",
        description="Restarts the container. It keeps its image and settings.",
        risk=Risk.LOW,
        scope="container",
        blast_radius="What runs in the container is away for some seconds",
        needs=("restart",),
    ),
    # What is up counts as started; what can be stopped includes a container between two restarts.
    _power(lambda details: details.is_up).turn_on(
        key="start",
        name="Start",
        description="Starts the container.",
        risk=Risk.LOW,
        scope="container",
        button=True,
        icon="mdi:play",
        capability="start",
        needs=("start",),
    ),
    _power(lambda details: details.state.running).turn_off(
        key="stop",
        name="Stop",
        description="Stops the container until it is started again.",
        risk=Risk.MEDIUM,
        scope="container",
        blast_radius="What runs in the container is away until it is started",
        button=True,
        icon="mdi:stop",
        capability="stop",
        interrupts=True,
        needs=("stop",),
    ),
    PAUSE.turn_on(
        key="pause",
        name="Pause",
        description="Freezes all programs in the container.",
        risk=Risk.MEDIUM,
        scope="container",
        blast_radius="What runs in the container does not answer until it is resumed",
        icon="mdi:pause",
        capability="pause",
        interrupts=True,
        needs=("pause",),
    ),
    PAUSE.turn_off(
        key="resume",
        name="Resume",
        description="Lets the programs of a paused container go on.",
        risk=Risk.LOW,
        scope="container",
        icon="mdi:play-pause",
        capability="resume",
        needs=("unpause",),
    ),
)
