"""The client of the family: the REST API, and when the program has settled after a start."""

from datetime import datetime
from typing import Final

from ...errors import EffectUnknown, ServiceMalformed
from ...sdk.access import Access, secret_field
from ...sdk.auth import Key
from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.kits.jobs import Job
from ...sdk.parse import at, parse, parse_items
from ...sdk.rest import Rest
from .models import Command, Download, LogLine, ProgramState, Status, Total

PAGE: Final = 20
SETTLED: Final = 60.0
"""Seconds after a start within which the health checks may not have run yet."""

API_KEY: Final = secret_field("api_key", "API key", "In the program under Settings, General, Security.")


class ServarrClient(Rest):
    """One program of the family."""

    def __init__(self, access: Access, api: str, *, unknown_items: str = "") -> None:
        """``unknown_items`` is the query parameter that includes what the library does not know."""
        super().__init__(access, base=f"api/{api}", auth=Key("X-Api-Key", (API_KEY,)))
        self._unknown_items = unknown_items
        self._start: datetime | None = None
        self._started_at = 0.0

    def is_settled(self, status: Status) -> bool:
        """Return whether the health checks have run since the program started.

        By its own clock, and by ours since we saw the start time change: clocks differ.
        """
        if self._start != status.start_time:
            seen_before = self._start is not None
            self._start = status.start_time
            self._started_at = self.clock.monotonic() if seen_before else self.clock.monotonic() - SETTLED
        since_seen = self.clock.monotonic() - self._started_at
        age = (self.clock.now() - status.start_time).total_seconds()
        return since_seen >= SETTLED and not 0 <= age < SETTLED

    async def status(self) -> Status:
        """Return the version and the start time."""
        return parse(Status, await self.get("system/status"), "system status")

    async def started(self, _: Call) -> str:
        """Return what changes with every start."""
        return f"{(await self.status()).start_time:%Y-%m-%d %H:%M:%S} UTC"

    async def queue(self) -> tuple[tuple[Download, ...], int]:
        """Return the first page of the queue and how many downloads there are in all."""
        query = {self._unknown_items: True} if self._unknown_items else {}
        page = await self.get("queue", pageSize=PAGE, **query)
        downloads = parse_items(Download, at(page, "records"), Gaps(), "queue")
        return downloads, parse(Total, page, "queue").total_records

    async def log(self) -> tuple[LogLine, ...]:
        """Return the newest lines of the log."""
        page = await self.get("log", pageSize=PAGE, sortKey="time", sortDirection="descending")
        return parse_items(LogLine, at(page, "records"), Gaps(), "log")

    async def missing_count(self) -> int:
        """Return how many wanted items are missing."""
        return parse(Total, await self.get("wanted/missing", pageSize=1), "missing items").total_records

    async def start_command(self, name: str) -> str:
        """Queue a command and return its id. Raises EffectUnknown for an answer that has none."""
        answer = await self.send("POST", "command", {"name": name})
        try:
            return str(parse(Command, answer, "command").id)
        except ServiceMalformed as err:
            raise EffectUnknown(f"{name}: {err}") from err

    async def command(self, handle: str) -> Job:
        """Return a command by its id."""
        return _job(parse(Command, await self.get(f"command/{handle}"), "command"))

    async def newest_command(self, name: str) -> Job | None:
        """Return the newest command of this name, None when there was none."""
        commands = parse_items(Command, await self.get("command"), Gaps(), "commands")
        mine = [one for one in commands if one.name == name]
        return _job(max(mine, key=lambda one: one.id)) if mine else None

    async def restart(self) -> None:
        """Ask the program to restart; it answers, and is away a moment later."""
        await self.send("POST", "system/restart")


async def poll[S: ProgramState](state: type[S], client: ServarrClient, gaps: Gaps) -> S:
    """Return the state. Raises ServiceError."""
    polled = await state.poll(client, gaps)
    polled.is_settled = client.is_settled(polled.status)
    return polled


def _job(command: Command) -> Job:
    is_running = command.status in ("queued", "started")
    ok = None if is_running or not command.status else command.status == "completed"
    text = command.message or command.status or "the program reports no status"
    return Job(handle=str(command.id), is_running=is_running, ok=ok, text=text, order=command.id)
