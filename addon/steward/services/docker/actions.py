"""What can be done with a container."""

from collections.abc import Awaitable, Callable
from typing import Final

from homelab_steward.contract.catalogue import Risk

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call
from ...sdk.kits.about import About
from ...sdk.kits.restart import Restart
from ...sdk.kits.switch import Switch, Turn
from .client import DockerClient
from .models import Details

ABOUT: Final = {
    "restart": ("Restarts the container. It keeps its image and settings.", Risk.LOW, "mdi:restart"),
    "start": ("Starts the container.", Risk.LOW, "mdi:play"),
    "stop": ("Stops the container until it is started again.", Risk.MEDIUM, "mdi:stop"),
    "pause": ("Freezes all programs in the container.", Risk.MEDIUM, "mdi:pause"),
    "resume": ("Lets the programs of a paused container go on.", Risk.LOW, "mdi:play-pause"),
}
INTERRUPTS: Final = {
    "restart": "What runs in the container is away for some seconds",
    "stop": "What runs in the container is away until it is started",
    "pause": "What runs in the container does not answer until it is resumed",
}


def _about(key: str) -> About:
    description, risk, icon = ABOUT[key]
    return {
        "key": key,
        "name": key.capitalize(),
        "description": description,
        "risk": risk,
        "icon": icon,
        "scope": "container",
        "capability": key,
        "blast_radius": INTERRUPTS.get(key, ""),
        "interrupts": key in INTERRUPTS,
        "button": key in ("restart", "start", "stop"),
        "needs": ("unpause" if key == "resume" else key,),
    }


def _do(verb: str) -> Callable[[DockerClient, Call], Awaitable[None]]:
    return lambda client, call: client.act(call, verb)


def _read[T](of: Callable[[Details], T]) -> Callable[[DockerClient, Call], Awaitable[T]]:
    async def read(client: DockerClient, call: Call) -> T:
        return of(await client.inspect(call))

    return read


def _started(details: Details) -> str:
    if details.state.status != "running":
        raise PreconditionFailed(f"{details.name} does not run: it is {details.state.status}")
    return f"{details.state.started_at:%Y-%m-%d %H:%M:%S.%f} UTC"


IDENTITY: Final = _read(lambda details: details.identity)
STOP_TAKES: Final = _read(lambda details: details.config.stop_takes)


def _power(is_on: Callable[[Details], bool]) -> Switch[DockerClient]:
    return Switch(
        is_on=_read(is_on),
        on=Turn(to=True, run=_do("start"), refusal=_read(Details.start_refusal)),
        off=Turn(
            to=False,
            run=_do("stop"),
            refusal=_read(Details.stop_refusal),
            note="Its restart policy does not start it again now.",
            latest=STOP_TAKES,
        ),
        words=("stopped", "started"),
        identity=IDENTITY,
    )


PAUSE: Final = Switch[DockerClient](
    is_on=_read(lambda details: details.state.paused),
    on=Turn(
        to=True,
        run=_do("pause"),
        refusal=_read(Details.pause_refusal),
        note="Its programs keep their memory.",
    ),
    off=Turn(to=False, run=_do("unpause")),
    words=("not paused", "paused"),
    identity=IDENTITY,
)
RESTART: Final = Restart[DockerClient](
    started=_read(_started),
    request=_do("restart"),
    latest=STOP_TAKES,
    identity=IDENTITY,
    note="The container keeps its image and settings.",
)
ACTIONS: Final[tuple[Action[DockerClient], ...]] = (
    RESTART.action(**_about("restart")),
    # What is up counts as started; what can be stopped includes a container between two restarts.
    _power(lambda details: details.is_up).turn_on(**_about("start")),
    _power(lambda details: details.state.running).turn_off(**_about("stop")),
    PAUSE.turn_on(**_about("pause")),
    PAUSE.turn_off(**_about("resume")),
)
