"""Lets all SQLite engines of a process share their compiled statements.

Each test opens a store of its own, and compiling its statements takes longer than running them.
"""

from typing import Any, Final, override

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

_STATEMENTS: Final[LRUCache[Any, Any]] = LRUCache(2_000)


class SharedStatementsDialect(SQLiteDialect_aiosqlite):
    """The dialect of the store. All of them compile alike, so each is the same key of the cache."""

    supports_statement_cache = True

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


def share_statements() -> None:
    """Let the engines that are created from now on share their statements."""
    registry.register("sqlite.aiosqlite", __name__, SharedStatementsDialect.__name__)
