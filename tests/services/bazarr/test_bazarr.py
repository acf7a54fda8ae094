"""Bazarr: its providers and its health."""

import pytest

from lab.visit import Visit, visit
from services.bazarr import STATUS, TASKS
from steward.errors import PreconditionFailed


async def lines(here: Visit, key: str) -> list[str]:
    tool = here.tool(key)
    return (await tool.read(here.client, await here.call_of(tool))).text.splitlines()


async def test_a_throttled_provider_is_shown_first_with_its_reason() -> None:
    async with visit("bazarr") as here:
        await here.make_unhealthy()
        assert (await lines(here, "providers"))[0] == "subsrack: TooManyRequests, asked again in 12 hours"
        assert (await here.snapshot()).values["providers_throttled"] == 1


async def test_what_it_reports_names_its_object() -> None:
    async with visit("bazarr") as here:
        await here.make_unhealthy()
        assert (await lines(here, "health"))[0] == "/media/films: This path is not accessible"


async def test_an_impossible_start_time_is_not_known() -> None:
    async with visit("bazarr") as here:
        here.served.state.answers[STATUS] = {"data": {"bazarr_version": "1.5.3", "start_time": 1e300}}
        assert (await here.snapshot()).values["started_at"] is None


async def test_a_task_that_is_not_seen_running_is_not_known_to_be_done() -> None:
    async with visit("bazarr") as here:
        action = here.action("search_missing")
        call = await here.call_of(action, of="series")
        dry = await action.dry_run(here.client, call)
        await action.execute(here.client, call, dry.baseline)
        assert (await action.verify(here.client, call, {**dry.baseline, "handle": "runs"})).ok is True
        with pytest.raises(PreconditionFailed, match="still running"):
            await action.dry_run(here.client, call)
        here.clock.advance(120)
        assert (await action.verify(here.client, call, {**dry.baseline, "handle": "runs"})).ok is None
        here.served.state.answers[TASKS]["data"] = []
        with pytest.raises(PreconditionFailed, match="no task for series"):
            await action.dry_run(here.client, call)
