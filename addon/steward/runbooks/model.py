"""A runbook as it is written: frozen, checked, with nothing executable in free text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from probatio import PREVENT_EXTRA, SchemaMixin

from homelab_steward.contract.base import Many, Value
from homelab_steward.contract.incidents import OptionKind

from ..sdk.description import Role
from ..sdk.readings import Reading


class Of(StrEnum):
    """What a look, a step or a condition is about, as seen from the incident."""

    TARGET = "target"
    APPLICATION = "application"
    HOST = "host"
    STORAGE = "storage"


class Strict(SchemaMixin, extra=PREVENT_EXTRA):
    """Base of what people write: an unknown key is a mistake."""


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
    arguments: dict[str, Value] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Strict):
    """One action: ``action`` (``service.action``), or a ``capability`` of any service.

    Arguments are constants or scaled readings.
    """

    action: str | None = None
    capability: str | None = None
    of: Of = Of.TARGET
    arguments: dict[str, Value] = field(default_factory=dict)
    scaled: dict[str, Scaled] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The action or the capability."""
        return self.action or self.capability or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Strict):
    """One reading that must be within a bound afterwards. Exactly one bound is given."""

    name: str
    reading: str
    of: Of = Of.TARGET
    below: float | None = None
    above: float | None = None
    equals: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Strict):
    """One option: its steps, and how to verify that it helped.

    The conditions are read every ``settle`` seconds until ``within`` seconds have passed.
    """

    id: str
    label: str
    kind: OptionKind = OptionKind.ACT
    steps: Many[Step] = ()
    verify: Many[Condition] = ()
    looks: Many[Look] = ()
    settle: float = 2.0
    within: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook(Strict):
    """One runbook: front matter and the text people read."""

    id: str
    version: int
    title: str
    match: Match
    looks: Many[Look] = ()
    recipes: Many[Recipe] = ()
    text: str = ""

    def recipe(self, recipe_id: str) -> Recipe | None:
        """Return the recipe with this id."""
        return next((one for one in self.recipes if one.id == recipe_id), None)


type Readings = Mapping[str, Reading]
"""The readings of one target by sensor key: one for each sensor it has, known or not."""
