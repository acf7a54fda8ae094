"""RUCKUS SmartZone: states of access points, lists that are not whole, and tickets."""

import pytest

from lab.visit import visit
from services.ruckus import ATTIC, FIXTURE, HALL, POINTS, TICKET, point, points
from steward.errors import PreconditionFailed


@pytest.mark.parametrize(
    ("status", "online"), [("Online", True), ("Flagged", True), ("Offline", False), ("Rebooting", None)]
)
async def test_states(status: str, online: bool | None) -> None:  # noqa: FBT001
    async with visit("ruckus") as here:
        here.served.state.answers[POINTS] = points(point(HALL, "Hall", status))
        [hall] = (await here.snapshot()).resources
        assert hall.values["running"] is online


async def test_a_list_that_is_not_whole_is_a_gap() -> None:
    async with visit("ruckus") as here:
        here.served.state.answers[POINTS] = {**points(point(HALL, "Hall")), "totalCount": 1200}
        shown = await here.snapshot()
        assert shown.coverage.gaps[0].reason == "the service counts 1200 and lists 1"
        assert shown.values["clients"] is None


async def test_what_is_offline_cannot_be_restarted() -> None:
    async with visit("ruckus") as here:
        call = await here.call(FIXTURE.rounds[0])
        here.served.state.answers[POINTS] = points(point(ATTIC, "Attic", "Offline"))
        with pytest.raises(PreconditionFailed, match="does not reach Attic"):
            await here.action("restart_access_point").dry_run(here.client, call)


async def test_the_ticket_is_not_shown() -> None:
    async with visit("ruckus") as here:
        await here.poll()
        assert TICKET not in repr(here.client._credentials)
        tool = here.tool("access_points")
        await here.make_unhealthy()
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text == (
            "Hall (R650): The controller does not reach it\nAttic (R650): The controller flags it: 2 alerts"
        )
