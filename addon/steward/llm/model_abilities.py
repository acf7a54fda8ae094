"""What a model can do on this install, as its check found, and what it is not used for. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .complexity import Work

SPOKEN_SPEED: Final = 10.0
"""Tokens a second that a spoken answer needs: about a hundred tokens in ten seconds."""

DOCUMENT_SPEED: Final = 15.0
"""Tokens a second that a long document needs. A model reads about ten times as fast as it writes."""


class ToolUse(StrEnum):
    """How a model calls tools: by its API, by a JSON Schema, or not at all."""

    NATIVE = "native"
    SCHEMA = "schema"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What one model can do. ``languages`` are those that it answers in; ``speed`` is in tokens a second.

    ``tested`` are the languages that it was asked in.
    """

    model: str
    tools: ToolUse = ToolUse.NATIVE
    languages: tuple[str, ...] = ()
    tested: tuple[str, ...] = ()
    speed: float | None = None

    def is_weak_in(self, language: str) -> bool:
        """Return whether it was asked in a language and did not answer in it."""
        return language in self.tested and language not in self.languages

    def is_slow_for(self, work: Work, *, is_spoken: bool) -> bool:
        """Return whether people would wait too long for its answer; not if its speed is unknown."""
        needed = max(
            SPOKEN_SPEED if is_spoken else 0.0, DOCUMENT_SPEED if work is Work.LONG_DOCUMENT else 0.0
        )
        return self.speed is not None and self.speed < needed
