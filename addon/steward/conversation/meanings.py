"""What a person can mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import TargetRef

from ..language.said_times import SaidTime
from .mentions import NamedTarget
from .questions import Question, ThresholdQuestion
from .request_parts import RequestPart

type Offers = Mapping[str, Sequence[ActionOffer]]
"""The actions of each service, by its key."""


@dataclass(frozen=True, slots=True)
class SeveralMeanings:
    """What the sentences of one text mean, in their order."""

    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """A decision about an approval request.

    It names the request by its number or its target, or does not name it. ``until`` is when a
    snoozed request comes back: a name of a time, or hours from now. ``actions`` are the verbs of the
    actions that the request can be for, none when it does not say. ``is_stop``: it stops what the steward
    is about to carry out by itself.
    """

    verb: Verb
    option: int | None = None
    number: int | None = None
    target: TargetRef | None = None
    until: str | float | None = None
    actions: frozenset[str] = frozenset()
    is_stop: bool = False


@dataclass(frozen=True, slots=True)
class FalseAlarmReport:
    """That an incident was a false alarm. It names the incident by its number or target, or does not."""

    number: int | None = None
    target: TargetRef | None = None


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
class RunbookRequest:
    """A request for a runbook. ``text`` begins with its title or id; ``named`` are the targets in it."""

    text: str
    named: tuple[TargetRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Prohibition:
    """That things must not be changed: ``targets``, or everything if none is named."""

    targets: tuple[TargetRef, ...] = ()


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


type Meaning = (
    Question
    | ApprovalAnswer
    | FalseAlarmReport
    | PersonRequest
    | PlanRequest
    | GoalRequest
    | RunbookRequest
    | Prohibition
    | AmbiguousRequest
    | UnsupportedRequest
    | ScheduledRequest
    | UnknownName
    | AmbiguousName
    | NoTarget
    | OpenText
    | SeveralMeanings
)
