"""The client: the API version, the containers, and what is remembered between two polls."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from contextvars import Context
from datetime import datetime
from typing import Final

import aiohttp

from ...errors import (
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnreachable,
)
from ...sdk.access import Access
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Changed, Push
from ...sdk.http import TIMEOUT, session
from ...sdk.parse import parse, parse_items
from ...sdk.readings import Unknown
from ...sdk.rest import Rest
from ...sdk.typed_calls import Parameter
from ...tasks import task_group
from .connection import address
from .history import History
from .models import NEVER, Container, Details, Disk, DockerState, Info, Listed, Sample, Stats, Version

NEWEST: Final = "1.51"
"""The newest API version that this client understands."""

AT_ONCE: Final = 8
"""Containers that are read at the same time: old engines need a second for each."""

SLOW: Final = 90.0
"""Seconds for what is answered late: a stop waits for the program, disk use reads all volumes."""

SELDOM: Final = 600.0
"""Seconds between two reads of disk use and rights."""

VERBS: Final = ("restart", "start", "stop", "pause", "unpause")
NO_CONTAINER: Final = "_"
"""A name that no container can have: asking to act on it changes nothing and shows the rights."""

ENDED: Final = Unknown("The container does not run")
CONTAINERS: Final = "containers"
FRAME: Final = struct.Struct(">4xI")
PS: Final = "-eo pid,user,pcpu,pmem,etime,comm"
EVENTS: Final = ("create", "start", "die", "pause", "unpause", "health_status", "rename", "destroy")


class DockerClient(Rest):
    """One engine. ``denied`` holds the keys of the rights that it, or a proxy, refused."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        url, self._socket = address(access)
        super().__init__(access, url=url, session=self._sessions)
        self._late = Rest(access, url=url, session=self._sessions, timeout=SLOW)
        self._own: aiohttp.ClientSession | None = None
        self._prefix = ""
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._history: dict[str, History] = {}
        self._due = 0.0
        self._measuring: asyncio.Task[None] | None = None
        self.disk: Disk | Unknown = Unknown("The engine is still measuring it")
        self.denied: set[str] = set()

    async def close(self) -> None:
        """End the measurement and close the unix socket."""
        if self._measuring is not None:
            self._measuring.cancel()
        if self._own is not None:
            await self._own.close()

    async def version(self) -> Version:
        """Return the engine's version, and ask it by the newest API that both understand."""
        version = await self.one(Version, "version")
        if number(version.oldest) > number(NEWEST):
            raise ServiceRefused(f"Docker {version.version} wants API {version.oldest}, newer than {NEWEST}")
        self._prefix = f"v{min(version.api_version, NEWEST, key=number)}"
        return version

    async def host(self, gaps: Gaps) -> str | None:
        """Return the name of the machine, None (a gap) when it cannot be read."""
        try:
            return parse(Info, await self._allowed("info", self._ask("info")), "info").name
        except ServiceError as err:
            gaps.add("info", str(err))
            return None

    async def containers(self, host: str | None, gaps: Gaps) -> tuple[Container, ...]:
        """Return all containers. One that cannot be read is a gap."""
        answer = await self._ask("containers/json", all=True)
        rows = parse_items(Listed, answer, gaps, CONTAINERS, name=lambda row: row.get("Id"))
        # Compose puts the old id in front of the name while it recreates a container.
        ids = {row.id[:12] for row in rows}
        rows = tuple(row for row in rows if row.name.partition("_")[0] not in ids)
        known = self._history = {row.id: self._history.get(row.id, History()) for row in rows}
        async with task_group() as calls:
            tasks = [calls.create_task(self._container(row, known[row.id], host, gaps)) for row in rows]
        return tuple(one for task in tasks if (one := task.result()) is not None)

    async def seldom(self, gaps: Gaps) -> None:
        """Read rights and disk use when they are due; what takes long is read on beside the polls."""
        if self.clock.monotonic() >= self._due:
            self._due = self.clock.monotonic() + SELDOM
            async with task_group() as calls:
                for right in (*VERBS, "events"):
                    calls.create_task(self._try(right, gaps))
            if self._measuring is None or self._measuring.done():
                # An empty context: identical reads are not shared with the poll, which ends earlier.
                self._measuring = asyncio.create_task(self._measure(), context=Context())
        if self._measuring is not None:
            await asyncio.wait({self._measuring}, timeout=TIMEOUT)
        if isinstance(self.disk, Unknown):
            gaps.add("disk", self.disk.reason)

    async def inspect(self, call: Call) -> Details:
        """Return the target as it is now. Raises PreconditionFailed when it is not there."""
        gone = PreconditionFailed(f"There is no container {call.target.name} any more")
        try:
            details = await self._inspect(call.target.id)
        except ServiceNotFound as err:
            raise gone from err
        if details.name != call.target.id:  # the engine finds containers by the beginning of an id too
            raise gone
        return details

    async def act(self, call: Call, verb: str) -> None:
        """Do it once; what is so already is fine. Raises as :meth:`send` does, and PreconditionFailed."""
        path = f"containers/{(await self.inspect(call)).id}/{verb}"
        await self._allowed(verb, self._late.send("POST", await self._path(path)))

    async def top(self, call: Call) -> object:
        """Return the processes, without their arguments: these may hold secrets."""
        details = await self.inspect(call)
        return await self._ask(f"containers/{details.id}/top", ps_args=PS)

    async def log(self, details: Details, lines: int, until: datetime | None = None) -> list[str]:
        """Return the last lines up to a time, oldest first, each with its time in front."""
        end = until.timestamp() if until else None
        path = await self._path(f"containers/{details.id}/logs")
        data = await self.data(path, stdout=True, stderr=True, timestamps=True, tail=lines, until=end)
        pieces = (data,) if details.config.tty else frames(data)
        found = [line for piece in pieces for line in piece.decode(errors="replace").splitlines()]
        return sorted(found, key=lambda line: line.partition(" ")[0])

    async def listen(self) -> AsyncIterator[Push]:
        """Yield POLL_NOW when containers change, until the connection is lost."""
        filters = json.dumps({"type": ["container"], "event": EVENTS})
        stream = self.stream(await self._path("events"), idle=SELDOM, filters=filters)
        with suppress(ServiceUnreachable):
            async for _ in stream:
                yield Changed.POLL_NOW

    def _sessions(self) -> aiohttp.ClientSession:
        if self._socket is None:
            return self.access.session
        if self._own is None:
            self._own = session(aiohttp.UnixConnector(self._socket))
        return self._own

    async def _path(self, path: str) -> str:
        if not self._prefix:
            await self.version()
        return f"{self._prefix}/{path}"

    async def _ask(self, path: str, **query: Parameter | None) -> object:
        return await self.get(await self._path(path), **query)

    async def _allowed[T](self, right: str, answer: Awaitable[T]) -> T:
        """Return the answer, and keep whether the right to ask for it is missing."""
        self.denied.discard(right)
        try:
            return await answer
        except ServiceForbidden:
            self.denied.add(right)
            raise

    async def _try(self, right: str, gaps: Gaps) -> None:
        """Find out whether a right is missing by a request that does nothing."""
        try:
            if right == "events":
                await self._allowed(right, self.data(await self._path(right), since=0, until=1))
            else:
                path = await self._path(f"containers/{NO_CONTAINER}/{right}")
                await self._allowed(right, self.read(path, None))
        except ServiceRefused, ServiceForbidden:
            return  # the engine knows no such container, or the right is missing
        except ServiceError as err:
            gaps.add("rights", str(err))

    async def _measure(self) -> None:
        try:
            answer = await self._allowed("disk", self._late.get(await self._path("system/df")))
            self.disk = parse(Disk, answer, "disk use")
        except ServiceError as err:
            self.disk = Unknown(str(err))

    async def _inspect(self, name: str) -> Details:
        return await self.one(Details, await self._path(f"containers/{name}/json"))

    async def _container(
        self, row: Listed, history: History, host: str | None, gaps: Gaps
    ) -> Container | None:
        async with self._slots:
            try:
                details = await self._inspect(row.id)
            except ServiceNotFound:
                return None  # removed since it was listed
            except ServiceError as err:
                gaps.add(CONTAINERS, f"{row.name}: {err}")
                return None
            stats = await self._stats(details, gaps)
        return Container(
            details=details,
            host=host,
            taken_at=self.clock.now(),
            stats=stats,
            cpu=history.cpu(stats),
            restarts=history.restarts(self.clock.monotonic(), details.restart_count),
        )

    async def _stats(self, details: Details, gaps: Gaps) -> Stats | Unknown:
        if not details.is_up:
            return ENDED
        query: dict[str, Parameter] = {"stream": False, "one-shot": True}
        try:
            answer = await self._ask(f"containers/{details.id}/stats", **query)
            if parse(Sample, answer, "statistics").read.year == NEVER:
                return ENDED
            return parse(Stats, answer, "statistics")
        except ServiceError as err:
            gaps.add("stats", f"{details.name}: {err}")
            return Unknown(str(err))


async def poll(client: DockerClient, gaps: Gaps) -> DockerState:
    """Return the state. Raises ServiceError when the list of containers cannot be read."""
    version = await client.version()
    host = await client.host(gaps)
    async with task_group() as calls:
        containers = calls.create_task(client.containers(host, gaps))
        calls.create_task(client.seldom(gaps))
    return DockerState(
        version=version,
        containers=containers.result(),
        is_whole=gaps.of(CONTAINERS) is None,
        disk=client.disk,
        denied=frozenset(client.denied),
    )


def number(version: str) -> tuple[int, ...]:
    """Return an API version as something that can be compared."""
    return tuple(int(part) for part in version.split("."))


def frames(data: bytes) -> Iterator[bytes]:
    """Yield what a container without a terminal wrote: each frame says stream and length first."""
    start = 0
    while start + FRAME.size <= len(data):
        (length,) = FRAME.unpack_from(data, start)
        start += FRAME.size + length
        yield data[start - length : start]
