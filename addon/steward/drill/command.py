"""The command that runs a drill, and stores its result in the app that runs, or in its database."""

import json
import sys
from typing import Final

import aiohttp

from homelab_steward.contract.drill import DrillReport, ReportDrill
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..clock import SystemClock
from ..errors import StewardError
from ..observability.logs import Logs
from ..observability.redaction import Redactor
from ..secret_file import read_secret
from ..settings.model import LogLevel, Settings
from ..store.changes import Changes
from ..store.database import Database
from ..store.folder_lock import FolderInUse, FolderLock
from ..store.migrate import migrate
from ..store.store import Store
from ..wiring.schedule_commands import CONNECT_SECONDS, USER, address_of
from .catalogue import PROBES
from .drill import run_drill, table
from .keeping import DrillKeeper

HELD: Final = 0
FAILED: Final = 1
NOT_RUN: Final = 2


async def drill(settings: Settings, *, as_json: bool) -> int:
    """Run a drill and print its result; return 1 when a rule did not hold, 2 when it could not be run."""
    logs = Logs(Redactor(), sys.stderr, level=LogLevel.ERROR, as_json=False)
    logs.open()
    try:
        report, results = await run_drill(settings, PROBES)
    except (StewardError, ContractError) as err:
        print(f"The drill could not be run: {err}", file=sys.stderr)  # noqa: T201
        return NOT_RUN
    finally:
        logs.close()
    print(json.dumps(report.to_dict()) if as_json else "\n".join(table(report, results)))  # noqa: T201
    try:
        await keep(settings, report)
    except (StewardError, ContractError) as err:
        print(f"The result is not stored: {err}", file=sys.stderr)  # noqa: T201
    return FAILED if report.failed else HELD


async def keep(settings: Settings, report: DrillReport) -> None:
    """Store the result through the app that runs, or in the database of one that does not run.

    Before the first start of the app there is nothing to store it in. Raises StewardError and ContractError.
    """
    try:
        lock = FolderLock.take(settings.data_dir)
    except FolderInUse:
        await _send(settings, report)
        return
    try:
        await _write(settings, report)
    finally:
        lock.release()


async def _write(settings: Settings, report: DrillReport) -> None:
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.exists():
            return
        await migrate(database)
        clock = SystemClock()
        await DrillKeeper(Store(database, Changes(clock)), clock).keep(report)
    finally:
        await database.close()


async def _send(settings: Settings, report: DrillReport, seconds: float = CONNECT_SECONDS) -> None:
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        app = RemoteSteward(session, url, token)
        try:
            await app.start(seconds)
            speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
            await app.report_drill(ReportDrill(speaker=speaker, report=report))
        finally:
            await app.close()
