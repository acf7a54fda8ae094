"""Decides whether a phone plays a sound. Pure."""

from datetime import time
from typing import Final

from ..contract.state import Person

SOUND_ALL: Final = "all"
SOUND_CRITICAL: Final = "critical"
SOUND_NONE: Final = "none"
SOUNDS: Final = (SOUND_ALL, SOUND_CRITICAL, SOUND_NONE)


def may_sound(sound: str, owner: Person | None, at: time, *, is_critical: bool) -> bool:
    """Return whether the option ``sound`` and the quiet time of the phone's owner allow a sound."""
    if sound == SOUND_NONE or is_critical:
        return sound != SOUND_NONE
    is_quiet = owner is not None and owner.is_quiet(at)
    return sound == SOUND_ALL and not is_quiet
