"""Decides when an update is asked about, what it waits for, and what is asked about together. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum, auto
from fnmatch import fnmatchcase
from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import (
    Change,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    WayBack,
)
from homelab_steward.contract.state import TargetRef

from ..agent.requests.request_plan import bounded
from ..settings.changes import ChangeGroup, Changes
from ..texts import household, local, translate

GROUP_LABEL: Final = "group"
"""Targets with the same value of this label are updated one after another, the first as a trial."""

MOST_WAVES: Final = 5
"""Waves that a preview names."""

FAILED: Final = frozenset({ChangeStatus.WENT_BACK, ChangeStatus.FAILED, ChangeStatus.BLOCKED})
ACTIVE: Final = frozenset({ChangeStatus.ASKED, ChangeStatus.APPLYING, ChangeStatus.WATCHING})
"""Updates that hold their targets: no other one touches these."""

LEFT: Final = frozenset({ChangeStatus.GONE, ChangeStatus.REJECTED})
"""Updates that a wave does not wait for."""

RANK: Final = (
    ChangeSource.PULL_REQUEST,
    ChangeSource.HOME_ASSISTANT,
    ChangeSource.SERVICE,
    ChangeSource.IMAGE,
)
"""The order of several updates of one target: what is declared in a repository is set there."""


DISTANCES: Final = (Distance.DIGEST, Distance.PATCH, Distance.MINOR, Distance.MAJOR, Distance.UNKNOWN)
"""The smallest change first."""


class Act(Enum):
    """What is done with an update next."""

    HOLD = auto()
    """Nothing before a time."""

    WAIT = auto()
    """Nothing until something else has changed."""

    ASK = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done next, and why, as a sentence. ``until`` is the end of HOLD."""

    act: Act
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the next step of an update depends on. Each text is the reason, "" when there is none.

    ``left_out`` is why the steward cannot apply it, ``holder`` what holds one of its targets, ``earlier``
    which updates come before it.
    """

    now: datetime
    left_out: str = ""
    holder: str = ""
    earlier: str = ""
    is_quiet: bool = False


def next_step(change: Change, facts: Facts) -> Step:
    """Return what is done next with an update that is not asked about."""
    if change.until is not None and change.until > facts.now:
        return Step(Act.HOLD, change.reason or held_text(change), change.until)
    for reason in (facts.left_out, facts.holder, facts.earlier):
        if reason:
            return Step(Act.WAIT, reason)
    if facts.is_quiet:
        return Step(Act.WAIT, translate("Everybody who would be asked is in their quiet time."))
    return Step(Act.ASK)


def held_text(change: Change) -> str:
    """Return until when an update is held or deferred."""
    if change.until is None:
        return ""
    until = household().date_and_time(local(change.until))
    if change.status is ChangeStatus.DEFERRED:
        return translate(t"Deferred until {until}.")
    return translate(t"Held until {until}, so that others find its defects first.")


def group_of(
    settings: Changes, service: str, target: TargetRef, labels: Mapping[str, str]
) -> ChangeGroup | None:
    """Return the first group that an update of a target belongs to, None when none fits."""
    return next((one for one in settings.groups if _fits(one, service, target, labels)), None)


def _fits(group: ChangeGroup, service: str, target: TargetRef, labels: Mapping[str, str]) -> bool:
    return (
        (not group.services or service in group.services)
        and (not group.kinds or target.kind in group.kinds)
        and (not group.names or matches(target.name, group.names))
        and all(labels.get(name) == value for name, value in group.labels.items())
    )


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name fits one of the patterns, whatever their case."""
    return any(fnmatchcase(name.casefold(), one.casefold()) for one in patterns)


def held_until(
    change: Change, published_at: datetime | None, settings: Changes, group: ChangeGroup | None
) -> datetime | None:
    """Return until when an update is held, None when it mends a security problem or is old enough.

    The days count from the release, or from when it was found if that is not known or in the future.
    """
    if change.assessment is not None and change.assessment.security:
        return None
    days = settings.days(change.distance, group)
    since = change.found_at if published_at is None else min(published_at, change.found_at)
    until = since + timedelta(days=days)
    return asking_time(until, settings.ask_at) if until > change.found_at else None


def asking_time(at: datetime, time_of_day: str | None) -> datetime:
    """Return the first time from ``at`` on at which people are asked; ``time_of_day`` is local (18:00)."""
    if time_of_day is None:
        return at
    begin = local(at)
    # At the end of summer time an hour exists twice: it is the one of ``at``.
    asked = datetime.combine(begin.date(), time.fromisoformat(time_of_day), begin.tzinfo)
    asked = asked.replace(fold=begin.fold)
    if asked < begin:
        asked = datetime.combine(begin.date() + timedelta(days=1), asked.time(), begin.tzinfo)
    return asked.astimezone(UTC)


def furthest(distances: Iterable[Distance]) -> Distance:
    """Return the distance that says most about several packages: an unknown one counts as the furthest."""
    return max(distances, key=DISTANCES.index, default=Distance.UNKNOWN)


def may_share_a_card(change: Change, risk: Risk) -> bool:
    """Return whether an update may share a request with others: it is known to be safe, with a way back."""
    return (
        change.assessment is not None
        and change.assessment.level is ChangeLevel.SAFE
        and not change.assessment.breaking
        and change.distance not in (Distance.MAJOR, Distance.UNKNOWN)
        and change.way_back not in (WayBack.NONE, WayBack.BACKUP)
        and risk is not Risk.HIGH
    )


def wave_key(change: Change) -> tuple[object, ...]:
    """Return what is the same for updates of one group to the same versions."""
    return change.group, versions_of(change)


def versions_of(change: Change) -> tuple[tuple[str, str], ...]:
    """Return what an update leads to: packages with their versions, or its revision.

    The revision counts when no version changes, as with another content of the tag "latest".
    """
    if any(one.old != one.new for one in change.packages):
        return tuple(sorted((one.name, one.new) for one in change.packages))
    return (("", change.revision),)


def waves(changes: Sequence[Change], group: ChangeGroup | None) -> tuple[tuple[Change, ...], ...]:
    """Return the updates of one group to the same versions, in the order in which they are applied.

    The canaries are the first wave. Without a group of the settings it is the first by name.
    """
    ordered = sorted(changes, key=lambda one: (one.target.name.casefold(), one.id))
    if group is None:
        first = ordered[:1]
        size = max(1, len(ordered))
    else:
        first = [one for one in ordered if matches(one.target.name, group.canary)]
        size = group.wave_size
    others = [one for one in ordered if one not in first]
    chunks = [tuple(others[start : start + size]) for start in range(0, len(others), size)]
    return tuple(one for one in (tuple(first), *chunks) if one)


def earlier_text(change: Change, planned: Sequence[Sequence[Change]]) -> str:
    """Return which updates of earlier waves this one waits for, or which failed; "" when none."""
    before = [one for wave in planned for one in wave]
    for wave in planned:
        if change.id in {one.id for one in wave}:
            before = before[: before.index(wave[0])]
            break
    else:
        return ""
    failed = [one.target.name for one in before if one.status in FAILED]
    if failed:
        names = household().listed(failed)
        return translate(t"It failed on {names}, so nobody is asked about it here.")
    waiting = [
        one.target.name for one in before if one.status is not ChangeStatus.DONE and one.status not in LEFT
    ]
    names = bounded(waiting, household())
    return translate(t"First it is applied to {names}.") if waiting else ""


def preview(planned: Sequence[Sequence[Change]]) -> str:
    """Return the order of the waves as a sentence, "" when there is only one."""
    if len(planned) <= 1:
        return ""
    parts = [bounded([one.target.name for one in wave], household()) for wave in planned[:MOST_WAVES]]
    order = "; ".join(parts)
    return translate(t"Order: {order}.")


def source_rank(change: Change) -> int:
    """Return the place of the source of an update among those of one target."""
    return RANK.index(change.source)


def rank(change: Change) -> tuple[object, ...]:
    """Return the place of an update among those of one target: by source, the smallest change first."""
    return source_rank(change), DISTANCES.index(change.distance), change.found_at, change.id


def coupled(changes: Sequence[Change], couples: Mapping[str, Iterable[TargetRef]]) -> list[list[Change]]:
    """Return the updates in groups that are applied in the same run, each in order of their ids.

    ``couples`` gives the coupled targets by the id of an update. What is coupled with something coupled
    belongs to it too.
    """
    rows = {one.id: one for one in sorted(changes, key=lambda one: one.id)}
    near = _neighbours(rows.values(), couples)
    found: list[list[Change]] = []
    while rows:
        together = [rows.pop(next(iter(rows)))]
        for one in together:
            together += [rows.pop(key) for key in near.get(one.id, ()) if key in rows]
        found.append(sorted(together, key=lambda one: one.id))
    return found


def _neighbours(
    changes: Iterable[Change], couples: Mapping[str, Iterable[TargetRef]]
) -> Mapping[str, set[str]]:
    """Return the ids of the updates with which each is coupled directly."""
    of_target, found = defaultdict[object, list[str]](list), defaultdict[str, set[str]](set)
    for one in changes:
        of_target[one.target.key].append(one.id)
    for key, refs in couples.items():
        for other in (each for ref in refs for each in of_target.get(ref.key, ())):
            found[key].add(other)
            found[other].add(key)
    return found


def cards[Item](items: Sequence[tuple[Item, bool]], most: int) -> list[tuple[Item, ...]]:
    """Return what is asked about together: at most ``most`` of those that may share, and the others alone."""
    sharing = [item for item, may_share in items if may_share]
    alone = [(item,) for item, may_share in items if not may_share]
    return [*(tuple(sharing[at : at + most]) for at in range(0, len(sharing), most)), *alone]
