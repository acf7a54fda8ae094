"""The dump of a database that an update keeps, and how it is restored."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ...errors import ServiceError, TemporaryFailure
from ...sdk.answers import Item, parse
from ...sdk.kits import poll_until
from ...texts import Text
from .databases import FOLDER, REASONS, REMOVE, WANTED, Database
from .engine import Engine

LONGEST: Final = 3600.0
"""Seconds that a command in a container may take."""

AWAY: Final = 60.0
"""Seconds for which an engine may not answer meanwhile."""


class Command(Item, rename="pascal"):
    """A command in a container. The engine knows no exit code while it runs."""

    running: bool
    exit_code: int | None = None


class Started(Item, rename="pascal"):
    """The id of a command."""

    id: str


@dataclass(frozen=True, slots=True)
class KeptDump:
    """One dump. The container ``name`` never runs: it keeps the volume of the same name.

    The container has this name only when the dump is complete, and is removed when the dump was restored.
    """

    engine: Engine
    name: str

    @property
    def _incomplete(self) -> str:
        """The name of the container until the dump is complete."""
        return f"{self.name}-to"

    async def is_there(self) -> bool:
        """Return whether there is a complete dump that was not restored."""
        return await self.engine.found(f"containers/{self.name}/json") is not None

    async def take(
        self, database: Database, server: str, image: str, labels: Mapping[str, str], wanted: str = ""
    ) -> None:
        """Dump the database that runs in the container ``server``. Raises TemporaryFailure.

        ``wanted`` is which of its databases, "" for all.
        """
        await self.drop()
        failed = (
            t"{database.name} in {server} cannot be dumped" if wanted else t"{database.name} cannot be dumped"
        )
        await self._run(server, database.dump, failed, wanted)
        try:
            await self.engine.post("volumes/create", {"Name": self.name, "Labels": dict(labels)})
            await self.engine.create_idle(self._incomplete, image, labels, [f"{self.name}:{FOLDER}"])
            await self.engine.copy(server, self._incomplete, FOLDER)
            await self.engine.rename(self._incomplete, self.name)
        except ServiceError:
            with suppress(ServiceError):  # what failed first is said
                await self._remove(server)
            raise
        await self._remove(server)

    async def put_back(self, database: Database, server: str) -> None:
        """Replace the databases of the container ``server`` by those of the dump, if it was not done yet.

        Raises ServiceError when that fails: the dump stays then.
        """
        if not await self.is_there():
            return
        await self.engine.copy(self.name, server, FOLDER)
        await self._run(server, database.restore, t"The dump of {database.name} cannot be restored")
        await self.drop()

    async def drop(self) -> None:
        """Remove the dump, complete or not."""
        for name in (self._incomplete, self.name):
            await self.engine.discard(name)
        await self.engine.delete(f"volumes/{self.name}")

    async def _remove(self, server: str) -> None:
        await self._run(server, REMOVE, t"The dump cannot be removed from {server}")

    async def _run(self, server: str, script: str, failed: Text, wanted: str = "") -> None:
        """Carry out a fixed command as root and wait for its end. Its output is not read."""
        body: dict[str, object] = {"Cmd": ["sh", "-c", script], "User": "0"}
        if wanted:
            body["Env"] = [f"{WANTED}={wanted}"]
        answer = await self.engine.post(f"containers/{server}/exec", body)
        command = parse(Started, answer, "command").id
        await self.engine.post(f"exec/{command}/start", {"Detach": True})

        async def read() -> Command:
            return parse(Command, await self.engine.raw(f"exec/{command}/json"), "command")

        ended = await poll_until(
            self.engine.client.clock, read, lambda one: not one.running, seconds=LONGEST, away=AWAY
        )
        if ended.exit_code != 0:
            raise TemporaryFailure(t"{failed}: {_reason(ended)}")


def _reason(ended: Command) -> Text:
    if ended.running:
        return t"it takes more than an hour"
    code = ended.exit_code
    return REASONS.get(code or 0, t"the command ended with exit code {code}")
