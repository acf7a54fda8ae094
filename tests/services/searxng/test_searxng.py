"""SearXNG: its search as a tool, and a test search that is made rarely."""

import pytest

from lab.faults import FaultKind
from lab.replay import ReplayState, Sent
from lab.visit import Visit, load, visit
from lab.wire import Json
from services.searxng import BLOCKED, SEARCH, block, found

NO_RESULTS = ("no_results", None)


def searches(here: Visit) -> int:
    """Return how many searches were made."""
    return sum(seen.path.startswith("/search") for seen in here.served.requests)


async def answer(here: Visit, query: str) -> str:
    """Return what the search tool says."""
    tool = here.tool("web_search")
    return str((await tool.read(here.client, await here.call_of(tool, None, query=query))).text)


async def test_its_search_is_a_tool() -> None:
    asked: list[str] = []

    def answered(_: ReplayState, sent: Sent) -> Json:
        asked.append(sent.query["q"])
        return found("Wikipedia", "Wiktionary")

    async with visit("searxng") as here:
        here.served.state.answers[SEARCH] = answered
        text = await answer(here, "zigbee coordinator")
        assert text.splitlines() == [
            "Wikipedia https://wikipedia.example.org/ All about Wikipedia.",
            "Wiktionary https://wiktionary.example.org/ All about Wiktionary.",
        ]
        assert asked == ["zigbee coordinator"]


def test_its_query_is_known_to_be_sent_out() -> None:
    assert [tool.key for tool in load("searxng").tools if tool.offer().is_sent_out] == ["web_search"]


async def test_a_search_without_results_names_the_engines_that_do_not_answer() -> None:
    async with visit("searxng") as here:
        here.served.state.answers[SEARCH] = found(silent=BLOCKED)
        text = await answer(here, "zigbee")
        assert text.startswith("Nothing was found\nThis may be incomplete")
        assert "duckduckgo: CAPTCHA; brave: too many requests" in text


async def test_results_that_are_no_pages_are_shown_as_far_as_they_go() -> None:
    async with visit("searxng") as here:
        here.served.state.answers[SEARCH] = {"results": [{"title": "7", "url": None, "kvmap": {"a": "b"}}]}
        assert await answer(here, "3+4") == "7"


async def test_the_test_search_is_made_every_half_hour_and_sooner_without_results() -> None:
    async with visit("searxng") as here:
        for seconds, expected in ((0, 1), (1700, 1), (150, 2)):
            here.clock.advance(seconds)
            await here.poll()
            assert searches(here) == expected
        await block(here.lab)
        assert "duckduckgo: CAPTCHA" in (await here.checks()).problems[NO_RESULTS]
        here.served.state.answers[SEARCH] = found("Wikipedia")
        here.clock.advance(200)
        assert NO_RESULTS in (await here.checks()).problems
        here.clock.advance(101)
        assert NO_RESULTS in (await here.checks()).clear


@pytest.mark.parametrize("status", [403, 429, 500])
async def test_a_search_that_is_refused_is_not_a_search_without_results(status: int) -> None:
    async with visit("searxng") as here:
        here.arm(FaultKind.STATUS, "GET", "/search", status=status)
        assert NO_RESULTS in (await here.checks()).unknown
        assert (await here.snapshot()).values["engines"] == 2
