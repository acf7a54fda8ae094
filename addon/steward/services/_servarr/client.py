"""The client of the family: the REST API, and when the program has settled after a start."""

from collections.abc import Sequence
from typing import Final

from ...errors import ServiceMalformed
from ...sdk.auth import Key
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field
from ...sdk.format import brief
from ...sdk.kits.jobs import Job
from ...sdk.rest import Rest
from ...sdk.settling import Settling
from ...sdk.typed_calls import Page
from .models import MOST_READ, UNKNOWN_ITEMS, Command, Download, ProgramState, Status

SETTLED: Final = 60.0
"""Seconds after a start within which the health checks may not have run yet."""

REMOVE: Final = "remove"
BLOCKLIST: Final = "remove and blocklist"
SEARCH_AGAIN: Final = "remove, blocklist and search again"
WAYS: Final = (REMOVE, BLOCKLIST, SEARCH_AGAIN)
"""What can be done with failed downloads."""

API_KEY: Final = secret_field(
    "api_key",
    "API key",
    "In the program under Settings, General, Security. The key has all rights: there are no smaller ones.",
)


class ServarrClient(Rest):
    """One program of the family."""

    def __init__(self, access: Access, api: str) -> None:
        super().__init__(access, base=f"api/{api}", auth=Key("X-Api-Key", (API_KEY,)))
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

    async def start_command(self, name: str, **more: object) -> str:
        """Queue a command and return its id. Raises EffectUnknown for an answer that has none."""
        return str((await self.sent(Command, "POST", "command", {"name": name, **more})).id)

    async def command(self, handle: str) -> Job:
        """Return a command by its id."""
        return (await self.one(Command, f"command/{handle}")).job

    async def newest_command(self, name: str) -> Job | None:
        """Return the newest command of this name, None when there was none."""
        mine = [one for one in await self.many(Command, "command", Gaps()) if one.name == name]
        return max(mine, key=lambda one: one.id).job if mine else None

    async def queue(self, gaps: Gaps) -> Page[Download]:
        """Return the download queue, with what the library does not know."""
        query = {"pageSize": MOST_READ, **UNKNOWN_ITEMS}
        return await self.page(Download, "queue", gaps, below="records", total="totalRecords", **query)

    async def failed(self, _: Call) -> dict[str, str]:
        """Return the failed downloads by their ids. Raises ServiceMalformed while the queue has a gap."""
        gaps = Gaps()
        page = await self.queue(gaps)
        if gaps.coverage.gaps or len(page.items) < page.total:
            raise ServiceMalformed(t"queue: not all downloads can be read")
        return {str(one.id): brief(one.title, 100) for one in page.items if one.has_failed}

    async def remove(self, call: Call, ids: Sequence[str]) -> None:
        """Remove downloads, also in the download client, and blocklist their releases if asked."""
        how = call.text("how")
        await self.send(
            "DELETE",
            "queue/bulk",
            {"ids": [int(one) for one in ids]},
            removeFromClient=True,
            blocklist=how != REMOVE,
            skipRedownload=how != SEARCH_AGAIN,
        )


async def poll[S: ProgramState](state: type[S], client: ServarrClient, gaps: Gaps) -> S:
    """Return the state. Raises ServiceError."""
    polled = await state.poll(client, gaps)
    if not client.settling.is_settled(polled.status.start_time):
        gaps.add("health", "The program has not run its health checks since it started")
    return polled
