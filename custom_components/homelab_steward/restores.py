"""Reports issues about backups: one that could not be restored, proofs that are too old, and copies left."""

from datetime import datetime, timedelta

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from . import issues
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .contract.restore_drill import BackupProof, RestoreReport
from .coordinator import Change, StewardCoordinator
from .days import each_day


@callback
def watch_restores(coordinator: StewardCoordinator) -> None:
    """Report what restore drills found, and when their results are too old."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(_change: Change | None = None) -> None:
        report = coordinator.steward_state.restores or RestoreReport(days=1)
        failed = [f"{one.target.name}: {one.reason}" for one in report.proofs if one.has_failed]
        old = [one.target.name for one in report.proofs if _is_old(one, report, dt_util.utcnow())]
        issues.set_restores(hass, entry, failed, old if report.is_on else (), report.left)

    entry.async_on_unload(coordinator.listen(RowKind.RESTORES, check))
    entry.async_on_unload(each_day(hass, check))
    check()


def _is_old(one: BackupProof, report: RestoreReport, now: datetime) -> bool:
    """Return whether a backup has no proof that counts, although drills had the time to make one."""
    had_time = one.tried_at is not None or bool(one.skipped)
    return had_time and not one.has_failed and not one.is_proven(now, timedelta(days=report.days))


def age_in_days(report: RestoreReport, now: datetime) -> int | None:
    """Return the age of the oldest proof that counts, None without one."""
    times = [one.proven_at for one in report.restorable(now) if one.proven_at is not None]
    return max((now - min(times)).days, 0) if times else None


def described(one: BackupProof) -> dict[str, str | None]:
    """Return a backup as an attribute shows it."""
    return {
        "name": one_line(one.target.name)[:80],
        "level": one.level.value,
        "backup_at": one.newest_at.isoformat() if one.newest_at else None,
        "proven_at": one.proven_at.isoformat() if one.proven_at else None,
        "reason": one_line(one.reason or one.skipped)[:200],
    }
