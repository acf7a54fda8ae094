"""Steps: each is timed, told on one line, and named when it fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class StepFailedError(Exception):
    """A step did not come to what it should; the text says which and why."""


class Steps:
    """Plays steps one after another and tells of each when it is done.

    Times are seconds: in brackets since the first step's beginning, at the end the step's own.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self.count = 0
        self._report = report
        self._began = time.monotonic()

    async def play(self, name: str, work: Awaitable[str | None]) -> None:
        """Wait for `work`, whose text is told with the step; raises `StepFailedError`."""
        began = time.monotonic()
        try:
            said = await work
        except asyncio.CancelledError:
            raise
        except Exception as err:
            self._line(f"{name} … FAILED after {time.monotonic() - began:.2f} s")
            reason = str(err) or type(err).__name__
            raise StepFailedError(f"step “{name}” failed: {reason}") from err
        self.count += 1
        more = f" ({said})" if said else ""
        self._line(f"{name} … {time.monotonic() - began:.2f} s{more}")

    def _line(self, text: str) -> None:
        self._report(f"[{time.monotonic() - self._began:6.1f} s] {text}")
