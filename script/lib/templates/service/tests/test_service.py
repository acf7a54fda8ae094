"""Example: what the tests of every service cannot know."""

from lab.visit import visit
from services.example import WORKERS

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
