"""The questions that need no model."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homelab_steward.contract.state import TargetRef


class Topic(StrEnum):
    """A question about the whole homelab that the records can answer."""

    PROBLEM = "problem"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    DONE = "done"
    QUOTA = "quota"
    EXPECTED_OFF = "expected_off"
    BACKUPS = "backups"
    NO_BACKUP = "no_backup"
    MAINTENANCE = "maintenance"
    LOGS = "logs"
    RESTORES = "restores"
    CERTIFICATES = "certificates"
    UPDATES = "updates"
    WATCHING = "watching"
    CLOUD = "cloud"
    HELP = "help"
    AUTONOMY = "autonomy"
    NOT_ALONE = "not_alone"
    MONITORS = "monitors"
    BLIND_MONITORS = "blind_monitors"
    SET_UP = "set_up"
    THIS_MONTH = "this_month"
    SECRETS = "secrets"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True)
class TopicQuestion:
    """A question about the whole homelab, or about one target.

    ``hours`` is how far back it asks, None when it does not say. ``people`` are the names of those who
    watch, if the question is about them. ``kind`` limits it to the targets of a kind.
    """

    topic: Topic
    hours: int | None = None
    target: TargetRef | None = None
    people: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class TargetQuestion:
    """A question about the state of one target; ``is_all`` asks for everything that is known about it."""

    target: TargetRef
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that something is compared with; ``is_check`` asks for yes or no."""

    number: float
    is_over: bool
    is_check: bool = False

    def holds(self, amount: float) -> bool:
        """Return whether an amount is on the side of the number that is asked about."""
        return amount > self.number if self.is_over else amount < self.number


@dataclass(frozen=True, slots=True)
class ThresholdQuestion:
    """A question whether a reading is above or below a number, of one target or which of all.

    ``reading`` is as in ``ReadingQuestion``; empty, the readings in ``unit`` are meant. ``is_left`` asks
    about what is not used.
    """

    reading: str
    unit: str | None
    bound: Bound
    target: TargetRef | None = None
    kind: str | None = None
    place: TargetRef | None = None
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """A question which of several targets has the higher or lower reading.

    With ``is_check`` it asks whether the first one has it, with ``is_left`` about what is not used.
    """

    reading: str
    targets: tuple[TargetRef, ...]
    is_most: bool
    is_check: bool
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """A question about readings, of one target or of all that have them.

    ``reading`` is the exact name of a reading after "=", or words that occur in its key or name.
    ``kind`` limits all targets to those of a kind, ``place`` to those in it. ``is_count`` asks of how
    many a reading is "yes". ``unit`` is what the values are wanted in, None for their own unit.
    """

    reading: str
    target: TargetRef | None = None
    kind: str | None = None
    is_count: bool = False
    place: TargetRef | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ExtremeQuestion:
    """A question which target has the highest or lowest reading, in ``unit`` if one is wanted."""

    reading: str
    kind: str | None
    is_most: bool
    place: TargetRef | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A question which things there are, or how many, in a state or a place if given."""

    kind: str
    state: str | None
    place: TargetRef | None
    is_count: bool
    bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class SinceQuestion:
    """A question since when a target is as it is."""

    target: TargetRef


@dataclass(frozen=True, slots=True)
class DependentsQuestion:
    """A question what depends on a target, and stops with it.

    With ``is_restart`` it asks whether the target can be restarted without harm.
    """

    target: TargetRef
    is_restart: bool = False


@dataclass(frozen=True, slots=True)
class ChangesQuestion:
    """A question what happened in the last ``hours``, to a target or to everything."""

    target: TargetRef | None
    hours: int | None = None


ANY_ACTION: Final = "any"
"""The verb that stands for every action."""


@dataclass(frozen=True, slots=True)
class ActionHistoryQuestion:
    """A question who did what with a target, and when, in the last ``hours``.

    ``verbs`` are the first words of the keys of the actions, or ``ANY_ACTION``. With ``is_statement``
    a person only said something about the action: "I would never restart it".
    """

    target: TargetRef
    verbs: frozenset[str]
    hours: int | None = None
    is_statement: bool = False


@dataclass(frozen=True, slots=True)
class SeveralQuestions:
    """The same question about several targets."""

    questions: tuple[AboutOne, ...]


type AboutOne = (
    TargetQuestion
    | ReadingQuestion
    | SinceQuestion
    | DependentsQuestion
    | ChangesQuestion
    | ThresholdQuestion
    | ActionHistoryQuestion
)
"""A question that can be asked about several targets one after another."""

ABOUT_ONE: Final = (
    TargetQuestion,
    ReadingQuestion,
    SinceQuestion,
    DependentsQuestion,
    ChangesQuestion,
    ThresholdQuestion,
    ActionHistoryQuestion,
)
"""The classes of ``AboutOne``."""

type Question = (
    TopicQuestion
    | CompareQuestion
    | ThresholdQuestion
    | SeveralQuestions
    | TargetQuestion
    | ReadingQuestion
    | ExtremeQuestion
    | ListQuestion
    | SinceQuestion
    | DependentsQuestion
    | ChangesQuestion
    | ActionHistoryQuestion
)
