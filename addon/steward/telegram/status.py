"""How the Telegram face is, in words a person can act on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

log = structlog.get_logger(__name__)


class FrontEndState(StrEnum):
    """Whether people are reached."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class FrontEndStatus:
    """The state and, unless it is OK, why and what to do about it."""

    state: FrontEndState
    reason: str = ""


_ORDER: Final = (FrontEndState.DOWN, FrontEndState.DEGRADED)


class StatusBoard:
    """Collects what is wrong, by concern; the worst of it is the status."""

    def __init__(self) -> None:
        """Begin with nobody reached."""
        self._concerns: dict[str, FrontEndStatus] = {}
        self._stopped: str | None = "Telegram has not answered yet"

    @property
    def current(self) -> FrontEndStatus:
        """The worst there is; of equals the oldest."""
        worst = [one for state in _ORDER for one in self._concerns.values() if one.state is state]
        if self._stopped is not None and not (worst and worst[0].state is FrontEndState.DOWN):
            return FrontEndStatus(FrontEndState.DOWN, self._stopped)
        return worst[0] if worst else FrontEndStatus(FrontEndState.OK)

    def note(self, concern: str, state: FrontEndState, reason: str) -> None:
        """Something is wrong; said in the log when it is new."""
        status = FrontEndStatus(state, reason)
        if self._concerns.get(concern) == status:
            return
        self._concerns[concern] = status
        log.warning("telegram is not well", concern=concern, state=state.value, reason=reason)

    def clear(self, concern: str) -> None:
        """It is well again."""
        if self._concerns.pop(concern, None) is not None:
            log.info("telegram is well again", concern=concern)

    def reached(self) -> None:
        """Telegram answered for the first time since the start."""
        self._stopped = None

    def stopped(self, reason: str) -> None:
        """Nobody is reached, on purpose or not yet."""
        self._concerns.clear()
        self._stopped = reason
