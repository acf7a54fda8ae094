"""What an update keeps of a container: its image, its whole definition, copies of its volumes, and dumps.

The definition and the copies belong to a container of the app that never runs, made from the old image.
So no clean-up of unused images and volumes removes them. It exists only when the copies are complete.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from msgspec import to_builtins

from ...errors import PreconditionFailed, ServiceMalformed, ServiceRefused, TemporaryFailure
from ...sdk.answers import Item, at, parse
from .client import KEPT_OF
from .databases import database
from .engine import NAME, TAKEN, Engine
from .kept_dump import KeptDump
from .mounts import BesideDump, Volume

VARIABLE: Final = "HOMELAB_STEWARD_KEPT="
"""The definition is in the environment: labels are shown where the variables of containers are not."""

FOLDER: Final = "/kept/data"
KEPT_DAYS: Final = 7
PREFIX: Final = "homelab-steward"
REPOSITORY: Final = f"{PREFIX}/kept"
SHORT: Final = 12


class Definition(Item, rename=None):
    """How a container was made. ``networks`` are those that it is connected to after its creation.

    ``reference`` is its image as it was configured, ``image`` the engine's id of it. ``dump`` is the key of
    the database whose dump is kept, "" without one; ``beside`` is one in another container, and ``sharers``
    are the ids of the images of what else uses that, by the names of the containers.
    """

    name: str
    image: str
    reference: str
    body: dict[str, Any]
    networks: dict[str, dict[str, Any]]
    volumes: tuple[Volume, ...] = ()
    dump: str = ""
    beside: BesideDump | None = None
    sharers: Mapping[str, str] = {}

    @property
    def policy(self) -> object:
        """When the engine starts it again by itself."""
        return self.body["HostConfig"].get("RestartPolicy") or {"Name": "no"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one container, by the id that it had."""

    engine: Engine
    container: str

    @property
    def name(self) -> str:
        """The name of the container that keeps it."""
        return f"{PREFIX}-{self.container[:SHORT]}"

    @property
    def copying(self) -> tuple[str, str]:
        """The names of the containers through which a volume is read and written."""
        return f"{self.name}-from", f"{self.name}-to"

    @property
    def dump(self) -> KeptDump:
        """The dump of its database."""
        return KeptDump(self.engine, f"{self.name}-dump")

    @property
    def beside(self) -> KeptDump:
        """The dump of its database in another container."""
        return KeptDump(self.engine, f"{self.name}-beside")

    @property
    def tag(self) -> str:
        """The tag of the old image."""
        return self.container[:SHORT]

    def copy_of(self, position: int) -> str:
        """Return the name of the volume with the copy of a volume."""
        return f"{self.name}-{position}"

    async def keep_image(self, image: str) -> None:
        """Give the old image a tag of ours."""
        await self.engine.post(f"images/{image}/tag", repo=REPOSITORY, tag=self.tag)

    async def definition(self) -> Definition | None:
        """Return what is kept, None when nothing is kept or the copies are not complete."""
        raw = await self.engine.found(f"containers/{self.name}/json")
        env = parse(list[str], at(raw, "Config.Env") or [], self.name) if raw else []
        found = next((one for one in env if one.startswith(VARIABLE)), None)
        return None if found is None else _read(found.removeprefix(VARIABLE), self.name)

    async def take_dump(self, definition: Definition, at_seconds: float) -> None:
        """Dump the database of the container, which must run. Raises TemporaryFailure when it cannot be."""
        if definition.dump:
            labels = self._labels(definition, at_seconds)
            await self.dump.take(database(definition.dump), self.container, definition.image, labels)

    async def take(self, definition: Definition, at_seconds: float) -> None:
        """Copy the volumes, dump the database beside, and keep both with the definition. It must not run.

        What an interrupted attempt left is removed first, but not the dump: it was made before the stop.
        """
        if definition.dump and not await self.dump.is_there():
            raise TemporaryFailure(t"{definition.name} was stopped before its database was dumped")
        await self._drop_volume_copies()
        labels = self._labels(definition, at_seconds)
        for position, volume in enumerate(definition.volumes):
            body = {"Name": self.copy_of(position), "Labels": labels}
            await self.engine.post("volumes/create", body)
            await self._copy(definition.image, labels, volume.name, self.copy_of(position))
        if (one := definition.beside) is not None:
            how = database(one.database)
            await self.beside.take(how, one.server, definition.image, labels, one.wanted)
        written = json.dumps(_plain(definition))
        await self.engine.create_idle(
            self.name,
            definition.image,
            labels,
            [f"{self.copy_of(number)}:/kept/{number}" for number in range(len(definition.volumes))],
            [f"{VARIABLE}{written}"],
        )

    async def put_back(self, definition: Definition) -> None:
        """Replace the content of the volumes by the copies. No container may use the volumes.

        Each volume is removed and made again: what the new version added is gone too.
        """
        labels = {KEPT_OF: self.container, NAME: definition.name}
        for position, volume in enumerate(definition.volumes):
            if await self.engine.found(f"volumes/{self.copy_of(position)}") is None:
                raise PreconditionFailed(t"The copy of volume {volume.name} does not exist any more")
        await self._discard_copying()
        for position, volume in enumerate(definition.volumes):
            await self.engine.delete(f"volumes/{volume.name}")
            body = {"Name": volume.name, "Driver": volume.driver, "Labels": dict(volume.labels)}
            await self.engine.post("volumes/create", body)
            await self._copy(definition.image, labels, self.copy_of(position), volume.name)

    async def put_dump_back(self, definition: Definition) -> None:
        """Restore the dump, if that was not done, in the container that runs again. Raises ServiceError."""
        if definition.dump:
            await self.dump.put_back(database(definition.dump), definition.name)

    async def put_beside_back(self, definition: Definition) -> None:
        """Restore the dump of the database in another container, once. Raises ServiceError."""
        if (one := definition.beside) is not None:
            await self.beside.put_back(database(one.database), one.server)

    async def drop_copies(self) -> None:
        """Remove the copies and the dumps, and the containers that keep them."""
        await self._drop_volume_copies()
        await self.dump.drop()

    async def drop(self) -> None:
        """Remove everything that is kept, and the tag of the old image; an image in use stays."""
        with suppress(ServiceRefused):  # it is the only name of an image that is used
            await self.engine.delete(f"images/{REPOSITORY}:{self.tag}", noprune=True)
        await self.drop_copies()

    async def is_left(self) -> bool:
        """Return whether something is kept, complete or not."""
        if await self.engine.found(f"containers/{self.name}/json") is not None:
            return True
        return bool(await self.engine.kept_volumes(f"{KEPT_OF}={self.container}"))

    async def _drop_volume_copies(self) -> None:
        await self._discard_copying()
        await self.engine.discard(self.name)
        await self.beside.drop()
        for one in await self.engine.kept_volumes(f"{KEPT_OF}={self.container}"):
            if one["Name"] != self.dump.name:
                await self.engine.delete(f"volumes/{one['Name']}")

    def _labels(self, definition: Definition, at_seconds: float) -> Mapping[str, str]:
        return {KEPT_OF: self.container, NAME: definition.name, TAKEN: str(int(at_seconds))}

    async def _copy(self, image: str, labels: Mapping[str, str], source: str, target: str) -> None:
        reader, writer = self.copying
        # Both folders have one name: so the archive has the owner and the mode of the folder itself too.
        await self.engine.create_idle(reader, image, labels, [f"{source}:{FOLDER}"])
        await self.engine.create_idle(writer, image, labels, [f"{target}:{FOLDER}"])
        await self.engine.copy(reader, writer, FOLDER)
        await self._discard_copying()

    async def _discard_copying(self) -> None:
        for name in self.copying:
            await self.engine.discard(name)


async def drop_old(engine: Engine, name: str, but: str, now: float) -> None:
    """Remove what earlier updates kept of a container, and of others what is older than KEPT_DAYS.

    A copy of a volume that does not exist any more stays: it may be the only one.
    """
    for container, labels in (await engine.kept()).items():
        age = now - float(labels.get(TAKEN) or now)
        if container == but or not (labels.get(NAME) == name or age > KEPT_DAYS * 86_400):
            continue
        kept = Kept(engine, container)
        definition = await kept.definition()
        volumes = definition.volumes if definition else ()
        there = [await engine.found(f"volumes/{one.name}") for one in volumes]
        if None not in there:
            await kept.drop()


async def must_be_free(engine: Engine, kept: Kept, definition: Definition) -> None:
    """Raise PreconditionFailed when another container uses what would be replaced."""
    await beside_must_be_free(engine, kept, definition)
    for volume in definition.volumes:
        for row in await engine.listed(volume=[volume.name]):
            name = str((row.get("Names") or ["/"])[0]).removeprefix("/")
            is_ours = KEPT_OF in (row.get("Labels") or {}) or name.startswith(kept.container[:SHORT])
            if name != definition.name and not is_ours:
                raise PreconditionFailed(t"{name} uses volume {volume.name} too: its data is not replaced")


async def beside_must_be_free(engine: Engine, kept: Kept, definition: Definition) -> None:
    """Raise PreconditionFailed when the database in another container cannot be replaced now."""
    beside = definition.beside
    if beside is None or not await kept.beside.is_there():
        return
    server = await engine.container(beside.server)
    if server is None or not server.is_up:
        raise PreconditionFailed(t"{beside.server} does not run: the database in it cannot be restored")
    for name, image in definition.sharers.items():
        one = await engine.container(name)
        if one is not None and one.image_id != image:
            raise PreconditionFailed(
                t"{name} was updated since and uses the same database: it is not replaced"
            )


def _read(text: str, what: str) -> Definition:
    try:
        return parse(Definition, json.loads(text), what)
    except ValueError as err:
        raise ServiceMalformed(t"{what} does not hold what was kept") from err


def _plain(definition: Definition) -> dict[str, Any]:
    volumes = [
        {"Name": one.name, "Driver": one.driver, "Labels": dict(one.labels)} for one in definition.volumes
    ]
    return {
        "name": definition.name,
        "image": definition.image,
        "reference": definition.reference,
        "body": definition.body,
        "networks": definition.networks,
        "volumes": volumes,
        "dump": definition.dump,
        "beside": None if definition.beside is None else to_builtins(definition.beside),
        "sharers": dict(definition.sharers),
    }
