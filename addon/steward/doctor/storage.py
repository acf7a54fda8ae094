"""Checks the data folder and the database. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import household, translate
from .findings import About, Checked

GIB: Final = 1024**3
MIB: Final = 1024**2
LITTLE: Final = GIB
"""Free bytes below which there is a warning."""

NEARLY_NONE: Final = 200 * MIB
"""Free bytes below which the app may soon be unable to store anything."""

LARGE_WAL: Final = 512 * MIB
"""Bytes of the write-ahead log that are too many: something keeps it from being merged."""

OWNER_ONLY: Final = 0o077
"""The bits of a mode that let others read or write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFacts:
    """What was read about the data.

    ``free`` are bytes, None when that could not be read. ``modes`` are those of files with secrets, by
    path. ``database_problem`` is why the database cannot be used, "" when it can, None when it was not
    looked at. ``revision`` is that of the stored schema, None for a new one; ``newest`` that of the app.
    ``wal`` are the bytes of the write-ahead log.
    """

    folder: str
    exists: bool
    is_writable: bool
    free: int | None
    modes: Mapping[str, int] = field(default_factory=dict)
    database_problem: str | None = None
    revision: str | None = None
    newest: str = ""
    wal: int = 0


def check_storage(facts: StorageFacts) -> Checked:
    """Return what is wrong with the data folder and the database."""
    folder = facts.folder
    if not facts.exists:
        text = translate(t"The data folder {folder} is not there yet: the first start creates it.")
        return Checked(area=Area.STORAGE, text=text)
    findings = [*_folder(facts), *_modes(facts), *_database(facts)]
    free = "?" if facts.free is None else household().number(facts.free / GIB)
    text = translate(t"{free} GiB are free in {folder}.")
    missing = [] if facts.database_problem is not None else [translate(t"There is no database yet.")]
    return Checked(area=Area.STORAGE, text=text, findings=findings, not_checked=missing)


def _folder(facts: StorageFacts) -> Iterator[Finding]:
    folder = facts.folder
    about = About(Area.STORAGE, folder)
    if not facts.is_writable:
        yield about.finding(
            "writable",
            FindingSeverity.ERROR,
            translate(t"The app may not write to its data folder."),
            translate(t"Nothing can be stored, so nothing is decided or done."),
            translate(t"Make the user that runs the app the owner: chown --recursive USER {folder}"),
        )
    if facts.free is not None and facts.free < LITTLE:
        free = household().number(facts.free / MIB, 0)
        is_nearly_full = facts.free < NEARLY_NONE
        yield about.finding(
            "space",
            FindingSeverity.ERROR if is_nearly_full else FindingSeverity.WARNING,
            translate(t"Only {free} MiB are free."),
            translate(t"Nothing can be stored, so nothing is decided or done."),
            translate(t"Delete files on the disk of {folder}, or keep fewer backups: backups.keep"),
        )


def _modes(facts: StorageFacts) -> Iterator[Finding]:
    for path, mode in facts.modes.items():
        if mode & OWNER_ONLY:
            yield About(Area.STORAGE, path).finding(
                f"mode.{path}",
                FindingSeverity.WARNING,
                translate(t"Other users of the machine may read this file."),
                translate(t"It contains a secret: who reads it can act as you."),
                translate(t"Let only the owner read it: chmod 600 {path}"),
            )


def _database(facts: StorageFacts) -> Iterator[Finding]:
    about = About(Area.STORAGE, translate(t"Database"))
    if facts.database_problem:
        yield about.finding(
            "database",
            FindingSeverity.ERROR,
            facts.database_problem,
            translate(t"Nothing can be stored, so nothing is decided or done."),
            translate(t"Stop the app, and restore the newest good backup: steward restore --newest"),
        )
    elif facts.revision is not None and facts.revision > facts.newest:
        yield about.finding(
            "schema",
            FindingSeverity.ERROR,
            translate(t"The database was written by a newer version of the app."),
            translate(t"This version of the app does not start with it."),
            translate(t"Update the app, or restore a backup of this version: steward restore FILE"),
        )
    if facts.wal > LARGE_WAL:
        size = household().number(facts.wal / MIB, 0)
        yield about.finding(
            "wal",
            FindingSeverity.WARNING,
            translate(t"Its write-ahead log has {size} MiB."),
            translate(t"It grows until the disk is full: another program reads the database all the time."),
            translate(t"Close programs that have the database open, and restart the app."),
        )
