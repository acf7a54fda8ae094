"""Restore drills of a service: its backups are restored in isolation to prove that it is possible."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from homelab_steward.contract.restore_drill import ProofLevel

from ...errors import StewardError
from .client import Client

type Reached = Callable[[ProofLevel], None]
"""A function that is called when a drill reaches a level."""


class NotRestorable(StewardError):
    """The backup cannot be restored, or its copy does not work: the result of a drill, with the reason.

    Every other error of a drill has no meaning for the backup.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup of an item: its kind, its id, and the id of the backup.

    ``size`` is in bytes, None if it is not known.
    """

    kind: str
    target_id: str
    id: str
    made_at: datetime
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The copy that a drill will create. ``copy`` is its id, which is known before it exists.

    ``needs`` is the space that the copy takes, ``free`` the free space at its place, in bytes; None if it is
    not known.
    """

    copy: str
    needs: int | None
    free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrill[C: Client]:
    """How backups of one kind are restored in isolation. ``key`` is the name of the drill in the settings.

    ``backups`` returns the newest backup of each item. ``prepare`` gets a mark, chooses the id of the copy,
    and creates nothing; it raises PreconditionFailed when no drill is possible now. ``try_out`` creates the
    copy without a network connection, starts it, and reads from it; it raises NotRestorable when that fails.
    ``remove`` stops and removes a copy if it exists, and refuses to remove anything that is no copy of a
    drill. ``left`` returns the ids of the copies whose mark begins with a text.
    """

    key: str
    backups: Callable[[C], Awaitable[Sequence[Backup]]]
    prepare: Callable[[C, Backup, str], Awaitable[Prepared]]
    try_out: Callable[[C, Backup, str, Reached], Awaitable[None]]
    remove: Callable[[C, str], Awaitable[None]]
    left: Callable[[C, str], Awaitable[Sequence[str]]]
