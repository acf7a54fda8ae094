"""Prowlarr: its indexers, and what is known of each."""

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, visit
from steward.errors import PreconditionFailed, ServiceMalformed, ServiceRefused

HEALTH = ("health_error", None)
RACK, FEED = ("indexer_failing", ("indexer", "2")), ("indexer_failing", ("indexer", "1"))


async def lines(here: Visit) -> str:
    tool = here.tool("indexers")
    return (await tool.read(here.client, await here.call_of(tool))).text


async def test_an_indexer_that_is_switched_off_is_not_watched() -> None:
    async with visit("prowlarr") as here:
        found = await here.snapshot()
        assert [one.name for one in found.resources] == ["Nightly Feed", "Rack Index"]
        assert "Old Tracker" not in await lines(here)


async def test_an_indexer_that_fails_says_until_when() -> None:
    async with visit("prowlarr") as here:
        await here.make_unhealthy()
        assert "disabled until 2027-01-05 11:30 UTC" in (await here.checks()).problems[RACK]
        assert "disabled until 2027-01-05 11:30 UTC" in await lines(here)


async def test_a_failure_in_the_past_is_no_failure() -> None:
    async with visit("prowlarr") as here:
        here.served.state.answers["GET /api/v1/indexerstatus"] = [
            {"indexerId": 2, "mostRecentFailure": "2026-11-16T10:00:00Z"}
        ]
        assert {RACK, FEED} <= (await here.checks()).clear


async def test_an_indexer_is_not_fine_while_failures_are_missing() -> None:
    async with visit("prowlarr") as here:
        here.served.state.answers["GET /api/v1/indexerstatus"] = [
            {"indexerId": 2, "disabledTill": "2027-01-05T11:30:00Z"},
            {"disabledTill": "2027-01-05T11:30:00Z"},
        ]
        found, checks = await here.snapshot(), await here.checks()
        assert found.values["indexers_failing"] is None
        assert RACK in checks.problems
        assert FEED in checks.unknown
        assert "Nightly Feed: not known" in await lines(here)


async def test_failures_that_cannot_be_read_are_a_gap() -> None:
    async with visit("prowlarr") as here:
        here.arm(FaultKind.STATUS, path="/api/v1/indexerstatus")
        found, checks = await here.snapshot(), await here.checks()
        assert "failures" in {gap.part for gap in found.coverage.gaps}
        assert [one.values["failing"] for one in found.resources] == [None, None]
        assert found.values["indexers_failing"] is None
        assert {RACK, FEED} <= set(checks.unknown)
        assert HEALTH in checks.clear


async def test_indexers_that_cannot_be_read_are_a_gap() -> None:
    async with visit("prowlarr") as here:
        here.arm(FaultKind.STATUS, path="/api/v1/indexer")
        found, checks = await here.snapshot(), await here.checks()
        assert {"indexers", "indexer"} <= {gap.part for gap in found.coverage.gaps}
        assert (found.resources, found.values["indexers_failing"]) == ((), None)
        assert HEALTH in checks.clear


async def test_an_indexer_that_fails_its_test_keeps_its_reason() -> None:
    async with visit("prowlarr") as here:
        await here.make_unhealthy()
        test = here.action("test_indexer")
        call = await here.call_of(test, "Rack Index")
        here.served.state.values["is_still_failing"] = True
        with pytest.raises(ServiceRefused, match="Unable to connect to indexer"):
            await test.execute(here.client, call, {})


async def test_all_are_tested_though_one_fails() -> None:
    async with visit("prowlarr") as here:
        await here.make_unhealthy()
        test = here.action("test_indexers")
        call = await here.call_of(test)
        here.served.state.values["is_still_failing"] = True
        await test.execute(here.client, call, {})
        result = await test.verify(here.client, call, {})
        assert (result.ok, result.text) == (False, "failing")


async def test_an_indexer_that_is_switched_off_is_not_tested() -> None:
    async with visit("prowlarr") as here:
        await here.make_unhealthy()
        test = here.action("test_indexer")
        call = await here.call_of(test, "Rack Index")
        here.served.state.answers["GET /api/v1/indexer"] = [{"id": 1, "name": "Nightly Feed"}]
        with pytest.raises(PreconditionFailed, match="is not enabled any more"):
            await test.dry_run(here.client, call)
        here.served.state.answers["GET /api/v1/indexer"] = [{"id": 1, "name": "Nightly Feed"}, {}]
        with pytest.raises(ServiceMalformed):
            await test.dry_run(here.client, call)
