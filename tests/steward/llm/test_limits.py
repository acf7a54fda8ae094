"""What limits count, and what they allow."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.limits import LimitKind, Quota, Spent, quota, reached_text
from steward.llm.messages import Task, Tier
from steward.llm.routing import Wanted, select
from steward.llm.settings import Deployment
from steward.texts import texts_of

SUNDAY = date(2026, 11, 29)
MODEL = Deployment(id="m", tier=Tier.CLOUD, model="m")
DAYS = {
    "2026-11-22": Spent(requests=100, tokens=100_000, cost=100),
    "2026-11-23": Spent(requests=7, tokens=700, cost=0.7),
    "2026-11-29": Spent(requests=2, tokens=200, cost=0.2),
}


def test_a_week_begins_on_monday() -> None:
    found = quota(MODEL, DAYS, SUNDAY)
    assert (found.today, found.week.requests, found.week.tokens) == (DAYS["2026-11-29"], 9, 900)
    assert found.week.cost == pytest.approx(0.9)
    assert quota(MODEL, DAYS, SUNDAY + timedelta(days=1)) == Quota(reserve=0.1, warn_at=(50, 70, 80))


@pytest.mark.parametrize(
    ("limits", "chat", "diagnosis"),
    [
        ({}, None, None),
        ({"daily_requests": 3}, None, None),
        ({"daily_requests": 2}, LimitKind.DAILY_REQUESTS, LimitKind.DAILY_REQUESTS),
        ({"weekly_requests": 10}, LimitKind.WEEKLY_REQUESTS, None),
        ({"daily_tokens": 200}, LimitKind.DAILY_TOKENS, LimitKind.DAILY_TOKENS),
        ({"weekly_tokens": 1000}, LimitKind.WEEKLY_TOKENS, None),
        ({"weekly_tokens": 1000, "reserve_percent": 0}, None, None),
        ({"daily_cost": 0.21}, LimitKind.DAILY_COST, None),
        ({"weekly_cost": 1.5, "reserve_percent": 50}, LimitKind.WEEKLY_COST, None),
        ({"daily_requests": 50, "weekly_cost": 0.0}, LimitKind.WEEKLY_COST, LimitKind.WEEKLY_COST),
    ],
)
def test_the_first_limit_that_is_reached(
    limits: dict[str, float], chat: LimitKind | None, diagnosis: LimitKind | None
) -> None:
    found = quota(replace(MODEL, **limits), DAYS, SUNDAY)  # type: ignore[arg-type]
    assert found.reached(Task.CHAT) is chat
    assert found.reached(Task.DIAGNOSIS) is diagnosis


def test_the_limit_is_named_by_its_time() -> None:
    texts = {texts_of("en")(reached_text(one)) for one in LimitKind}
    assert texts == {"the daily limit is reached", "the weekly limit is reached"}


@given(
    daily=st.none() | st.integers(0, 8),
    weekly=st.none() | st.integers(0, 30),
    tokens=st.none() | st.integers(0, 3000),
    cost=st.none() | st.floats(0, 2),
    reserve=st.integers(0, 100),
    asked=st.lists(st.lists(st.sampled_from(Task), max_size=12), min_size=30, max_size=30),
)
def test_thirty_days_without_a_request_to_an_exhausted_deployment(
    daily: int | None,
    weekly: int | None,
    tokens: int | None,
    cost: float | None,
    reserve: int,
    asked: list[list[Task]],
) -> None:
    model = replace(
        MODEL,
        daily_requests=daily,
        weekly_requests=weekly,
        daily_tokens=tokens,
        weekly_cost=cost,
        reserve_percent=reserve,
        embedding_model="e",
    )
    days: dict[str, Spent] = {}
    for number, tasks in enumerate(asked):
        today = date(2026, 10, 12) + timedelta(days=number)  # with the end of summer time
        for task in tasks:
            now = quota(model, days, today)
            found = select(Wanted(task=task), {}, {"m": now}, [model]).deployments
            before = days.get(today.isoformat(), Spent())
            if found:
                spent = Spent(
                    requests=before.requests + 1, tokens=before.tokens + 500, cost=before.cost + 0.1
                )
                days[today.isoformat()] = spent
                assert daily is None or before.requests < daily
                assert tokens is None or before.tokens < tokens
                assert weekly is None or now.week.requests < weekly
                assert cost is None or now.week.cost < cost
            else:
                assert now.limits, "without a limit each request is sent"
