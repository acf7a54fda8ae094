"""Talks to Radarr through pyarr."""

from collections.abc import Awaitable
from typing import Final

from pyarr import AsyncRadarr
from yarl import URL

from ...clock import Clock
from ...coalesce import coalesced
from ...errors import EffectUnknown, ServiceMalformed
from ...http import Tls
from ...tasks import task_group
from .models import (
    Command,
    Disk,
    Download,
    Health,
    LogLine,
    QueueStatus,
    State,
    Status,
    parse_command,
    parse_commands,
    parse_disks,
    parse_health,
    parse_log,
    parse_queue,
    parse_queue_status,
    parse_status,
    parse_total,
)
from .transport import open_session

PAGE: Final = 20
_API_VERSION: Final = "v3"


class RadarrClient:
    """One Radarr. Every read raises what RestClient.read raises, every change what .change does."""

    def __init__(self, address: URL, api_key: str, tls: Tls, clock: Clock) -> None:
        """Remember the way; nothing is opened here."""
        self._session = open_session(tls)
        self._api = AsyncRadarr(
            host=str(address),
            api_key=api_key,
            port=address.port or 0,
            api_ver=_API_VERSION,
            session=self._session,
        )
        self._clock = clock

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self._clock

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.aclose()

    async def state(self) -> State:
        """Return everything one poll shows."""
        async with task_group() as calls:
            status = calls.create_task(self.status())
            health = calls.create_task(self.health())
            queue = calls.create_task(self.queue_status())
            disks = calls.create_task(self.disks())
        return State(
            status=status.result(), health=health.result(), queue=queue.result(), disks=disks.result()
        )

    async def status(self) -> Status:
        """Return the version and since when it runs."""
        return parse_status(await self._api.system.get_status())

    @coalesced
    async def health(self) -> tuple[Health, ...]:
        """Return what Radarr says is wrong with it."""
        return parse_health(await self._api.system.get_health())

    @coalesced
    async def disks(self) -> tuple[Disk, ...]:
        """Return the mounts Radarr sees."""
        return parse_disks(await self._api.system.get_diskspace())

    async def queue_status(self) -> QueueStatus:
        """Return the download queue in short."""
        return parse_queue_status(await self._api.http_utils.request("queue/status"))

    async def queue(self) -> tuple[Download, ...]:
        """Return the first page of the download queue."""
        return parse_queue(await _read(self._api.queue.get(page_size=PAGE), "queue"))

    async def log(self) -> tuple[LogLine, ...]:
        """Return the newest lines of the log."""
        page = self._api.log.get(page_size=PAGE, sort_key="time", sort_dir="descending")
        return parse_log(await _read(page, "log"))

    async def missing_count(self) -> int:
        """Return how many wanted films are missing."""
        return parse_total(await _read(self._api.wanted.get(page_size=1), "missing films"))

    async def commands(self) -> tuple[Command, ...]:
        """Return what Radarr was told to do lately, newest first."""
        return parse_commands(await self._api.command.get())

    async def start_command(self, name: str) -> Command:
        """Tell Radarr to do something; it is queued."""
        try:
            return parse_command(await self._api.command.execute(name))
        except (ServiceMalformed, ValueError) as err:
            raise EffectUnknown(f"{name}: Radarr's answer was not understood") from err

    async def restart(self) -> None:
        """Tell Radarr to restart; it answers and goes away a moment later."""
        try:
            await self._api.system.request_restart()
        except ValueError as err:
            raise EffectUnknown("restart: Radarr's answer was not understood") from err


async def _read(call: Awaitable[object], what: str) -> object:
    """Await a call of pyarr's that raises TypeError or ValueError for JSON of another shape."""
    try:
        return await call
    except (TypeError, ValueError) as err:
        raise ServiceMalformed(f"{what} is no object") from err
