"""Settings of the drills that restore backups in isolation."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from homelab_steward.contract.base import Many

from .checks import key, path, said_name, time_of_day, whole


class DrillKind(StrEnum):
    """Which backups drills restore."""

    STEWARD = "steward"
    GUEST = "guest"
    CONTAINER = "container"
    DATABASE = "database"
    RESTIC = "restic"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBackup:
    """Backups of one database: a file, or a folder whose newest file counts."""

    id: Annotated[str, key]
    path: Annotated[Path, path]
    name: Annotated[str, said_name] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResticRepository:
    """A repository of restic in a folder, and the file with its password."""

    id: Annotated[str, key]
    path: Annotated[Path, path]
    password_path: Annotated[Path, path]
    name: Annotated[str, said_name] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrills:
    """Restores the newest backups in isolation during the quiet hours (local time).

    A proof counts for ``days``. ``kinds`` are the backups that are restored.
    """

    enabled: bool = False
    quiet_from: Annotated[str, time_of_day] = "02:00"
    quiet_until: Annotated[str, time_of_day] = "05:00"
    days: Annotated[int, whole(1, 365)] = 30
    kinds: Many[DrillKind] = tuple(DrillKind)
    databases: Many[DatabaseBackup] = ()
    restic: Many[ResticRepository] = ()
