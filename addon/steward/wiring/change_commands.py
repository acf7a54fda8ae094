"""The commands that list updates, and that ask about, defer, reject, or offer one again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp

from homelab_steward.contract.changes import Change, ChangeCommand, ChangeQuery
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.protocol import Command
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..errors import StewardError
from ..secret_file import read_secret
from ..settings.model import Settings
from .schedule_commands import CONNECT_SECONDS, USER, address_of

SHOWN_ID: Final = 8
MOST: Final = 500
LONGEST: Final = 400
"""Characters of a text from outside that are printed."""

COMMANDS: Final = {
    "ask": Command.ASK_CHANGE,
    "defer": Command.DEFER_CHANGE,
    "reject": Command.REJECT_CHANGE,
    "offer-again": Command.OFFER_CHANGE,
}


class NotChanged(StewardError):
    """A command about an update failed; the text says why."""


async def list_changes(settings: Settings, *, is_all: bool, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Return two lines for each update that is not over, or with ``is_all`` of every one.

    The app has to run; ``seconds`` is how long it is waited for. Raises StewardError.
    """

    async def read(app: RemoteSteward) -> list[str]:
        rows = await app.changes(ChangeQuery(is_all=is_all, limit=MOST))
        zone = ZoneInfo(settings.time_zone)
        lines = [line for one in rows.changes for line in lines_of(one, zone)] or ["no updates"]
        return [*lines, f"{rows.more} more updates are not shown"] if rows.more else lines

    return await with_app(settings, seconds, read)


async def change(
    settings: Settings, what: str, key: str, days: int, seconds: float = CONNECT_SECONDS
) -> list[str]:
    """Send a command about the update whose id begins with ``key``; return its lines. Raises StewardError."""

    async def send(app: RemoteSteward) -> list[str]:
        rows = await app.changes(ChangeQuery(is_all=True, limit=MOST, begins=key))
        found = fitting(rows.changes, key)
        speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
        command = ChangeCommand(speaker=speaker, id=found.id, days=days)
        after = await app.change(COMMANDS[what], command)
        return list(lines_of(after, ZoneInfo(settings.time_zone)))

    return await with_app(settings, seconds, send)


async def with_app(
    settings: Settings, seconds: float, work: Callable[[RemoteSteward], Awaitable[list[str]]]
) -> list[str]:
    """Return what is done with the app that runs on this machine. Raises StewardError."""
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        app = RemoteSteward(session, url, token)
        try:
            await app.start(seconds)
            return await work(app)
        except ContractError as err:
            raise NotChanged(_outside(err.message)) from err
        finally:
            await app.close()


def fitting(rows: Sequence[Change], key: str) -> Change:
    """Return the update whose id begins with a text. Raises NotChanged when none or several do."""
    found = [one for one in rows if key and one.id.startswith(key)]
    if len(found) != 1:
        raise NotChanged(f"{len(found)} updates have an id that begins with {key!r}")
    return found[0]


def lines_of(row: Change, zone: ZoneInfo) -> tuple[str, ...]:
    """Return an update as lines: its id, status and title, then why it waits or how it ended."""
    head = f"{row.id[:SHOWN_ID]}  {row.status:<9}  {_outside(row.title)}"
    level = f" ({row.assessment.level})" if row.assessment else ""
    until = f" until {_shown(row.until, zone)}" if row.until else ""
    detail = _outside(row.reason or row.result)
    return (f"{head}{level}{until}", *((f"          {detail}",) if detail else ()))


def _outside(text: str) -> str:
    """Return a text from outside on one line, which no terminal reads as a command."""
    line = one_line(text[: 4 * LONGEST])
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
