"""How far the newest backups were restored in isolation, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .state import Speaker, TargetRef

RESTORES_ID: Final = "restores"
"""The id of the one row of RestoreReport."""

AHEAD: Final = timedelta(minutes=5)
"""How far in the future a time may be: two clocks are never the same."""


class ProofLevel(StrEnum):
    """How far a backup was restored. Each level contains those before it."""

    NONE = "none"
    """It could not even be read."""

    READABLE = "readable"
    """It was read."""

    RESTORED = "restored"
    """All of it was written to a copy in isolation."""

    BOOTED = "booted"
    """The copy started."""

    ANSWERED = "answered"
    """The copy answered a question that only the real data answers."""

    @property
    def rank(self) -> int:
        """Return the place of the level; higher is better."""
        return list(ProofLevel).index(self)


RESTORABLE_FROM: Final = ProofLevel.BOOTED
"""The lowest level at which a backup counts as restorable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupProof(Message):
    """The newest backup of a target, and the result of the last drill with one of its backups.

    ``newest_at`` is when the newest backup was made, None for a place that could never be read; ``size`` is
    its size in bytes. ``backup_id`` and
    ``backup_at`` are those of the backup that the drill at ``tried_at`` restored as far as ``level``;
    ``proven_at`` is when it reached at least ``booted``. ``reason`` says in the language of the household why
    it got no further.
    ``skipped`` is why no drill was possible at ``skipped_at``, or, without that time, why the backups cannot
    be read now; the proof before it still counts.
    """

    target: TargetRef
    drill: str
    newest_id: str
    newest_at: Timestamp | None
    size: int | None = None
    backup_id: str = ""
    backup_at: Timestamp | None = None
    tried_at: Timestamp | None = None
    level: ProofLevel = ProofLevel.NONE
    proven_at: Timestamp | None = None
    reason: str = ""
    skipped: str = ""
    skipped_at: Timestamp | None = None

    @property
    def has_failed(self) -> bool:
        """Return whether the last drill found that the backup cannot be restored."""
        return self.tried_at is not None and self.level.rank < RESTORABLE_FROM.rank

    def is_proven(self, now: datetime, longest: timedelta, level: ProofLevel = RESTORABLE_FROM) -> bool:
        """Return whether the last drill reached a level, not longer ago than ``longest``.

        A time in the future proves nothing.
        """
        at = self.proven_at
        return at is not None and self.level.rank >= level.rank and -AHEAD <= now - at <= longest


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport(Message):
    """The backups that are known, and their proofs.

    A proof is older than allowed after ``days``. ``left`` names copies that could not be removed.
    ``is_on`` says whether drills begin by themselves.
    """

    days: int
    is_on: bool = False
    proofs: Many[BackupProof] = ()
    left: Many[str] = ()

    def restorable(self, now: datetime) -> tuple[BackupProof, ...]:
        """Return the backups with a proof that is not too old."""
        return tuple(one for one in self.proofs if one.is_proven(now, timedelta(days=self.days)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRestoreDrill(Message):
    """``restores.drill``: begins a drill of every backup that has no recent proof.

    Only the command line of the app's machine may. The answer is sent when all of them have ended.
    """

    speaker: Speaker
