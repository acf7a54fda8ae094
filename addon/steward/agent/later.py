"""Whether a scheduled request is executed now. Pure."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, CheckResult, Option
from homelab_steward.contract.later import Later
from homelab_steward.contract.state import Person

from ..sdk.readings import Reading
from ..texts import translate
from .asking import may_approve_request
from .verification import evaluate

LATEST: Final = timedelta(hours=1)
"""How long after its time a request is still executed, if the app was off."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""How long a condition is waited for."""

FURTHEST: Final = timedelta(days=30)
"""How far ahead something can be scheduled."""


class Step(StrEnum):
    """What happens to a scheduled request now."""

    WAIT = "wait"
    RELEASE = "release"
    ASK = "ask"
    EXPIRE = "expire"


def invalid(later: Later, now: datetime) -> str | None:
    """Return why nothing can be scheduled so, None when it can."""
    if later.at > now + FURTHEST:
        return translate(t"That is too far ahead: at most {FURTHEST.days} days.")
    if later.until <= now:
        return translate(t"That time is over.")
    longest = LONGEST_WAIT if later.conditions else LATEST
    if not later.at <= later.until <= later.at + longest:
        return translate(t"That time is not valid.")
    return None


def next_step(later: Later, now: datetime, holds: Callable[[], bool]) -> Step:
    """Return what happens now; ``holds`` says whether all conditions are known to hold."""
    if now < later.at:
        return Step.WAIT
    if not later.conditions:
        return Step.RELEASE if now <= later.until else Step.ASK
    if now > later.until:
        return Step.EXPIRE
    return Step.RELEASE if holds() else Step.WAIT


def next_time(later: Later, now: datetime) -> datetime:
    """Return when to look next without a new reading: at its time, or just after its end."""
    return later.at if now < later.at else later.until + timedelta(seconds=1)


def unmet(later: Later, reading_of: Callable[[int], Reading]) -> CheckResult | None:
    """Return the first condition that is not known to hold; ``reading_of`` reads one by its place."""
    for place, condition in enumerate(later.conditions):
        result = evaluate(condition, reading_of(place))
        if not result.ok:
            return result
    return None


def lost_rights(request: ApprovalRequest, option: Option, people: Iterable[Person]) -> str | None:
    """Return why the approval does not hold any more, None when who asked and approved still may."""
    known = {one.id: one for one in people}
    decisions = [one for one in (request.first if option.needs_two else None, request.decision) if one]
    for decision in decisions:
        person = known.get(decision.person_id)
        if person is None or not may_approve_request(person, request, option.risk):
            return translate(t"{decision.person_name} may not approve this any more.")
    asker = known.get(request.requested_by)
    if request.requested_by and (asker is None or not asker.decides):
        return translate(t"The person who asked for it may not do so any more.")
    return None
