"""Whether a pause stops a change. Pure."""

from typing import Final

from homelab_steward.contract.incidents import Decision
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode

from ...errors import StewardError
from ...texts import translate

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
    """Return who paused the steward and why, as a text for people."""
    found = translate("the steward is paused by {person}", person=pause.person_name)
    return f"{found}: {pause.reason[:LONGEST_SHOWN].removesuffix('.')}" if pause.reason else found
