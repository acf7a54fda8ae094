"""The commands that list schedules, with when each is due and how its last run ended, and that run one."""

import ssl
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import inspect

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.schedules import RunSchedule
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..errors import StewardError
from ..reports.schedule import JOB_ID as REPORT
from ..reports.schedule import times_of
from ..schedules.question import read_all
from ..secret_file import read_secret
from ..settings.model import Listen, Settings
from ..store.database import Database
from ..store.schedule_states import ScheduleState, states
from ..store.tables import schedules
from ..timing.times import Cron, Every, Times
from .backup_schedule import JOB_ID as BACKUP

CONNECT_SECONDS: Final = 5.0
USER: Final = "command-line"


class NotRun(StewardError):
    """A schedule was not run; the text says why."""


async def list_schedules(settings: Settings, now: datetime) -> list[str]:
    """Return a line for each schedule, and one for each file that cannot be used. The app may run.

    Raises StoreUnavailable.
    """
    known = await _states(settings)
    found, wrong = read_all(settings.data_dir / "schedules")
    every: dict[str, tuple[Times, bool]] = {}
    if (times := times_of(settings)) is not None:
        every[REPORT] = times, True
    if settings.backups.every is not None:
        every[BACKUP] = Every(settings.backups.every), True
    for key, one in found.items():
        every.setdefault(key, (Cron(one.cron, one.zone or settings.time_zone), one.is_enabled))
    zone = ZoneInfo(settings.time_zone)
    lines = [_line(key, times, known.get(key), is_on, now, zone) for key, (times, is_on) in every.items()]
    return [*lines, *(f"not used: {reason}" for reason in wrong)]


async def run_schedule(settings: Settings, name: str, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Run a schedule in the app that runs on this machine, and return what it found.

    ``seconds`` is how long the app is waited for. Raises StewardError: the app does not run, has no such
    schedule, or the run failed.
    """
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        app = RemoteSteward(session, url, token)
        try:
            await app.start(seconds)
            speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
            ran = await app.run_schedule(RunSchedule(speaker=speaker, id=name))
        except ContractError as err:
            raise NotRun(err.message) from err
        finally:
            await app.close()
    message = ran.last
    if message is None:
        return [f"{name}: done"]
    silent = " (nothing to say, so nothing was sent)" if message.is_silent else ""
    missing = (f"not checked: {one}" for one in message.not_checked)
    return [f"{name}: done{silent}", *filter(None, [message.summary]), *message.lines, *missing]


def address_of(listen: Listen) -> tuple[str, ssl.SSLContext | bool]:
    """Return the address of the app on this machine, and what its certificate is checked with."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104 - nothing listens
    place = f"[{host}]:{listen.port}" if ":" in host else f"{host}:{listen.port}"
    if listen.tls_certificate is None:
        return f"http://{place}", True
    context = ssl.create_default_context(cafile=str(listen.tls_certificate))
    # The certificate is for the name that others use.
    context.check_hostname = False
    return f"https://{place}", context


async def _states(settings: Settings) -> dict[str, ScheduleState]:
    """Return what is stored, nothing before the first start; a missing file is not created."""
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.exists():
            return {}
        await database.check()
        async with database.read() as connection:
            if not await connection.run_sync(lambda one: inspect(one).has_table(schedules.name)):
                return {}
            return await states(connection)
    finally:
        await database.close()


def _line(
    key: str,
    times: Times,
    state: ScheduleState | None,
    is_on: bool,  # noqa: FBT001 - private
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """Return one line, in the time zone of the household."""
    is_on = state.is_enabled if state else is_on
    due = next(times.due_after(state.since if state else now), None) if is_on else None
    parts = [f"next {_shown(due, zone)}" if due else "off"]
    if state is not None and state.due_at is not None:
        reason = f": {state.reason}" if state.reason else ""
        parts.append(f"last {_shown(state.due_at, zone)} ({state.state.value}{reason})")
    return f"{key}: {', '.join(parts)}"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
