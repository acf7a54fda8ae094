"""Builds what happens at its time: schedules, updates, and weekly reports."""

from collections.abc import Callable
from dataclasses import dataclass

from homelab_steward.contract.state import FrontEndStatus

from ..reports.weekly import WeeklyReports
from ..schedules.schedules import ScheduleBook
from ..timing.scheduler import Scheduler
from .assessing import AssessingParts, build_assessor, summary_writer
from .base import Base
from .changes import ChangeParts, ChangeStage, build_changes, sources
from .core import Core
from .schedules import ScheduleParts, build_reports, build_schedules, reach_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What happens at its time, once ``scheduler`` and ``changes`` are started."""

    scheduler: Scheduler
    schedules: ScheduleBook
    changes: ChangeStage
    reports: WeeklyReports


async def build_planned(
    base: Base, core: Core, front_ends: Callable[[], tuple[FrontEndStatus, ...]]
) -> Planned:
    """Return what happens at its time; it is not started. Closing ``base.opened`` closes it."""
    scheduler = Scheduler(base.store, base.clock)
    base.opened.push_async_callback(scheduler.close)
    schedules = await build_schedules(
        ScheduleParts(
            settings=base.settings,
            store=base.store,
            scheduler=scheduler,
            clock=base.clock,
            inventory=core.inventory,
            agent=core.agent,
            people=base.people,
            models=core.models,
            session=base.session,
            reach=lambda: reach_now(base.settings, base.home, front_ends()),
        )
    )
    changes = _changes(base, core)
    reports = await build_reports(base.settings, base.store, base.clock, core.inventory, schedules)
    return Planned(scheduler=scheduler, schedules=schedules, changes=changes, reports=reports)


def _changes(base: Base, core: Core) -> ChangeStage:
    """Return the stage of updates."""
    assessor = build_assessor(
        AssessingParts(
            store=base.store,
            clock=base.clock,
            inventory=core.inventory,
            session=base.session,
            versions=lambda: core.versions.changes,
            look_up=base.settings.schedules.look_up_versions,
        )
    )
    summaries = summary_writer(base.store, core.models)
    if summaries is not None and base.settings.changes.enabled:
        base.opened.push_async_callback(summaries.close)
        summaries.start()
    found = build_changes(
        ChangeParts(
            store=base.store,
            inventory=core.inventory,
            clock=base.clock,
            settings=base.settings.changes,
            agent=core.agent,
            people=base.people,
            sources=sources(core.inventory, base.session, base.clock, base.settings),
            assess=assessor.assess,
        )
    )
    base.opened.push_async_callback(found.close)
    return found
