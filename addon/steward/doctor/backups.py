"""Checks the backups of the app and how far they were restored. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity
from homelab_steward.contract.restore_drill import RestoreReport

from ..texts import household, translate
from .findings import About, Checked

LATE: Final = 2
"""How many times the configured interval a backup may be old."""

GRACE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFacts:
    """The backups in the configured folder.

    ``every`` is how often one is made, None for never. ``newest_at`` is None without any, ``problem`` why
    the newest cannot be restored. ``restores`` is what restore drills found, None before the first look.
    ``began_at`` is when the data began, None when that is not known.
    """

    folder: str
    every: timedelta | None
    newest_at: datetime | None = None
    problem: str = ""
    restores: RestoreReport | None = None
    began_at: datetime | None = None


def check_backups(facts: BackupFacts, now: datetime) -> Checked:
    """Return what is wrong with the backups."""
    if facts.newest_at is None:
        text = translate(t"There is no backup.")
    else:
        age = household().ago(now - facts.newest_at)
        text = translate(t"The newest backup was made {age}.")
    about = About(Area.BACKUPS, translate(t"Backups"))
    return Checked(
        area=Area.BACKUPS, text=text, findings=[*_own(about, facts, now), *_restored(about, facts)]
    )


def _own(about: About, facts: BackupFacts, now: datetime) -> Iterator[Finding]:
    why = translate(t"After a loss of the disk, everything since the last good backup is gone.")
    folder = facts.folder
    if facts.problem:
        yield about.finding(
            "damaged",
            FindingSeverity.ERROR,
            facts.problem,
            why,
            translate(t"Make a new backup, and check the disk of {folder}: steward backup"),
        )
    if facts.every is None:
        if facts.newest_at is None:
            yield about.finding(
                "off",
                FindingSeverity.NOTE,
                translate(t"The app makes no backups of its own."),
                why,
                translate(t"Set backups.every_hours, unless another program saves the data folder."),
            )
        return
    since = facts.newest_at or facts.began_at
    if since is not None and now - since > facts.every * LATE + GRACE:
        yield about.finding(
            "old",
            FindingSeverity.WARNING,
            translate(t"No backup was made for too long."),
            why,
            translate(t"Make one now and read the reason if it fails: steward backup"),
        )


def _restored(about: About, facts: BackupFacts) -> Iterator[Finding]:
    report = facts.restores
    failed = [one for one in report.proofs if one.has_failed] if report else []
    for one in failed:
        name, reason = one.target.name, one.reason
        # Home Assistant has a repair of its own for it.
        yield about.finding(
            f"restore.{'.'.join(one.target.key)}",
            FindingSeverity.ERROR,
            translate(t"The backup of {name} could not be restored: {reason}."),
            translate(t"A backup that cannot be restored is none."),
            translate(t"Make a new backup, then try again: steward restore-drill"),
            needs_repair=False,
        )
    has_backup = facts.newest_at is not None or bool(report and report.proofs)
    if has_backup and not any(one.tried_at for one in (report.proofs if report else ())):
        yield about.finding(
            "drill",
            FindingSeverity.NOTE,
            translate(t"No backup was ever restored as a test."),
            translate(t"It is not known whether the backups can be restored."),
            translate(t"Restore the newest ones in isolation: steward restore-drill"),
        )
