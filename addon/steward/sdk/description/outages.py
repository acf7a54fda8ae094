"""Outages: checks whose problem is that their subject does not run at all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from ...texts import Text
from .client import Client
from .tools import Call

CONFIRM: Final = 10.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a target is off, as a text; ``is_meant`` when a person or a schedule stopped it."""

    is_meant: bool
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage[C: Client]:
    """Marks a check whose problem is that its subject does not run at all.

    Such a problem is confirmed before it counts, and does not count while the subject is meant
    to be off. The check raises NotKnown while the subject is off temporarily, such as during a
    backup.

    ``why`` reads why the subject is off and raises NotKnown while it is still being stopped. With
    ``learns`` a subject that is off when it is seen for the first time counts as meant to be off.
    ``confirm`` is how long the subject must be seen off, in seconds.
    """

    why: Callable[[C, Call], Awaitable[Stop]] | None = None
    learns: bool = True
    confirm: float = CONFIRM
