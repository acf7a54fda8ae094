"""Restores what was kept of a container as a container of its own, without a way out, and asks it."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.restore_drill import ProofLevel

from ...errors import PreconditionFailed, ServiceMalformed, ServiceRefused, StewardError
from ...sdk.answers import parse
from ...sdk.description import Backup, NotRestorable, Prepared, Reached, RestoreDrill
from ...sdk.parse import unix_time
from ...texts import Text
from .client import DRILL, KEPT_OF, ContainerClient
from .engine import TAKEN, Engine, Raw
from .isolated import isolated, needed, open_parts, share_refusal, variables
from .kept import FOLDER, Definition, Kept
from .models import Details
from .probes import free_space, listening_ports
from .tar_files import TarFiles

KIND: Final = "container"
EVERY: Final = 2.0
"""Seconds between two reads of the copy."""

BOOT: Final = 300.0
"""Seconds for which the copy is waited for."""

STEADY: Final = 30.0
"""Seconds for which a copy must run that has no health check and no port."""

SHOWN: Final = 5
SERVICE_LABEL: Final = "com.docker.compose.service"
_MARK: Final = re.compile(r"steward-drill-[a-z0-9-]+")


async def backups(client: ContainerClient) -> Sequence[Backup]:
    """Return what the last update of each container kept, if that contains volumes."""
    engine = await _engine(client)
    found = dict[str, Backup]()
    for container, labels in (await engine.kept()).items():
        kept = Kept(engine, container)
        definition = await kept.definition()
        if definition is None or not definition.volumes or TAKEN not in labels:
            continue
        made_at = unix_time(float(labels[TAKEN]), container)
        if definition.name in found and found[definition.name].made_at > made_at:
            continue
        size = _size(client, kept, definition)
        found[definition.name] = Backup(
            kind=KIND, target_id=definition.name, id=container, made_at=made_at, size=size
        )
    return [*found.values()]


async def prepare(client: ContainerClient, backup: Backup, mark: str) -> Prepared:
    """Return what a drill will create. Raises NotRestorable when the image or a volume is gone.

    Raises PreconditionFailed for a container that shares a part of its host.
    """
    engine = await _engine(client)
    kept, definition = await _kept(engine, backup)
    if (reason := share_refusal(definition)) is not None:
        raise PreconditionFailed(reason)
    if await engine.found(f"images/{definition.image}/json") is None:
        raise NotRestorable(t"The engine does not have the image {definition.reference} any more.")
    for number, volume in enumerate(definition.volumes):
        if await engine.found(f"volumes/{kept.copy_of(number)}") is None:
            raise NotRestorable(t"The copy of volume {volume.name} does not exist any more")
    free = await free_space(engine, definition.image, kept.copy_of(0), mark)
    return Prepared(copy=mark, needs=_size(client, kept, definition), free=free)


async def try_out(client: ContainerClient, backup: Backup, mark: str, reached: Reached) -> None:
    """Copy the volumes once more, start a container with these copies, and look at its files."""
    engine = await _engine(client)
    kept, definition = await _kept(engine, backup)
    drill = _Drill(engine, kept, definition, _checked(mark))
    files = [await drill.files(number) for number in range(len(definition.volumes))]
    reached(ProofLevel.READABLE)
    for number in range(len(definition.volumes)):
        await drill.copy(number)
    reached(ProofLevel.RESTORED)
    await drill.start()
    await drill.wait()
    reached(ProofLevel.BOOTED)
    if await drill.has_files(files):
        reached(ProofLevel.ANSWERED)


async def remove(client: ContainerClient, name: str) -> None:
    """Remove the containers, volumes, and the network of a drill: only what has its label."""
    engine = await _engine(client)
    mine = f"{DRILL}={_checked(name)}"
    for row in await engine.listed(label=[mine]):
        await engine.discard(str(row["Id"]))
    for row in await engine.kept_volumes(mine):
        await engine.delete(f"volumes/{row['Name']}")
    for row in await engine.networks(mine):
        await engine.delete(f"networks/{row['Id']}")


async def left(client: ContainerClient, mark: str) -> Sequence[str]:
    """Return the copies whose label begins with a mark."""
    engine = await _engine(client)
    rows = [
        *await engine.listed(label=[DRILL]),
        *await engine.kept_volumes(DRILL),
        *await engine.networks(DRILL),
    ]
    labels = [parse(dict[str, str], row.get("Labels") or {}, "labels") for row in rows]
    return sorted({one[DRILL] for one in labels if one.get(DRILL, "").startswith(mark)})


@dataclass(frozen=True, slots=True)
class _Drill:
    """One drill. Everything that it creates has its mark as a name and as a label."""

    engine: Engine
    kept: Kept
    definition: Definition
    mark: str

    @property
    def labels(self) -> Mapping[str, str]:
        """What tells its containers, volumes, and network from others."""
        return {DRILL: self.mark}

    def volume(self, number: int) -> str:
        """Return the name of the copy of a volume."""
        return f"{self.mark}-{number}"

    async def files(self, number: int) -> Mapping[str, str]:
        """Read all that was kept of a volume; return the hashes of some files. Raises NotRestorable."""
        async with self._holder("from", self.kept.copy_of(number)) as reader:
            return await self._hashes(reader, FOLDER, TarFiles())

    async def copy(self, number: int) -> None:
        """Copy what was kept of a volume into one of its own."""
        body = {"Name": self.volume(number), "Labels": self.labels}
        await self.engine.post("volumes/create", body)
        async with (
            self._holder("from", self.kept.copy_of(number)) as reader,
            self._holder("to", self.volume(number)) as writer,
        ):
            await self.engine.copy(reader, writer, FOLDER)

    async def start(self) -> None:
        """Start the copy on a network without a way out.

        Raises PreconditionFailed when it would have any other connection.
        """
        engine, volumes = self.engine, self.definition.volumes
        network = {"Name": self.mark, "Driver": "bridge", "Internal": True, "Labels": self.labels}
        await engine.post("networks/create", network)
        copies = {one.name: self.volume(number) for number, one in enumerate(volumes)}
        body = isolated(self.definition, copies, self.mark, self.labels)
        await engine.post("containers/create", body, name=self.mark)
        raw = await engine.raw(f"containers/{self.mark}/json")
        is_internal = (await engine.raw(f"networks/{self.mark}")).get("Internal") is True
        if not is_internal or open_parts(raw, self.mark, [*copies.values()]):
            raise PreconditionFailed(t"The copy cannot be isolated, so that it is not started")
        try:
            await engine.post(f"containers/{self.mark}/start")
        except ServiceRefused as err:
            raise await self._failure(str(err)) from err

    async def wait(self) -> None:
        """Wait until the copy is healthy, listens on a port, or has run for a while."""
        clock, ports = self.engine.client.clock, await self._ports()
        begun = clock.monotonic()
        while (passed := clock.monotonic() - begun) < BOOT:
            details = parse(Details, await self.engine.raw(f"containers/{self.mark}/json"), self.mark)
            if not details.is_up:
                await self._ended(details)
            health = details.state.health.status
            if health == "unhealthy":
                raise await self._failure(t"The health check of the copy fails.")
            if health == "healthy":
                return
            if health != "starting":
                listening = await listening_ports(self.engine, self.definition.image, self.mark)
                if ports & (listening or frozenset()):
                    return
                if passed >= STEADY and (not ports or listening is None):
                    return
            await clock.sleep(EVERY)
        raise await self._failure(t"The copy runs, but it does not answer.")

    async def has_files(self, files: Sequence[Mapping[str, str]]) -> bool:
        """Return whether the copy has files of the backup. Raises NotRestorable when it has none of them.

        A program may have changed some of them when it started.
        """
        targets = {
            one["Name"]: one["Destination"]
            for one in (await self.engine.raw(f"containers/{self.mark}/json"))["Mounts"]
            if one.get("Name")
        }
        wanted = [(number, known) for number, known in enumerate(files) if known]
        for number, known in wanted:
            folder = targets[self.volume(number)]
            now = await self._hashes(self.mark, folder, TarFiles(known.keys()))
            if not now.items() & known.items():
                name = self.definition.volumes[number].name
                raise NotRestorable(t"The copy has none of the files of volume {name}.")
        return bool(wanted)

    async def _hashes(self, container: str, folder: str, files: TarFiles) -> Mapping[str, str]:
        try:
            async for piece in self.engine.archive(container, folder):
                files.feed(piece)
        except ValueError as err:
            raise ServiceMalformed(t"The archive of {container} is not understood") from err
        return files.hashes

    @asynccontextmanager
    async def _holder(self, name: str, volume: str) -> AsyncIterator[str]:
        """Create a container that never runs, through which a volume is read or written."""
        holder = f"{self.mark}-{name}"
        mode = ":ro" if name == "from" else ""
        host = {"Binds": [f"{volume}:{FOLDER}{mode}"], "NetworkMode": "none"}
        body: Raw = {"Image": self.definition.image, "Cmd": ["kept"], "Labels": self.labels}
        await self.engine.post("containers/create", body | {"HostConfig": host}, name=holder)
        yield holder
        await self.engine.discard(holder)

    async def _ports(self) -> frozenset[int]:
        """Return the TCP ports on which the program is said to listen."""
        raw = await self.engine.raw(f"containers/{self.mark}/json")
        exposed = parse(dict[str, object], raw["Config"].get("ExposedPorts") or {}, "ports")
        found = (one.partition("/") for one in exposed)
        return frozenset(int(port) for port, _, kind in found if kind == "tcp" and port.isdecimal())

    async def _ended(self, details: Details) -> None:
        """Raise why the copy does not run any more."""
        if details.state.is_oom_killed:
            raise PreconditionFailed(t"The copy ended because it ran out of memory")
        raise await self._failure(t"The copy stopped again.")

    async def _failure(self, reason: Text) -> StewardError:
        """Return what it says that the copy does not start: nothing when it lacks what is outside of it."""
        rows = await self.engine.listed()
        found = {str((row.get("Names") or ["/"])[0]).removeprefix("/") for row in rows if _is_own(row)}
        services = {str((row.get("Labels") or {}).get(SERVICE_LABEL, "")) for row in rows} - {""}
        body = self.definition.body
        lacks = [*variables(body).secrets, *needed(body, (found | services) - {self.definition.name})]
        if not lacks:
            return NotRestorable(reason)
        names = ", ".join(lacks[:SHOWN])
        return PreconditionFailed(t"{reason} It may lack what a copy does not get: {names}")


def _is_own(row: Raw) -> bool:
    """Return whether a row is of a container of people."""
    return not {KEPT_OF, DRILL} & {*(row.get("Labels") or {})}


def _size(client: ContainerClient, kept: Kept, definition: Definition) -> int | None:
    """Return the size of what was kept in bytes, None when it was not measured yet."""
    sizes = client.volume_sizes("")
    found = [sizes.get(kept.copy_of(number)) for number in range(len(definition.volumes))]
    known = [one for one in found if one is not None]
    return sum(known) if len(known) == len(found) else None


async def _engine(client: ContainerClient) -> Engine:
    return Engine(client, await client.root(""))


async def _kept(engine: Engine, backup: Backup) -> tuple[Kept, Definition]:
    """Return what was kept. Raises PreconditionFailed when it is not there any more."""
    kept = Kept(engine, backup.id)
    definition = await kept.definition()
    if definition is None:
        name = backup.target_id
        raise PreconditionFailed(t"The copy of the data of {name} does not exist any more")
    return kept, definition


def _checked(text: str) -> str:
    """Return the mark of a drill. Raises ServiceRefused for any other name."""
    if not _MARK.fullmatch(text):
        raise ServiceRefused(t"{text} is no copy of a drill")
    return text


RESTORE_DRILL: Final = RestoreDrill[ContainerClient](
    key="container", backups=backups, prepare=prepare, try_out=try_out, remove=remove, left=left
)
