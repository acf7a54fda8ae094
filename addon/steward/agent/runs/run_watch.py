"""The interface of the watch over a run that applies an update."""

from typing import Protocol

from homelab_steward.contract.incidents import Run, Verdict
from homelab_steward.contract.proposals import Option


class RunWatch(Protocol):
    """Compares the state after an update with what was normal before. Each call is safe to repeat."""

    async def begin(self, request_id: str) -> None:
        """Store what is normal before an approved request is carried out, if it applies an update."""

    async def look(self, run: Run, option: Option) -> float | Verdict:
        """Read once; return the verdict, or the seconds until the next read."""

    async def before_undo(self, run: Run, option: Option, verdict: Verdict) -> float | str | None:
        """Return None when a run that made things worse may be undone.

        While a person is asked about that, return the seconds after which to call again. A text is the
        reason why it is not undone.
        """

    async def after_undo(self, run: Run, option: Option) -> float | str:
        """Read once after the undo; return the result as a text, or the seconds until the next read."""
