"""Refused logins: no other login is made for a growing time, because services lock accounts."""

import math
from dataclasses import dataclass
from typing import Final

from ..errors import ServiceError

LOGIN_PAUSE: Final = 60.0
"""Seconds without a login after the first refused one."""

LONGEST_PAUSE: Final = 900.0


@dataclass(slots=True)
class Logins:
    """The refused logins in a row, and the time before which no other is made."""

    count: int = 0
    not_before: float = 0.0
    error: ServiceError | None = None

    def refused(self, error: ServiceError, now: float) -> None:
        """Begin a pause, twice as long as the last one."""
        self.error = error
        self.not_before = now + min(LONGEST_PAUSE, LOGIN_PAUSE * 2.0 ** min(self.count, 16))
        self.count += 1

    def check(self, now: float) -> None:
        """Raise the refusal of the last login during the pause after it."""
        if self.error is not None and now < self.not_before:
            seconds = math.ceil(self.not_before - now)
            text = f"{self.error}; the next login is made in {seconds} s, so that no account is locked"
            raise type(self.error)(text) from self.error
