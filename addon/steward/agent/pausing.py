"""Whether a pause stops a change. Pure."""

from typing import Final

from homelab_steward.contract.incidents import Decision
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode

from ..errors import StewardError

LONGEST_SHOWN: Final = 200


class Paused(StewardError):
    """The steward is paused: nothing was sent."""


def stopped(mode: StewardMode, decision: Decision | None) -> str | None:
    """Return why a change must not begin now, None when it may.

    A pause of automatic changes lets through what a person approved.
    """
    pause = mode.pause
    if pause is None:
        return None
    is_by_person = decision is not None and decision.person_id != ""
    if pause.scope is PauseScope.AUTOMATIC and is_by_person:
        return None
    return said(pause)


def said(pause: Pause) -> str:
    """Return who paused the steward, when and why, as a text for people."""
    reason = f": {pause.reason[:LONGEST_SHOWN].removesuffix('.')}" if pause.reason else ""
    return f"the steward is paused by {pause.person_name} since {pause.at:%Y-%m-%d %H:%M} UTC{reason}"
