"""Backups of the store: all rows of one consistent state, on SQLite and PostgreSQL alike."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import TableClause, TypeDecorator, column, false, func, insert, inspect, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from . import app_metadata, archive, audit
from .archive import SECRETS, TABLES, BackupUnusable, Content, Manifest
from .database import Database
from .leader_table import leader_table
from .migrate import VERSION_TABLE, migrate, stored_revision
from .schema import metadata

BATCH: Final = 1_000
SECRET_FILES: Final = ("secret.key", "token", "monitor_token", "signing_key")
"""Files of the data folder that the rows are of little use without."""

OLD: Final = ".before-restore"


async def back_up(database: Database, data_dir: Path, target: Path, now: datetime) -> Manifest:
    """Write a verified backup to ``target``. The app may run meanwhile.

    Raises BackupUnusable, and StoreUnavailable.
    """
    files: dict[str, bytes] = {}
    columns: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    async with database.read() as connection:
        revision = await connection.run_sync(_checked_revision)
        report = await audit.verify(connection)
        if report.broken_at is not None:
            raise BackupUnusable(
                f"The audit log is broken at entry {report.broken_at}: this database must not be backed up"
            )
        for name, raw in _tables().items():
            found = await _rows(connection, raw)
            columns[name], rows[name] = [str(one.name) for one in raw.columns], len(found)
            files[f"{TABLES}{name}"] = await asyncio.to_thread(_lines, found)
    files |= await asyncio.to_thread(_secret_files, data_dir)
    manifest = Manifest(
        format=archive.FORMAT,
        created_at=now,
        revision=revision,
        entries=report.entries,
        head=report.head,
        columns=columns,
        rows=rows,
        hashes={name: archive.digest(content) for name, content in files.items()},
    )
    await asyncio.to_thread(archive.write, target, files, manifest)
    return manifest


async def restore(content: Content, database_url: str, data_dir: Path, now: datetime) -> None:
    """Replace the store and the secret files by those of a backup. The app must not run.

    The old SQLite file and secret files are kept beside the new ones. What was under way at the
    time of the backup is ended by the next start of the app. Raises BackupUnusable and
    StoreUnavailable; the store is then as it was.
    """
    database = Database(database_url)
    try:
        if database.file is None:
            await _fill(database, content, now)
        else:
            await _replace_file(database.file, content, now)
    finally:
        await database.close()
    await asyncio.to_thread(_put_secrets, content.secrets, data_dir)


async def _replace_file(file: Path, content: Content, now: datetime) -> None:
    """Fill a new SQLite file, then put it in the place of the old one."""
    fresh = file.with_name(f"{file.name}.restoring")
    await asyncio.to_thread(_remove, fresh)
    database = Database(f"sqlite+aiosqlite:///{fresh}")
    try:
        await _fill(database, content, now)
    finally:
        await database.close()
    await asyncio.to_thread(_exchange, fresh, file)


async def _fill(database: Database, content: Content, now: datetime) -> None:
    """Replace all rows in one transaction."""
    await migrate(database)
    async with database.write(durable=True) as connection:
        manifest = content.manifest
        if manifest.revision != await connection.run_sync(_checked_revision):
            raise BackupUnusable("The backup is of another version of the app. Install that version first")
        tables = _tables()
        for raw in reversed([*tables.values()]):
            await connection.execute(raw.delete())
        for name, raw in tables.items():
            await _insert(connection, raw, content.manifest.columns.get(name, []), list(content.rows(name)))
        report = await audit.verify(connection)
        if (report.broken_at, report.entries, report.head) != (None, manifest.entries, manifest.head):
            raise BackupUnusable("The audit log of the backup is not as it was written")
        await app_metadata.renew_generation(connection)
        await app_metadata.write_value(connection, app_metadata.RESTORED, now.isoformat())
        body = {"created_at": manifest.created_at, "entries": manifest.entries}
        await audit.append(connection, now, "store.restored", body)


async def _insert(
    connection: AsyncConnection, raw: TableClause, columns: Sequence[str], rows: Sequence[archive.Row]
) -> None:
    if list(columns) != [one.name for one in raw.columns]:
        raise BackupUnusable(f"The backup is of another version of the app: table {raw.name} differs")
    for begin in range(0, len(rows), BATCH):
        batch = [dict(zip(columns, row, strict=True)) for row in rows[begin : begin + BATCH]]
        await connection.execute(insert(raw), batch)
    if connection.dialect.name == "postgresql":
        for one in metadata.tables[raw.name].columns:
            if one.autoincrement is True:
                sequence = func.pg_get_serial_sequence(raw.name, one.name)
                following = func.coalesce(func.max(raw.c[one.name]), 0) + 1
                await connection.execute(select(func.setval(sequence, following, false())))


async def _rows(connection: AsyncConnection, raw: TableClause) -> list[Sequence[Any]]:
    keys = metadata.tables[raw.name].primary_key.columns
    query = select(raw).order_by(*(raw.c[one.name] for one in keys))
    return [tuple(row) for row in await connection.execute(query)]


def _tables() -> Mapping[str, TableClause]:
    """Return every table with the plain types of its columns, in the order of their references."""
    found = {}
    for one in metadata.sorted_tables:
        columns = [
            column(each.name, each.type.impl_instance if isinstance(each.type, TypeDecorator) else each.type)
            for each in one.columns
        ]
        found[str(one.name)] = table(one.name, *columns)
    return found


def _checked_revision(connection: Any) -> str:
    """Return the revision of the schema. Raises BackupUnusable for a database with other tables."""
    revision = stored_revision(connection)
    unknown = set(inspect(connection).get_table_names()) - {
        *metadata.tables,
        VERSION_TABLE,
        leader_table.name,
    }
    if revision is None or unknown:
        raise BackupUnusable("The database is not one of this version of the steward")
    return revision


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    return b"".join(archive.encode_row(row) for row in rows)


def _secret_files(data_dir: Path) -> dict[str, bytes]:
    present = (data_dir / name for name in SECRET_FILES)
    return {f"{SECRETS}{one.name}": one.read_bytes() for one in present if one.is_file()}


def _put_secrets(secrets: Mapping[str, bytes], data_dir: Path) -> None:
    """Write the secret files; one that is replaced is kept under another name."""
    for name in SECRET_FILES:
        file = data_dir / name
        if name not in secrets or (file.is_file() and file.read_bytes() == secrets[name]):
            continue
        if file.is_file():
            file.replace(file.with_name(f"{name}{OLD}"))
        file.touch(mode=0o600)
        file.write_bytes(secrets[name])


def _exchange(fresh: Path, file: Path) -> None:
    """Put a new SQLite file in the place of the old one, which is kept."""
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old = file.with_name(f"{file.name}{OLD}")
    _remove(old)
    for suffix in ("", "-wal", "-shm"):
        present = file.with_name(f"{file.name}{suffix}")
        if present.exists():
            present.replace(file.with_name(f"{old.name}{suffix}"))
    fresh.replace(file)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)
