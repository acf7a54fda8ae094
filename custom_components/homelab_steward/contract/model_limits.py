"""A limit of a language model, and how much of it is used."""

from dataclasses import dataclass

from .base import Many, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse(Message):
    """A limit and how much of it is used; ``kind`` is the name of its setting, such as ``daily_tokens``.

    ``warn_at`` are the percentages that people are notified of.
    """

    kind: str
    used: float
    limit: float
    warn_at: Many[int] = (50, 70, 80)

    @property
    def is_weekly(self) -> bool:
        """Whether it counts since Monday, not since midnight."""
        return self.kind.startswith("weekly")

    @property
    def percent(self) -> int:
        """How much is used, at most 100; a limit of zero is used up."""
        return min(100, int(100 * self.used / self.limit)) if self.limit else 100

    @property
    def warning(self) -> int | None:
        """The highest of ``warn_at`` that is reached, None below all."""
        return max((one for one in self.warn_at if self.limit and self.percent >= one), default=None)

    @property
    def is_nearly_used(self) -> bool:
        """Whether the last of ``warn_at`` is reached."""
        return bool(self.warn_at) and self.percent >= max(self.warn_at)
