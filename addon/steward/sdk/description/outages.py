"""What a check needs to say that something does not run at all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from ...texts import Text
from .client import Client
from .tools import Call

CONFIRM: Final = 10.0


@dataclass(frozen=True, slots=True)
class Stop:
    """How something came to be off: ``is_meant`` when a person or a plan stopped it; the text says it."""

    is_meant: bool
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage[C: Client]:
    """Marks a check whose problem is that its subject does not run at all.

    Such a problem is confirmed before it counts, and does not count while the subject is meant
    to be off. The check raises NotKnown while the subject is off for a time only, such as
    during a backup.

    ``why`` reads how the subject came to be off and raises NotKnown while that is still under
    way. With ``learns`` a subject that is off when it is seen for the first time is meant to be
    off. ``confirm`` is how long it must be seen off (seconds).
    """

    why: Callable[[C, Call], Awaitable[Stop]] | None = None
    learns: bool = True
    confirm: float = CONFIRM
