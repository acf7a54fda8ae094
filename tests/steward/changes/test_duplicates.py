"""One real thing has updates of one target, whichever instances and sources show it."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from homelab_steward.contract.changes import (
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    PackageChange,
    WayBack,
)
from homelab_steward.contract.state import TargetRef
from rig.changes_rig import AT_ONCE, ToySource, changes_rig
from rig.changes_rig import found as offered
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.changes.assess import assess
from steward.changes.duplicates import BACK, single
from steward.changes.facts import Facts
from steward.changes.found import Found
from steward.sdk.description import Identity
from steward.settings.changes import ChangeGroup

HERE = Identity("engine/nas/radarr", "c1")
SOURCES = "https://github.com/portainer/portainer"


def of(
    name: str, instance: str, identity: Identity | None = HERE, back: WayBack = WayBack.IMAGE, **more: Any
) -> Found:
    target = TargetRef(instance_id=instance, kind="container", id=name, name=name)
    return offered(name, target=target, id=f"{instance}/{name}", identity=identity, way_back=back, **more)


def names(found: tuple[Found, ...]) -> list[str]:
    return [f"{one.target.instance_id} {one.target.name}" for one in found]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (HERE, HERE, True),
        (HERE, Identity("engine/nas/radarr", "recreated"), True),
        (HERE, Identity("engine/nas/sonarr", "c2"), False),
        (HERE, Identity("engine/copy of nas/radarr", "c1"), False),
        (HERE, Identity("", "c1"), True),
        (Identity("", "c1"), Identity("", "c1"), True),
        (Identity("", "c1"), Identity("", "c2"), False),
        (Identity("", ""), Identity("", ""), False),
        (HERE, None, False),
    ],
)
def test_one_engine_configured_twice_offers_a_container_once(
    one: Identity, other: Identity | None, *, expected: bool
) -> None:
    both = (of("radarr", "socket", one), of("1/radarr", "portainer", other))
    kept = single(both)
    assert names(kept.found) == (["socket radarr"] if expected else ["socket radarr", "portainer 1/radarr"])
    assert kept.found[0].same == ((both[1].target,) if expected else ())
    assert kept.instead == ({both[1].target.key: both[0].target} if expected else {})


def test_what_can_take_back_more_is_kept_else_the_first() -> None:
    for mine, theirs in product(WayBack, WayBack):
        kept = single((of("radarr", "a", back=mine), of("radarr", "b", back=theirs)))
        is_second = BACK.index(theirs) > BACK.index(mine)
        assert names(kept.found) == ["b radarr" if is_second else "a radarr"], (mine, theirs)


def test_all_updates_of_a_target_are_kept_with_it() -> None:
    major: dict[str, Any] = {"new": "6.0.0", "revision": "6.0.0"}
    found = (of("radarr", "a"), of("radarr", "a", **major), of("radarr", "b"), of("radarr", "b", **major))
    assert [one.revision for one in single(found).found] == ["5.1.1", "6.0.0"]
    assert {one.target.instance_id for one in single(found).found} == {"a"}


IDENTITIES = st.builds(
    Identity, st.sampled_from(["", "e/1", "e/2", "f/1"]), st.sampled_from(["", "c1", "c2"])
)
FOUND = st.builds(
    of, st.sampled_from(["x", "y", "z"]), st.sampled_from(["a", "b"]), IDENTITIES, st.sampled_from([*WayBack])
)


@examples(max_examples=50, deadline=None)
@given(st.lists(FOUND, max_size=8, unique_by=lambda one: one.target.key))
def test_nothing_is_lost_and_no_thing_is_kept_twice(found: list[Found]) -> None:
    kept = single(found)
    keys = {one.target.key for one in kept.found}
    assert keys | kept.instead.keys() == {one.target.key for one in found}
    assert not keys & kept.instead.keys()
    assert {one.key for one in kept.instead.values()} <= keys
    for one, other in product(kept.found, kept.found):
        if one is not other and one.identity and other.identity:
            assert not one.identity.is_same(other.identity)
    again = single(kept.found)
    assert (names(again.found), again.instead) == (names(kept.found), {})


def home(**more: Any) -> Found:
    target = TargetRef(instance_id="home", kind="update", id="update.portainer", name="Portainer")
    values: dict[str, Any] = {
        "target": target,
        "id": "home/update.portainer",
        "source": ChangeSource.HOME_ASSISTANT,
        "packages": (version("Portainer"),),
        "title": "Portainer 2.30.0 → 2.33.0",
        "repository": SOURCES,
        "way_back": WayBack.NONE,
    }
    return offered("Portainer", **(values | more))


def image(name: str = "portainer", instance: str = "docker", **more: Any) -> Found:
    packages = (version("docker.io/portainer/portainer-ce"),)
    values: dict[str, Any] = {"packages": packages, "repository": SOURCES, "title": "portainer-ce 2.33.0"}
    return of(name, instance, Identity("", f"{instance} {name}"), **(values | more))


def version(name: str, old: str | None = "2.30.0", new: str = "2.33.0") -> PackageChange:
    return PackageChange(name=name, old=old, new=new, distance=Distance.MINOR)


SAME, MAYBE, OTHER = "same", "maybe", "other"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((home(), image()), SAME),
        ((home(repository=None, url=f"{SOURCES}/releases/tag/2.33.0"), image()), SAME),
        ((home(packages=(version("Portainer", new="v2.33.0"),)), image()), SAME),
        ((home(repository=None), image()), MAYBE),
        ((home(), image(repository=None)), MAYBE),
        ((home(packages=(version("Portainer", old="2.29.0"),)), image()), MAYBE),
        ((home(), image(), image(instance="other")), MAYBE),
        ((home(repository="https://github.com/else/portainer"), image()), OTHER),
        ((home(packages=(version("Portainer", new="2.34.0"),)), image()), OTHER),
        ((home(labels={"integration": "hassio"}), image()), OTHER),
        ((home(target=box("agent"), packages=(version("Agent"),)), image()), OTHER),
        ((home(packages=(version("a"), version("b"))), image()), OTHER),
        ((home(source=ChangeSource.PULL_REQUEST), image()), OTHER),
        ((home(source=ChangeSource.SERVICE), image()), SAME),
    ],
)
def test_an_update_entity_beside_an_image(found: tuple[Found, ...], expected: str) -> None:
    kept = single(found)
    assert (names(kept.found) == ["docker portainer"]) is (expected == SAME)
    twins = [one.twin for one in kept.found]
    if expected == MAYBE:
        assert twins[0] == "portainer-ce 2.33.0"
        assert set(twins[1:]) == {"Portainer 2.30.0 → 2.33.0"}
    else:
        assert set(twins) == {""}


def test_what_may_be_the_same_is_said_and_needs_care() -> None:
    judged = assess(offered(twin="Portainer 2.30.0 → 2.33.0"), Facts(now=NOW))
    assert "Portainer 2.30.0 → 2.33.0 may be the same app: apply only one of them" in judged.reasons
    assert judged.level is not ChangeLevel.SAFE


async def test_two_updates_never_change_one_real_thing(tmp_path: Path) -> None:
    """The boxes radarr and sonarr are one; the second can take back more as soon as it is known."""
    first = offered(identity=HERE, way_back=WayBack.IMAGE)
    second = offered("sonarr", identity=HERE)
    sources = [ToySource(name="one"), ToySource(name="two")]
    async with changes_rig(tmp_path, sources=sources, inventory=ToyInventory(Toy())) as rig:
        sources[0].offer(first)
        await rig.look()
        request = await rig.request()
        sources[1].offer(second)
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.GONE
        assert row.result == "It is the same as sonarr of Toy, and is updated there."
        (again,) = await rig.pending()
        assert again.id == (await rig.row("sonarr")).approval_id != request.id
        # One that is being applied is not ended, and the other waits for it.
        toy = rig.agent.toy
        toy.request_lost = True
        await rig.agent.press(again)
        await rig.agent.until(lambda one: one.run is not None, 2)
        sources[0].offer(replace(first, way_back=WayBack.DATA))
        sources[1].offer(replace(second, way_back=WayBack.NONE))
        await rig.look()
        assert (await rig.row("sonarr")).status in (ChangeStatus.APPLYING, ChangeStatus.WATCHING)
        row = await rig.row()
        assert row.status is ChangeStatus.READY
        assert row.reason.startswith("First: ")


async def test_what_failed_as_one_target_is_blocked_as_the_other(tmp_path: Path) -> None:
    sources = [ToySource(name="one"), ToySource(name="two")]
    toy = Toy(refused_change="set_memory")
    async with changes_rig(tmp_path, sources=sources, inventory=ToyInventory(toy)) as rig:
        sources[0].offer(offered(identity=HERE, way_back=WayBack.IMAGE))
        await rig.look()
        await rig.agent.press(await rig.request())
        assert (await rig.ended()).status is ChangeStatus.FAILED
        sources[1].offer(offered("sonarr", identity=HERE))
        await rig.look()
        assert (await rig.row("sonarr")).status is ChangeStatus.BLOCKED
        assert await rig.pending() == ()


async def test_an_ignored_one_leaves_the_other(tmp_path: Path) -> None:
    settings = replace(AT_ONCE, groups=(ChangeGroup(id="mine", names=("radarr",), ignore=True),))
    async with changes_rig(tmp_path, settings, inventory=ToyInventory(Toy())) as rig:
        rig.sources[0].offer(offered(identity=HERE), offered("sonarr", identity=HERE))
        await rig.look()
        assert await rig.statuses() == {"sonarr 5.1.1": ChangeStatus.ASKED}
