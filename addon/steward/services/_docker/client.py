"""The containers of one or several engines: how they are read and acted on."""

import asyncio
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import aiohttp
import msgspec
from yarl import URL

from ...errors import PreconditionFailed, ServiceError, ServiceForbidden, ServiceNotFound
from ...sdk.answers import Unknown, parse, parse_items
from ...sdk.client import Authentication, Parameter, Rest
from ...sdk.description import Access, Call, Gaps
from ...tasks import task_group
from .beside import with_beside
from .containers import Container
from .history import History
from .images import ImageDetails
from .models import NEVER, Details, Image, Info, Listed, Volumes
from .mounts import Data, Dumping, Volume, data_of
from .neighbours import Neighbours
from .stats import Sample, Stats

AT_ONCE: Final = 8
"""Containers that are read at the same time: old engines need a second for each."""

SLOW: Final = 90.0
"""Seconds for what is answered late: a stop waits for the program, disk use reads all volumes."""

PULL: Final = 900.0
"""Seconds that the pull of an image may take."""

ENDED: Final = Unknown("The container does not run")
CONTAINERS: Final = "containers"
KEPT_OF: Final = "homelab-steward.of"
"""The label of what an update keeps for going back: the id of the container that it is of."""

DRILL: Final = "homelab-steward.drill"
"""The label of what a restore drill creates: its mark."""

SELDOM: Final = 600.0
"""Seconds between two reads of what changes seldom."""

SUFFIX: Final = ".new"
"""The end of the name of a container that replaces another one, until it has its name."""

BEFORE: Final = ".old"
"""The end of the name of a container that is made again as it was, until it has its name."""

SUFFIXES: Final = (SUFFIX, BEFORE)
FRAME: Final = struct.Struct(">4xI")
PS: Final = "-eo pid,user,pcpu,pmem,etime,comm"


class ContainerClient(Rest, ABC):
    """The containers of the engines behind one address. ``late`` and ``pulling`` wait longer.

    ``updating`` are the ids of containers that are being replaced now.
    """

    def __init__(
        self,
        access: Access,
        *,
        base: str = "",
        auth: Authentication | None = None,
        url: URL | None = None,
        session: Callable[[], aiohttp.ClientSession] | None = None,
    ) -> None:
        """Open nothing. Raises InvalidSetting."""
        super().__init__(access, base=base, auth=auth, url=url, session=session)
        self.late, self.pulling = (
            Rest(access, base=base, auth=auth, url=url, session=session, timeout=one) for one in (SLOW, PULL)
        )
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._engines: dict[str, str] = {}
        self._history: dict[str, dict[str, History]] = {}
        self._images: dict[str, dict[str, ImageDetails]] = {}
        self._volumes: dict[str, tuple[float, Mapping[str, Volume] | Unknown]] = {}
        self.updating: set[str] = set()

    @property
    def way(self) -> tuple[str, ...]:
        """Names of images through which the engine is reached: without them nothing can be started again."""
        return ()

    @property
    def may_execute(self) -> bool:
        """Whether commands may be carried out in containers, as far as it is known."""
        return True

    @abstractmethod
    async def root(self, place: str) -> str:
        """Return the path of the API of an engine, by its id. Raises ServiceError."""

    async def at(self, call: Call, path: str = "") -> str:
        """Return a path of the API of the target's engine. Raises ServiceError."""
        return f"{await self.root(call.target.id.rpartition('/')[0])}/{path}"

    async def info(self, place: str) -> str:
        """Return the name of an engine's machine, and keep which engine it is. Raises ServiceError."""
        self._engines.pop(place, None)
        info = await self.one(Info, f"{await self.root(place)}/info")
        self._engines[place] = info.place
        return info.name

    async def containers(
        self, host: str | None, gaps: Gaps, place: str = "", part: str = CONTAINERS
    ) -> tuple[Container, ...]:
        """Return the containers of an engine. One that cannot be read is a gap of ``part``."""
        root = await self.root(place)
        answer = await self.get(f"{root}/containers/json", all=True)
        rows = parse_items(Listed, answer, gaps, part, name=lambda row: row.get("Id"))
        rows, names = shown_rows(rows)
        old = self._history.get(place, {})
        self._history[place] = known = {row.id: old.get(row.id, History()) for row in rows}

        async def read(row: Listed) -> Container | None:
            async with self._slots:
                try:
                    details = await self.one(Details, f"{root}/containers/{row.id}/json")
                except ServiceNotFound:
                    return None  # removed since it was listed
                except ServiceError as err:
                    gaps.add(part, f"{row.name}: {err}")
                    return None
                if names[row.id] != row.name:
                    details = msgspec.structs.replace(details, full_name=f"/{names[row.id]}")
                stats = await self._stats(root, details, gaps)
            return Container(
                place=place,
                details=details,
                image=await self._image(place, details, gaps),
                data=Data(),
                engine=self._engines.get(place, ""),
                host=host,
                taken_at=self.clock.now(),
                stats=stats,
                cpu=known[row.id].cpu(stats),
                restarts=known[row.id].restarts(self.clock.monotonic(), details.restart_count),
            )

        async with task_group() as calls:
            tasks = [calls.create_task(read(row)) for row in rows]
            volumes = calls.create_task(self._volumes_of(place, gaps))
        found = tuple(one for task in tasks if (one := task.result()) is not None)
        used = {one.details.image_id for one in found}
        known_images = self._images.get(place, {})
        self._images[place] = {key: one for key, one in known_images.items() if key in used}
        return self._with_data(found, volumes.result(), self.volume_sizes(place))

    def volume_sizes(self, place: str) -> Mapping[str, int]:  # noqa: ARG002
        """Return the sizes of the volumes of an engine in bytes, as far as they were measured."""
        return {}

    async def volumes(self, place: str) -> Mapping[str, Volume]:
        """Return the volumes of an engine by their names. Raises ServiceError."""
        answer = await self.get(f"{await self.root(place)}/volumes")
        return {one.name: one for one in parse(Volumes, answer, "volumes").volumes}

    async def _volumes_of(self, place: str, gaps: Gaps) -> Mapping[str, Volume] | Unknown:
        """Return the volumes as they were read lately; what cannot be read is a gap.

        What a proxy denies is none: without it only updates are less.
        """
        due, known = self._volumes.get(place, (0.0, Unknown("")))
        if self.clock.monotonic() >= due:
            try:
                known = await self.volumes(place)
            except ServiceForbidden as err:
                known = Unknown(str(err))
            except ServiceError as err:
                gaps.add("volumes", str(err))
                return Unknown(str(err))
            self._volumes[place] = self.clock.monotonic() + SELDOM, known
        return known

    async def everyone(self, place: str) -> list[Details]:
        """Return all containers of an engine that are people's own. Raises ServiceError."""
        root = await self.root(place)
        rows, names = shown_rows(
            parse(list[Listed], await self.get(f"{root}/containers/json", all=True), "list")
        )

        async def read(row: Listed) -> Details | None:
            async with self._slots:
                try:
                    one = await self.one(Details, f"{root}/containers/{row.id}/json")
                except ServiceNotFound:
                    return None  # removed since it was listed
            return msgspec.structs.replace(one, full_name=f"/{names[row.id]}")

        async with task_group() as calls:
            tasks = [calls.create_task(read(row)) for row in rows]
        return [one for task in tasks if (one := task.result()) is not None]

    async def _image(self, place: str, details: Details, gaps: Gaps) -> ImageDetails | Unknown:
        """Return the image of a container; each is read once."""
        known = self._images.setdefault(place, {})
        if not details.image_id:
            return Unknown("The engine does not say which image it runs from")
        if details.image_id not in known:
            path = f"{await self.root(place)}/images/{details.image_id}/json"
            try:
                known[details.image_id] = await self.one(ImageDetails, path)
            except ServiceNotFound:
                return Unknown("The engine does not have its image any more")
            except ServiceForbidden as err:
                return Unknown(str(err))
            except ServiceError as err:
                gaps.add("images", f"{details.name}: {err}")
                return Unknown(str(err))
        return known[details.image_id]

    def _with_data(
        self,
        found: tuple[Container, ...],
        volumes: Mapping[str, Volume] | Unknown,
        sizes: Mapping[str, int],
    ) -> tuple[Container, ...]:
        """Return the containers with what of their data can be copied."""
        users: dict[str, set[str]] = {}
        for one in found:
            for mount in one.details.mounts:
                users.setdefault(mount.name, set()).add(one.details.name)

        around = Neighbours([one.details for one in found])
        dumping = partial(self.dumping, volumes=volumes)

        def data(details: Details) -> Data:
            own = data_of(details.mounts, volumes, users, sizes, details.name, dumping(details))
            return with_beside(own, details, around, dumping)

        return tuple(replace(one, data=data(one.details)) for one in found)

    def dumping(self, details: Details, volumes: Mapping[str, Volume] | Unknown) -> Dumping | None:
        """Return the database in a container. ``volumes`` are those of its engine."""
        return details.dumping(may_execute=self.may_execute, may_keep=not isinstance(volumes, Unknown))

    async def inspect(self, call: Call) -> Details:
        """Return the target as it is now. Raises PreconditionFailed when it is not there."""
        gone = PreconditionFailed(f"There is no container {call.target.name} any more")
        name = call.target.id.rpartition("/")[2]
        try:
            details = await self.one(Details, await self.at(call, f"containers/{name}/json"))
        except ServiceNotFound as err:
            raise gone from err
        if details.name != name:  # the engine finds containers by the beginning of an id too
            raise gone
        return details

    async def act(self, call: Call, verb: str, body: object = None) -> None:
        """Do it once; what is so already is fine. Raises as :meth:`send` does, and PreconditionFailed."""
        path = await self.at(call, f"containers/{(await self.inspect(call)).id}/{verb}")
        await self.late.send("POST", path, body)

    async def top(self, call: Call) -> object:
        """Return the processes, without their arguments: these may hold secrets."""
        details = await self.inspect(call)
        return await self.get(await self.at(call, f"containers/{details.id}/top"), ps_args=PS)

    async def log(self, call: Call, details: Details, lines: int, until: datetime | None = None) -> list[str]:
        """Return the last lines up to a time, oldest first, each with its time in front."""
        end = until.timestamp() if until else None
        path = await self.at(call, f"containers/{details.id}/logs")
        data = await self.data(path, stdout=True, stderr=True, timestamps=True, tail=lines, until=end)
        pieces = (data,) if details.config.tty else frames(data)
        found = [line for piece in pieces for line in piece.decode(errors="replace").splitlines()]
        return sorted(found, key=lambda line: line.partition(" ")[0])

    async def images(self, place: str, gaps: Gaps) -> tuple[Image, ...]:
        """Return the images of an engine. Raises ServiceError."""
        return await self.many(Image, f"{await self.root(place)}/images/json", gaps)

    async def _stats(self, root: str, details: Details, gaps: Gaps) -> Stats | Unknown:
        if not details.is_up:
            return ENDED
        query: dict[str, Parameter] = {"stream": False, "one-shot": True}
        try:
            answer = await self.get(f"{root}/containers/{details.id}/stats", **query)
            if parse(Sample, answer, "statistics").read.year == NEVER:
                return ENDED
            return parse(Stats, answer, "statistics")
        except ServiceError as err:
            gaps.add("stats", f"{details.name}: {err}")
            return Unknown(str(err))


def shown_rows(rows: Sequence[Listed]) -> tuple[tuple[Listed, ...], Mapping[str, str]]:
    """Return the rows of containers that are people's own, and the name of each by its id. Pure.

    While a container is recreated its id is in front of its name: between two renames it is shown by its
    name, so that it does not vanish. The ends SUFFIXES are of containers that are not started so far.
    """
    own = [row for row in rows if not {KEPT_OF, DRILL} & row.labels.keys()]
    ids, names = {row.id[:12] for row in own}, {row.name for row in own}
    shown: dict[str, str] = {}
    for row in own:
        before, _, name = row.name.partition("_")
        is_aside = before in ids and bool(name)
        if is_aside and (name.endswith(SUFFIXES) or name in names):
            continue
        shown[row.id] = name if is_aside and before == row.id[:12] else row.name
    return tuple(row for row in own if row.id in shown), shown


def frames(data: bytes) -> Iterator[bytes]:
    """Yield what a container without a terminal wrote: each frame says stream and length first."""
    start = 0
    while start + FRAME.size <= len(data):
        (length,) = FRAME.unpack_from(data, start)
        start += FRAME.size + length
        yield data[start - length : start]
