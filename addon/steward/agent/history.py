"""How it went before, in words. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Outcome, RunbookStatistics

from ..store.runs import PastOutcome

WORDS: Final = {
    Outcome.FIXED: "it worked",
    Outcome.NOT_FIXED: "it did not help",
    Outcome.WORSE: "it made things worse",
}


def tell(here: Sequence[PastOutcome], everywhere: RunbookStatistics | None, now: datetime) -> str:
    """Return one line: the last time on this target, and the count everywhere."""
    parts = []
    if here:
        last = here[0]
        parts.append(f"last time ({ago(now - last.at)}) {WORDS[last.outcome]}")
    if everywhere is not None:
        total = everywhere.fixed + everywhere.not_fixed + everywhere.worse
        parts.append(f"worked {everywhere.fixed} of {total} times")
    return ", ".join(parts) or "never tried before"


def ago(span: timedelta) -> str:
    """Return how long ago something was, in its largest whole unit."""
    return "just now" if span < timedelta(minutes=1) else f"{lasting(span)} ago"


def lasting(span: timedelta) -> str:
    """Return a span in its largest whole unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
