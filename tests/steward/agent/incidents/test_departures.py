"""When the target of a check's alert is gone for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.incidents import Alert, AlertStatus
from homelab_steward.contract.state import MOST_GAPS, Coverage, CoverageStatus, Gap
from rig import records
from rig.inventory import NOW, ToyInventory
from rig.toy import Toy
from steward.agent.incidents.departures import GONE_POLLS, Departures
from steward.inventory.ports import CHECK, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET

LABELS = {CHECK: "memory", STEWARD_INSTANCE: "toy1", STEWARD_KIND: "box", STEWARD_TARGET: "box/lidarr"}


def by_check(**labels: str) -> Alert:
    return replace(records.stored_alert(labels={**LABELS, **labels}), source="toy1")


class Watched:
    """An inventory that is polled once a minute, and the departures that it shows."""

    def __init__(self, *names: str) -> None:
        self.inventory = ToyInventory(Toy(), names)
        self.departures = Departures(self.inventory)

    async def poll(self, times: int = 1) -> None:
        for _ in range(times):
            self.inventory.taken_at += timedelta(minutes=1)
            await self.inventory.poll_now("toy1")

    async def polled(self, alert: Alert, times: int = 1) -> list[Alert]:
        """Return what has ended after some polls, each followed by a look."""
        found: list[Alert] = []
        for _ in range(times):
            await self.poll()
            found = [after for _, after in self.departures.ended([alert], NOW)]
        return found


async def test_what_is_not_listed_many_times_in_a_row_is_gone() -> None:
    watched = Watched("radarr")
    assert await watched.polled(by_check(), GONE_POLLS - 1) == []
    [ended] = await watched.polled(by_check())
    assert (ended.status, ended.ends_at, ended.description) == (
        AlertStatus.RESOLVED,
        NOW,
        "Toy does not list it any more.",
    )


async def test_a_poll_counts_once_and_one_that_lists_it_begins_again() -> None:
    watched = Watched("radarr")
    await watched.poll()
    for _ in range(GONE_POLLS * 2):
        assert watched.departures.ended([by_check()], NOW) == []
    await watched.polled(by_check(), GONE_POLLS - 2)
    boxes = watched.inventory.boxes
    watched.inventory.boxes = {**boxes, "box/lidarr": replace(boxes["box/radarr"], id="box/lidarr")}
    assert await watched.polled(by_check()) == []
    watched.inventory.boxes = boxes
    assert await watched.polled(by_check(), GONE_POLLS - 1) == []
    assert await watched.polled(by_check()) != []


@pytest.mark.parametrize(
    "gaps",
    [
        (Gap(part="box", reason="no rights"),),
        tuple(Gap(part=f"part {number}", reason="") for number in range(MOST_GAPS)),
    ],
)
async def test_a_list_that_may_lack_items_proves_nothing(gaps: tuple[Gap, ...]) -> None:
    watched = Watched("radarr")
    watched.inventory.coverage = Coverage(status=CoverageStatus.PARTIAL, gaps=gaps)
    assert await watched.polled(by_check(), GONE_POLLS + 1) == []
    watched.inventory.coverage = Coverage(
        status=CoverageStatus.PARTIAL, gaps=(Gap(part="disk", reason="no rights"),)
    )
    assert await watched.polled(by_check(), GONE_POLLS) != []


@pytest.mark.parametrize(
    "alert",
    [
        replace(by_check(), source="am"),
        replace(by_check(), labels={STEWARD_KIND: "box", STEWARD_TARGET: "box/lidarr"}),
        replace(by_check(), labels={CHECK: "memory", STEWARD_INSTANCE: "toy1"}),
        replace(by_check(), labels={CHECK: "memory", STEWARD_INSTANCE: "toy1", STEWARD_KIND: "box"}),
    ],
)
async def test_only_alerts_of_checks_about_a_part_of_an_instance_end_so(alert: Alert) -> None:
    assert await Watched("radarr").polled(alert, GONE_POLLS + 1) == []


async def test_without_an_instance_its_id_is_named() -> None:
    watched = Watched("radarr")
    await watched.polled(by_check(), GONE_POLLS)
    watched.inventory.instance = lambda _: None  # type: ignore[method-assign, assignment]
    [ended] = await watched.polled(by_check())
    assert ended.description == "toy1 does not list it any more."
