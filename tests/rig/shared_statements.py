"""Lets all engines of one kind share their compiled statements within a process.

Each test opens a store of its own, and compiling its statements takes longer than running them.
"""

from typing import Any, Final, override

from sqlalchemy import URL, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

_STATEMENTS: Final[LRUCache[Any, Any]] = LRUCache(2_000)


class SharedStatements(Dialect):
    """A dialect of the store. All of a class compile alike, so each is the same key of the cache."""

    @override
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    @override
    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    @override
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_STATEMENTS)


class SharedSqlite(SharedStatements, SQLiteDialect_aiosqlite):
    """The dialect of a store on SQLite."""

    supports_statement_cache = True


class SharedPostgresql(SharedStatements, PGDialectAsync_psycopg):
    """The dialect of a store on PostgreSQL. All tests of a process use one server."""

    supports_statement_cache = True


class Postgresql(PGDialect_psycopg):
    """The dialect that others use: the workflow engine connects without the event loop."""

    supports_statement_cache = True

    @classmethod
    @override
    def get_async_dialect_cls(cls, url: URL) -> type[Dialect]:
        return SharedPostgresql


def share_statements() -> None:
    """Let the engines that are created from now on share their statements."""
    registry.register("sqlite.aiosqlite", __name__, SharedSqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgresql.__name__)
