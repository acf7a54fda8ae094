"""What the steward may do without a person: the level of each runbook, and the evidence it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .state import Speaker


class AutonomyLevel(StrEnum):
    """What the steward may do with a runbook without a person.

    OBSERVE only reports, ASK asks before each change, VETO announces a change and carries it out
    unless somebody objects, AUTO carries it out and reports. They are declared from the lowest to the
    highest.
    """

    OBSERVE = "observe"
    ASK = "ask"
    VETO = "veto"
    AUTO = "auto"

    @property
    def rank(self) -> int:
        """The position from the lowest level, 0, to the highest."""
        return list(AutonomyLevel).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelQuery(Message):
    """``runbooks.levels``: the autonomy levels, with the texts in a language, such as "de"."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyCell(Message):
    """The level of one recipe of a runbook for one class of targets, and its evidence.

    ``evidence`` and ``undo_evidence`` are e-values: how often more likely the runs are when the recipe
    is safe than when it is not, and the same for what undoes it. ``good``, ``bad`` and ``unknown`` count
    the runs by how they ended, ``automatic`` those that no person approved, ``harmed`` those of them
    that did lasting harm, ``worse`` those that made things worse and were undone, and ``harm_bound`` is
    the upper bound of the share of ``harmed``, from 0 to 1, with 95 % confidence. ``missing`` are the
    conditions of the next level that are not met, as texts; it is empty when they are met and a person may
    raise the level. ``is_owner_only``: only an owner may raise it again.
    """

    runbook_id: str
    version: int
    recipe: str
    label: str
    target_class: str
    level: AutonomyLevel
    evidence: float = 1.0
    undo_evidence: float = 1.0
    good: int = 0
    bad: int = 0
    unknown: int = 0
    automatic: int = 0
    harmed: int = 0
    worse: int = 0
    harm_bound: float = 1.0
    missing: Many[str] = ()
    since: Timestamp | None = None
    is_owner_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookLevel(Message):
    """The autonomy level of one runbook: the lowest of its cells, ASK without any.

    ``cells`` has one for each recipe and class of targets that the runbook was used for.
    """

    id: str
    title: str
    level: AutonomyLevel
    cells: Many[AutonomyCell] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookLevels(Message):
    """The answer of ``runbooks.levels``, by title: the runbooks that can change something."""

    levels: Many[RunbookLevel]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevel(Message):
    """``runbooks.set_level``: lower the level of a runbook, or ask for a higher one.

    Without ``recipe`` and ``target_class`` all cells of the runbook are meant. A person who may decide
    lowers it at once. A higher level that the evidence allows becomes an approval request; the app refuses
    any other with NOT_EARNED and what is missing, in ``language``.
    """

    runbook_id: str
    level: AutonomyLevel
    speaker: Speaker
    recipe: str = ""
    target_class: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelAnswer(Message):
    """The answer of ``runbooks.set_level``: the runbook as it is now.

    ``approval_ids`` are the pending requests for higher levels.
    """

    runbook: RunbookLevel
    approval_ids: Many[str] = ()
