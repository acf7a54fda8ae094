"""Langfuse: days without traces, few errors, and prompts that are not read."""

import pytest

from lab.replay import ReplayState, Sent
from lab.visit import visit
from lab.wire import Json
from services.langfuse import CALLS, DAYS, ERRORS, day, page

MANY = ("many_errors", None)


async def test_no_prompt_is_read() -> None:
    async with visit("langfuse") as here:
        found, tool = await here.snapshot(), here.tool("usage")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "Marta" not in f"{found} {text}"
        assert text.splitlines()[0] == "2026-11-18: traces 41, observations 123, cost 0.12 USD"


async def test_only_the_last_hour_is_asked_for() -> None:
    asked: list[tuple[str | None, str]] = []

    def answered(_: ReplayState, sent: Sent) -> Json:
        asked.append((sent.query.get("level"), sent.query["fromStartTime"]))
        return page(3)

    async with visit("langfuse") as here:
        here.served.state.answers |= {CALLS: answered, ERRORS: answered}
        await here.poll()
        assert set(asked) == {(None, "2026-11-18T10:06:40Z"), ("ERROR", "2026-11-18T10:06:40Z")}


async def test_a_day_that_is_not_listed_had_no_traces() -> None:
    async with visit("langfuse") as here:
        here.served.state.answers[DAYS] = {"data": [day("2026-11-17", 96, 0.4)]}
        found = await here.snapshot()
        assert (found.values["traces_today"], found.values["cost_today"]) == (0, 0)
        here.served.state.answers[DAYS] = {"data": [{"countTraces": 3}, day("2026-11-17", 96, 0.4)]}
        found = await here.snapshot()
        assert (found.values["traces_today"], found.values["cost_today"]) == (None, None)


@pytest.mark.parametrize(
    ("calls", "errors", "is_problem"),
    [(0, 0, False), (4, 4, False), (120, 5, False), (25, 5, True), (5, 5, True)],
)
async def test_many_errors_are_a_problem(calls: int, errors: int, is_problem: bool) -> None:  # noqa: FBT001
    async with visit("langfuse") as here:
        here.served.state.answers |= {CALLS: page(calls), ERRORS: page(errors)}
        checks = await here.checks()
        assert (MANY in checks.problems, MANY in checks.clear) == (is_problem, not is_problem)
