"""Qdrant: the state of its collections, and snapshots of them."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from msgspec.structs import replace

from ...errors import ServiceError, ServiceMalformed
from ...sdk.answers import Item, NotKnown, State, at, known, many, one, parse_items, worded
from ...sdk.checks import critical, warning
from ...sdk.client import Key, Parameter, Rest
from ...sdk.description import INFRASTRUCTURE, Access, Call, Gaps, ResourceKind, Risk, Role, Service, Versions
from ...sdk.display import Text, brief, list_tool, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Job, Jobs, MakeBackup, RunJob, always
from ...sdk.sensors import choice, count, gibibytes, mebibytes, served, time

SHARDS: Final = 3
"""The level of detail that has the shards of collections."""

MOST: Final = 200
"""Collections that are read one by one."""

STATUSES: Final = ("green", "yellow", "grey", "red")
KEY: Final = secret_field("api_key", "API key", "A read-only key is enough without actions.", required=False)


class About(Item):
    """What the server says of itself."""

    version: str


class Snapshot(Item, rename=None):
    """A snapshot of a collection. Its time is in UTC, without saying so."""

    name: str
    creation_time: str


class Local(Item, rename=None):
    """What a shard on this server holds, in bytes as the server estimates it."""

    vectors_size_bytes: int | None = None
    payloads_size_bytes: int | None = None


class Shard(Item, rename=None):
    """One shard; without ``local`` it is on other servers."""

    local: Local | None = None


class Held(Item, rename=None):
    """What this server holds of a collection."""

    id: str
    shards: tuple[Shard, ...] | None = None

    @property
    def size(self) -> int:
        """Bytes of its vectors and payloads on this server. Raises NotKnown."""
        own = [one.local for one in known(self.shards) if one.local is not None]
        return sum(known(one.vectors_size_bytes) + known(one.payloads_size_bytes) for one in own)


class Collection(Item, rename=None):
    """One collection. ``unread`` is why it could not be read."""

    name: str
    status: str | None = None
    optimizer_status: Any = None
    points_count: int | None = None
    indexed_vectors_count: int | None = None
    segments_count: int | None = None
    snapshots: tuple[str, ...] | None = None
    held: Held | None = None
    unread: str = ""

    @property
    def last_snapshot(self) -> datetime:
        """When the newest snapshot was created. Raises NotKnown when there is none."""
        if not known(self.snapshots):
            raise NotKnown("It has no snapshot")
        try:
            return max(datetime.fromisoformat(one).replace(tzinfo=UTC) for one in known(self.snapshots))
        except ValueError as err:
            raise NotKnown(str(err)) from err

    def red(self) -> Text | None:
        """Return that operations failed for good. Raises NotKnown."""
        return t"Some operations failed and were not recovered" if known(self.status) == "red" else None

    def optimizer_failed(self) -> Text | None:
        """Return that its optimizer stopped with an error. Raises NotKnown."""
        found = known(self.optimizer_status)
        return None if found == "ok" else t"The optimizer stopped: {brief(str(found), 200)}"

    def is_bad(self) -> bool:
        """Return whether anything is wrong. Raises NotKnown."""
        return bool(self.red() or self.optimizer_failed())

    def __str__(self) -> str:
        points = worded(lambda: known(self.points_count))
        optimizer = worded(lambda: self.optimizer_failed() or "optimizer ok")
        return f"{self.name}: {worded(lambda: known(self.status))}, {points} points, {optimizer}"


class QdrantState(State):
    """The server and its collections."""

    about = one("telemetry", About, below="result.app", details_level=SHARDS)
    held = many(
        "telemetry", Held, below="result.collections.collections", optional=True, details_level=SHARDS
    )
    collections = many("collections", Collection)

    def shown(self) -> Iterator[Collection]:
        """Yield the collections with what this server holds of them."""
        held = {one.id: one for one in self.read_or(QdrantState.held, ())}
        return (replace(one, held=held.get(one.name)) for one in self.collections)

    @property
    def size(self) -> int:
        """Bytes of all vectors and payloads on this server. Raises NotKnown."""
        return sum(one.size for one in self.held)


class QdrantClient(Rest):
    """One server."""

    def __init__(self, access: Access) -> None:
        auth = Key("api-key", (KEY,)) if access.optional(KEY.key) else None
        super().__init__(access, auth=auth)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return an answer; "collections" is the list with what each of them answers."""
        answer = await super().get(path, **query)
        if path != "collections":
            return answer
        rows = at(answer, "result.collections")
        if not isinstance(rows, list):
            raise ServiceMalformed(t"collections: expected a list")
        found = await asyncio.gather(*(self._collection(row) for row in rows[:MOST]))
        return [*found, *rows[MOST:]]

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the content; a collection that could not be read is a gap of its own."""
        rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
        for row in rows:
            if row.get("unread"):
                gaps.add(f"collection {row['name']}", row["unread"])
            elif "snapshots" in row:
                row["snapshots"] = _times(row["snapshots"], gaps, f"snapshots of {row['name']}")
        if len(rows) > MOST:
            gaps.add("collections in detail", f"only {MOST} of {len(rows)} are read")
        return super().opened(answer, gaps, part)

    async def _collection(self, row: object) -> object:
        if not isinstance(row, dict) or not isinstance(row.get("name"), str):
            return row
        path = f"collections/{row['name']}"
        try:
            found = at(await super().get(path), "result")
        except ServiceError as err:
            return {"name": row["name"], "unread": str(err)}
        if not isinstance(found, dict):
            return {"name": row["name"], "unread": "the answer is not an object"}
        try:
            snapshots = at(await super().get(f"{path}/snapshots"), "result")
        except ServiceError as err:
            snapshots = err
        return {**found, "name": row["name"], "snapshots": snapshots}


def _times(snapshots: object, gaps: Gaps, part: str) -> list[str] | None:
    """Return when snapshots were created. What cannot be read is a gap."""
    try:
        if isinstance(snapshots, ServiceError):
            raise snapshots
        return [one.creation_time for one in parse_items(Snapshot, snapshots, gaps, part)]
    except ServiceError as err:
        gaps.add(part, str(err))
        return None


def _path(call: Call) -> str:
    return f"collections/{call.target.id}/snapshots"


async def _listed(client: QdrantClient, call: Call) -> dict[str, str]:
    """Return the names of the snapshots, the oldest first. Raises ServiceMalformed for a gap."""
    found = await client.whole(Snapshot, _path(call), below="result")
    return {one.name: one.name for one in sorted(found, key=lambda one: one.creation_time)}


async def _newest(client: QdrantClient, call: Call) -> Job | None:
    names = tuple(await _listed(client, call))
    return Job(handle=names[-1], is_running=False, ok=True, text=names[-1]) if names else None


async def _read(client: QdrantClient, call: Call, handle: str) -> Job:
    is_there = handle in await _listed(client, call)
    return Job(handle=handle, is_running=not is_there, ok=True if is_there else None, text=handle)


async def _start(client: QdrantClient, call: Call) -> str:
    return (await client.sent(Snapshot, "POST", _path(call), below="result")).name


@list_tool("collections", "Collections", "State and size.", capability="status")
async def _list(client: QdrantClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await QdrantState.poll(client, gaps)).collections
    return [str(each) for each in worst_first(found, Collection.is_bad)]


SERVICE: Final = Service(
    key="qdrant",
    category=INFRASTRUCTURE,
    icon="mdi:vector-polyline",
    settings=(url_field("http://qdrant.example.org:6333"), KEY, *TLS_SETTINGS),
    connect=QdrantClient,
    poll=QdrantState.poll,
    version=lambda state: state.about.version,
    sensors=(
        served("collections", "Collections", lambda s: len(s.collections), "mdi:database"),
        served("points", "Points", lambda s: sum(known(each.points_count) for each in s.collections)),
        gibibytes("size", "Size", lambda s: s.size),
    ),
    resources=(
        ResourceKind[QdrantState, Collection](
            key="collection",
            items=QdrantState.shown,
            id=lambda each: each.name,
            labels=lambda each: {"collection": each.name},
            role=Role.STORAGE,
            sensors=(
                choice("status", "Status", lambda each: each.status, STATUSES),
                served("points", "Points", lambda each: each.points_count),
                served("indexed", "Vectors indexed", lambda each: each.indexed_vectors_count),
                mebibytes("size", "Size", lambda each: known(each.held).size),
                time("last_snapshot", "Last snapshot", lambda each: each.last_snapshot),
                count("segments", "Segments", lambda each: each.segments_count),
            ),
        ),
    ),
    checks=(
        critical("collection_failed", "Collection failed", Collection.red, scope="collection"),
        warning("optimizer_failed", "Optimizer failed", Collection.optimizer_failed, scope="collection"),
    ),
    tools=(_list,),
    actions=(
        MakeBackup(
            job=RunJob(
                start=_start,
                jobs=Jobs(read=_read, newest=_newest),
                changes=always(t"Snapshot", t"none", t"created"),
            ),
            listed=_listed,
            delete=lambda client, call, name: client.send("DELETE", f"{_path(call)}/{name}"),
        ).action(
            key="create_snapshot",
            description="Writes a snapshot of a collection, which needs as much space again.",
            risk=Risk.LOW,
            scope="collection",
            capability="backup",
            icon="mdi:camera",
        ),
    ),
    understood=Versions("1.7", "1.20"),
)
