"""Limits of a deployment by day and week, and how much of them is used. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..texts import Text
from .messages import Task
from .settings import Deployment


class LimitKind(StrEnum):
    """What a limit counts, and how long; the name of its setting."""

    DAILY_REQUESTS = "daily_requests"
    WEEKLY_REQUESTS = "weekly_requests"
    DAILY_TOKENS = "daily_tokens"
    WEEKLY_TOKENS = "weekly_tokens"
    DAILY_COST = "daily_cost"
    WEEKLY_COST = "weekly_cost"

    @property
    def is_weekly(self) -> bool:
        """Whether it counts since Monday."""
        return self.startswith("weekly")

    @property
    def is_money(self) -> bool:
        """Whether it counts money, which is not a whole number."""
        return self.endswith("cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used in some time: requests, tokens of questions and answers, money."""

    requests: int = 0
    tokens: int = 0
    cost: float = 0.0

    def of(self, kind: LimitKind) -> float:
        """Return the amount that a limit counts."""
        amount: float = getattr(self, kind.partition("_")[2])
        return amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit, and how much of it is used."""

    kind: LimitKind
    used: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a deployment used today and this week, and its limits; ``reserve`` is a share for diagnoses.

    ``warn_at`` are the percentages that people are notified of.
    """

    today: Spent = Spent()
    week: Spent = Spent()
    limits: tuple[Limit, ...] = ()
    reserve: float = 0.0
    warn_at: tuple[int, ...] = ()

    def allows(self, task: Task) -> bool:
        """Return whether one more request for this task is allowed."""
        return self.reached(task) is None

    def reached(self, task: Task) -> LimitKind | None:
        """Return the first limit that is reached for this task, None if there is none."""
        return next((one.kind for one in self.limits if one.used >= self._limit_for(one, task)), None)

    def _limit_for(self, one: Limit, task: Task) -> float:
        """Return the limit without the reserve, unless the task may use it."""
        if task is Task.DIAGNOSIS:
            return one.limit
        reserved = one.limit * self.reserve
        return one.limit - (reserved if one.kind.is_money else int(reserved))


def quota(deployment: Deployment, days: Mapping[str, Spent], today: date) -> Quota:
    """Return the quota from what was used by local day (``2026-11-28``) since Monday."""
    spent_today = days.get(today.isoformat(), Spent())
    spent = _total(used for day, used in days.items() if monday(today).isoformat() <= day)
    return Quota(
        today=spent_today,
        week=spent,
        limits=tuple(
            Limit(kind=kind, used=(spent if kind.is_weekly else spent_today).of(kind), limit=limit)
            for kind in LimitKind
            if (limit := limit_of(deployment, kind)) is not None
        ),
        reserve=deployment.reserve_percent / 100,
        warn_at=deployment.warn_at,
    )


def limit_of(deployment: Deployment, kind: LimitKind) -> float | None:
    """Return the limit in the settings, None without one."""
    limit: float | None = getattr(deployment, kind)
    return limit


def monday(day: date) -> date:
    """Return the Monday of a week, with which it begins."""
    return day - timedelta(days=day.weekday())


def reached_text(kind: LimitKind) -> Text:
    """Return what is reached, for a person."""
    return t"the weekly limit is reached" if kind.is_weekly else t"the daily limit is reached"


def _total(spent: Iterable[Spent]) -> Spent:
    found = list(spent)
    return Spent(
        requests=sum(one.requests for one in found),
        tokens=sum(one.tokens for one in found),
        cost=sum(one.cost for one in found),
    )
