"""What is remembered of a container between two polls: CPU samples and restart counts."""

from dataclasses import dataclass, field
from typing import Final

from ...sdk.answers import Unknown
from .stats import Stats

LATELY: Final = 600.0
"""Seconds within which restarts are counted."""

CPU_SPAN: Final = 10**9
"""Nanoseconds, of all cores together, that a measurement of CPU usage spans at least."""

NO_SPAN: Final = Unknown("It is measured between two polls")


@dataclass(slots=True)
class History:
    """The last sample, what was measured with it, and restart counts with their times."""

    sample: Stats | None = None
    share: float | Unknown = NO_SPAN
    counts: list[tuple[float, int]] = field(default_factory=list)

    def cpu(self, stats: Stats | Unknown) -> float | Unknown:
        """Return the CPU usage since the sample before, in percent of all cores."""
        if isinstance(stats, Unknown):
            self.sample = None
            return stats
        new, old = stats.cpu_stats, self.sample.cpu_stats if self.sample else None
        if old is None or new.used < old.used:  # it was started again
            self.sample, self.share = stats, NO_SPAN
        elif new.system_cpu_usage - old.system_cpu_usage >= CPU_SPAN:
            share = 100 * (new.used - old.used) / (new.system_cpu_usage - old.system_cpu_usage)
            self.sample, self.share = stats, round(share, 1)
        return self.share

    def restarts(self, now: float, count: int) -> int:
        """Return how often the engine restarted it lately; its count begins again when a person does."""
        kept = [(at, seen) for at, seen in self.counts if now - at < LATELY and seen <= count]
        self.counts = [*kept, (now, count)]
        return count - self.counts[0][1]
