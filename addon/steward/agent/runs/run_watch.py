"""The port of what watches a run that applied an update."""

from typing import Protocol

from homelab_steward.contract.incidents import Run, Verdict
from homelab_steward.contract.proposals import Option


class RunWatch(Protocol):
    """Judges the runs of updates by what was normal before. Each call is safe to repeat."""

    async def begin(self, request_id: str) -> None:
        """Keep what is normal before an approved request is carried out, if it applies an update."""

    async def look(self, run: Run, option: Option) -> float | Verdict:
        """Read once; return the verdict, or the seconds until the next read."""

    async def before_undo(self, run: Run, option: Option, verdict: Verdict) -> float | str | None:
        """Return None when a run that made things worse may be undone.

        While a person is asked about that, return the seconds after which to call again; a text
        is why it stays as it is.
        """

    async def after_undo(self, run: Run, option: Option) -> float | str:
        """Read once after the undo; return what is known of it, or the seconds until the next read."""
