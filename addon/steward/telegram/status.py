"""State of the Telegram front end, with a reason that people can act on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

log = structlog.get_logger(__name__)


class FrontEndState(StrEnum):
    """Whether messages reach the chat."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class FrontEndStatus:
    """The state and, unless it is OK, the reason and what to do."""

    state: FrontEndState
    reason: str = ""


_ORDER: Final = (FrontEndState.DOWN, FrontEndState.DEGRADED)


class StatusBoard:
    """Collects problems by source; the worst one is the status."""

    def __init__(self) -> None:
        """Start as DOWN until Telegram answers."""
        self._problems: dict[str, FrontEndStatus] = {}
        self._stopped: str | None = "Telegram has not answered yet"

    @property
    def current(self) -> FrontEndStatus:
        """The worst problem; among equals the oldest."""
        worst = [one for state in _ORDER for one in self._problems.values() if one.state is state]
        if self._stopped is not None and not (worst and worst[0].state is FrontEndState.DOWN):
            return FrontEndStatus(FrontEndState.DOWN, self._stopped)
        return worst[0] if worst else FrontEndStatus(FrontEndState.OK)

    def note(self, source: str, state: FrontEndState, reason: str) -> None:
        """Set the problem of ``source``; a new one is logged."""
        status = FrontEndStatus(state, reason)
        if self._problems.get(source) == status:
            return
        self._problems[source] = status
        log.warning("telegram problem", source=source, state=state.value, reason=reason)

    def clear(self, source: str) -> None:
        """Remove the problem of ``source``."""
        if self._problems.pop(source, None) is not None:
            log.info("telegram problem solved", source=source)

    def reached(self) -> None:
        """Note that Telegram has answered."""
        self._stopped = None

    def stopped(self, reason: str) -> None:
        """Set the state to DOWN because the front end is closed."""
        self._problems.clear()
        self._stopped = reason
