"""Maintenance windows: handles the commands of people, and finds the window that covers an alert."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Alert, AlertStatus
from homelab_steward.contract.maintenance import (
    MOST_WINDOWS,
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    MaintenanceWindows,
    Occurrence,
    RemoveMaintenance,
)
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import TargetRef

from ...clock import Clock
from ...inventory.ports import Inventory
from ...sdk.categories import GENERAL
from ...store import audit
from ...store import maintenance as stored
from ...store.store import Store
from ...tasks import repeat
from ...texts import translate
from ..decisions.gate import People
from ..decisions.speakers import Author, Authors
from .maintenance_rules import checked

TICK: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The window that covers an alert now, and until when."""

    window_id: str
    title: str
    until: datetime


class Windows(Protocol):
    """The maintenance windows."""

    def covering(self, target: TargetRef | None, source: str) -> Cover | None:
        """Return the window that covers an alert now."""


class Maintenance:
    """The maintenance windows; memory and store have the same ones."""

    def __init__(self, store: Store, inventory: Inventory, people: People, clock: Clock, zone: str) -> None:
        """``zone`` is the time zone of windows that name none. Call :meth:`start` to read them."""
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._zone = zone
        self._authors = Authors(store, people, clock)
        self._windows: dict[str, MaintenanceWindow] = {}
        self._changed = True
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Read the windows."""
        async with self._store.read() as connection:
            self._windows = {one.id: one for one in await stored.windows(connection)}

    async def run(self, changed: Callable[[], Awaitable[None]]) -> None:
        """Update the windows until cancelled; ``changed`` is called when one begins or ends."""

        async def look() -> None:
            await self.look()
            if self._changed:
                await changed()
                self._changed = False

        await repeat(look, TICK, self._clock, "maintenance windows not updated", at_once=True)

    async def look(self) -> None:
        """Write which time spans are current, following and announced; remove windows that are over."""
        now = self._clock.now()
        async with self._changing:
            for before in [*self._windows.values()]:
                after = at(before, now)
                if after == before:
                    continue
                self._changed = self._changed or after is None or after.current != before.current
                await self._put(before.id, after)

    def covering(self, target: TargetRef | None, source: str) -> Cover | None:
        """Return the window that covers an alert now; of several the one that ends last."""
        now = self._clock.now()
        held = [(one, span) for one in self._windows.values() if (span := _holding(one, now)) is not None]
        if not held:
            return None
        ids, categories = self._places(target, source)
        covers = [
            Cover(window_id=window.id, title=window.title, until=span.ends_at)
            for window, span in held
            if is_covered(window, ids, categories)
        ]
        return max(covers, key=lambda one: one.until, default=None)

    def next_of(self, target: TargetRef) -> Occurrence | None:
        """Return the current or else the next time span of maintenance of a target, None without any."""
        now = self._clock.now()
        ids, categories = self._places(target, target.instance_id)
        covering = [one for one in self._windows.values() if is_covered(one, ids, categories)]
        spans = [span for one in covering if (span := next(one.occurrences_from(now), None)) is not None]
        return min(spans, key=lambda one: one.starts_at, default=None)

    async def add(self, request: AddMaintenance) -> MaintenanceWindow:
        """Handle ``maintenance.add``.

        Raises ContractError: FORBIDDEN, which is audited, INVALID_ARGUMENT, and TOO_MANY.
        """
        author = await self._authors.require(request.speaker, "maintenance.refused", {"change": "add"})
        async with self._changing:
            if len(self._windows) >= MOST_WINDOWS:
                message = translate(t"There are {MOST_WINDOWS} maintenance windows already.")
                raise ContractError(ErrorCode.TOO_MANY, message)
            now = self._clock.now()
            given = checked(request, now, self._zone, {one.id for one in self._inventory.instances()})
            window = as_of(self._window(given, author, now), now)
            body = {"window": window.id, "person": author.person_id, "via": author.via}
            await self._put(window.id, window, "maintenance.added", body)
            self._changed = True
            return window

    async def remove(self, request: RemoveMaintenance) -> Nothing:
        """Handle ``maintenance.remove``; people are asked about alerts that still fire soon after.

        Raises ContractError: FORBIDDEN, which is audited for strangers, and NOT_FOUND.
        """
        author = await self._authors.require(request.speaker, "maintenance.refused", {"change": "remove"})
        async with self._changing:
            window = self._windows.get(request.id)
            if window is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such maintenance window."))
            if not author.may_take_back(window.person_id):
                message = translate(t"{window.person_name} added this window: a person has to remove it.")
                raise ContractError(ErrorCode.FORBIDDEN, message)
            after = self._ended_now(window) if request.only_current else None
            event = "maintenance.removed" if after is None else "maintenance.ended"
            body = {"window": window.id, "person": author.person_id, "via": author.via}
            await self._put(window.id, after, event, body)
            self._changed = True
        return Nothing()

    def _ended_now(self, window: MaintenanceWindow) -> MaintenanceWindow | None:
        """Return a window whose current time span is over, None when it has no other.

        Raises ContractError NOT_FOUND when it is not active.
        """
        now = self._clock.now()
        current = _holding(window, now)
        if current is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"This maintenance is not active now."))
        return at(replace(window, ended_until=current.ends_at), now)

    async def list(self, query: MaintenanceQuery) -> MaintenanceWindows:
        """Handle ``maintenance.list``."""
        since = query.since or self._clock.now()
        found = [
            (first.starts_at, one.id, one)
            for one in self._windows.values()
            if (first := next(one.occurrences_from(since), None)) is not None
            and (query.until is None or first.starts_at < query.until)
        ]
        return MaintenanceWindows(windows=tuple(one for _, _, one in sorted(found, key=lambda row: row[:2])))

    async def _put(
        self,
        window_id: str,
        window: MaintenanceWindow | None,
        event: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        """Store and publish a window, or remove it (None), with an entry in the audit log."""
        async with self._store.change(durable=event is not None) as unit:
            if window is None:
                await stored.remove(unit.connection, window_id)
            else:
                await stored.save(unit.connection, window)
            if event is not None:
                await audit.append(unit.connection, self._clock.now(), event, body or {})
            unit.publish(RowKind.MAINTENANCE, window_id, window)
        if window is None:
            self._windows.pop(window_id, None)
        else:
            self._windows[window_id] = window

    def _window(self, given: AddMaintenance, author: Author, now: datetime) -> MaintenanceWindow:
        return MaintenanceWindow(
            id=uuid.uuid4().hex,
            title=given.title,
            person_id=author.person_id,
            person_name=author.name,
            via=author.via,
            added_at=now,
            instance_ids=given.instance_ids,
            categories=given.categories,
            once=given.once,
            weekly=given.weekly,
            notify_minutes=given.notify_minutes,
        )

    def _places(self, target: TargetRef | None, source: str) -> tuple[set[str], set[str]]:
        """Return the instances and categories that an alert is about."""
        if target is None:
            return {source}, {GENERAL.key}
        application = self._inventory.application(target)
        around = [target, *self._inventory.parents(target), *([application] if application else [])]
        services = (self._inventory.service(one.instance_id) for one in (target, application) if one)
        categories = {one.category.key for one in services if one}
        return {one.instance_id for one in around}, categories or {GENERAL.key}


def covered(alert: Alert, windows: Windows | None) -> Alert:
    """Return an alert, suppressed while a maintenance window covers it.

    An alert that its monitor suppresses, or that does not fire, is returned unchanged.
    """
    is_by_monitor = alert.suppressed is not None and alert.window_id is None
    if windows is None or is_by_monitor or alert.status is not AlertStatus.FIRING:
        return alert
    cover = windows.covering(alert.target, alert.source)
    if cover is None:
        return alert if alert.window_id is None else _lifted(alert)
    return replace(
        alert,
        suppressed=translate("Maintenance: {title}", title=cover.title),
        silenced_until=cover.until,
        window_id=cover.window_id,
    )


def _lifted(alert: Alert) -> Alert:
    return replace(alert, suppressed=None, silenced_until=None, window_id=None)


def is_covered(window: MaintenanceWindow, instance_ids: Iterable[str], categories: Iterable[str]) -> bool:
    """Return whether a window is of one of these instances or categories, or of everything. Pure."""
    if window.is_of_everything:
        return True
    return not {*window.instance_ids}.isdisjoint(instance_ids) or not {*window.categories}.isdisjoint(
        categories
    )


def at(window: MaintenanceWindow, now: datetime) -> MaintenanceWindow | None:
    """Return a window with its time spans as they are at a time, None when it is over. Pure."""
    is_over = next(window.occurrences_from(now), None) is None
    return None if is_over else as_of(window, now)


def as_of(window: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
    """Return a window that is not over with its time spans as they are at a time. Pure."""
    spans = window.occurrences_from(now)
    current, following = None, next(spans, None)
    if following is not None and following.includes(now):
        current, following = following, next(spans, None)
    announced = window.announced
    notice = window.notify_minutes
    if notice is not None and following is not None:
        is_due = following.starts_at - timedelta(minutes=notice) <= now
        announced = following if is_due else announced
    return replace(window, current=current, following=following, announced=announced)


def _holding(window: MaintenanceWindow, now: datetime) -> Occurrence | None:
    """Return the time span that a window is in, which may have begun since it was written."""
    spans = (window.current, window.following)
    return next((one for one in spans if one is not None and one.includes(now)), None)
