"""Writes to the group about maintenance that begins soon, pauses, and used limits of language models."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from homelab_steward.contract.maintenance import MaintenanceQuery, MaintenanceWindow
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.usage import Usage

from ..clock import Clock
from ..store.changes import Changes, Lost
from ..tasks import run_to_completion
from ..texts import household, translate
from ..texts.limit_text import limit_text
from .drafts import Draft, Kind, Priority
from .markup import Rich, literal, prose
from .outbox import Outbox
from .ports import StewardCommands
from .status_text import shown_time
from .topic_names import GENERAL

LINE: Final = 300


class Notices:
    """Writes one line for each announced maintenance, each pause, and each threshold of a limit, once."""

    def __init__(
        self, outbox: Outbox, changes: Changes, steward: StewardCommands, clock: Clock, zone: tzinfo
    ) -> None:
        """Times are shown in ``zone``."""
        self._outbox = outbox
        self._changes = changes
        self._steward = steward
        self._clock = clock
        self._zone = zone
        self._pause: Pause | None = None

    async def run(self) -> None:
        """Write notices until cancelled, first those that an earlier process did not write."""
        with self._changes.watch(RowKind.MAINTENANCE, RowKind.MODE, RowKind.USAGE) as watch:
            await self._catch_up()
            async for event in watch:
                if isinstance(event, Lost):
                    await self._catch_up()
                elif event.maintenance is not None:
                    await self._window(event.maintenance)
                elif event.mode is not None:
                    await self._mode(event.mode)
                elif event.usage is not None:
                    await self._usage(event.usage)

    async def _catch_up(self) -> None:
        self._pause = (await self._steward.mode()).pause
        query = MaintenanceQuery(since=self._clock.now())
        for window in (await self._steward.list_maintenance(query)).windows:
            await self._window(window)

    async def _window(self, window: MaintenanceWindow) -> None:
        """Announce the time span for which people are to be notified, unless it is over."""
        span = window.announced
        if span is None or span.ends_at <= self._clock.now():
            return
        text = translate(
            "{title}: maintenance from {begin} until {end}. Problems are recorded, and nobody is asked.",
            title=window.title,
            begin=self._time(span.starts_at),
            end=self._time(span.ends_at),
        )
        key = f"maintenance:{window.id}:{span.starts_at.isoformat()}"
        await self._write(key, literal("🔧 ") + prose(text, LINE))

    async def _mode(self, mode: StewardMode) -> None:
        """Say who paused, unless that was in this group: then it has the answer."""
        before, self._pause = self._pause, mode.pause
        shown = mode.pause or before
        if shown is None or shown.via is FrontEnd.TELEGRAM:
            return
        if mode.pause is not None and mode.pause != before:
            await self._write(f"pause:{mode.pause.at.isoformat()}", literal("⏸ ") + _paused(mode.pause))
        elif mode.pause is None and before is not None:
            text = translate("The pause is over.")
            await self._write(f"resume:{before.at.isoformat()}", literal(f"▶️ {text}"))

    async def _usage(self, usage: Usage) -> None:
        """Write about the highest threshold that each limit has reached."""
        for model in usage.models:
            for limit in model.limits:
                if limit.warning is not None:
                    key = f"quota:{model.deployment}:{limit.kind}:{_period(usage, limit)}:{limit.warning}"
                    await self._write(
                        key, literal("📊 ") + prose(limit_text(model.deployment, limit, household()), LINE)
                    )

    async def _write(self, key: str, text: Rich) -> None:
        draft = Draft(key=key, kind=Kind.LINE, topic=GENERAL, priority=Priority.LINE, text=text.html)
        await run_to_completion(self._outbox.put_once([draft]), "telegram: step")

    def _time(self, at: datetime) -> str:
        return shown_time(at, self._clock.now(), household(), self._zone)


def _paused(pause: Pause) -> Rich:
    by = pause.person_name or "Home Assistant"
    every = translate("{name} paused every change.", name=by)
    automatic = translate("{name} paused automatic changes.", name=by)
    return prose(every if pause.scope is PauseScope.EVERYTHING else automatic, LINE)


def _period(usage: Usage, limit: LimitUse) -> str:
    """Return the first day of the day or week that a limit counts."""
    day = date.fromisoformat(usage.day)
    return (day - timedelta(days=day.weekday()) if limit.is_weekly else day).isoformat()
