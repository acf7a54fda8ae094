"""The client: the API version, the rights, and what takes the engine long."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from contextvars import Context
from typing import Final, override

import aiohttp

from ...errors import ServiceError, ServiceForbidden, ServiceRefused, ServiceUnreachable
from ...sdk.answers import Unknown, parse
from ...sdk.description import Access, Changed, Gaps, Push
from ...sdk.http import TIMEOUT, session
from ...tasks import task_group
from .._docker.client import CONTAINERS, SELDOM, ContainerClient
from .connection import address
from .models import Disk, DockerState, Version

NEWEST: Final = "1.51"
"""The newest API version that this client understands."""

VERBS: Final = ("restart", "start", "stop", "pause", "unpause", "update")
NO_CONTAINER: Final = "_"
"""A name that no container can have: asking to act on it changes nothing and shows the rights."""

PROXIES: Final = ("docker-socket-proxy", "socket-proxy")
"""Images that stand between an engine and those who reach it over TCP."""

EVENTS: Final = ("create", "start", "die", "pause", "unpause", "health_status", "rename", "destroy")


class DockerClient(ContainerClient):
    """One engine. ``denied`` holds the keys of the rights that it, or a proxy, refused."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        url, self._socket = address(access)
        super().__init__(access, url=url, session=self._sessions)
        self._own: aiohttp.ClientSession | None = None
        self._prefix = ""
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

    @property
    @override
    def way(self) -> tuple[str, ...]:
        return () if self._socket else PROXIES

    @property
    @override
    def may_execute(self) -> bool:
        return "exec" not in self.denied

    async def version(self) -> Version:
        """Return the engine's version, and ask it by the newest API that both understand."""
        version = await self.one(Version, "version")
        if number(version.oldest) > number(NEWEST):
            raise ServiceRefused(t"Docker {version.version} wants API {version.oldest}, newer than {NEWEST}")
        self._prefix = f"v{min(version.api_version, NEWEST, key=number)}"
        return version

    async def host(self, gaps: Gaps) -> str | None:
        """Return the name of the machine, None (a gap) when it cannot be read."""
        try:
            return await self._allowed("info", self.info(""))
        except ServiceError as err:
            gaps.add("info", str(err))
            return None

    async def seldom(self, gaps: Gaps) -> None:
        """Read rights and disk use when they are due; what takes long is read on beside the polls."""
        if self.clock.monotonic() >= self._due:
            self._due = self.clock.monotonic() + SELDOM
            async with task_group() as calls:
                for right in (*VERBS, "create", "exec", "volumes", "events"):
                    calls.create_task(self._try(right, gaps))
            if self._measuring is None or self._measuring.done():
                # An empty context: identical reads are not shared with the poll, which ends earlier.
                self._measuring = asyncio.create_task(self._measure(), context=Context())
        if self._measuring is not None:
            await asyncio.wait({self._measuring}, timeout=TIMEOUT)
        if isinstance(self.disk, Unknown):
            gaps.add("disk", self.disk.reason)

    @override
    def volume_sizes(self, place: str) -> Mapping[str, int]:
        if isinstance(self.disk, Unknown):
            return {}
        return {one.name: one.used for one in self.disk.volumes if one.name and one.used >= 0}

    async def listen(self) -> AsyncIterator[Push]:
        """Yield POLL_NOW when containers change, until the connection is lost."""
        filters = json.dumps({"type": ["container"], "event": EVENTS})
        stream = self.stream(f"{await self.root('')}/events", idle=SELDOM, filters=filters)
        with suppress(ServiceUnreachable):
            async for _ in stream:
                yield Changed.POLL_NOW

    def _sessions(self) -> aiohttp.ClientSession:
        if self._socket is None:
            return self.access.session
        if self._own is None:
            self._own = session(aiohttp.UnixConnector(self._socket))
        return self._own

    async def root(self, place: str) -> str:  # noqa: ARG002 - there is one engine
        """Return the version as a path. Raises as ``version`` does."""
        if not self._prefix:
            await self.version()
        return self._prefix

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
        root = await self.root("")
        try:
            if right == "events":
                await self._allowed(right, self.data(f"{root}/events", since=0, until=1))
            elif right == "volumes":
                # No volume can have this name: nothing is created.
                await self._allowed(right, self.read(f"{root}/volumes/create", {"Name": NO_CONTAINER}))
            else:
                # Without a body nothing is created.
                name = right if right == "create" else f"{NO_CONTAINER}/{right}"
                path = f"{root}/containers/{name}"
                await self._allowed(right, self.read(path, {} if right == "update" else None))
        except ServiceRefused, ServiceForbidden:
            return  # the engine knows no such container, or the right is missing
        except ServiceError as err:
            gaps.add("rights", str(err))

    async def _measure(self) -> None:
        try:
            answer = await self._allowed("disk", self.late.get(f"{await self.root('')}/system/df"))
            self.disk = parse(Disk, answer, "disk use")
        except ServiceError as err:
            self.disk = Unknown(str(err))


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
