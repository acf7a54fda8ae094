"""Reads the newest backup."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homelab_steward.contract.restore_drill import RestoreReport

from ..store import archive
from ..store.archive import BackupUnusable
from .backups import BackupFacts


async def read_backups(
    folder: Path, every: timedelta | None, restores: RestoreReport | None, data_dir: Path
) -> BackupFacts:
    """Return what is known about the backups in a folder; the newest one is verified."""
    newest_at, problem = await asyncio.to_thread(_newest, folder)
    return BackupFacts(
        folder=str(folder),
        every=every,
        newest_at=newest_at,
        problem=problem,
        restores=restores,
        began_at=await asyncio.to_thread(_began, data_dir),
    )


def _newest(folder: Path) -> tuple[datetime | None, str]:
    found = archive.backups_in(folder)
    if not found:
        return None, ""
    try:
        return archive.read(found[0]).manifest.created_at, ""
    except BackupUnusable as err:
        return datetime.fromtimestamp(found[0].stat().st_mtime, UTC), str(err)


def _began(data_dir: Path) -> datetime | None:
    """Return when the first start created the key: no backup can be older."""
    key = data_dir / "secret.key"
    return datetime.fromtimestamp(key.stat().st_mtime, UTC) if key.is_file() else None
