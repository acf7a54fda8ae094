"""Records changes of versions from poll to poll, also those that the steward did not make."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson

from homelab_steward.contract.base import Value
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import CoverageStatus, Instance, Snapshot

from ..store import app_metadata
from ..store.changes import Changes, Lost
from ..store.store import Store
from .ports import INSTANCE

MOST_CHANGES: Final = 300
MOST_VERSIONS: Final = 5_000
LONGEST: Final = 100
"""The characters of a version that are stored."""

_KEYS: Final = {
    "version": "Version",
    "installed": "Version",
    "image": "Image",
    "revision": "Revision",
    "latest_version": "Newest version",
    "pull_requests": "Pull requests",
}
"""The readings whose changes are recorded, by key, with the names that services use for them."""

_CHANGES: Final = "version_changes"
_VERSIONS: Final = "versions"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """One reading that changed between two polls; ``at`` is the time of the second one, in RFC 3339."""

    at: str
    instance_id: str
    kind: str
    target_id: str
    name: str
    reading: str
    before: str
    after: str

    @property
    def time(self) -> datetime:
        """The time of the poll that read the new version."""
        return datetime.fromisoformat(self.at)

    @property
    def target_key(self) -> tuple[str, str, str]:
        """The key of the target."""
        return self.instance_id, self.kind, self.target_id


type _Place = tuple[str, str, str]
"""Kind and id of a target, and the reading."""


class VersionLog:
    """Stores the last versions and their changes, so that an update while the app was off is recorded too."""

    def __init__(self, store: Store, instances: Callable[[], Iterable[Instance]]) -> None:
        """``instances`` returns the names of instances."""
        self._store = store
        self._instances = instances
        self._changes: list[VersionChange] = []
        self._versions: dict[str, dict[_Place, str]] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def changes(self) -> tuple[VersionChange, ...]:
        """The recorded changes, oldest first."""
        return tuple(self._changes)

    async def start(self, changes: Changes) -> None:
        """Read the recorded changes, and record those of new snapshots until closed."""
        async with self._store.read() as connection:
            recorded = await app_metadata.read_value(connection, _CHANGES)
            versions = await app_metadata.read_value(connection, _VERSIONS)
        with suppress(TypeError, ValueError):
            self._changes = [VersionChange(**one) for one in orjson.loads(recorded or "[]")]
        with suppress(TypeError, ValueError):
            for instance_id, kind, target_id, key, version in orjson.loads(versions or "[]"):
                self._versions.setdefault(instance_id, {})[kind, target_id, key] = version
        self._task = asyncio.create_task(self._run(changes), name="version log")

    async def close(self) -> None:
        """Stop recording."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, changes: Changes) -> None:
        with changes.watch(RowKind.SNAPSHOT) as watch:
            async for event in watch:
                if not isinstance(event, Lost) and event.snapshot is not None:
                    await self.add(event.snapshot)

    async def add(self, snapshot: Snapshot) -> None:
        """Record versions that differ from the last known ones; a first version is no change."""
        known = self._versions.get(snapshot.instance_id, {})
        found = dict(_versions(snapshot))
        changed = [
            self._change(snapshot, place, before, found[place])
            for place, before in known.items()
            if place in found and found[place] != before
        ]
        is_complete = snapshot.coverage.status is CoverageStatus.COMPLETE
        kept = found if is_complete else {**known, **found}
        if kept == known:
            return
        self._versions[snapshot.instance_id] = kept
        self._changes = [*self._changes, *changed][-MOST_CHANGES:]
        await self._write()

    def _change(self, snapshot: Snapshot, place: _Place, before: str, after: str) -> VersionChange:
        kind, target_id, key = place
        resource = snapshot.resource(kind, target_id) if kind != INSTANCE else None
        names = (one.name for one in self._instances() if one.id == snapshot.instance_id)
        return VersionChange(
            at=snapshot.taken_at.isoformat(),
            instance_id=snapshot.instance_id,
            kind=kind,
            target_id=target_id,
            name=resource.name if resource else next(names, snapshot.instance_id),
            reading=_KEYS[key],
            before=before,
            after=after,
        )

    async def _write(self) -> None:
        rows = [
            (instance_id, *place, version)
            for instance_id, versions in self._versions.items()
            for place, version in versions.items()
        ]
        async with self._store.change() as unit:
            versions = orjson.dumps(rows[-MOST_VERSIONS:]).decode()
            await app_metadata.write_value(unit.connection, _VERSIONS, versions)
            changes = orjson.dumps([asdict(one) for one in self._changes]).decode()
            await app_metadata.write_value(unit.connection, _CHANGES, changes)


def _versions(snapshot: Snapshot) -> Iterator[tuple[_Place, str]]:
    """Yield the versions in a snapshot; of several readings with the same name only the first one."""
    yield from _of(INSTANCE, snapshot.instance_id, {"version": snapshot.version, **snapshot.values})
    for one in snapshot.resources:
        yield from _of(one.kind, one.id, one.values)


def _of(kind: str, target_id: str, values: Mapping[str, Value]) -> Iterator[tuple[_Place, str]]:
    said = set[str]()
    for key, name in _KEYS.items():
        value = values.get(key)
        if value is None or isinstance(value, bool) or value == "" or name in said:
            continue
        said.add(name)
        yield (kind, target_id, key), str(value)[:LONGEST]
