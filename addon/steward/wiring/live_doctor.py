"""The doctor of the running app: checks everything now and then and when asked, and keeps the last report."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from typing import Final

import aiohttp

from homelab_steward.contract.doctor import DOCTOR_ID, DoctorReport, HealthPart, RunDoctor, Versions
from homelab_steward.contract.home import HomePart
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import InstanceStatus

from ..api.home_connections import HomeConnections
from ..clock import Clock
from ..doctor.doctor import examine
from ..doctor.findings import Checked
from ..doctor.home import HomeFacts, check_home
from ..doctor.model_reader import ListModels
from ..doctor.services import ServiceFacts
from ..doctor.settings import check_settings
from ..errors import ServiceError
from ..inventory.ports import Inventory
from ..settings.model import Settings
from ..store.incidents import incidents_in
from ..store.store import Store
from .doctor import VERSION, Checks, Places, all_checks

EVERY: Final = 6 * 3600.0
"""Seconds between two looks."""

SETTLED: Final = 60.0
"""Seconds after a service answers again, or does not any more, until the next look."""

LOOK_AT_HEALTH: Final = 60.0
"""Seconds between two looks at the parts of the app itself."""

type ReadHealth = Callable[[], Awaitable[tuple[HealthPart, ...]]]

PHONE_REPAIRS: Final = "homelab_steward/phone_"
"""How the ids of Home Assistant's repairs about phones begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveParts:
    """What the doctor of the running app reads."""

    settings: Settings
    store: Store
    session: aiohttp.ClientSession
    clock: Clock
    inventory: Inventory
    home: HomeConnections
    list_models: ListModels
    wrong_services: Mapping[str, str]


class LiveDoctor:
    """Checks everything, and publishes each report. Two callers at the same time get the same one."""

    def __init__(self, parts: LiveParts) -> None:
        """Nothing is read before :meth:`run`."""
        self._parts = parts
        self._places = Places(
            settings=parts.settings,
            database=parts.store.database,
            session=parts.session,
            clock=parts.clock,
            list_models=parts.list_models,
            is_running=True,
        )
        self._running: asyncio.Task[DoctorReport] | None = None
        self.report: DoctorReport | None = None
        """The last report, None before the first one."""
        self._health: tuple[HealthPart, ...] = ()

    async def follow(self, read: ReadHealth) -> None:
        """Look at the parts of the app every minute, and publish when one begins or ends to work.

        It ends when it is cancelled.
        """
        while True:
            self.note_health(await read())
            await self._places.clock.sleep(LOOK_AT_HEALTH)

    def note_health(self, found: tuple[HealthPart, ...]) -> None:
        """Keep what was read of the parts. It is published when a part begins or ends to work."""
        is_other = [(one.key, one.ok, one.reasons) for one in found] != [
            (one.key, one.ok, one.reasons) for one in self._health
        ]
        self._health = found
        if self.report is not None:
            self.report = replace(self.report, health=found)
            if is_other:
                self._parts.store.changes.publish(RowKind.DOCTOR, DOCTOR_ID, self.report)

    async def take(self, request: RunDoctor) -> DoctorReport:
        """Handle ``steward.doctor``."""
        if self.report is not None and not request.now:
            return self.report
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._examine(), name="doctor")
        return await asyncio.shield(self._running)

    async def versions(self, _request: Nothing) -> Versions:
        """Handle ``steward.versions``."""
        return await Checks(self._places).versions(self._parts.home.integration)

    async def run(self, first_read: Callable[[], Awaitable[None]]) -> None:
        """Look after the first polls, then every few hours and after services changed; until cancelled."""
        await first_read()
        while True:
            await self.take(RunDoctor(now=True))
            await self._wait()

    async def _wait(self) -> None:
        clock = self._places.clock
        waits = {asyncio.ensure_future(clock.sleep(EVERY)), asyncio.ensure_future(self._changed())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _changed(self) -> None:
        """Return some time after a service began to answer, or ended to."""
        known = self._states()
        with self._parts.store.changes.watch(RowKind.INSTANCE) as watch:
            while self._states() == known:
                await watch.next()
        await self._places.clock.sleep(SETTLED)

    def _states(self) -> dict[str, bool]:
        found = self._parts.inventory.instances()
        return {one.id: one.status is InstanceStatus.OK for one in found}

    async def _examine(self) -> DoctorReport:
        parts = self._parts
        checks = Checks(self._places)
        report = await examine(
            all_checks(checks, self._services, parts.inventory.service, self._settings, self._home),
            await checks.versions(parts.home.integration),
            parts.clock.now(),
            is_running=True,
        )
        report = self.report = replace(report, health=self._health)
        parts.store.changes.publish(RowKind.DOCTOR, DOCTOR_ID, report)
        return report

    async def _settings(self) -> Checked:
        return check_settings(self._parts.wrong_services)

    async def _services(self) -> list[ServiceFacts]:
        inventory = self._parts.inventory
        with_incident = await self._with_incident()
        found: list[ServiceFacts] = []
        for one in inventory.instances():
            snapshot, service = inventory.snapshot(one.id), inventory.service(one.id)
            notice = service.understood.notice(one.version) if service is not None else None
            found.append(
                ServiceFacts(
                    instance=one,
                    missing_rights=snapshot.missing_rights if snapshot else (),
                    version_notice=notice or "",
                    was_read=snapshot is not None,
                    has_incident=one.id in with_incident,
                )
            )
        return found

    async def _with_incident(self) -> frozenset[str]:
        """Return the instances that an incident which is not closed is about; requests are none."""
        is_open = [one for one in IncidentStatus if not one.is_closed]
        async with self._parts.store.read() as connection:
            found = await incidents_in(connection, is_open)
        return frozenset(
            one.target.instance_id for one in found if one.target is not None and not one.is_request
        )

    async def _home(self) -> Checked:
        home = self._parts.home
        return check_home(
            HomeFacts(
                is_set_up=home.is_set_up,
                is_connected=home.is_connected,
                app_version=VERSION,
                integration=home.integration,
                app_zone=self._parts.settings.time_zone,
                home_zone=home.time_zone,
                phones=await self._phones(),
            )
        )

    async def _phones(self) -> tuple[str, ...] | None:
        """Return the repairs about phones that cannot be notified, None when they cannot be read."""
        if not self._parts.home.is_connected:
            return None
        try:
            report = await self._parts.home.report(HomePart.REPAIRS)
        except ServiceError:
            return None
        return tuple(one.title for one in report.repairs if one.id.startswith(PHONE_REPAIRS))


def start_doctor(
    parts: LiveParts, first_read: Callable[[], Awaitable[None]], opened: AsyncExitStack
) -> LiveDoctor:
    """Begin to look; closing ``opened`` ends it."""
    doctor = LiveDoctor(parts)
    begin(doctor.run(first_read), "doctor looks", opened)
    return doctor


def begin(work: Coroutine[None, None, None], name: str, opened: AsyncExitStack) -> None:
    """Begin work in the background; closing ``opened`` ends it."""
    task = asyncio.create_task(work, name=name)

    async def close() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    opened.push_async_callback(close)
