"""The service of the drill, made with the kits of the real services, and its runbooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind

from ..clock import Clock
from ..runbooks.library import parse
from ..runbooks.model import Runbook
from ..sdk.access import Access
from ..sdk.categories import INFRASTRUCTURE
from ..sdk.coverage import Gaps
from ..sdk.description import Answer, AnyService, Call, ResourceKind, Role, Sensor, Service, Tool
from ..sdk.kits.restart import Restart
from ..sdk.kits.set_value import Current, SetValue
from ..sdk.readings import Unknown
from .world import World

SERVICE: Final = "steward_drill"
INSTANCE: Final = "drill"
BOX: Final = "box"

_RUNBOOK: Final = """---
id: drill-{id}
version: 1
title: Drill {id}
match: {{alerts: [Drill{alert}], targets: [box]}}
recipes:
  - id: act
    label: {label}
    steps: [{steps}]
    verify:
{verify}
    settle: 1
    within: 3
---
# Drill {id}
"""
_MORE: Final = "{action: steward_drill.set_limit, arguments: {limit: 3072}}"
_READINGS: Final = """\
      - {name: Memory below 85 %, reading: share, below: 85}
      - {name: It runs, reading: running, equals: true}"""
_MONITOR: Final = "      - {name: The alert has ended, reading: alerting, equals: false}"


def _runbook(name: str, label: str, steps: str, verify: str = _READINGS) -> Runbook:
    text = _RUNBOOK.format(id=name.lower(), alert=name, label=label, steps=steps, verify=verify)
    return parse(f"drill-{name.lower()}.md", text)


MEMORY: Final = "Memory"
MONITORED: Final = "Monitored"
WATCHED: Final = "Watched"
RISKY: Final = "Risky"
"""Parts of the names of alerts, one for each runbook of the drill."""


def drill_runbooks() -> Mapping[str, Runbook]:
    """Return the runbooks of the drill by id.

    One has a medium risk and reads back, one believes its monitor only, one needs both, one has a high risk.
    """
    found = (
        _runbook(MEMORY, "Increase memory", _MORE),
        _runbook(MONITORED, "Increase memory", _MORE, _MONITOR),
        _runbook(WATCHED, "Increase memory", _MORE, f"{_READINGS}\n{_MONITOR}"),
        _runbook(RISKY, "Restart it", "{action: steward_drill.restart}"),
    )
    return {one.id: one for one in found}


@dataclass(frozen=True, slots=True)
class DrillClient:
    """A client of the world."""

    world: World
    clock: Clock

    async def close(self) -> None:
        """Do nothing, because nothing is open."""


def _name(call: Call) -> str:
    return call.target.id.removeprefix(f"{BOX}/")


async def _limit(client: DrillClient, call: Call) -> Current:
    client.world.at_action_read()
    return Current(value=client.world.read(_name(call)).limit)


async def _set_limit(client: DrillClient, call: Call, value: Value, _: Current) -> None:
    await client.world.set_limit(_name(call), int(str(value)))


async def _started(client: DrillClient, call: Call) -> str:
    return str(client.world.read(_name(call)).started)


async def _restart(client: DrillClient, call: Call) -> None:
    client.world.restart(_name(call))


async def _log(client: DrillClient, call: Call) -> Answer:
    return Answer(title=f"Log of {call.target.name}", text=client.world.log)


def drill_service(world: World) -> AnyService:
    """Return the service whose instances show and change this world."""

    async def poll(client: DrillClient, _: Gaps) -> World:
        for name in client.world.boxes:
            client.world.read(name)
        return client.world

    def share(name: str) -> Value | Unknown:
        found = world.share(name)
        return Unknown("the drill service does not say") if found is None else found

    def connect(access: Access) -> DrillClient:
        return DrillClient(world, access.clock)

    sensors: tuple[Sensor[Any], ...] = (
        Sensor(key="share", name="Memory usage", value=share),
        Sensor(key="running", name="Running", value=lambda name: world.boxes[name].running),
    )
    limit = Field(key="limit", kind=SettingKind.NUMBER, name="Limit", minimum=1, maximum=65536)
    return Service(
        key=SERVICE,
        name="Drill",
        category=INFRASTRUCTURE,
        settings=(),
        connect=connect,
        poll=poll,
        version=lambda _: "1",
        role=Role.HOST,
        resources=(
            ResourceKind(
                key=BOX,
                name="Box",
                items=lambda _: tuple(world.boxes),
                id=lambda name: f"box/{name}",
                title=lambda name: world.titles.get(name, name),
                sensors=sensors,
                role=Role.HOST,
                labels=lambda name: {"name": name},
            ),
        ),
        tools=(Tool(key="log", name="Log", description="The log of a box.", read=_log, scope=BOX),),
        actions=(
            SetValue(
                argument="limit", label="Memory limit", read=_limit, write=_set_limit, unit="MiB"
            ).action(
                key="set_limit",
                name="Set memory limit",
                description="",
                risk=Risk.MEDIUM,
                scope=BOX,
                arguments=(limit,),
                capability="",
            ),
            Restart(started=_started, request=_restart, away=1.0).action(
                key="restart",
                name="Restart box",
                description="",
                risk=Risk.HIGH,
                scope=BOX,
            ),
        ),
    )
