"""Asks the connected Home Assistant, and takes the reports that it pushes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

from homelab_steward.contract.home import (
    HomeAction,
    HomeApp,
    HomeBackups,
    HomeIntegration,
    HomeJob,
    HomePart,
    HomeRepair,
    HomeUpdate,
)

from ...errors import PreconditionFailed, ServiceError, ServiceUnreachable
from ...sdk.answers import NotKnown
from ...sdk.description import Access, Call, Changed, Gaps, Push
from ...sdk.home import HomeAssistantPort
from ...sdk.targets import target
from .models import ReportedState, is_app_running
from .updates import InstallProgress

INTERVAL: Final = 30.0
POLLED: Final = tuple(part for part in HomePart if part not in (HomePart.AREAS, HomePart.ENTITIES))
"""What a poll reads: entities are counted, and listed only for the tool that asks for them."""

NOTES_AT_ONCE: Final = 3
MOST_TRIES: Final = 3
"""Release notes that are asked for in one poll, and how often those of one version are."""


class HomeAssistantClient:
    """The Home Assistant that is connected to the app; there is no address to connect to."""

    def __init__(self, access: Access) -> None:
        """Nothing is asked yet."""
        self.clock = access.clock
        self.progress = InstallProgress(access.clock)
        self._home = access.home
        self._notes: dict[tuple[str, str], str] = {}
        self._tries: Counter[tuple[str, str]] = Counter()

    async def close(self) -> None:
        """Do nothing: the connection is the integration's."""

    @property
    def home(self) -> HomeAssistantPort:
        """The connected Home Assistant. Raises ServiceUnreachable when none is connected."""
        if self._home is None:
            raise ServiceUnreachable(t"Home Assistant is not connected")
        return self._home

    async def listen(self) -> AsyncIterator[Push]:
        """Yield whenever Home Assistant pushed a report; the next poll asks for a newer one."""
        async for _ in self.home.pushed():
            yield Changed.POLL_NOW

    async def started(self, _: Call) -> str:
        """Return when Home Assistant was last started, in ISO 8601."""
        return (await self.home.report()).started_at.isoformat()

    async def restart_refusal(self, _: Call) -> str | None:
        """Return why Home Assistant would refuse to restart, None when it would not."""
        return await self.home.check_restart()

    async def job(self, action: HomeAction, call: Call) -> HomeJob | None:
        """Return the last job of this action that the app asked for, None when there was none."""
        target = call.target.id if call.target.kind in ("app", "update") else ""
        jobs = (await self.home.report()).jobs
        return next((one for one in jobs if (one.action, one.target) == (action, target)), None)

    async def app(self, call: Call) -> HomeApp:
        """Read an app now. Raises PreconditionFailed when it is gone."""
        return _found((await self.home.report(HomePart.APPS)).apps, call)

    async def is_started(self, call: Call) -> bool:
        """Return whether an app runs. Raises PreconditionFailed when that is not known."""
        try:
            return is_app_running(await self.app(call))
        except NotKnown as err:
            raise PreconditionFailed(str(err)) from err

    async def update(self, call: Call) -> HomeUpdate:
        """Read an update entity now. Raises PreconditionFailed when it is gone."""
        return _found((await self.home.report(HomePart.UPDATES)).updates, call)

    async def release_notes(self, updates: Iterable[HomeUpdate]) -> dict[str, str]:
        """Return the release notes of the updates that wait, by ID, as far as they were read.

        A few are asked for at a time, and each version once. Notes that could not be read several times
        are empty.
        """
        wanted = [(one.id, one.latest or "") for one in updates if one.has_notes and one.is_waiting]
        self._notes = {key: text for key in wanted if (text := self._notes.get(key)) is not None}
        self._tries = Counter({key: tries for key, tries in self._tries.items() if key in wanted})
        unread = [key for key in wanted if key not in self._notes]
        await asyncio.gather(*(self._read_notes(key) for key in unread[:NOTES_AT_ONCE]))
        return {key[0]: text for key, text in self._notes.items()}

    async def _read_notes(self, key: tuple[str, str]) -> None:
        try:
            self._notes[key] = await self.home.release_notes(key[0])
        except ServiceError:
            self._tries[key] += 1
            if self._tries[key] >= MOST_TRIES:
                self._notes[key] = ""

    async def integration(self, call: Call) -> HomeIntegration:
        """Read an integration now. Raises PreconditionFailed when it is gone."""
        return _found((await self.home.report(HomePart.INTEGRATIONS)).integrations, call)

    async def backups(self) -> HomeBackups:
        """Read the automatic backups now. Raises PreconditionFailed when they are not known."""
        try:
            report = await self.home.report(HomePart.BACKUPS)
            return ReportedState(report=report, read_at=self.clock.now()).backups
        except NotKnown as err:
            raise PreconditionFailed(str(err)) from err

    async def is_ignored(self, call: Call) -> bool:
        """Return whether a repair is ignored. Raises PreconditionFailed when it is gone."""
        repair: HomeRepair = _found((await self.home.report(HomePart.REPAIRS)).repairs, call)
        return repair.ignored


async def poll(client: HomeAssistantClient, gaps: Gaps) -> ReportedState:
    """Read Home Assistant. Raises ServiceError."""
    report = await client.home.report(*POLLED)
    for gap in report.gaps:
        gaps.add(gap.part, gap.reason)
    notes = await client.release_notes(report.updates)
    return ReportedState(report=report, read_at=client.clock.now(), notes=notes)


def ask(action: HomeAction) -> Callable[[HomeAssistantClient, Call], Awaitable[str]]:
    """Return what asks Home Assistant for an action on the target, and returns its handle."""

    async def request(client: HomeAssistantClient, call: Call) -> str:
        return (await client.home.call(action, call.target.id)).handle

    return request


def _found[Item: HomeUpdate | HomeIntegration | HomeRepair | HomeApp](
    items: tuple[Item, ...], call: Call
) -> Item:
    return target(items, call, lambda one: one.id)
