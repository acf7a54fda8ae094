"""Jaeger: what failed and where, services without traces, and what is left out of spans."""

from typing import Any

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, visit
from services.jaeger import FAILED, SERVICES, TRACES, found
from steward.errors import ServiceMalformed, ServiceRefused
from steward.services.jaeger.models import at

SHOP, STOCK = ("trace_errors", ("traced_service", "shop")), ("trace_errors", ("traced_service", "stock"))


async def read(here: Visit, key: str, title: str | None = None, **arguments: Any) -> str:
    tool = here.tool(key)
    return (await tool.read(here.client, await here.call_of(tool, title, **arguments))).text


async def test_a_failed_trace_is_shown_with_what_is_nearest_to_its_cause() -> None:
    async with visit("jaeger") as here:
        text = await read(here, "failed_traces", "shop")
        assert text.startswith(
            "2026-11-18 11:05:10 UTC 812 ms GET /cart; failed in stock, SELECT stock: connection"
        )
        spans = await read(here, "trace", trace=str(FAILED["traceID"]))
        assert spans.splitlines()[1] == "+20 ms stock SELECT stock 700 ms FAILED connection refused"
        assert "heron" not in text + spans


@pytest.mark.parametrize(
    ("failed", "number", "is_failing"), [(0, 0, False), (2, 2, False), (3, 3, True), (20, None, True)]
)
async def test_how_many_failed(failed: int, number: int | None, is_failing: bool) -> None:  # noqa: FBT001
    async with visit("jaeger") as here:
        here.served.state.values["failed"] = failed
        shop = (await here.snapshot()).resources[0].values
        assert (shop["failed_traces"], shop["failing"]) == (number, is_failing)
        assert (SHOP in (await here.checks()).problems) is is_failing


async def test_a_service_without_any_trace_is_not_called_fine() -> None:
    async with visit("jaeger") as here:
        here.served.state.values |= {"failed": 0, "fine": 0}
        checks = await here.checks()
        assert {SHOP, STOCK} == set(checks.unknown)
        assert checks.unknown[STOCK] == "There is no trace in 15 minutes"


async def test_a_search_that_fails_costs_its_service() -> None:
    async with visit("jaeger") as here:
        here.arm(FaultKind.STATUS, path="/api/traces", status=400, times=1)
        found_now, checks = await here.snapshot(), await here.checks()
        assert "traced_service" in {gap.part for gap in found_now.coverage.gaps}
        assert checks.problems == {}


async def test_errors_beside_an_answer() -> None:
    async with visit("jaeger") as here:
        here.served.state.answers[SERVICES] = {"data": None, "errors": [{"msg": "storage is down"}]}
        with pytest.raises(ServiceRefused, match="storage is down"):
            await here.poll()
        here.served.state.answers[SERVICES] = {"data": ["shop"], "errors": [{"msg": "a shard is missing"}]}
        assert "a shard is missing" in {gap.reason for gap in (await here.snapshot()).coverage.gaps}


async def test_a_page_without_a_version() -> None:
    async with visit("jaeger") as here:
        here.arm(FaultKind.STATUS, path="/search")
        shown = await here.snapshot()
        assert (shown.version, shown.values["services"]) == (None, 3)


async def test_what_is_no_trace() -> None:
    async with visit("jaeger") as here:
        with pytest.raises(ServiceRefused, match="no ID"):
            await read(here, "trace", trace="../services")
        here.served.state.answers["GET /api/traces/{id}"] = found()
        with pytest.raises(ServiceMalformed):
            await read(here, "trace", trace="4bf9")
        here.served.state.answers[TRACES] = found()
        assert await read(here, "failed_traces", "shop") == "There are none"
    assert at(2**62) == "at an unknown time"
