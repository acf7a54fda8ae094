"""What a service says about restoring its backups in isolation, to prove that they can be restored."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from homelab_steward.contract.restore_drill import ProofLevel

from ...errors import StewardError
from .client import Client

type Reached = Callable[[ProofLevel], None]
"""Is called when a drill reaches a level."""


class NotRestorable(StewardError):
    """The backup cannot be restored, or its copy does not work: the result of a drill, with the reason.

    Every other error of a drill says nothing about the backup.
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
    """What a drill will create. ``copy`` identifies it, before it exists.

    ``needs`` is how much space the copy takes, ``free`` how much there is where it will be, in bytes; None
    if it is not known.
    """

    copy: str
    needs: int | None
    free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrill[C: Client]:
    """How backups of one kind are restored in isolation. ``key`` is its name in the settings.

    ``backups`` returns the newest backup of each item. ``prepare`` gets a mark, chooses what identifies the
    copy, and creates nothing; it raises PreconditionFailed when no drill is possible now. ``try_out`` creates
    the copy without any connection to others, starts it, and asks it something; it raises NotRestorable
    when that fails. ``remove`` removes a copy if it exists, stops it first, and refuses to remove anything
    that is no copy of a drill. ``left`` returns the copies whose mark begins with a text.
    """

    key: str
    backups: Callable[[C], Awaitable[Sequence[Backup]]]
    prepare: Callable[[C, Backup, str], Awaitable[Prepared]]
    try_out: Callable[[C, Backup, str, Reached], Awaitable[None]]
    remove: Callable[[C, str], Awaitable[None]]
    left: Callable[[C, str], Awaitable[Sequence[str]]]
