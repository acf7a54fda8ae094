"""When a request is executed that a person wants at a time or on a condition, and the texts that say it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.later import Later
from homelab_steward.contract.state import TargetRef

from ..agent.requests.condition_readings import ConditionReadings
from ..agent.requests.later import LATEST, LONGEST_WAIT
from ..clock import Clock
from ..inventory.ports import Inventory
from ..language.said_times import instant, lacks_clock
from ..texts import Texts, household, local
from .conditions import Conditions, Undecidable
from .meanings import GoalRequest, Happens, PersonRequest, ScheduledRequest
from .phrases import say

FOR_EACH: Final = timedelta(minutes=3)
"""How long one machine may take to shut down."""

RESERVE: Final = timedelta(minutes=5)
"""How long before its end a plan that has to be over at a time is planned to be over."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When a request is executed; ``clause`` says its conditions in the language of who asks, "" without."""

    later: Later
    clause: str = ""


@dataclass(frozen=True, slots=True)
class NotScheduled:
    """Why nothing is scheduled, or what is asked back."""

    text: str
    expects_reply: bool = False


class Scheduling:
    """Decides when a request is executed."""

    def __init__(self, inventory: Inventory, clock: Clock) -> None:
        """``inventory`` is read again only for a condition that is not waited for."""
        self._inventory = inventory
        self._conditions = Conditions(inventory, clock)
        self._readings = ConditionReadings(inventory)
        self._clock = clock

    async def schedule(self, meaning: ScheduledRequest, texts: Texts) -> Scheduled | NotScheduled:
        """Return when a request is executed, or why it is not scheduled."""
        now = self._clock.now()
        if meaning.said is not None and lacks_clock(meaning.said):
            return NotScheduled(say(texts.language, "which_time"), expects_reply=True)
        at = instant(meaning.said, local(now)) if meaning.said is not None else now
        if at is None:
            return _refused(texts(t"That time is over."), texts)
        if not meaning.conditions:
            return Scheduled(Later(at=at, until=at + LATEST))
        is_of_home = any(one.happens is Happens.HOME for one in meaning.conditions)
        facts = await self._inventory.home_facts() if is_of_home else {}
        decided = self._conditions.decide(meaning.conditions, _targets(meaning), facts)
        if isinstance(decided, Undecidable):
            part, reason = meaning.part.text, decided.reason(texts)
            return _refused(texts(t"“{part}” cannot be decided. {reason}"), texts)
        is_once = any(one.is_once for one in meaning.conditions)
        later = Later(
            at=at,
            # "At 3 if nobody is watching" does not mean the next evening.
            until=at + (LATEST if is_once and meaning.said is not None else LONGEST_WAIT),
            conditions=decided.conditions,
            text=decided.clause(household()),
            is_once=is_once and meaning.said is None,
        )
        unmet = await self._readings.unmet_now(later) if later.is_once else None
        if unmet is not None:
            return _refused(_not_so(unmet, texts), texts)
        return Scheduled(later, decided.clause(texts))


def finishing_by(later: Later, steps: int, now: datetime) -> Later:
    """Return when a plan with so many steps begins that has to be over at the time of ``later``."""
    begin = max(later.at - planned_length(steps), now)
    return replace(later, at=begin, until=later.at, finish_by=later.at)


def planned_length(steps: int) -> timedelta:
    """Return how long before its end a plan is begun, at most as long as a request may be late."""
    return min(steps * FOR_EACH + RESERVE, LATEST)


def said_when(at: datetime, now: datetime, texts: Texts) -> str:
    """Return a time with its day in the household's time zone: "tomorrow, November 29, at 03:00"."""
    at, today = local(at), local(now).date()
    day, time = texts.long_day(at), texts.time(at)
    if at.date() == today:
        return texts(t"today, {day}, at {time}")
    if at.date() == today + timedelta(days=1):
        return texts(t"tomorrow, {day}, at {time}")
    weekday = texts.weekday(at)
    return texts(t"on {weekday}, {day}, at {time}")


def said_later(later: Later, clause: str, now: datetime, texts: Texts) -> str:
    """Return when a request is executed that was just made; ``clause`` says its conditions."""
    when = said_when(later.at, now, texts)
    if later.finish_by is not None:
        end, length = said_when(later.finish_by, now, texts), texts.duration(later.finish_by - later.at)
        return texts(t"{when}, {length} before it has to be finished ({end})")
    if not clause:
        return when
    if later.is_once:
        return texts(t"{clause}: that is so now, and it is checked again after the approval")
    until = said_when(later.until, now, texts)
    if later.at > now:
        return texts(t"{clause}, not before {when} and at the latest {until}")
    return texts(t"{clause}, at the latest {until}")


def _targets(meaning: ScheduledRequest) -> Sequence[TargetRef]:
    """Return what a request is about."""
    request = meaning.request
    if isinstance(request, GoalRequest):
        return (request.place,) if request.place else ()
    requests = (request,) if isinstance(request, PersonRequest) else request.requests
    return [one.named_target.target for one in requests]


def _refused(reason: str, texts: Texts) -> NotScheduled:
    return NotScheduled(say(texts.language, "request_refused", reason=reason))


def _not_so(unmet: CheckResult, texts: Texts) -> str:
    """Return that a condition does not hold now, and how to wait for it."""
    name, value = unmet.name, unmet.text
    if unmet.ok is None:
        return texts(t"It is not known whether that is so ({name}: {value}).")
    return texts(t"That is not so now ({name}: {value}). To wait for it, say “as soon as”.")
