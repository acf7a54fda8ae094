"""Portainer: its Docker environments with their containers, and its stacks."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated, Final, override

import msgspec

from homelab_steward.contract.state import ResourceKey

from ...errors import PreconditionFailed, ServiceError, ServiceNotFound
from ...sdk.access import Access
from ...sdk.answers import Item, NotKnown
from ...sdk.categories import INFRASTRUCTURE
from ...sdk.client import Key
from ...sdk.description import Call, Control, Gaps, Outage, ResourceKind, Risk, Role, Service, Versions
from ...sdk.display import Text, critical, flag, list_tool, served, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import About, Switch, Turn
from ...tasks import task_group
from .._docker.actions import ACTIONS, CONTROLS
from .._docker.client import CONTAINERS, ContainerClient
from .._docker.containers import Container, Containers
from .._docker.readings import CHECKS, CONTAINER, COUNTS
from .._docker.tools import TOOLS, image_lines

DOCKER: Final = (1, 2, 4)
"""The types of environments that are Docker Engines; the others are Kubernetes or Azure."""

OWN_IMAGES: Final = ("portainer", "portainer-ce", "portainer-ee", "agent")
UP, DOWN = 1, 2
ACTIVE, INACTIVE, DEPLOYING, FAILED = 1, 2, 3, 4
TOKEN: Final = secret_field("api_key", "Access token", "Of a user with access to the environments.")

type Id = Annotated[int, msgspec.Meta(ge=0)]


class Status(Item, rename="pascal"):
    """The server."""

    version: str
    instance_id: str = msgspec.field(name="InstanceID")


class Environment(Item, rename="pascal"):
    """An engine or a cluster that Portainer manages."""

    id: Id
    name: str
    type: int
    status: int

    @property
    def is_up(self) -> bool:
        """Whether Portainer reaches it. Raises NotKnown when it reports neither."""
        if self.status not in (UP, DOWN):
            raise NotKnown(t"Portainer does not report whether it reaches it")
        return self.status == UP

    def down(self) -> Text | None:
        """Return that Portainer does not reach it. Raises NotKnown."""
        return None if self.is_up else t"Portainer does not reach {self.name}"


class Stack(Item, rename="pascal"):
    """Services that are deployed together."""

    id: Id
    name: str
    endpoint_id: Id
    status: int

    @property
    def is_active(self) -> bool:
        """Whether it is deployed. Raises NotKnown while it is being deployed, and when that failed."""
        if self.status not in (ACTIVE, INACTIVE):
            raise NotKnown("It is being deployed" if self.status == DEPLOYING else "Its deployment failed")
        return self.status == ACTIVE

    def failed(self) -> Text | None:
        """Return that its deployment failed. Raises NotKnown while it is under way."""
        if self.status == FAILED:
            return t"Its deployment failed"
        if self.status not in (ACTIVE, INACTIVE):
            raise NotKnown(t"It is being deployed")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortainerState(Containers):
    """One poll."""

    status: Status
    environments: tuple[Environment, ...]
    stacks: tuple[Stack, ...]


class PortainerClient(ContainerClient):
    """One Portainer. The API of each engine is below its environment."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        super().__init__(access, base="api", auth=Key("X-API-Key", (TOKEN,)))
        self._environments: dict[int, Environment] = {}

    @property
    @override
    def way(self) -> tuple[str, ...]:
        return OWN_IMAGES

    async def root(self, place: str) -> str:
        """Return the path of an environment's engine."""
        return f"endpoints/{place}/docker"

    async def poll(self, gaps: Gaps) -> PortainerState:
        """Return the state. Raises ServiceError. Of an environment that is down nothing is read."""
        status = await self.one(Status, "system/status")
        environments = await self.many(Environment, "endpoints", gaps)
        stacks = await self.many(Stack, "stacks", gaps)
        # An environment that cannot be understood this time does not take its containers away.
        known = self._environments if gaps.of("endpoints") else {}
        self._environments = known | {one.id: one for one in environments if one.type in DOCKER}
        async with task_group() as calls:
            tasks = [calls.create_task(self._containers(one, gaps)) for one in self._environments.values()]
        return PortainerState(
            status=status,
            environments=environments,
            stacks=stacks,
            containers=tuple(found for task in tasks for found in task.result()),
            is_whole=gaps.of(CONTAINERS) is None,
        )

    async def stack(self, call: Call) -> Stack:
        """Return the target. Raises PreconditionFailed when it is gone."""
        try:
            return await self.one(Stack, f"stacks/{call.target.id}")
        except ServiceNotFound as err:
            raise PreconditionFailed(t"There is no stack {call.target.name} any more") from err

    async def turn(self, call: Call, verb: str) -> None:
        """Start or stop a stack. Raises as Rest.send does, and PreconditionFailed."""
        environment = (await self.stack(call)).endpoint_id
        await self.late.send("POST", f"stacks/{call.target.id}/{verb}", endpointId=environment)

    async def _containers(self, one: Environment, gaps: Gaps) -> tuple[Container, ...]:
        if one.status != UP:
            gaps.add(CONTAINERS, f"Portainer does not reach {one.name}")
            return ()
        with suppress(ServiceError):  # without it, only an update may be offered twice
            await self.info(str(one.id))
        try:
            return await self.containers(one.name, gaps, str(one.id))
        except ServiceError as err:
            gaps.add(CONTAINERS, f"{one.name}: {err}")
            return ()


def _stack_about(key: str, name: str, description: str, risk: Risk, icon: str) -> About:
    return {
        "key": f"{key}_stack",
        "name": name,
        "description": description,
        "risk": risk,
        "icon": icon,
        "scope": "stack",
        "capability": key,
        "blast_radius": "All containers of the stack",
        "interrupts": key == "stop",
    }


async def _is_active(client: PortainerClient, call: Call) -> bool:
    return (await client.stack(call)).is_active


@list_tool("images", "Images", "The images of all environments with their digests.")
async def _images(client: PortainerClient, gaps: Gaps, _: Call) -> list[str]:
    state = await client.poll(gaps)
    used = {one.details.image_id for one in state.containers}
    found = [one for one in state.environments if one.type in DOCKER and one.status == UP]
    return [
        line
        for one in found
        for line in image_lines(await client.images(str(one.id), gaps), used, f"{one.name}: ")
    ]


@list_tool("stacks", "Stacks", "All stacks, those that are not active first.")
async def _stacks(client: PortainerClient, gaps: Gaps, _: Call) -> list[str]:
    stacks = await client.many(Stack, "stacks", gaps)
    names = {UP: "active", INACTIVE: "stopped", DEPLOYING: "being deployed", FAILED: "failed"}
    return [
        f"{one.name}: {names.get(one.status, 'not known')}"
        for one in worst_first(stacks, lambda one: not one.is_active)
    ]


POWER: Final = Switch[PortainerClient](
    is_on=_is_active,
    on=Turn(to=True, run=lambda client, call: client.turn(call, "start")),
    off=Turn(to=False, run=lambda client, call: client.turn(call, "stop")),
    words=(t"stopped", t"active"),
)
ENVIRONMENT: Final = ResourceKind[PortainerState, Environment](
    key="environment",
    items=lambda state: state.environments,
    id=lambda one: str(one.id),
    title=lambda one: one.name,
    labels=lambda one: {"host": one.name},
    role=Role.HOST,
    is_device=True,
    part="endpoints",
    icon="mdi:server",
    sensors=(flag("online", "Online", lambda one: one.is_up, "connectivity"),),
)
STACK: Final = ResourceKind[PortainerState, Stack](
    key="stack",
    items=lambda state: state.stacks,
    id=lambda one: str(one.id),
    title=lambda one: one.name,
    parent=lambda one: ResourceKey(kind="environment", id=str(one.endpoint_id)),
    part="stacks",
    icon="mdi:layers",
    sensors=(flag("running", "Active", lambda one: one.is_active, "running"),),
)
SERVICE: Final = Service[PortainerClient, PortainerState](
    key="portainer",
    category=INFRASTRUCTURE,
    manufacturer="Portainer.io",
    icon="mdi:docker",
    role=Role.HOST,
    settings=(url_field("https://portainer.example.org:9443"), TOKEN, *TLS_SETTINGS),
    connect=PortainerClient,
    poll=PortainerClient.poll,
    version=lambda state: state.status.version,
    identity=lambda state: state.status.instance_id,
    sensors=(
        *COUNTS,
        served("stacks_active", "Stacks active", lambda state: sum(one.is_active for one in state.stacks)),
    ),
    resources=(
        ENVIRONMENT,
        STACK,
        replace(CONTAINER, parent=lambda one: ResourceKey(kind="environment", id=one.place)),
    ),
    checks=(
        critical(
            "environment_down",
            "Environment not reached",
            Environment.down,
            "environment",
            Outage(confirm=60.0, learns=False),
        ),
        warning("stack_failed", "Stack not deployed", Stack.failed, "stack"),
        *CHECKS,
    ),
    tools=(*TOOLS, _stacks, _images),
    actions=(
        # Portainer does not say which rights its users have on an engine.
        *(replace(one, needs=()) for one in ACTIONS),
        POWER.turn_on(
            **_stack_about("start", "Start stack", "Deploys the stack again.", Risk.LOW, "mdi:play")
        ),
        POWER.turn_off(
            **_stack_about(
                "stop", "Stop stack", "Removes the containers of the stack.", Risk.HIGH, "mdi:stop"
            )
        ),
    ),
    controls=(
        *CONTROLS,
        Control.switch("stack", "Active", "running", on="start_stack", off="stop_stack", scope="stack"),
    ),
    understood=Versions("2.19", "2"),
)
