"""Proposals: the numbered options that people decide about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .catalogue import Risk
from .diagnosis import RunbookMatch, SimilarIncident
from .step_parts import PlannedStep

CHANGE: Final = "change:"
"""Prefix of the id that stands for a runbook's when an update is applied; the id of the change follows."""

LEVEL: Final = "level:"
"""Prefix of that id when an owner is asked to raise the level of a cell; a hash of the cell follows."""

DRAFT: Final = "draft:"
"""Prefix of that id when an owner is asked about a drafted runbook; a hash of the repairs follows."""

BACK: Final = "back:"
"""Prefix of that id when a person is asked whether data goes back too; the id of the run follows."""


class OptionKind(StrEnum):
    """What an option does: it changes something, reads more, or says that the target is meant to be off.

    DEFER asks about an update later. EACH approves several updates, each of which gets a run of its own.
    """

    ACT = "act"
    INVESTIGATE = "investigate"
    EXPECT_OFF = "expect_off"
    DEFER = "defer"
    EACH = "each"

    @property
    def changes_something(self) -> bool:
        """Whether something is changed after the approval."""
        return self in (OptionKind.ACT, OptionKind.EACH)

    @property
    def only_waits_or_reads(self) -> bool:
        """Whether it does nothing but reading more or asking later."""
        return self in (OptionKind.INVESTIGATE, OptionKind.DEFER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Message):
    """One numbered option, with everything a person must know to decide.

    ``changes`` says what it changes if that is not in its steps, such as a level: "" otherwise.
    ``needs_two``: two people have to approve it. ``needs_unlock``: a phone must be unlocked to
    approve it. ``unknown_facts`` are the facts about the home (see HomeFact) that it depends on and
    that are not known: it is never carried out without a person then.
    """

    number: int
    kind: OptionKind
    label: str
    plan_hash: str
    steps: Many[PlannedStep] = ()
    changes: str = ""
    runbook_id: str | None = None
    runbook_version: int | None = None
    recipe: str | None = None
    risk: Risk = Risk.LOW
    reversible: bool = True
    blast_radius: str = ""
    verification: str = ""
    history: str = ""
    needs_two: bool = False
    needs_unlock: bool = False
    unknown_facts: Many[str] = ()

    @property
    def performed(self) -> tuple[PlannedStep, ...]:
        """The steps that its own run carries out; those of EACH are carried out by runs of their own."""
        return tuple(self.steps) if self.kind is OptionKind.ACT else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Message):
    """A proposal for one incident: up to three numbered options.

    ``left_out`` names steps of the runbook that cannot be offered now, with the reason. ``observed`` are
    the options that would be offered if their level were not to observe only, with the numbers of then.
    ``similar`` are past incidents like this one, the most similar first.
    """

    id: str
    incident_id: str
    options: Many[Option]
    matches: Many[RunbookMatch]
    policy_version: int
    made_at: Timestamp
    left_out: Many[str] = ()
    observed: Many[Option] = ()
    similar: Many[SimilarIncident] = ()

    def option(self, number: int) -> Option | None:
        """Return the option with this number, None when there is none."""
        return next((one for one in self.options if one.number == number), None)
