"""Bazarr: its providers and its health."""

from lab.visit import Visit, visit
from services.bazarr import STATUS


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
