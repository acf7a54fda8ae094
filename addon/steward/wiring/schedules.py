"""Builds what is done at certain times: scheduled questions, backups, and the weekly report."""

from collections.abc import Iterable
from dataclasses import dataclass

import aiohttp

from homelab_steward.contract.schedules import Delivery, ScheduleKind
from homelab_steward.contract.state import FrontEndState, FrontEndStatus

from ..agent.agent import Agent
from ..api.home_connections import HomeConnections
from ..clock import Clock
from ..inventory.inventory import LiveInventory
from ..inventory.people import People
from ..reports.schedule import JOB_ID, times_of
from ..reports.weekly import WeeklyReports
from ..schedules.asking import Asking
from ..schedules.delivery import Reach, ReachNow
from ..schedules.schedules import ScheduleBook
from ..schedules.version_data import VersionData
from ..settings.model import Settings
from ..store.store import Store
from ..timing.scheduler import Job, Scheduler
from .backup_schedule import BackupSchedule
from .model_stack import ModelStack
from .offsite import TITLE as OFFSITE
from .offsite import offsite_job


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleParts:
    """The parts that schedules use."""

    settings: Settings
    store: Store
    scheduler: Scheduler
    clock: Clock
    inventory: LiveInventory
    agent: Agent
    people: People
    models: ModelStack
    session: aiohttp.ClientSession
    reach: ReachNow


async def build_schedules(parts: ScheduleParts) -> ScheduleBook:
    """Return all schedules but the weekly report."""
    settings, store, clock, agent = parts.settings, parts.store, parts.clock, parts.agent
    talking = parts.models.talking()
    gateway = talking.gateway if talking else None
    data = VersionData(parts.session, clock) if settings.schedules.look_up_versions else None
    asking = Asking(store, parts.inventory, clock, agent.requests.read, gateway, data, parts.reach)
    found = ScheduleBook(
        store,
        parts.scheduler,
        clock,
        settings.time_zone,
        asking,
        parts.people.by_speaker,
        agent.correlator.take,
    )
    if settings.backups.every is not None:
        backups = BackupSchedule(
            store.database,
            settings.data_dir,
            settings.backup_dir,
            clock,
            settings.backups.every,
            settings.backups.keep,
        )
        await found.add(ScheduleKind.BACKUP, await backups.job())
    if (offsite := settings.backups.offsite) is not None:
        job = offsite_job(offsite, settings.backup_dir, parts.session, clock)
        await found.add(ScheduleKind.BACKUP, job, OFFSITE)
    await found.read(settings.data_dir / "schedules")
    return found


async def build_reports(
    settings: Settings, store: Store, clock: Clock, inventory: LiveInventory, schedules: ScheduleBook
) -> WeeklyReports:
    """Return the weekly reports, with their schedule if they are on."""
    reports = WeeklyReports(
        store, inventory, clock, settings.time_zone, settings.models, settings.data_dir / "reports"
    )
    times = times_of(settings)
    if times is not None:
        await schedules.add(ScheduleKind.REPORT, Job(id=JOB_ID, times=times, run=reports.make))
    return reports


def reach_now(settings: Settings, home: HomeConnections, front_ends: Iterable[FrontEndStatus]) -> Reach:
    """Return where the messages of schedules can go now."""
    has_telegram, working = settings.telegram is not None, set[Delivery]()
    if any(one.state is not FrontEndState.DOWN for one in front_ends):
        working.add(Delivery.TELEGRAM)
    if home.is_connected:
        working.add(Delivery.PHONE)
    places = {Delivery.TELEGRAM: has_telegram, Delivery.PHONE: home.is_set_up}
    set_up = frozenset(key for key, is_there in places.items() if is_there)
    return Reach(set_up=set_up, working=frozenset(working))
