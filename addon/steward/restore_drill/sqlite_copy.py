"""A file of SQLite as a backup: copied, checked, and asked how many rows it has."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from homelab_steward.contract.restore_drill import ProofLevel

from ..errors import PreconditionFailed
from ..sdk.description import NotRestorable, Reached

MAGIC: Final = b"SQLite format 3\0"
COPY: Final = "copy.db"
SOUND: Final = "ok"


def try_out(source: Path, folder: Path, reached: Reached) -> None:
    """Copy a database, check the copy, and count the rows of each table.

    Raises NotRestorable. Nothing is written to the source.
    """
    size = source.stat().st_size
    copy = folder / COPY
    try:
        shutil.copyfile(source, copy)
    except OSError as err:
        raise PreconditionFailed(t"{source} cannot be copied: {err.strerror}") from err
    reached(ProofLevel.READABLE)
    if source.stat().st_size != size or copy.stat().st_size != size:
        raise PreconditionFailed(t"{source} was written while it was copied.")
    reached(ProofLevel.RESTORED)
    try:
        with closing(sqlite3.connect(copy)) as database:
            _check(database)
            reached(ProofLevel.BOOTED)
            if _count(database):
                reached(ProofLevel.ANSWERED)
    except sqlite3.Error as err:
        reason = str(err)
        raise NotRestorable(t"The copy is damaged: {reason}") from err


def _check(database: sqlite3.Connection) -> None:
    """Raise NotRestorable unless every page and every index of a database fits."""
    database.execute("PRAGMA trusted_schema = OFF")
    rows = [str(row[0]) for row in database.execute("PRAGMA integrity_check(1)")]
    if rows != [SOUND]:
        reason = rows[0] if rows else ""
        raise NotRestorable(t"The copy is damaged: {reason}")


def _count(database: sqlite3.Connection) -> int:
    """Return how many rows all tables have together."""
    found = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    names = [str(row[0]).replace('"', '""') for row in found]
    return sum(database.execute(f'SELECT count(*) FROM "{one}"').fetchone()[0] for one in names)  # noqa: S608
