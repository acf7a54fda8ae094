"""Builds the drills that restore backups in isolation."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..inventory.ports import Inventory
from ..restore_drill.drills import DrillParts, RestoreDrills
from ..restore_drill.file_backups import places_in_files
from ..restore_drill.own_backup import OwnBackups
from ..restore_drill.place import Place, places_of
from ..settings.model import Settings
from ..store import incidents
from ..store.store import Store
from ..texts import translate

MOST: Final = 500
ACTION: Final = "restore_drill"
"""The name under which fences can forbid it."""

type IsChanging = Callable[[Sequence[TargetRef]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Says why no drill may begin with a target now."""

    store: Store
    inventory: Inventory
    is_changing: IsChanging

    async def why_not(self, target: TargetRef) -> str:
        """Return a text for people, "" when a drill may begin."""
        around = (target, *self.inventory.parents(target))
        instance = self.inventory.target(target.instance_id)
        concerned = around if instance is None or instance in around else (*around, instance)
        if instance is not None and (fence := self.inventory.fenced(target, ACTION)) is not None:
            return fence
        if await self.is_changing(concerned):
            return translate(t"Something is being changed there.")
        async with self.store.read() as connection:
            opened = await incidents.newest_incidents(connection, MOST, open_only=True)
        keys = {one.key for one in concerned}
        for one in opened:
            if one.target is not None and one.target.key in keys:
                number = one.number
                return translate(t"Incident {number} is open there.")
        return ""


def build_restore_drills(
    settings: Settings, store: Store, inventory: Inventory, clock: Clock, is_changing: IsChanging
) -> RestoreDrills:
    """Return the drills for this machine and for all instances whose backups can be restored in isolation."""
    here = places_here(settings, clock)
    return RestoreDrills(
        DrillParts(
            store=store,
            clock=clock,
            settings=settings.restore_drill,
            zone=ZoneInfo(settings.time_zone),
            places=lambda: (*here, *places_of(inventory)),
            why_not=Obstacles(store, inventory, is_changing).why_not,
            clean=inventory.clean,
        )
    )


def places_here(settings: Settings, clock: Clock) -> tuple[Place, ...]:
    """Return the places with backups that this machine can read: those of the app, and of its settings."""
    own = OwnBackups(settings.backup_dir, settings.data_dir, clock)
    return (own, *places_in_files(settings.restore_drill, settings.data_dir, clock))


def own_drills(settings: Settings, store: Store, clock: Clock) -> RestoreDrills:
    """Return the drills for the backups that this machine has, while the app does not run."""

    async def nothing(_: TargetRef) -> str:
        return ""

    here = places_here(settings, clock)
    return RestoreDrills(
        DrillParts(
            store=store,
            clock=clock,
            settings=settings.restore_drill,
            zone=ZoneInfo(settings.time_zone),
            places=lambda: here,
            why_not=nothing,
            clean=str,
            has_all_places=False,
        )
    )


def start_restore_drills(
    drills: RestoreDrills, first_read: Callable[[], Awaitable[None]], opened: AsyncExitStack
) -> None:
    """Begin to look, after the first polls: what is left is found by them. Closing ``opened`` ends it."""

    async def run() -> None:
        await first_read()
        await drills.run()

    task = asyncio.create_task(run(), name="restore drills")

    async def close() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    opened.push_async_callback(close)
