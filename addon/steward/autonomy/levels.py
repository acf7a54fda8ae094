"""What a cell may do now for an incident: one pure function, with its reasons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel

from . import reasons as why
from .evidence import AgreementEvidence, Evidence, TargetRecord, UndoEvidence
from .reasons import Reason, say_all
from .trials import Circumstance

LADDER: Final = tuple(AutonomyLevel)
"""The levels, the lowest first."""

RANK: Final = MappingProxyType({level: rank for rank, level in enumerate(LADDER)})

VETO_NEEDS: Final = 5.0
"""The evidence about runs that `veto` needs: nine good ones in a row."""

AUTO_NEEDS: Final = 40.0
"""The evidence about runs that `auto` needs: twenty good ones in a row."""

UNDO_NEEDS: Final = 40.0
"""The evidence about the undo that `auto` needs: eighty that worked in a row."""

AGREEMENT_NEEDS: Final = 5.0
"""The evidence that people choose the first option: four times in a row."""

TARGET_NEEDS: Final = 2
"""Good runs that each target needs of its own."""

CIRCUMSTANCE_NEEDS: Final = 3
"""Approved runs in the same circumstance, without which `auto` becomes `veto`."""

MOST_UNKNOWN: Final = 2
"""Unknown results of the last ten runs, above which nothing is `auto`."""

SAME_STATE_LIMIT: Final = 3
RECENT_LIMIT: Final = 5
"""Runs from the same state, and runs on the same target in four hours, that block it."""

VETO_EACH: Final = 10
"""One of so many automatic runs is announced first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The level of a cell. ``since`` is when it got it, ``raised_at`` when a person last raised it.

    ``harmed`` counts how often the version did harm. ``is_owner_only``: only an owner may approve it.
    """

    level: AutonomyLevel = AutonomyLevel.ASK
    since: datetime | None = None
    raised_at: datetime | None = None
    harmed: int = 0
    is_owner_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What the steps of a recipe are, all together. An unknown risk counts as high."""

    is_reversible: bool
    is_idempotent: bool
    is_high_risk: bool

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be undone, or done twice without another effect."""
        return self.is_reversible or self.is_idempotent


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An incident for which a cell has a plan.

    ``target`` is the key of the target in the trials. ``same_state`` counts the runs of the plan from the
    same state, ``recent`` the remediations of the target in the last four hours; None is not known.
    ``needs_person`` has sentences that say why else a person decides. ``is_blind``: the target cannot be
    read. ``is_sample`` is what the function of this name returns.
    """

    standing: Standing
    nature: Nature
    evidence: Evidence
    undo: UndoEvidence
    agreement: AgreementEvidence
    target: str
    circumstance: Circumstance
    same_state: int | None
    recent: int | None
    is_blind: bool
    is_sample: bool
    needs_person: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """The highest level that a reason allows. ``is_block``: the cell is stopped, not only limited."""

    level: AutonomyLevel
    reason: Reason
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a cell may do now, and why not more. ``is_blocked``: it was done too often."""

    level: AutonomyLevel
    reasons: tuple[str, ...]
    is_blocked: bool


def decide(situation: Situation) -> Allowed:
    """Return what a cell may do now for an incident, with the reasons for no more.

    It is decided first as if no undo existed, which allows `veto` at most. Only what passes this
    becomes `auto`, by a proven undo: an undo never makes up for another reason.
    """
    limits = tuple(_limits(situation))
    level = _lowest(situation.standing.level, limits)
    reasons = [one.reason for one in limits] or [Reason(why.AT_LEVEL[level])]
    return Allowed(level, say_all(reasons), any(one.is_block for one in limits))


def allowed_level(situation: Situation) -> AutonomyLevel:
    """Return the level of ``decide`` without its reasons."""
    return _lowest(situation.standing.level, _limits(situation))


def _lowest(level: AutonomyLevel, limits: Iterable[Limit]) -> AutonomyLevel:
    return LADDER[min((RANK[level], *(RANK[one.level] for one in limits)))]


def _limits(situation: Situation) -> Iterator[Limit]:
    """Yield what allows less than the level that the cell has, and what blocks it."""
    yield from _blocks(situation)
    level = situation.standing.level
    if RANK[level] <= RANK[AutonomyLevel.ASK]:
        return
    asks = [Limit(AutonomyLevel.ASK, one) for one in _without_undo(situation)]
    yield from asks
    if level is AutonomyLevel.AUTO and not asks:
        yield from (Limit(AutonomyLevel.VETO, one) for one in _with_undo(situation))


def _blocks(situation: Situation) -> Iterator[Limit]:
    """Yield why the cell is stopped. What was not counted stops it too."""
    same, recent = situation.same_state, situation.recent
    if same is None or recent is None:
        yield Limit(AutonomyLevel.ASK, Reason(why.LOOP_UNKNOWN), is_block=True)
        return
    if same >= SAME_STATE_LIMIT:
        yield Limit(AutonomyLevel.ASK, Reason(why.SAME_STATE, {"count": same}), is_block=True)
    if recent >= RECENT_LIMIT:
        yield Limit(AutonomyLevel.ASK, Reason(why.RECENT, {"count": recent}), is_block=True)


def _without_undo(situation: Situation) -> Iterator[Reason]:
    """Yield why a person has to approve it, as if no undo existed."""
    standing = situation.standing
    yield from map(Reason, situation.needs_person)
    if standing.is_owner_only:
        yield Reason(why.OWNER_ONLY)
    if not situation.nature.is_repeatable:
        yield Reason(why.NOT_REPEATABLE)
    if situation.evidence.has_drifted:
        yield Reason(why.DRIFT)
    if situation.evidence.value < VETO_NEEDS:
        yield Reason(why.RUNS_MISSING, {"value": situation.evidence.value, "needed": VETO_NEEDS})
    if situation.agreement.value < AGREEMENT_NEEDS:
        yield Reason(why.CHOICES_MISSING)
    record = situation.evidence.targets.get(situation.target, TargetRecord())
    if record.good_since < TARGET_NEEDS:
        text = why.TARGET_NEW if record.bad_at is None else why.TARGET_PINNED
        yield Reason(text, {"count": record.good_since, "needed": TARGET_NEEDS})
    elif is_pinned(record, standing.raised_at):
        yield Reason(why.TARGET_NEEDS_OWNER)


def _with_undo(situation: Situation) -> Iterator[Reason]:
    """Yield why it is announced first."""
    evidence, undo = situation.evidence, situation.undo
    never = never_automatic(situation.nature)
    if never is not None:
        yield never
    if situation.is_blind:
        yield Reason(why.BLIND)
    if evidence.value < AUTO_NEEDS:
        yield Reason(why.RUNS_MISSING, {"value": evidence.value, "needed": AUTO_NEEDS})
    if undo.value < UNDO_NEEDS:
        yield Reason(why.UNDO_MISSING, {"value": undo.value, "needed": UNDO_NEEDS})
    if evidence.last_unknown > MOST_UNKNOWN:
        yield Reason(why.UNKNOWN_RESULTS, {"count": evidence.last_unknown, "needed": MOST_UNKNOWN})
    approved = evidence.approved.get(situation.circumstance, 0)
    if approved < CIRCUMSTANCE_NEEDS:
        yield Reason(why.CIRCUMSTANCE_NEW, {"count": approved, "needed": CIRCUMSTANCE_NEEDS})
    if situation.is_sample:
        yield Reason(why.SAMPLE)


def never_automatic(nature: Nature) -> Reason | None:
    """Return why a recipe is always announced first, whatever its evidence."""
    if nature.is_high_risk:
        return Reason(why.HIGH_RISK)
    return None if nature.is_reversible else Reason(why.IRREVERSIBLE)


def is_pinned(record: TargetRecord, raised_at: datetime | None) -> bool:
    """Return whether a run failed on a target after a person last raised the level."""
    return record.bad_at is not None and (raised_at is None or raised_at <= record.bad_at)


def is_sample(request_id: str) -> bool:
    """Return whether an automatic run is announced first, which is one in ten, always the same ones."""
    return int.from_bytes(sha256(request_id.encode()).digest()) % VETO_EACH == 0
