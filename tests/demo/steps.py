"""Runs named steps and reports their times."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class StepFailedError(Exception):
    """A step failed; the text has its name and the reason."""


class Steps:
    """Runs steps one after another and reports each on one line.

    Times are in seconds: in brackets since the start, at the end of the line that of the step.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self.count = 0
        self._report = report
        self._began = time.monotonic()

    async def play(self, name: str, work: Awaitable[str | None]) -> None:
        """Wait for `work` and report its text with the step. Raises StepFailedError."""
        began = time.monotonic()
        try:
            text = await work
        except asyncio.CancelledError:
            raise
        except Exception as err:
            self._line(f"{name} … FAILED after {time.monotonic() - began:.2f} s")
            reason = str(err) or type(err).__name__
            raise StepFailedError(f"step “{name}” failed: {reason}") from err
        self.done(name, time.monotonic() - began, text or "")

    def done(self, name: str, seconds: float, text: str = "") -> None:
        """Report a step that was done."""
        self.count += 1
        detail = f" ({text})" if text else ""
        self._line(f"{name} … {seconds:.2f} s{detail}")

    def _line(self, text: str) -> None:
        self._report(f"[{time.monotonic() - self._began:6.1f} s] {text}")
