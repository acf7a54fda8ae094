"""State of the Telegram front end, with reasons that people can act on."""

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEnd, FrontEndPlace, FrontEndState, FrontEndStatus

from ..clock import Clock
from ..texts import household, translate

log = structlog.get_logger(__name__)

TICK: Final = 5.0
"""Seconds between two checks whether a problem with an end is over."""

_ORDER: Final = (FrontEndState.DOWN, FrontEndState.DEGRADED)


class StatusBoard:
    """Collects problems by source; the worst one is the status."""

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        changed: Callable[[FrontEndStatus], None],
        places: tuple[FrontEndPlace, ...] = (),
    ) -> None:
        """Start as DOWN until Telegram answers. ``changed`` gets each new status.

        ``places`` are the topics that texts can be sent to.
        """
        self._clock = clock
        self._zone = zone
        self._changed = changed
        self._places = places
        self._problems: dict[str, tuple[FrontEndState, str]] = {}
        self._ends: dict[str, float] = {}
        self._stopped: str | None = translate("Telegram has not answered yet")
        self._current = self._computed()

    @property
    def current(self) -> FrontEndStatus:
        """The worst problem; among equals the oldest."""
        return self._current

    def set_places(self, places: tuple[FrontEndPlace, ...]) -> None:
        """Set the topics that texts can be sent to."""
        self._places = places
        self._update()

    async def run(self) -> None:
        """Remove problems whose time is over, until cancelled."""
        while True:
            now = self._clock.monotonic()
            for source in [one for one, end in self._ends.items() if end <= now]:
                self.clear(source)
            await self._clock.sleep(TICK)

    def note(
        self,
        source: str,
        state: FrontEndState,
        reason: str,
        *,
        seconds: float | None = None,
        log_as: str | None = None,
    ) -> None:
        """Set the problem of ``source``; a new one is logged, as ``log_as`` if that is given.

        It ends by itself after ``seconds``.
        """
        self._ends.pop(source, None)
        if seconds is not None:
            self._ends[source] = self._clock.monotonic() + seconds
        if self._problems.get(source) == (state, reason):
            return
        self._problems[source] = (state, reason)
        log.warning("telegram problem", source=source, state=state.value, reason=log_as or reason)
        self._update()

    def clear(self, source: str) -> None:
        """Remove the problem of ``source``."""
        self._ends.pop(source, None)
        if self._problems.pop(source, None) is not None:
            log.info("telegram problem solved", source=source)
            self._update()

    def reached(self) -> None:
        """Note that Telegram has answered."""
        self._stopped = None
        self._update()

    def stopped(self, reason: str) -> None:
        """Set the state to DOWN because the front end is closed."""
        self._problems.clear()
        self._ends.clear()
        self._stopped = reason
        self._update()

    def time_in(self, seconds: float) -> str:
        """Return the time of day in ``seconds``, with the date when it is another day."""
        now = self._clock.now().astimezone(self._zone)
        then = now + timedelta(seconds=seconds)
        return household().time(then) if then.date() == now.date() else household().date_and_time(then)

    def _update(self) -> None:
        status = self._computed()
        if status != self._current:
            self._current = status
            self._changed(status)

    def _computed(self) -> FrontEndStatus:
        problems = list(self._problems.values())
        if self._stopped is not None:
            problems.append((FrontEndState.DOWN, self._stopped))
        found = sorted(problems, key=lambda one: _ORDER.index(one[0]))
        state = found[0][0] if found else FrontEndState.OK
        texts = tuple(text for _, text in found)
        return FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=state, problems=texts, places=self._places)
