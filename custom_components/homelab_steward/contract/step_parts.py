"""A planned step, what it changes, the outputs that it takes, and the condition that it waits for."""

from dataclasses import dataclass, field

from .base import Many, Message, Value
from .catalogue import Risk
from .state import TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReference(Message):
    """An argument whose value is an output of an earlier step, and what the value may be.

    ``step`` is the id of the earlier step. ``kind`` is ``number`` (from ``minimum`` to
    ``maximum``), ``choice`` (one of ``choices``) or ``target`` (the id of a resource of the
    kind ``scope``).
    """

    argument: str
    step: str
    output: str
    kind: str
    minimum: float | None = None
    maximum: float | None = None
    choices: Many[str] = ()
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWait(Message):
    """A condition on a reading that must become true within ``within`` seconds.

    The reading is polled every ``settle`` seconds. Exactly one of the bounds is set, or ``made``:
    then the reading must contain what the last step before it made that makes something which other
    services deploy, such as the commit of a merge. The wait fails at once when the reading ``failed``
    contains it. ``failure`` is what is said then, and ``late`` when the time is over, "" for the name of
    the condition.
    """

    name: str
    reading: str
    within: float
    settle: float
    below: float | None = None
    above: float | None = None
    equals: Value = None
    made: bool = False
    failed: str = ""
    failure: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Message):
    """One value that a step would change."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArgument(Message):
    """Name and value of an argument, with its unit, in the language of the household."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRecipe(Message):
    """A recipe of a runbook in one version, and the target that it is planned for."""

    runbook_id: str
    version: int
    recipe: str
    target: TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep(Message):
    """One action with its resolved target and arguments, and what it would change.

    ``title`` names the action without the target. ``note`` explains the change,
    ``blast_radius`` names what else it affects. ``references`` are the arguments that outputs
    of earlier steps fill in; ``id`` is the name by which later steps refer to this one. A step
    with ``wait`` changes nothing: it only waits. ``dry_run_digest`` identifies what the dry run
    read: when it differs at execution, somebody changed the target in the meantime. ``shown`` are the
    arguments of the action's fields as people see them. ``after`` are the positions of the steps that
    have to succeed before it, None when all before it do. ``undone_without`` are the positions of the
    later steps it was made for: it is undone when one of them is not done. ``runbook`` is the title of
    the runbook that offers it, "" when none does. ``recipe`` is the recipe that it is a step of when it is in
    a plan with others, None for a single action. ``preserves``: it copies data before a later step
    changes it; the copy stays for some days, whatever becomes of the run.
    """

    action: str
    target: TargetRef
    arguments: dict[str, Value]
    title: str
    risk: Risk
    reversible: bool
    differences: Many[Difference] = ()
    note: str = ""
    blast_radius: str = ""
    id: str = ""
    references: Many[PlannedReference] = ()
    wait: PlannedWait | None = None
    dry_run_digest: str = ""
    shown: dict[str, ShownArgument] = field(default_factory=dict)
    after: Many[int] | None = None
    undone_without: Many[int] = ()
    runbook: str = ""
    recipe: PlannedRecipe | None = None
    preserves: bool = False

    @property
    def has_effect(self) -> bool:
        """Whether it changes something. A step that only waits does not."""
        return self.wait is None
