"""What a person can mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import TargetRef

from .named_targets import NamedTarget
from .request_parts import RequestPart
from .said_times import SaidTime

type Offers = Mapping[str, Sequence[ActionOffer]]
"""The actions of each service, by its key."""


class Topic(StrEnum):
    """A question about the whole homelab that the records can answer."""

    PROBLEM = "problem"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    DONE = "done"
    QUOTA = "quota"
    EXPECTED_OFF = "expected_off"
    BACKUPS = "backups"
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


@dataclass(frozen=True, slots=True)
class TopicQuestion:
    """A question about the whole homelab, or about one target.

    ``hours`` is how far back it asks, None when it does not say.
    """

    topic: Topic
    hours: int | None = None
    target: TargetRef | None = None


@dataclass(frozen=True, slots=True)
class TargetQuestion:
    """A question about the state of one target."""

    target: TargetRef


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

    ``reading`` is as in ``ReadingQuestion``; empty, the readings in ``unit`` are meant.
    """

    reading: str
    unit: str | None
    bound: Bound
    target: TargetRef | None = None
    kind: str | None = None
    place: TargetRef | None = None


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """A question which of several targets has the higher or lower reading.

    With ``is_check`` it asks whether the first one has it.
    """

    reading: str
    targets: tuple[TargetRef, ...]
    is_most: bool
    is_check: bool


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """A question about readings, of one target or of all that have them.

    ``reading`` is the exact name of a reading after "=", or words that occur in its key or name.
    ``kind`` limits all targets to those of a kind, ``place`` to those in it. ``is_count`` asks of how
    many a reading is "yes".
    """

    reading: str
    target: TargetRef | None = None
    kind: str | None = None
    is_count: bool = False
    place: TargetRef | None = None


@dataclass(frozen=True, slots=True)
class ExtremeQuestion:
    """A question which target has the highest or lowest reading."""

    reading: str
    kind: str | None
    is_most: bool
    place: TargetRef | None = None


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


@dataclass(frozen=True, slots=True)
class SeveralMeanings:
    """What the sentences of one text mean, in their order."""

    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """A decision about an approval request.

    It names the request by its number or its target, or does not name it. ``until`` is when a
    snoozed request comes back: a name of a time, or hours from now. ``actions`` are the verbs of the
    actions that the request can be for, none when it does not say.
    """

    verb: Verb
    option: int | None = None
    number: int | None = None
    target: TargetRef | None = None
    until: str | float | None = None
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """One action on one target, as a person requested it; ``missing`` are the arguments not given.

    A lower ``rank`` is a better match.
    """

    named_target: NamedTarget
    action: ActionOffer
    arguments: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[Field, ...] = ()
    rank: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One action on each of several targets, only of those in a place if one was said.

    ``not_offered`` are targets of a group that do not offer the action, ``excepted`` those that are not
    to be changed, and must not be interrupted.
    """

    requests: tuple[PersonRequest, ...]
    not_offered: tuple[NamedTarget, ...] = ()
    place: TargetRef | None = None
    excepted: tuple[TargetRef, ...] = ()


class Goal(StrEnum):
    """What a person wants to reach with actions that they do not name."""

    DOWN = "down"
    FREE_SPACE = "free_space"
    POWER_CUT = "power_cut"


@dataclass(frozen=True, slots=True)
class GoalRequest:
    """A request for everything that serves a goal, only in a place if one was said."""

    goal: Goal
    place: TargetRef | None = None


@dataclass(frozen=True, slots=True)
class AmbiguousRequest:
    """A request that could mean several actions or targets."""

    meanings: tuple[PersonRequest, ...]


@dataclass(frozen=True, slots=True)
class UnsupportedRequest:
    """A request with a part that nothing would carry out. Nothing of it is requested.

    ``unknown`` is a thing in the part that is not known.
    """

    part: RequestPart
    unknown: UnknownName | None = None


class Happens(StrEnum):
    """What a condition of a request is about."""

    OVER = "over"
    UNDER_WAY = "under_way"
    BACKUP = "backup"
    UP = "up"
    DOWN = "down"
    BOUND = "bound"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidCondition:
    """A condition as a person said it.

    Without a ``target`` it is about what the request is about. With ``is_general`` it is about everything,
    unless what the request is about does such work itself; with ``is_of_all`` it is about everything.
    ``work`` is the kind of work that is over or under way, "" for any; ``threshold`` is given for a bound.
    With ``is_once`` it has to hold at the time of the request: it is not waited for. ``fact`` is a fact about
    the home (see HomeFact) that has to be so, or with ``is_not_so`` must not.
    """

    happens: Happens
    target: TargetRef | None = None
    work: str = ""
    is_general: bool = False
    is_of_all: bool = False
    is_once: bool = False
    threshold: ThresholdQuestion | None = None
    fact: str = ""
    is_not_so: bool = False


@dataclass(frozen=True, slots=True)
class ScheduledRequest:
    """A request for a time, on conditions, or both; ``part`` is how the last of them was said."""

    request: PersonRequest | PlanRequest | GoalRequest
    said: SaidTime | None
    part: RequestPart
    conditions: tuple[SaidCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class NoTarget:
    """A question or request with a pronoun that refers to nothing."""


@dataclass(frozen=True, slots=True)
class AmbiguousName:
    """A question about one of several things with the same name. ``labels`` tell them apart."""

    labels: tuple[str, ...]
    offered: OpenQuestion


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A text without the name that it needs, and the name that was suggested, if one was."""

    before: str
    after: str
    suggested: str | None = None

    def with_name(self, name: str) -> str:
        """Return the text with a name."""
        return f"{self.before}{name}{self.after}"


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A question or request about a thing that is not known; ``nearest`` are similar names.

    ``offered`` is the text with the first of them, if it is probably meant.
    """

    name: str
    nearest: tuple[str, ...]
    offered: OpenQuestion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenText:
    """A text that needs a model. Without one, its incomplete request can be asked about.

    ``lacks_target`` is set for a request that names no target, ``lacks_action`` to the target of one
    that does not offer the action. ``unknown`` is what may be the name of a thing that is not known,
    ``partly`` the question that the text probably is.
    """

    text: str
    incomplete: PersonRequest | None = None
    lacks_target: bool = False
    lacks_action: NamedTarget | None = None
    unknown: UnknownName | None = None
    partly: Partly | None = None


@dataclass(frozen=True, slots=True)
class Partly:
    """A question of which ``left_out`` was not understood, "" when that were only common words."""

    question: Meaning
    left_out: str


type AboutOne = (
    TargetQuestion
    | ReadingQuestion
    | SinceQuestion
    | ChangesQuestion
    | ThresholdQuestion
    | ActionHistoryQuestion
)
"""A question that can be asked about several targets one after another."""

ABOUT_ONE: Final = (
    TargetQuestion,
    ReadingQuestion,
    SinceQuestion,
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
    | ChangesQuestion
    | ActionHistoryQuestion
)
type Meaning = (
    Question
    | ApprovalAnswer
    | PersonRequest
    | PlanRequest
    | GoalRequest
    | AmbiguousRequest
    | UnsupportedRequest
    | ScheduledRequest
    | UnknownName
    | AmbiguousName
    | NoTarget
    | OpenText
    | SeveralMeanings
)
