"""The client of the family: the REST API, and when the program has settled after a start."""

from collections.abc import Sequence
from typing import Final

from ...sdk.client import Key, Rest
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field
from ...sdk.format import brief
from ...sdk.kits import Job
from ...sdk.settling import Settling
from .models import Backup, Command, ProgramState, QueueState

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
        return f"{(await ProgramState.status.whole(self)).start_time:%Y-%m-%d %H:%M:%S} UTC"

    async def restart(self, _: Call) -> None:
        """Ask the program to restart; it answers, and is away a moment later."""
        await self.send("POST", "system/restart")

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

    async def backups(self, _: Call) -> dict[str, str]:
        """Return the ids of the backups that somebody asked for, by their names, the oldest first.

        Raises ServiceMalformed while the list has a gap.
        """
        found = sorted(await self.whole(Backup, "system/backup"), key=lambda one: one.time)
        return {one.name: str(one.id) for one in found if one.type == "manual"}

    async def failed(self, _: Call) -> dict[str, str]:
        """Return the failed downloads by their ids. Raises ServiceMalformed while the queue has a gap."""
        found = await QueueState.downloads.whole(self)
        return {str(one.id): brief(one.title, 100) for one in found if one.has_failed}

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
