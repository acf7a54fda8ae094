"""A runbook as it is written: frozen, checked, with nothing executable in free text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from probatio import PREVENT_EXTRA, SchemaMixin

from homelab_steward.contract.base import Many, Value
from homelab_steward.contract.incidents import OptionKind


class Of(StrEnum):
    """Which of an incident's things is meant."""

    TARGET = "target"
    APPLICATION = "application"


class Strict(SchemaMixin, extra=PREVENT_EXTRA):
    """Base of what people write: an unknown key is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Strict):
    """What a runbook is for: alert names, label values, target kinds, words."""

    alerts: Many[str] = ()
    checks: Many[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    targets: Many[str] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Strict):
    """One thing to read first. ``tool`` is ``service.tool``."""

    tool: str
    of: Of = Of.TARGET
    arguments: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled(Strict):
    """An argument made from a reading of the target, rounded up to ``step``."""

    reading: str
    times: float = 1.0
    step: float = 1.0
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Strict):
    """One action. ``action`` is ``service.action``; arguments are constants or scaled readings."""

    action: str
    of: Of = Of.TARGET
    arguments: dict[str, Value] = field(default_factory=dict)
    scaled: dict[str, Scaled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Strict):
    """One reading that must hold afterwards. Exactly one bound is given."""

    name: str
    reading: str
    of: Of = Of.TARGET
    below: float | None = None
    above: float | None = None
    equals: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Strict):
    """One way out: its steps, and how to see that it helped within ``within`` seconds."""

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


type Readings = Mapping[str, Value]
