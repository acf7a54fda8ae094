"""What the next level of a cell needs, and what raises and lowers its level. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil, log
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel

from ..texts import Texts, spoken
from . import reasons as why
from .evidence import AGREED, GOOD_RUN, GOOD_UNDO, AgreementEvidence, Evidence, UndoEvidence, harm_bound
from .levels import (
    AGREEMENT_NEEDS,
    AUTO_NEEDS,
    LADDER,
    MOST_UNKNOWN,
    RANK,
    UNDO_NEEDS,
    VETO_NEEDS,
    Nature,
    Standing,
    never_automatic,
)
from .reasons import Reason, say_all
from .trials import Label

MOST_HARM: Final = 2
"""How often a version may do harm before only an owner may approve it."""

RECOVERY_NEEDS: Final = 2
"""Good runs after a bad one before a higher level is proposed."""

UNUSED: Final = timedelta(days=180)
"""After this time without a run a level is lost."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What the next level needs, as sentences; ``level`` is None if there is none.

    A level without anything missing is proposed to a person.
    """

    level: AutonomyLevel | None
    texts: tuple[str, ...] = ()

    @property
    def is_earned(self) -> bool:
        """Whether the level is proposed."""
        return self.level is not None and not self.texts

    @property
    def may_be_given(self) -> bool:
        """Whether an owner may give the level: also `ask` that is not earned, where people still decide."""
        return self.is_earned or self.level is AutonomyLevel.ASK


def next_step(
    standing: Standing,
    nature: Nature,
    evidence: Evidence,
    undo: UndoEvidence,
    agreement: AgreementEvidence,
) -> Missing:
    """Return what the level above needs."""
    never = _never_higher(standing, nature)
    if never is not None:
        return Missing(None, say_all([Reason(why.NEVER_HIGHER, {"reason": never})]))
    match standing.level:
        case AutonomyLevel.OBSERVE:
            return Missing(AutonomyLevel.ASK, say_all(_for_ask(agreement)))
        case AutonomyLevel.ASK:
            return Missing(AutonomyLevel.VETO, say_all(_for_veto(evidence, agreement)))
        case AutonomyLevel.VETO:
            return Missing(AutonomyLevel.AUTO, say_all(_for_auto(evidence, undo, agreement)))
        case _:
            return Missing(None)


def _never_higher(standing: Standing, nature: Nature) -> Reason | None:
    """Return why there is no level above, whatever the evidence."""
    if standing.level is AutonomyLevel.VETO:
        return never_automatic(nature)
    if standing.level is not AutonomyLevel.ASK:
        return None
    if standing.is_owner_only:
        return Reason(why.OWNER_ONLY)
    return None if nature.is_repeatable else Reason(why.NOT_REPEATABLE)


def _for_ask(agreement: AgreementEvidence) -> Iterator[Reason]:
    if times := _steps(agreement.value, AGREEMENT_NEEDS, AGREED):
        yield Reason(why.NEEDS_SAME, {"count": times})


def _for_veto(evidence: Evidence, agreement: AgreementEvidence) -> Iterator[Reason]:
    if evidence.has_drifted:
        yield Reason(why.DRIFT)
    yield from _runs_and_choices(evidence, agreement, VETO_NEEDS)


def _for_auto(evidence: Evidence, undo: UndoEvidence, agreement: AgreementEvidence) -> Iterator[Reason]:
    yield from _runs_and_choices(evidence, agreement, AUTO_NEEDS)
    if undos := _steps(undo.value, UNDO_NEEDS, GOOD_UNDO):
        yield Reason(why.NEEDS_UNDOS, {"count": undos})
    if evidence.last_unknown > MOST_UNKNOWN:
        yield Reason(why.UNKNOWN_RESULTS, {"count": evidence.last_unknown, "needed": MOST_UNKNOWN})


def _runs_and_choices(evidence: Evidence, agreement: AgreementEvidence, needed: float) -> Iterator[Reason]:
    runs = _steps(evidence.value, needed, GOOD_RUN)
    if runs := max(runs, RECOVERY_NEEDS - evidence.good_since if evidence.bad else 0):
        yield Reason(why.NEEDS_RUNS, {"count": runs})
    if choices := _steps(agreement.value, AGREEMENT_NEEDS, AGREED):
        yield Reason(why.NEEDS_CHOICES, {"count": choices})


def _steps(value: float, needed: float, ratio: float) -> int:
    """Return how many good results in a row bring a value to what is needed."""
    return max(0, ceil(log(needed / value) / log(ratio)))


def after_label(standing: Standing, evidence: Evidence, label: Label, at: datetime) -> Standing:
    """Return the standing after a label, with the evidence that contains it.

    Harm leads to `ask`, a second time to approvals by an owner only, and so does a success rate that fell
    to `ask`. Another bad run costs one level. Nothing goes below `ask`: a person still decides there.
    """
    level = standing.level
    if label.is_harm:
        harmed = standing.harmed + 1
        standing = replace(standing, harmed=harmed, is_owner_only=harmed >= MOST_HARM)
    if RANK[level] <= RANK[AutonomyLevel.ASK] or not label.is_bad:
        return standing
    if label.is_harm or evidence.has_drifted:
        return lowered(standing, AutonomyLevel.ASK, at)
    return lowered(standing, LADDER[RANK[level] - 1], at)


def after_disuse(standing: Standing, newest: datetime | None, now: datetime) -> Standing:
    """Return the standing one level lower if nothing ran and nothing changed for 180 days."""
    used = [one for one in (standing.since, newest) if one is not None]
    if RANK[standing.level] <= RANK[AutonomyLevel.ASK] or not used or now - max(used) < UNUSED:
        return standing
    return lowered(standing, LADDER[RANK[standing.level] - 1], now)


def initial(*, has_earlier_level: bool) -> Standing:
    """Return the standing of a new cell. A new version of what had a level only observes at first."""
    return Standing(level=AutonomyLevel.OBSERVE if has_earlier_level else AutonomyLevel.ASK)


def lowered(standing: Standing, level: AutonomyLevel, at: datetime) -> Standing:
    """Return the standing with a lower level; a level that is not lower changes nothing."""
    if RANK[level] >= RANK[standing.level]:
        return standing
    return replace(standing, level=level, since=at)


def raised(standing: Standing, missing: Missing, at: datetime) -> Standing:
    """Return the standing after a person approved the next level.

    Raises ValueError if it may not be given.
    """
    if missing.level is None or not missing.may_be_given:
        raise ValueError(missing.texts)
    return replace(standing, level=missing.level, since=at, raised_at=at)


def proof(evidence: Evidence) -> str:
    """Return what the automatic runs of a cell show, as a sentence."""
    harmed, runs = evidence.automatic_harmed, evidence.automatic
    bound = 100 * harm_bound(harmed, runs)

    def say(texts: Texts) -> str:
        percent = texts.number(bound)
        lasting = texts.plural(
            "{harmed} of {count} automatic run did lasting harm: at most {percent} % (95 %).",
            "{harmed} of {count} automatic runs did lasting harm: at most {percent} % (95 %).",
            runs,
            harmed=harmed,
            percent=percent,
        )
        if not evidence.automatic_worse:
            return lasting
        undone = texts.plural(
            "{count} made things worse and was undone.",
            "{count} made things worse and were undone.",
            evidence.automatic_worse,
        )
        return f"{lasting} {undone}"

    return spoken(say)
