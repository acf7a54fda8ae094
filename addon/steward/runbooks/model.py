"""A runbook as it is written: frozen, checked, with nothing executable in free text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from probatio import PREVENT_EXTRA, SchemaMixin

from homelab_steward.contract.base import Many, Value, read_value
from homelab_steward.contract.home import HomeFact
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.restore_drill import RESTORABLE_FROM, ProofLevel

from ..sdk.description import Role
from ..sdk.home import FACT_NAMES
from ..sdk.readings import Reading
from ..texts import english, translate

ALERTING: Final = "alerting"
"""The reading of an incident's target that its alerts give: whether one of them still fires."""


class Of(StrEnum):
    """What a look, a step or a condition is about, as seen from the incident."""

    TARGET = "target"
    APPLICATION = "application"
    HOST = "host"
    STORAGE = "storage"


ROLES: Final = {Of.APPLICATION: Role.APPLICATION, Of.HOST: Role.HOST, Of.STORAGE: Role.STORAGE}
"""The role of what each is but the target itself."""

MISSING_TARGET: Final = {
    Of.TARGET: english("the target of the alerts is not known"),
    Of.APPLICATION: english("no configured application is known to run in it"),
    Of.HOST: english("no configured host is known to run it"),
    Of.STORAGE: english("no configured storage is known to hold it"),
}
"""What is said when there is none."""


class Each(StrEnum):
    """What a runbook that people ask for is carried out with, one thing after the other.

    One for each instance only reads.
    """

    STACK = "stack"
    INSTANCE = "instance"


class Strict(SchemaMixin, extra=PREVENT_EXTRA):
    """Base of what people write: an unknown key is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Strict):
    """A target by its name: exactly one target of the inventory must fit everything given.

    ``instance`` is the id or the name of an instance, ``name`` the id or the name of the target.
    Without ``kind``, ``name`` and ``role`` the instance itself is meant. With ``reading`` it is a
    target whose reading of this name is on: of the incident's own instance, unless ``service``,
    ``instance`` or ``role`` is given.
    """

    service: str | None = None
    instance: str | None = None
    kind: str | None = None
    name: str | None = None
    role: Role | None = None
    reading: str | None = None

    def __str__(self) -> str:
        given = (
            ("service", self.service),
            ("instance", self.instance),
            ("kind", self.kind),
            ("name", self.name),
            ("role", self.role),
            ("reading", self.reading),
        )
        return ", ".join(f"{key} {value}" for key, value in given if value is not None)


type About = Of | Named
"""What a look, a step or a condition is about: seen from the incident, or named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Strict):
    """What a runbook is for: alert names, checks, label values, and text of the alerts.

    ``targets`` (kinds), ``services`` (keys) and ``roles`` restrict what the incident's target
    may be; an empty one allows everything.
    """

    alerts: Many[str] = ()
    checks: Many[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    targets: Many[str] = ()
    services: Many[str] = ()
    roles: Many[Role] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Strict):
    """One thing to read first: a ``tool`` (``service.tool``), or a ``capability`` of any service."""

    tool: str | None = None
    capability: str | None = None
    of: Of = Of.TARGET
    target: Named | None = None
    arguments: dict[str, Value] = field(default_factory=dict)

    @property
    def about(self) -> About:
        """What it reads."""
        return self.target or self.of

    @property
    def name(self) -> str:
        """The tool or the capability."""
        return self.tool or self.capability or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled(Strict):
    """An argument calculated from a reading of the target, rounded up to ``step``."""

    reading: str
    times: float = 1.0
    step: float = 1.0
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The output of an earlier step, which a runbook writes as ``{from: step, output: key}``."""

    step: str
    output: str


def read_argument(value: object) -> object:
    """Return a constant unchanged, and a mapping with the keys from and output as a Reference.

    Raises Invalid for anything else.
    """
    if isinstance(value, dict) and set(value) == {"from", "output"}:
        step, output = value["from"], value["output"]
        if isinstance(step, str) and isinstance(output, str):
            return Reference(step, output)
    return read_value(value)


if TYPE_CHECKING:
    Argument = Value | Reference
    """An argument of a step: a constant, or the output of an earlier step."""
else:
    Argument = Annotated[Any, read_argument]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Strict):
    """One reading that must be within a bound. Exactly one bound is given."""

    name: str
    reading: str
    of: Of = Of.TARGET
    target: Named | None = None
    below: float | None = None
    above: float | None = None
    equals: Value = None

    @property
    def about(self) -> About:
        """What has the reading."""
        return self.target or self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor(Condition):
    """A condition that must become true within ``within`` seconds."""

    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Strict):
    """One action, or a wait.

    The action is ``action`` (``service.action``), or a ``capability`` of any service. Its
    arguments are constants, scaled readings, or outputs of earlier steps, which are named by
    their ``id``. ``not_while`` and ``only_while`` restrict the whole recipe as those of Recipe do.
    """

    id: str | None = None
    action: str | None = None
    capability: str | None = None
    wait_for: WaitFor | None = None
    of: Of = Of.TARGET
    target: Named | None = None
    arguments: dict[str, Argument] = field(default_factory=dict)
    scaled: dict[str, Scaled] = field(default_factory=dict)
    not_while: Many[HomeFact] = ()
    only_while: Many[HomeFact] = ()

    @property
    def about(self) -> About:
        """What it changes."""
        return self.target or self.of

    @property
    def name(self) -> str:
        """The action or the capability."""
        return self.action or self.capability or ""

    @property
    def constants(self) -> dict[str, Value]:
        """The arguments that are constants."""
        return {key: one for key, one in self.arguments.items() if not isinstance(one, Reference)}

    @property
    def references(self) -> dict[str, Reference]:
        """The arguments that are outputs of earlier steps."""
        return {key: one for key, one in self.arguments.items() if isinstance(one, Reference)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeVerdict:
    """Why a recipe must not be carried out now, None when it may; and the facts that are not known.

    What is not known does not stop a person who approves, but nothing is carried out without a person.
    """

    refusal: str | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsProof(Strict):
    """How far a restore drill must have restored a backup of the target, at most so many days ago."""

    level: ProofLevel = RESTORABLE_FROM
    days: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Strict):
    """One option: its steps, and how to verify that it helped.

    The conditions are read every ``settle`` seconds until ``within`` seconds have passed. It is not
    offered or begun while a fact of ``not_while`` holds, or one of ``only_while`` does not, or when the
    last backup of its target is known to be older than ``needs_backup`` hours, or is not proven as
    ``needs_proof`` says. A
    problem that is back within ``relapse`` hours was not solved.
    """

    id: str
    label: str
    kind: OptionKind = OptionKind.ACT
    steps: Many[Step] = ()
    verify: Many[Condition] = ()
    looks: Many[Look] = ()
    settle: float = 2.0
    within: float = 120.0
    relapse: float = 24.0
    not_while: Many[HomeFact] = ()
    only_while: Many[HomeFact] = ()
    needs_backup: float | None = None
    needs_proof: NeedsProof | None = None

    @property
    def depends_on_home(self) -> bool:
        """Whether the recipe, or one of its steps, depends on the home."""
        return any(part.not_while or part.only_while for part in self._parts)

    def judge_home(self, facts: Mapping[str, bool | None]) -> HomeVerdict:
        """Return whether the recipe with all its steps may be carried out, given the facts by name."""
        excluded = dict.fromkeys(one for part in self._parts for one in part.not_while)
        required = dict.fromkeys(one for part in self._parts for one in part.only_while)
        for fact in excluded:
            if facts.get(fact) is True:
                return HomeVerdict(refusal=translate("not while {fact}", fact=translate(FACT_NAMES[fact])))
        for fact in required:
            if facts.get(fact) is False:
                return HomeVerdict(refusal=translate("only while {fact}", fact=translate(FACT_NAMES[fact])))
        return HomeVerdict(unknown=tuple(one for one in excluded | required if facts.get(one) is None))

    @property
    def _parts(self) -> tuple[Recipe | Step, ...]:
        return self, *self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook(Strict):
    """One runbook: front matter and the text people read, in ``language`` (a BCP 47 tag).

    ``symptoms`` are what people say and what logs contain when it applies, in any language. With ``each``
    its recipe is for each thing of what the target belongs to, or for each instance: only people ask for it,
    and it is never proposed for an incident.
    """

    id: str
    version: int
    title: str
    symptoms: Many[str] = ()
    match: Match
    each: Each | None = None
    looks: Many[Look] = ()
    recipes: Many[Recipe] = ()
    text: str = ""
    language: str = "en"

    def recipe(self, recipe_id: str) -> Recipe | None:
        """Return the recipe with this id."""
        return next((one for one in self.recipes if one.id == recipe_id), None)

    @property
    def only_reads(self) -> bool:
        """Whether no recipe changes anything, so that it is read at once when a person asks for it."""
        return not any(one.kind is OptionKind.ACT for one in self.recipes)


type Readings = Mapping[str, Reading]
"""The readings of one target by sensor key: one for each sensor it has, known or not."""
