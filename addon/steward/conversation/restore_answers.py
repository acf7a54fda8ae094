"""Answers whether the backups can be restored, from the last restore drills."""

from collections.abc import Iterator
from datetime import datetime

from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.restore_drill import BackupProof, RestoreReport

from ..texts import Texts, local
from .readings import listed


def restores_text(report: RestoreReport | None, texts: Texts, now: datetime, shown: int) -> str:
    """Return how many backups are proven, since when, and which are not. Pure."""
    if report is None or not any(one.tried_at for one in report.proofs):
        return texts("No backup was restored in a drill so far, so I do not know.")
    return " ".join(_sentences(report, texts, now, shown))


def _sentences(report: RestoreReport, texts: Texts, now: datetime, shown: int) -> Iterator[str]:
    proven = report.restorable(now)
    count, total = len(proven), len(report.proofs)
    yield texts(t"Backups that a drill restored: {count} of {total}.")
    times = [one.proven_at for one in proven if one.proven_at is not None]
    if times:
        day = texts.long_day(local(min(times)))
        yield texts(t"The oldest proof is of {day}.")
    failed = [one for one in report.proofs if one.has_failed]
    if failed:
        names = listed(_names(failed), shown, texts)
        yield texts(t"Could not be restored: {names}.")
    left = [one for one in report.proofs if one not in proven and not one.has_failed]
    if left:
        names = listed(_names(left), shown, texts)
        yield texts(t"Without a recent proof: {names}.")


def _names(proofs: list[BackupProof]) -> list[str]:
    return [one_line(one.target.name) for one in proofs]
