"""The client of the family: the REST API, and when the program has settled after a start."""

from typing import Final

from ...sdk.access import Access
from ...sdk.auth import Key
from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.fields import secret_field
from ...sdk.kits.jobs import Job
from ...sdk.rest import Rest
from ...sdk.settling import Settling
from ...sdk.typed_calls import Parameter
from .models import Command, ProgramState, Status

SETTLED: Final = 60.0
"""Seconds after a start within which the health checks may not have run yet."""

API_KEY: Final = secret_field("api_key", "API key", "In the program under Settings, General, Security.")


class ServarrClient(Rest):
    """One program of the family."""

    def __init__(self, access: Access, api: str, *, unknown_items: str = "") -> None:
        """``unknown_items`` is the query parameter that includes what the library does not know."""
        super().__init__(access, base=f"api/{api}", auth=Key("X-Api-Key", (API_KEY,)))
        self.queue_query: dict[str, Parameter] = {unknown_items: True} if unknown_items else {}
        self.settling = Settling(access.clock, SETTLED)

    async def started(self, _: Call) -> str:
        """Return what changes with every start."""
        return f"{(await self.one(Status, 'system/status')).start_time:%Y-%m-%d %H:%M:%S} UTC"

    async def restart(self, _: Call) -> None:
        """Ask the program to restart; it answers, and is away a moment later."""
        await self.send("POST", "system/restart")

    async def missing_count(self) -> int:
        """Return how many wanted items are missing."""
        return await self.one(int, "wanted/missing", below="totalRecords", pageSize=1)

    async def start_command(self, name: str) -> str:
        """Queue a command and return its id. Raises EffectUnknown for an answer that has none."""
        return str((await self.sent(Command, "POST", "command", {"name": name})).id)

    async def command(self, handle: str) -> Job:
        """Return a command by its id."""
        return (await self.one(Command, f"command/{handle}")).job

    async def newest_command(self, name: str) -> Job | None:
        """Return the newest command of this name, None when there was none."""
        mine = [one for one in await self.many(Command, "command", Gaps()) if one.name == name]
        return max(mine, key=lambda one: one.id).job if mine else None


async def poll[S: ProgramState](state: type[S], client: ServarrClient, gaps: Gaps) -> S:
    """Return the state. Raises ServiceError."""
    polled = await state.poll(client, gaps)
    if not client.settling.is_settled(polled.status.start_time):
        gaps.add("health", "The program has not run its health checks since it started")
    return polled
