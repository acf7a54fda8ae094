"""The world's service for the app: the kits' actions over HTTP, and its inventory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, override

import aiohttp

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.state import Resource, Snapshot, TargetRef
from homelab_steward.contract.step_parts import Difference
from rig.inventory import ToyInventory, box
from rig.toy import SERVICE as TOY
from rig.toy import Toy
from steward.clock import SystemClock
from steward.errors import ServiceRefused
from steward.sdk.access import Access
from steward.sdk.description import Action, AnyService, Call, Sensor
from steward.sdk.kits.jobs import Job, Jobs, RunJob
from steward.sdk.kits.restart import Restart
from steward.sdk.kits.set_value import Current, SetValue
from steward.sdk.readings import Reading
from steward.sdk.rest import Rest

TIMEOUT: Final = 0.8
"""Seconds after which the client gives up: the world may take longer."""

RUNBOOK: Final = """---
id: torture-{kind}
version: 1
title: Torture
match: {{alerts: [{alert}], targets: [box]}}
recipes:
  - id: all
    label: Change it
    steps: [{steps}]
    verify:
      - {{name: Memory below 85 %, reading: share, below: 85}}
      - {{name: It runs, reading: running, equals: true}}
    settle: 0.2
    within: 0.6
---
# Torture
"""
MEMORY_STEP: Final = "{action: toy.set_memory, arguments: {memory: 3072}}"
CPU_STEP: Final = "{action: toy.set_cpu, arguments: {cpu: 4}}"
RUNBOOKS: Final = (
    RUNBOOK.format(kind="one", alert="One", steps=MEMORY_STEP),
    RUNBOOK.format(kind="two", alert="Two", steps=f"{CPU_STEP}, {MEMORY_STEP}"),
)


class Client(Rest):
    """Reads and changes boxes."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        super().__init__(Access(settings={"url": url}, session=session, clock=SystemClock()), timeout=TIMEOUT)

    async def box(self, call: Call) -> dict[str, Any]:
        found = await self.get(f"boxes/{call.target.name}")
        assert isinstance(found, dict)
        return found

    async def change(self, call: Call, what: str, **body: object) -> dict[str, Any]:
        found = await self.send("POST", f"boxes/{call.target.name}/{what}", body)
        assert isinstance(found, dict)
        return found


def _setter(key: str, *, is_versioned: bool) -> Action[Client]:
    """Return the action that sets a value; with a version the service deduplicates it."""

    async def read(client: Client, call: Call) -> Current:
        found = await client.box(call)
        return Current(value=found[key], token=str(found["version"]) if is_versioned else "")

    async def write(client: Client, call: Call, value: Value, current: Current) -> None:
        version = {"version": int(current.token)} if is_versioned else {}
        await client.change(call, key, value=value, **version)

    return SetValue(argument=key, label=key, read=read, write=write).action(
        key=f"set_{key}",
        name=f"Set {key}",
        description="",
        risk=Risk.LOW,
        scope="box",
        deduplicated=is_versioned,
        arguments=(Field(key=key, kind=SettingKind.NUMBER, name=key, minimum=1, maximum=65536),),
    )


async def _started(client: Client, call: Call) -> str:
    return str((await client.box(call))["started"])


async def _restart(client: Client, call: Call) -> None:
    await client.change(call, "restart")


async def _search(client: Client, call: Call) -> str:
    return str((await client.change(call, "search"))["job"])


async def _changes(_: Client, __: Call) -> tuple[Difference, ...]:
    return (Difference(field="Search", before="none", after="for all"),)


def _job(number: int) -> Job:
    return Job(handle=str(number), is_running=False, ok=True, order=number)


async def _newest(client: Client, call: Call) -> Job | None:
    jobs = (await client.box(call))["jobs"]
    return _job(jobs[-1]) if jobs else None


async def _job_of(client: Client, call: Call, handle: str) -> Job:
    if int(handle) not in (await client.box(call))["jobs"]:
        message = "there is no such job"
        raise ServiceRefused(message)
    return _job(int(handle))


ACTIONS: Final = (
    _setter("memory", is_versioned=True),
    _setter("cpu", is_versioned=False),
    Restart(started=_started, request=_restart, away=1.0).action(
        key="restart", name="Restart", description="", risk=Risk.LOW, scope="box"
    ),
    RunJob(start=_search, jobs=Jobs(read=_job_of, newest=_newest), changes=_changes, waits=False).action(
        key="search", name="Search", description="", risk=Risk.LOW, scope="box"
    ),
)


class TortureInventory(ToyInventory):
    """All boxes of the world."""

    def __init__(self, client: Client) -> None:
        super().__init__(Toy(), ())
        self._client = client
        self._values: dict[str, Mapping[str, Value]] = {}
        self.service_row: AnyService = _service()

    @override
    def client(self, instance_id: str) -> Any:
        return self._client

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        found = await self._client.get("boxes")
        assert isinstance(found, dict)
        self.boxes = {f"box/{name}": box(name) for name in found}
        self._values = {
            f"box/{name}": {key: value for key, value in one.items() if key != "jobs"}
            for name, one in found.items()
        }
        rows = tuple(
            Resource(kind="box", id=one.id, name=one.name, values=dict(self._values[one.id]))
            for one in self.boxes.values()
        )
        self._snapshot = Snapshot(instance_id=instance_id, taken_at=datetime.now(UTC), resources=rows)
        return self._snapshot

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        return dict(self._values.get(target.id, {}))


def _service() -> AnyService:
    """Return the description of the service."""
    boxes = next(one for one in TOY.resources if one.key == "box")
    sensors: tuple[Sensor[Any], ...] = (
        Sensor(key="share", name="Memory usage", value=lambda one: one.share),
        Sensor(key="running", name="Running", value=lambda one: one.running),
    )
    return replace(TOY, resources=(replace(boxes, sensors=sensors),), actions=ACTIONS, tools=())
