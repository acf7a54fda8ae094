"""The command that restores backups in isolation, by the app that runs, or those of the app that does not."""

import json
from datetime import UTC, datetime
from typing import Final

import aiohttp

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.restore_drill import BackupProof, RestoreReport, RunRestoreDrill
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..clock import SystemClock
from ..errors import StewardError
from ..secret_file import read_secret
from ..settings.model import Settings
from ..store.changes import Changes
from ..store.database import Database
from ..store.folder_lock import FolderInUse, FolderLock
from ..store.migrate import migrate
from ..store.store import Store
from .restore_drills import own_drills
from .schedule_commands import CONNECT_SECONDS, USER, address_of

LONGEST: Final = 24 * 3600.0
"""Seconds that all drills may take together."""


class NotDrilled(StewardError):
    """No drill was possible; the text says why."""


async def restore_drill(settings: Settings, *, as_json: bool) -> tuple[bool, list[str]]:
    """Run drills; return whether every backup has a proof that counts, and the lines to print.

    Raises StewardError.
    """
    report, note = await _report(settings)
    now = datetime.now(UTC)
    proven = report.restorable(now)
    is_good = bool(report.proofs) and len(proven) == len(report.proofs) and not report.left
    if as_json:
        return is_good, [json.dumps(report.to_dict())]
    return is_good, [*lines(report, now), *note]


async def _report(settings: Settings) -> tuple[RestoreReport, list[str]]:
    try:
        lock = FolderLock.take(settings.data_dir)
    except FolderInUse:
        return await _asked(settings), []
    try:
        note = ["The app does not run: only its own backup and those in files were restored."]
        return await _own(settings), note
    finally:
        lock.release()


async def _own(settings: Settings) -> RestoreReport:
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.exists():
            raise NotDrilled(f"There is no database yet: the app has not run with {settings.data_dir}")
        await migrate(database)
        clock = SystemClock()
        return await own_drills(settings, Store(database, Changes(clock)), clock).drill_now()
    finally:
        await database.close()


async def _asked(settings: Settings) -> RestoreReport:
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        app = RemoteSteward(session, url, token)
        try:
            await app.start(CONNECT_SECONDS)
            speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
            return await app.run_restore_drill(RunRestoreDrill(speaker=speaker), LONGEST)
        except ContractError as err:
            raise NotDrilled(err.message) from err
        finally:
            await app.close()


def lines(report: RestoreReport, now: datetime) -> list[str]:
    """Return a line for each backup, one for each copy that is left, and the summary. Pure."""
    proven = report.restorable(now)
    found = [_line(one, is_proven=one in proven) for one in report.proofs]
    left = [f"NOT REMOVED    {one}" for one in report.left]
    return [*found, *left, f"{len(proven)} of {len(report.proofs)} restorable"]


def _line(one: BackupProof, *, is_proven: bool) -> str:
    """Return the line of one backup."""
    mark = "restorable" if is_proven else "NOT PROVEN"
    when = f"backup of {one.newest_at:%Y-%m-%d %H:%M} UTC" if one.newest_at else "no backup was read"
    parts = [when]
    if one.tried_at is not None:
        parts.append(f"{one.level.value} on {one.tried_at:%Y-%m-%d %H:%M} UTC")
    parts += [reason for reason in (one.reason, one.skipped) if reason]
    return f"{mark:<14} {one.target.name}: {'; '.join(parts)}"
