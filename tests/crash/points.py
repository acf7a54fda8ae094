"""Hooks below the app: each commit, send, answer and push is a point at which it can end."""

import os
import re
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Final, Self, override
from unittest.mock import patch

import aiohttp
import orjson
from sqlalchemy.engine.default import DefaultDialect

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident
from homelab_steward.contract.protocol import RowKind
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.store import Store

from .disk import DATABASES, Disk
from .world import Sent, World

WRITES: Final = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?([\w.]+)", re.IGNORECASE)
READS: Final = frozenset({"GET", "HEAD"})
FULL: Final = 2
"""SQLite's level of synchronous at which a commit survives a power cut."""


@dataclass
class Points:
    """The points that a process passes, once it is armed.

    At each point for which ``is_wanted`` holds, the disk is copied into ``images``. At the point number
    ``kill`` the process ends.
    """

    disk: Disk
    images: Path | None = None
    is_wanted: Callable[[int], bool] = lambda _: True
    kill: int | None = None
    armed: bool = False
    passed: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    """The places in the code that began a transaction, called an action, or sent something."""

    def note_caller(self) -> None:
        """Note all lines of the app's code that led here."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            _, found, file = frame.f_code.co_filename.rpartition("/addon/steward/")
            if found:
                self.visited.add(f"{file}:{frame.f_lineno}")
            frame = frame.f_back

    def end(self) -> None:
        """Pass no more points, also in threads; the image of the last one is complete when this returns."""
        with self.disk.lock:
            self.armed = False

    def at(self, name: str) -> None:
        """Pass a point."""
        with self.disk.lock:
            if not self.armed:
                return
            number = len(self.passed)
            self.passed.append(name)
            if self.images is not None and self.is_wanted(number):
                self.disk.copy(self.images / str(number))
            if number == self.kill:
                self.disk.keep_world()
                os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def hooked(points: Points) -> Iterator[None]:
    """Pass a point around each commit, send, and push in the block."""
    with (
        _sqlite(points),
        _postgresql(points),
        _transactions(points),
        _http(points),
        _files(points),
        _pushes(points),
    ):
        yield


class _Connection(sqlite3.Connection):
    """Passes a point before and after each commit that wrote something to one of the databases."""

    points: ClassVar[Points]

    def __init__(self, database: str, *arguments: Any, **named: Any) -> None:
        super().__init__(database, *arguments, **named)
        self.file = Path(database)
        self.written: dict[str, None] = {}

    @override
    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        self.note(sql)
        return super().execute(sql, *arguments)

    @override
    def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        self.note(sql)
        return super().executemany(sql, *arguments)

    @override
    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    def note(self, sql: str) -> None:
        """Note the table that a statement writes to."""
        if found := WRITES.match(sql):
            self.written[found[1].lower()] = None

    @override
    def commit(self) -> None:
        written, self.written = "+".join(self.written), {}
        if self.file.name not in DATABASES or not written:
            super().commit()
            return
        name, disk = f"{self.file.stem} {written}", self.points.disk
        is_synced = super().execute("PRAGMA synchronous").fetchone()[0] >= FULL
        with disk.lock:
            self.points.at(f"before {name}")
            super().commit()
            if is_synced:
                disk.note_synced(self.file)
            self.points.at(f"after {name}")

    @override
    def rollback(self) -> None:
        self.written = {}
        super().rollback()

    @override
    def close(self) -> None:
        # The last connection that is closed writes the log into the database.
        with self.points.disk.lock:
            super().close()


class _Cursor(sqlite3.Cursor):
    @override
    def execute(self, sql: str, *arguments: Any) -> Self:
        assert isinstance(self.connection, _Connection)
        self.connection.note(sql)
        return super().execute(sql, *arguments)

    @override
    def executemany(self, sql: str, seq_of_parameters: Iterable[Any], /) -> Self:
        assert isinstance(self.connection, _Connection)
        self.connection.note(sql)
        return super().executemany(sql, seq_of_parameters)


@contextmanager
def _sqlite(points: Points) -> Iterator[None]:
    _Connection.points = points
    real = sqlite3.connect

    @wraps(real)
    def connect(database: Any, *arguments: Any, **named: Any) -> Any:
        return real(database, *arguments, **{"factory": _Connection, **named})

    with patch.object(sqlite3, "connect", connect), patch.object(sqlite3.dbapi2, "connect", connect):
        yield


@contextmanager
def _postgresql(points: Points) -> Iterator[None]:
    real: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        if self.name != "postgresql":
            real(self, connection)
            return
        points.at("before commit")
        real(self, connection)
        points.at("after commit")

    with patch.object(DefaultDialect, "do_commit", do_commit):
        yield


@contextmanager
def _transactions(points: Points) -> Iterator[None]:
    real = Database.write

    def write(self: Database, **named: Any) -> Any:
        points.note_caller()
        return real(self, **named)

    change = Store.change

    def noted_change(self: Store, **named: Any) -> Any:
        points.note_caller()
        return change(self, **named)

    with patch.object(Database, "write", write), patch.object(Store, "change", noted_change):
        yield


@contextmanager
def _files(points: Points) -> Iterator[None]:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        points.note_caller()
        points.at("before fsync")
        real(descriptor)
        points.at("after fsync")

    with patch.object(os, "fsync", fsync):
        yield


@contextmanager
def _http(points: Points) -> Iterator[None]:
    real = aiohttp.ClientSession._request
    world: World = points.disk.world

    async def request(self: aiohttp.ClientSession, method: str, url: Any, **named: Any) -> Any:
        points.note_caller()
        if method in READS:
            return await real(self, method, url, **named)
        *_, box, what = str(url).split("/")
        sent = Sent(box=box, what=what, body=orjson.loads(named["data"] or b"{}"))
        with points.disk.lock:
            world.under_way.append(sent)
            points.at(f"send {box} {what}")
        answer = await real(self, method, url, **named)
        points.at(f"answer {box} {what}")
        return answer

    with patch.object(aiohttp.ClientSession, "_request", request):
        yield


@contextmanager
def _pushes(points: Points) -> Iterator[None]:
    """Note what Home Assistant and Telegram are given to show."""
    real = Changes.publish
    world: World = points.disk.world

    def publish(self: Changes, kind: RowKind, row_id: str, row: Any) -> None:
        shown = _shown(row)
        if shown is None:
            real(self, kind, row_id, row)
            return
        points.at(f"before push {kind} {shown['status']}")
        with points.disk.lock:
            real(self, kind, row_id, row)
            world.pushed[f"{kind} {row_id}"] = shown
            if isinstance(row, ApprovalRequest) and row.status is ApprovalStatus.APPROVED:
                world.answered.add(row.incident_id)
            points.at(f"after push {kind} {shown['status']}")

    with patch.object(Changes, "publish", publish):
        yield


def _shown(row: object) -> dict[str, str] | None:
    """Return what a phone shows of a row; None when it is not about something that is asked or done."""
    if isinstance(row, ApprovalRequest):
        return {"status": row.status.value}
    if isinstance(row, Incident):
        run = {"run": row.run.status.value, "run_id": row.run.id} if row.run else {}
        return {"status": row.status.value, **run}
    return None
