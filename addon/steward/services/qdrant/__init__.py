"""Qdrant: the state of its collections, and snapshots of them."""

import asyncio
from typing import Any, Final

from ...errors import ServiceError, ServiceMalformed
from ...sdk.auth import Key
from ...sdk.categories import INFRASTRUCTURE
from ...sdk.checks import critical, warning
from ...sdk.description import Access, Call, Gaps, ResourceKind, Risk, Role, Service, Versions
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.format import brief
from ...sdk.kits.jobs import Job, Jobs, RunJob, always
from ...sdk.lists import list_tool, worst_first
from ...sdk.parse import Item, at
from ...sdk.readings import known, worded
from ...sdk.rest import Rest
from ...sdk.sensors import choice, count
from ...sdk.state import State, many, one
from ...sdk.typed_calls import Parameter

MOST: Final = 200
"""Collections that are read one by one."""

STATUSES: Final = ("green", "yellow", "grey", "red")
KEY: Final = secret_field("api_key", "API key", "A read-only key is enough without actions.", required=False)


class About(Item):
    """What the server says of itself."""

    version: str


class Collection(Item, rename=None):
    """One collection. ``unread`` is why it could not be read."""

    name: str
    status: str | None = None
    optimizer_status: Any = None
    points_count: int | None = None
    indexed_vectors_count: int | None = None
    segments_count: int | None = None
    unread: str = ""

    def red(self) -> str | None:
        """Return that operations failed for good. Raises NotKnown."""
        return "Some operations failed and were not recovered" if known(self.status) == "red" else None

    def optimizer_failed(self) -> str | None:
        """Return that its optimizer stopped with an error. Raises NotKnown."""
        found = known(self.optimizer_status)
        return None if found == "ok" else f"The optimizer stopped: {brief(str(found), 200)}"

    def is_bad(self) -> bool:
        """Return whether anything is wrong. Raises NotKnown."""
        return bool(self.red() or self.optimizer_failed())

    def __str__(self) -> str:
        points = worded(lambda: known(self.points_count))
        optimizer = worded(lambda: self.optimizer_failed() or "optimizer ok")
        return f"{self.name}: {worded(lambda: known(self.status))}, {points} points, {optimizer}"


class Snapshot(Item, rename=None):
    """A snapshot of a collection."""

    name: str
    creation_time: str | None = None
    size: int | None = None


class QdrantState(State):
    """The server and its collections."""

    about = one("telemetry", About, below="result.app")
    collections = many("collections", Collection)


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
            raise ServiceMalformed("collections: expected a list")
        found = await asyncio.gather(*(self._collection(row) for row in rows[:MOST]))
        return [*found, *rows[MOST:]]

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the content; a collection that could not be read is a gap of its own."""
        rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
        for row in rows:
            if row.get("unread"):
                gaps.add(f"collection {row['name']}", row["unread"])
        if len(rows) > MOST:
            gaps.add("collections in detail", f"only {MOST} of {len(rows)} are read")
        return super().opened(answer, gaps, part)

    async def _collection(self, row: object) -> object:
        if not isinstance(row, dict) or not isinstance(row.get("name"), str):
            return row
        try:
            found = at(await super().get(f"collections/{row['name']}"), "result")
        except ServiceError as err:
            return {"name": row["name"], "unread": str(err)}
        if not isinstance(found, dict):
            return {"name": row["name"], "unread": "the answer is not an object"}
        return {**found, "name": row["name"]}


def _path(call: Call) -> str:
    return f"collections/{call.target.id}/snapshots"


async def _newest(client: QdrantClient, call: Call) -> Job | None:
    gaps = Gaps()
    found = await client.many(Snapshot, _path(call), gaps, below="result")
    if reason := gaps.of(_path(call)):
        raise ServiceMalformed(reason)
    newest = max(found, key=lambda each: known(each.creation_time), default=None)
    return None if newest is None else Job(handle=newest.name, is_running=False, ok=True, text=newest.name)


async def _read(client: QdrantClient, call: Call, handle: str) -> Job:
    found = await client.many(Snapshot, _path(call), Gaps(), below="result")
    is_there = any(each.name == handle for each in found)
    return Job(handle=handle, is_running=not is_there, ok=True if is_there else None, text=handle)


async def _start(client: QdrantClient, call: Call) -> str:
    return (await client.sent(Snapshot, "POST", _path(call), below="result")).name


async def _list(client: QdrantClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await QdrantState.poll(client, gaps)).collections
    return [str(each) for each in worst_first(found, Collection.is_bad)]


SERVICE: Final = Service(
    key="qdrant",
    name="Qdrant",
    category=INFRASTRUCTURE,
    icon="mdi:vector-polyline",
    settings=(url_field("http://qdrant.example.org:6333"), KEY, *TLS_SETTINGS),
    connect=QdrantClient,
    poll=QdrantState.poll,
    version=lambda state: state.about.version,
    sensors=(
        count("collections", "Collections", lambda s: len(s.collections), "mdi:database"),
        count("points", "Points", lambda s: sum(known(each.points_count) for each in s.collections)),
    ),
    resources=(
        ResourceKind[QdrantState, Collection](
            key="collection",
            name="Collection",
            items=lambda state: state.collections,
            id=lambda each: each.name,
            title=lambda each: each.name,
            labels=lambda each: {"collection": each.name},
            role=Role.STORAGE,
            part="collections",
            icon="mdi:vector-polyline",
            sensors=(
                choice("status", "Status", lambda each: each.status, STATUSES),
                count("points", "Points", lambda each: each.points_count),
                count("indexed", "Vectors indexed", lambda each: each.indexed_vectors_count),
                count("segments", "Segments", lambda each: each.segments_count),
            ),
        ),
    ),
    checks=(
        critical("collection_failed", "Collection failed", Collection.red, scope="collection"),
        warning("optimizer_failed", "Optimizer failed", Collection.optimizer_failed, scope="collection"),
    ),
    tools=(list_tool("collections", "Collections", "State and size.", _list, capability="status"),),
    actions=(
        RunJob(
            start=_start, jobs=Jobs(read=_read, newest=_newest), changes=always("Snapshot", "none", "created")
        ).action(
            key="create_snapshot",
            name="Create snapshot",
            description="Writes a snapshot of a collection, which needs as much space again.",
            risk=Risk.LOW,
            scope="collection",
            capability="backup",
            icon="mdi:camera",
        ),
    ),
    understood=Versions("1.7", "1.20"),
)
