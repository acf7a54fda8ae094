"""What can be done with a container."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk
from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call, Control
from ...sdk.display import MIB, Text, brief
from ...sdk.fields import number_field, text_field
from ...sdk.image_names import VERSION, version_of
from ...sdk.kits import About, Current, Restart, SetValue, Switch, Turn, poll_until, result
from ...sdk.kits.restart import STARTED
from .client import ContainerClient
from .engine import Engine
from .models import NANO, Details
from .recreate import recreate
from .replaceable import network_refusal, replace_refusal
from .update import OBSERVED
from .update_action import update

ABOUT: Final = {
    "restart": ("Restarts the container. It keeps its image and settings.", Risk.LOW, "mdi:restart"),
    "start": ("Starts the container.", Risk.LOW, "mdi:play"),
    "stop": ("Stops the container until it is started again.", Risk.MEDIUM, "mdi:stop"),
    "pause": ("Freezes all programs in the container.", Risk.MEDIUM, "mdi:pause"),
    "resume": ("Lets the programs of a paused container go on.", Risk.LOW, "mdi:play-pause"),
    "set_memory": ("Changes the memory limit while it runs.", Risk.MEDIUM, "mdi:memory"),
    "set_cpu": ("Changes the processor limit while it runs.", Risk.MEDIUM, "mdi:cpu-64-bit"),
    "redeploy": (
        "Creates it again from the same image and settings. What it wrote outside its volumes is lost.",
        Risk.HIGH,
        "mdi:rocket-launch",
    ),
    "set_image": ("Creates it again with another tag of its image.", Risk.HIGH, "mdi:tag"),
    "update": (
        "Creates it again from a newer image. Its volumes are copied before, so that it can be taken back.",
        Risk.HIGH,
        "mdi:update",
    ),
}
ARGUMENTS: Final[dict[str, tuple[Field, ...]]] = {
    "set_memory": (number_field("memory_mib", "Memory", least=6, most=1_048_576, unit="MiB"),),
    "set_cpu": (number_field("cores", "Cores", least=0.01, most=256),),
    "set_image": (text_field("tag", "Tag", "Such as 5.2.1, or a digest such as sha256:…"),),
    "update": (
        text_field("version", "Version", "The tag of the new image, such as 5.2.1"),
        text_field("digest", "Digest", "What the tag must contain, such as sha256:…", required=False),
    ),
}
NEEDS: Final = {
    "resume": ("unpause",),
    "set_memory": ("update",),
    "set_cpu": ("update",),
    "redeploy": ("create", "start", "stop"),
    "set_image": ("create", "start", "stop"),
    "update": ("create", "start", "stop", "update", "volumes"),
}
INTERRUPTS: Final = {
    "restart": "What runs in the container is away for some seconds",
    "stop": "What runs in the container is away until it is started",
    "pause": "What runs in the container does not answer until it is resumed",
    "redeploy": "What runs in the container is away for some seconds",
    "set_image": "What runs in the container is away for some seconds, or longer if the new version fails",
    "update": "What runs in the container is away while its volumes are copied and the new version starts",
}


def _about(key: str) -> About:
    description, risk, icon = ABOUT[key]
    return {
        "key": key,
        "name": key.replace("_", " ").capitalize(),
        "description": description,
        "risk": risk,
        "icon": icon,
        "scope": "container",
        "capability": key,
        "blast_radius": INTERRUPTS.get(key, ""),
        "interrupts": key in INTERRUPTS,
        "button": key in ("restart", "start", "stop"),
        "needs": NEEDS.get(key, (key,)),
        "arguments": ARGUMENTS.get(key, ()),
    }


def _do(verb: str) -> Callable[[ContainerClient, Call], Awaitable[None]]:
    return lambda client, call: client.act(call, verb)


def _read[T](of: Callable[[Details], T]) -> Callable[[ContainerClient, Call], Awaitable[T]]:
    async def read(client: ContainerClient, call: Call) -> T:
        return of(await client.inspect(call))

    return read


def _started(details: Details) -> str:
    if details.state.status != "running":
        raise PreconditionFailed(t"{details.name} does not run: it is {details.state.status}")
    return f"{details.state.started_at:%Y-%m-%d %H:%M:%S.%f} UTC"


IDENTITY: Final = _read(lambda details: details.identity)


async def _stop_takes(client: ContainerClient, call: Call, _: Mapping[str, Value]) -> float:
    """Return the seconds after which the engine kills a container that does not stop."""
    return (await client.inspect(call)).config.stop_takes


def _power(is_on: Callable[[Details], bool]) -> Switch[ContainerClient]:
    return Switch(
        is_on=_read(is_on),
        on=Turn(to=True, run=_do("start"), refusal=_read(Details.start_refusal)),
        off=Turn(
            to=False,
            run=_do("stop"),
            refusal=_read(Details.stop_refusal),
            note=t"Its restart policy does not start it again now.",
            latest=_stop_takes,
        ),
        words=(t"stopped", t"started"),
        identity=IDENTITY,
    )


PAUSE: Final = Switch[ContainerClient](
    is_on=_read(lambda details: details.state.paused),
    on=Turn(
        to=True,
        run=_do("pause"),
        refusal=_read(Details.pause_refusal),
        note=t"Its programs keep their memory.",
    ),
    off=Turn(to=False, run=_do("unpause")),
    words=(t"not paused", t"paused"),
    identity=IDENTITY,
)
RESTART: Final = Restart[ContainerClient](
    started=_read(_started),
    request=_do("restart"),
    latest=_stop_takes,
    identity=IDENTITY,
    note=t"The container keeps its image and settings.",
)


async def _memory(client: ContainerClient, call: Call) -> Current:
    details = await client.inspect(call)
    if not details.host_config.memory:
        raise PreconditionFailed(t"{details.name} has no memory limit, and one could not be taken away again")
    return Current(value=round(details.host_config.memory / MIB))


async def _set_memory(client: ContainerClient, call: Call, value: Value, _: Current) -> None:
    limits = (await client.inspect(call)).host_config
    memory = round(float(str(value)) * MIB)
    swap = limits.memory_swap - limits.memory if limits.memory_swap > 0 else 0
    body = {"Memory": memory, "MemorySwap": memory + swap if limits.memory_swap > 0 else limits.memory_swap}
    await client.act(call, "update", body)


async def _cores(client: ContainerClient, call: Call) -> Current:
    details = await client.inspect(call)
    if not details.host_config.nano_cpus:
        raise PreconditionFailed(
            t"{details.name} has no processor limit, and one could not be taken away again"
        )
    return Current(value=details.host_config.nano_cpus / NANO)


async def _set_cores(client: ContainerClient, call: Call, value: Value, _: Current) -> None:
    await client.act(call, "update", {"NanoCpus": round(float(str(value)) * NANO)})


async def _tag(client: ContainerClient, call: Call) -> Current:
    details = await client.inspect(call)
    return Current(
        value=version_of(details.config.image), is_effective=details.is_up, text=details.config.image
    )


async def _tag_refusal(client: ContainerClient, call: Call, _: Current) -> Text | None:
    details = await client.inspect(call)
    if not VERSION.fullmatch(call.text("tag")):
        return t"{brief(call.text('tag'), 40)} is no tag"
    return details.stop_refusal() or details.pause_refusal()


async def _set_tag(client: ContainerClient, call: Call, value: Value, _: Current) -> None:
    await recreate(client, call, str(value), pulls=value == call.arguments["tag"])


async def _redeploy_refusal(client: ContainerClient, call: Call) -> Text | None:
    details, engine = await client.inspect(call), await Engine.of(client, call)
    reason = replace_refusal(client, details) or network_refusal(await engine.listed(), details)
    if reason is not None:
        return reason
    image = await engine.found(f"images/{details.config.image}/json")
    if image is None or image.get("Id") != details.image_id:
        return t"{details.config.image} is another image by now: update {details.name} instead"
    return None


async def _redeploy(client: ContainerClient, call: Call) -> None:
    await recreate(client, call, pulls=False)


def _running_id(details: Details) -> str:
    """Return the id of a container that runs. After a failure the old one runs again, with its id."""
    _started(details)
    return details.id


async def _verify_redeploy(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    """Return whether a new container runs: one that ends at once does not."""
    found = await poll_until(
        client.clock,
        lambda: client.inspect(call),
        lambda one: not one.is_up,
        seconds=OBSERVED,
        away=OBSERVED,
    )
    if found.state.status != "running":
        return result(t"Restart", t"not running", ok=False)
    marker = _started(found)
    if found.id == baseline[STARTED]:
        return result(t"Restart", t"not restarted, running since {marker}", ok=False)
    return result(t"Restart", t"running since {marker}", ok=True)


REDEPLOY: Final = Restart[ContainerClient](
    started=_read(_running_id),
    request=_redeploy,
    refusal=_redeploy_refusal,
    latest=_stop_takes,
    identity=IDENTITY,
    note=t"Settings, networks and volumes stay. What it wrote outside its volumes is lost.",
)
MEMORY: Final = SetValue(
    argument="memory_mib", label=t"Memory limit", read=_memory, write=_set_memory, unit="MiB"
)
CPU: Final = SetValue(argument="cores", label=t"Processor limit", read=_cores, write=_set_cores, unit="cores")
IMAGE: Final = SetValue(
    argument="tag",
    label=t"Tag",
    read=_tag,
    write=_set_tag,
    refusal=_tag_refusal,
    note=t"Settings, networks and volumes stay. A Compose file keeps its own tag: change it there too.",
)
ACTIONS: Final[tuple[Action[ContainerClient], ...]] = (
    RESTART.action(**_about("restart")),
    # What is up counts as started; what can be stopped includes a container between two restarts.
    _power(lambda details: details.is_up).turn_on(**_about("start")),
    _power(lambda details: details.state.running).turn_off(**_about("stop")),
    PAUSE.turn_on(**_about("pause")),
    PAUSE.turn_off(**_about("resume")),
    MEMORY.action(**_about("set_memory")),
    CPU.action(**_about("set_cpu")),
    replace(REDEPLOY.action(**_about("redeploy")), verify=_verify_redeploy),
    IMAGE.action(**_about("set_image")),
    update({**_about("update"), "deduplicated": True}),
)
CONTROLS: Final = (
    Control.switch("running", "Running", "running", on="start", off="stop", scope="container"),
    Control.number(
        "memory",
        "Memory limit",
        "memory_limit",
        action="set_memory",
        argument="memory_mib",
        scope="container",
    ),
)
