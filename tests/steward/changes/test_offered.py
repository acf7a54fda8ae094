"""Newer versions that services offer become updates; what was not read stays."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.changes import ChangeSource, ChangeStatus, Distance, WayBack
from homelab_steward.contract.state import Coverage, CoverageStatus, Gap, InstanceStatus
from rig.changes_rig import ToySource, changes_rig
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.agent.requests.request_plan import PlanStep
from steward.changes.offered import ServiceUpdates
from steward.sdk.description import Installs, Newer, Updates
from steward.sdk.item_versions import ItemVersion

NEWER = Newer(
    version="5.1.1",
    revision="sha256:1",
    installed="5.1.0",
    notes="# 5.1.1",
    url="https://example.org",
    repository="https://example.org/radarr",
    published_at=NOW - timedelta(days=1),
    way_back=WayBack.BACKUP,
    way_back_text="A backup exists.",
    labels={"group": "apps"},
)


def item(name: str = "radarr", **changes: Any) -> ItemVersion:
    made = ItemVersion(kind="box", id=f"box/{name}", newer=NEWER)
    return replace(made, **changes)


def inventory(*items: ItemVersion, **changes: Any) -> ToyInventory:
    """Return an inventory whose boxes can be updated."""
    made = ToyInventory(Toy())
    kind = made.service_row.resources[0]
    values = {"action": "update", "arguments": {"version": Installs.VERSION, "digest": Installs.REVISION}}
    updates: Updates[Any] = Updates(**(values | changes))
    made.service_row = replace(made.service_row, resources=(replace(kind, updates=updates),))
    made.item_versions = items
    return made


async def test_a_newer_version_becomes_an_update_that_installs_exactly_it() -> None:
    toys = inventory(item())
    await toys.poll_now("toy1")
    offers = await ServiceUpdates(toys).find()
    (found,) = offers.found
    assert found.target == box()
    assert found.title == "radarr 5.1.0 → 5.1.1"
    assert found.source is ChangeSource.SERVICE
    assert found.revision == "sha256:1"
    (package,) = found.packages
    assert (package.old, package.new, package.distance) == ("5.1.0", "5.1.1", Distance.PATCH)
    arguments = {"version": "5.1.1", "digest": "sha256:1"}
    assert found.steps == (PlanStep(target=box(), action="update", arguments=arguments),)
    assert (found.way_back, found.way_back_text) == (WayBack.BACKUP, "A backup exists.")
    assert found.labels == {"group": "apps"}
    assert not offers.unread
    assert not offers.unknown


async def test_the_same_version_with_another_content_is_a_digest() -> None:
    same = replace(NEWER, installed="5.1.1", title="Radarr again", action="refresh")
    toys = inventory(item(newer=same))
    await toys.poll_now("toy1")
    (found,) = (await ServiceUpdates(toys).find()).found
    assert found.packages[0].distance is Distance.DIGEST
    assert found.title == "Radarr again"
    assert [one.action for one in found.steps if isinstance(one, PlanStep)] == ["refresh"]


@pytest.mark.parametrize(
    "one",
    [item(newer=None), item("stranger"), item(kind="pull_request"), item(newer=None, unknown="not read")],
)
async def test_what_offers_nothing_or_has_a_source_of_its_own_is_left_out(one: ItemVersion) -> None:
    toys = inventory(one)
    await toys.poll_now("toy1")
    offers = await ServiceUpdates(toys).find()
    assert offers.found == []
    assert bool(offers.unknown) is (one.unknown is not None)


async def test_an_instance_that_was_not_read_completely_ends_nothing(tmp_path: Path) -> None:
    toys = inventory(item())
    async with changes_rig(tmp_path, inventory=toys, sources=[ToySource()]) as rig:
        rig.stage.finder._sources = (ServiceUpdates(toys),)
        await rig.look()
        # The toy has no action "update": the request waits, with the reason.
        assert (await rig.row()).status is ChangeStatus.READY
        assert "there is no action update" in (await rig.row()).reason
        toys.item_versions = ()
        row = toys.instance_row
        toys.instance_row = replace(row, status=InstanceStatus.UNREACHABLE)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.READY
        toys.instance_row = row
        gap = Gap(part="box", reason="no rights")
        toys.coverage = Coverage(status=CoverageStatus.PARTIAL, gaps=(gap,))
        await toys.poll_now("toy1")
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.READY
        toys.coverage = Coverage()
        await toys.poll_now("toy1")
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.GONE
