"""Whether a scheduled request is executed now. Pure."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, CheckResult
from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import Person

from ...sdk.readings import NOT_REPORTED, Reading, Unknown
from ...texts import household, local, translate
from ..runs.verification import evaluate
from .asking import may_approve_request

LATEST: Final = timedelta(hours=1)
"""How long after its time a request is still executed, if the app was off."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""How long a condition is waited for."""

FURTHEST: Final = timedelta(days=30)
"""How far ahead a request can be scheduled."""


class Step(StrEnum):
    """What happens to a scheduled request now."""

    WAIT = "wait"
    RELEASE = "release"
    ASK = "ask"
    EXPIRE = "expire"


def invalid(later: Later, now: datetime) -> str | None:
    """Return why a time for a scheduled request is refused, None when it is valid."""
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
    if now > later.until:
        # A request that had to be finished by then is not begun any more.
        return Step.EXPIRE if later.conditions or later.finish_by is not None else Step.ASK
    if not later.conditions:
        return Step.RELEASE
    # A condition that is checked once is evaluated by readings that are made at the release.
    return Step.RELEASE if later.is_once or holds() else Step.WAIT


def next_time(later: Later, now: datetime) -> datetime:
    """Return when to check next without a new reading: at the time of the request, or just after its end."""
    return later.at if now < later.at else later.until + timedelta(seconds=1)


def unmet(later: Later, reading_of: Callable[[int], Reading]) -> CheckResult | None:
    """Return the result of the first condition that is not known to hold, None when all hold.

    ``reading_of`` returns the reading of a condition by its index.
    """
    for place, condition in enumerate(later.conditions):
        result = check(condition, reading_of(place))
        if not result.ok:
            return result
    return None


def check(condition: LaterCondition, reading: Reading) -> CheckResult:
    """Return the result of a condition; ``ok`` is None when it is not known."""
    if condition.after is None:
        return evaluate(condition, reading)
    if reading is None or isinstance(reading, Unknown):
        return CheckResult(
            name=condition.name, ok=None, text=reading.reason if reading else translate(NOT_REPORTED)
        )
    try:
        at = datetime.fromisoformat(str(reading))
    except ValueError:
        return CheckResult(name=condition.name, ok=None, text=translate(t"{reading} is not a time"))
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    text = household().date_and_time(local(at))
    return CheckResult(name=condition.name, ok=at > condition.after, text=text)


def lost_rights(request: ApprovalRequest, option: Option, people: Iterable[Person]) -> str | None:
    """Return which person may not ask or approve any more, as a text; None when all of them still may."""
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
