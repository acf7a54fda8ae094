"""Which backup a drill restores next, whether one may begin, and what its result changes. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.restore_drill import RESTORABLE_FROM, BackupProof, ProofLevel
from homelab_steward.contract.state import TargetRef

from ..sdk.description import Backup
from ..texts import translate

ROOM: Final = 1.5
"""The space that must be free, as a multiple of what a copy needs."""

AGAIN: Final = timedelta(hours=6)
"""After this time it is tried again what was not possible."""

AFTER_FAILURE: Final = timedelta(days=1)
"""After this time a backup is tried again that could not be restored."""

RENEWED: Final = 0.5
"""A proof is renewed after this share of the time for which it counts, so that there is always one."""


def is_quiet(now: datetime, begin: str, end: str, zone: ZoneInfo) -> bool:
    """Return whether a time is in the quiet hours, local times such as 02:00; they may contain midnight.

    With the same begin and end every time is.
    """
    first, last = time.fromisoformat(begin), time.fromisoformat(end)
    local = now.astimezone(zone).time()
    if first < last:
        return first <= local < last
    return local >= first or local < last


def due(
    proofs: Iterable[BackupProof], now: datetime, days: int, *, is_asked: bool = False
) -> tuple[tuple[BackupProof, Backup], ...]:
    """Return the backups to restore: those that were never tried, then those whose last try is the oldest.

    With ``is_asked`` also what failed or was not possible a short time ago.
    """
    wanted = [
        (one, backup)
        for one in proofs
        if _is_due(one, now, timedelta(days=days), is_asked=is_asked)
        and (backup := newest_of(one)) is not None
    ]
    return tuple(
        sorted(wanted, key=lambda one: (one[0].tried_at is not None, one[0].tried_at or now, one[1].made_at))
    )


def newest_of(proof: BackupProof) -> Backup | None:
    """Return the newest backup of a row, None when none was ever read."""
    if proof.newest_at is None:
        return None
    return Backup(
        kind=proof.target.kind,
        target_id=proof.target.id,
        id=proof.newest_id,
        made_at=proof.newest_at,
        size=proof.size,
    )


def _is_due(proof: BackupProof, now: datetime, longest: timedelta, *, is_asked: bool) -> bool:
    if not is_asked and proof.skipped_at is not None and timedelta() <= now - proof.skipped_at < AGAIN:
        return False
    if proof.tried_at is None or proof.tried_at > now:
        return True
    age = now - proof.tried_at
    if proof.is_proven(now, longest):
        return age >= longest * RENEWED
    return is_asked or age >= AFTER_FAILURE


def space_refusal(needs: int | None, free: int | None) -> str:
    """Return why there is not enough space for a copy, "" when there is. What is not known is not enough."""
    if needs is None or free is None:
        return translate(t"It is not known whether there is enough space.")
    if free >= needs * ROOM:
        return ""
    wanted, there = gibibytes(needs * ROOM), gibibytes(free)
    return translate(t"It needs {wanted} GiB of free space, and there are {there} GiB.")


def gibibytes(size: float) -> str:
    """Return a size as people read it."""
    return f"{size / 2**30:.1f}"


def found(before: BackupProof | None, target: TargetRef, drill: str, newest: Backup) -> BackupProof:
    """Return the row of a target with its newest backup. The result of the last drill stays.

    Why the backups could not be read is left out: they were read.
    """
    if before is None:
        return BackupProof(
            target=target, drill=drill, newest_id=newest.id, newest_at=newest.made_at, size=newest.size
        )
    return replace(
        before,
        target=target,
        drill=drill,
        newest_id=newest.id,
        newest_at=newest.made_at,
        size=newest.size,
        skipped=before.skipped if before.skipped_at else "",
    )


def unread(
    before: Iterable[BackupProof], target: TargetRef, drill: str, reason: str
) -> tuple[BackupProof, ...]:
    """Return the rows of a place whose backups cannot be read now. One without rows gets one of its own."""
    rows = tuple(before) or (BackupProof(target=target, drill=drill, newest_id="", newest_at=None),)
    return tuple(replace(one, skipped=reason, skipped_at=None) for one in rows)


def with_result(
    before: BackupProof, backup: Backup, level: ProofLevel, reason: str, now: datetime
) -> BackupProof:
    """Return the row after a drill that says something about the backup."""
    return replace(
        before,
        backup_id=backup.id,
        backup_at=backup.made_at,
        tried_at=now,
        level=level,
        proven_at=now if level.rank >= RESTORABLE_FROM.rank else None,
        reason=reason,
        skipped="",
        skipped_at=None,
    )


def without_result(before: BackupProof, reason: str, now: datetime) -> BackupProof:
    """Return the row after a drill that says nothing about the backup: what was proven still is."""
    return replace(before, skipped=reason, skipped_at=now)
