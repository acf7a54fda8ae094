"""Example: what the tests of every service cannot know."""

import pytest

from lab.faults import FaultKind
from lab.visit import visit
from services.example import FIXTURE, WORKERS
from steward.errors import ServiceRefused

NORTH = ("worker_stopped", ("worker", "1"))


async def test_a_worker_whose_state_is_new_to_us_is_not_known() -> None:
    async with visit("example") as here:
        here.served.state.answers[WORKERS] = [{"id": 1, "name": "north", "state": "draining"}]
        assert "not known" in (await here.checks()).unknown[NORTH]
        assert (await here.snapshot()).resources[0].values["running"] is None


async def test_the_tool_names_every_worker() -> None:
    async with visit("example") as here:
        workers = here.tool("workers")
        answer = await workers.read(here.client, await here.call_of(workers))
        assert answer.text == "north: running\nsouth: running"


async def test_the_tool_says_what_is_missing() -> None:
    async with visit("example") as here:
        here.served.state.rows(WORKERS).append({"id": 3, "state": "running"})
        workers = here.tool("workers")
        answer = await workers.read(here.client, await here.call_of(workers))
        assert "not understood: item 3" in answer.text


async def test_a_refusal_is_not_an_unknown_effect() -> None:
    async with visit("example") as here:
        call = await here.call(FIXTURE.rounds[0])
        here.arm(FaultKind.STATUS, "POST", "/api/v1/restart", status=409)
        with pytest.raises(ServiceRefused):
            await here.action("restart").execute(here.client, call, {})
        assert here.writes == []
