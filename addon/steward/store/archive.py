"""The file of a backup: a compressed tar with a manifest, the rows of each table, and secret files."""

import base64
import contextlib
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import orjson

from ..errors import StewardError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
TABLES: Final = "tables/"
SECRETS: Final = "secrets/"
PREFIX: Final = "steward-backup-"
SUFFIX: Final = ".tar.gz"
_BYTES: Final = "bytes"

type Row = Sequence[object]


class BackupUnusable(StewardError):
    """A backup cannot be read, is damaged, or does not fit; the text says why."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup contains: the hash of each file, the columns and the number of rows of each table.

    ``revision`` is that of the database's schema, ``entries`` and ``head`` those of the audit log.
    """

    format: int
    created_at: datetime
    revision: str
    entries: int
    head: str
    columns: dict[str, list[str]]
    rows: dict[str, int]
    hashes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """An archive that was read and verified: rows by table, and secret files by name."""

    manifest: Manifest
    files: Mapping[str, bytes] = field(repr=False)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""
        for line in self.files[f"{TABLES}{table}"].splitlines():
            yield tuple(_decoded(value) for value in orjson.loads(line))

    @property
    def secrets(self) -> dict[str, bytes]:
        """The secret files by their name."""
        return {
            name.removeprefix(SECRETS): content
            for name, content in self.files.items()
            if name.startswith(SECRETS)
        }


def file_name(at: datetime) -> str:
    """Return the name of a backup made at this time; later ones sort later."""
    return f"{PREFIX}{at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}{SUFFIX}"


def backups_in(folder: Path) -> list[Path]:
    """Return the backups of a folder, newest first."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True)


def encode_row(row: Row) -> bytes:
    """Return a row as one line of JSON."""
    return orjson.dumps([_encoded(value) for value in row]) + b"\n"


def write(path: Path, files: Mapping[str, bytes], manifest: Manifest) -> None:
    """Write an archive that only its owner may read; it appears whole or not at all.

    Raises BackupUnusable when it cannot be written.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                for name, content in ((MANIFEST, msgspec.json.encode(manifest)), *files.items()):
                    _add(tar, name, content, manifest.created_at)
            file.flush()
            os.fsync(file.fileno())
        read(draft)
        draft.replace(path)
    except OSError as err:
        raise BackupUnusable(f"The backup {path} cannot be written: {err.strerror}") from err
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def read(path: Path) -> Content:
    """Return a verified archive. Raises BackupUnusable."""
    try:
        with path.open("rb") as file:
            return read_from(str(path), file)
    except OSError as err:
        raise BackupUnusable(f"The backup {path} cannot be read: {err}") from err


def read_from(name: str, file: IO[bytes]) -> Content:
    """Return a verified archive from an open file. Raises BackupUnusable with its name."""
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as tar:
            files = {one.name: _read(tar, one) for one in tar if one.isreg()}
    except (OSError, EOFError, tarfile.TarError, zlib.error) as err:
        raise BackupUnusable(f"The backup {name} cannot be read: {err}") from err
    manifest = _manifest(name, files.pop(MANIFEST, b""))
    if {one: digest(content) for one, content in files.items()} != manifest.hashes:
        raise BackupUnusable(f"The backup {name} is damaged: a file in it is not as it was written")
    return Content(manifest, files)


def unpacked_size(path: Path) -> int:
    """Return how many bytes are in an archive. Raises BackupUnusable."""
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            return sum(one.size for one in tar)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as err:
        raise BackupUnusable(f"The backup {path} cannot be read: {err}") from err


def digest(content: bytes) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(content).hexdigest()


def _manifest(name: str, content: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as err:
        raise BackupUnusable(f"{name} is not a backup of the steward") from err
    if manifest.format != FORMAT:
        raise BackupUnusable(f"The backup {name} is of another version of the app. Update the app")
    return manifest


def _add(tar: tarfile.TarFile, name: str, content: bytes, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(at.timestamp())
    tar.addfile(entry, io.BytesIO(content))


def _read(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(entry)
    return file.read() if file is not None else b""


def _encoded(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: base64.b64encode(value).decode()}
    return value


def _decoded(value: Any) -> object:
    return base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
