"""What is offered again, or in another form, is treated as it was decided before."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.changes import Change, ChangeSource, ChangeStatus, Distance, PackageChange
from homelab_steward.contract.state import TargetRef
from rig.changes_rig import AT_ONCE, assessment, changes_rig, found
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.changes.found import Found
from steward.changes.rows import held_as_pushed, made, with_earlier_decision
from steward.settings.changes import Changes

MOVED = (PackageChange(name="radarr", old="latest", new="latest", distance=Distance.UNKNOWN),)


async def test_an_update_that_was_gone_for_a_time_is_held_as_long_as_before(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        until = (await rig.row()).until
        assert until is not None
        rig.sources[0].offer()
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.GONE
        rig.later(hours=1)
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        assert (row.status, row.until) == (ChangeStatus.HELD, until)
        rig.sources[0].offer()
        await rig.look()
        rig.later(days=9)
        rig.sources[0].offer(found())
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


@pytest.mark.parametrize(
    ("same", "is_gone"), [(found().packages, True), (found().packages, False), (MOVED, False)]
)
async def test_a_deferral_holds_when_the_same_version_is_offered_again(
    tmp_path: Path, same: tuple[PackageChange, ...], *, is_gone: bool
) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(new="aaa", packages=same))
        await rig.look()
        deferred = await rig.command("defer", (await rig.row()).id, days=14)
        if is_gone:
            rig.sources[0].offer()
            await rig.look()
            rig.sources[0].offer(found(new="aaa", packages=same))
        else:
            rig.sources[0].offer(found(new="bbb", packages=same))
        await rig.look()
        row = await rig.row(new="aaa" if is_gone else "bbb")
        assert (row.status, row.until) == (ChangeStatus.DEFERRED, deferred.until)
        assert row.reason.startswith("Deferred ")
        if not is_gone:
            assert (await rig.row(new="aaa")).result == "It was changed, and is offered again."
        rig.later(days=15)
        await rig.look()
        assert (await rig.row(new=row.revision)).status is ChangeStatus.ASKED


async def test_another_content_of_a_rejected_tag_is_asked_about(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(new="sha256:a", packages=MOVED))
        await rig.look()
        await rig.command("reject", (await rig.row()).id)
        rig.sources[0].offer(found(new="sha256:b", packages=MOVED))
        await rig.look()
        assert (await rig.row(new="sha256:b")).status is ChangeStatus.ASKED


async def test_another_content_of_a_tag_is_another_wave(tmp_path: Path) -> None:
    labels = {"group": "radarr"}
    inventory = ToyInventory(Toy(refused_change="set_memory"))
    async with changes_rig(tmp_path, inventory=inventory) as rig:
        both = [found(name, new="sha256:a", packages=MOVED, labels=labels) for name in ("radarr", "sonarr")]
        rig.sources[0].offer(*both)
        await rig.look()
        await rig.agent.press(await rig.request())
        assert (await rig.ended()).status is ChangeStatus.FAILED
        await rig.look()
        assert "It failed on radarr" in (await rig.row("sonarr")).reason
        rig.sources[0].offer(*(replace(one, revision="sha256:b") for one in both))
        await rig.look()
        assert (await rig.row(new="sha256:b")).status is ChangeStatus.ASKED
        assert (await rig.row("sonarr", "sha256:b")).reason == "First it is applied to radarr."


async def test_an_applied_update_that_was_taken_back_by_hand_is_asked_about_again(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        await rig.agent.press(await rig.request())
        assert (await rig.ended()).status is ChangeStatus.DONE
        rig.later(hours=23)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.DONE
        rig.later(hours=2)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


def pull(number: int, watched: tuple[TargetRef, ...] = (), **changes: Any) -> Change:
    """Return the row of a pull request that updates radarr."""
    target = TargetRef(
        instance_id="forge", kind="pull_request", id=f"rack/apps#{number}", name=f"rack/apps#{number}"
    )
    values: dict[str, Any] = {
        "target": target,
        "source": ChangeSource.PULL_REQUEST,
        "watched": watched,
    } | changes
    one = found(id=str(number), new=f"{number:040}", packages=found().packages, **values)
    return made("pulls", one, assessment(), "infrastructure", AT_ONCE, None, NOW)


@pytest.mark.parametrize(
    ("watched", "other", "is_blocked"),
    [
        ((), (), True),
        ((box(),), (box(),), True),
        ((box(),), (), True),
        ((box(),), (box("sonarr"),), False),
    ],
)
def test_a_version_that_went_back_is_blocked_in_another_pull_request(
    watched: tuple[TargetRef, ...], other: tuple[TargetRef, ...], *, is_blocked: bool
) -> None:
    failed = replace(pull(47, watched), status=ChangeStatus.WENT_BACK, result="RSS sync did not complete.")
    row = with_earlier_decision(pull(48, other), [failed])
    assert (row.status is ChangeStatus.BLOCKED) is is_blocked
    if is_blocked:
        assert row.result == "5.1.1 failed here on November 20: RSS sync did not complete."


async def test_a_bot_that_opens_another_pull_request_for_what_failed_asks_nobody(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(refused_change="set_memory"), ("apps#47", "apps#48"))
    async with changes_rig(tmp_path, inventory=inventory) as rig:
        values: dict[str, Any] = {"source": ChangeSource.PULL_REQUEST, "packages": found().packages}
        rig.sources[0].offer(found("apps#47", new="a" * 40, **values))
        await rig.look()
        await rig.agent.press(await rig.request("apps#47"))
        assert (await rig.ended("apps#47")).status is ChangeStatus.FAILED
        await rig.look()
        rig.sources[0].offer(found("apps#48", new="b" * 40, **values))
        await rig.look()
        assert (await rig.row("apps#48")).status is ChangeStatus.BLOCKED


def test_a_deferral_that_is_over_holds_nothing() -> None:
    over = replace(pull(47), status=ChangeStatus.DEFERRED, until=NOW - timedelta(days=1), revision="older")
    assert with_earlier_decision(pull(47), [replace(over, id="older")]).status is ChangeStatus.READY


async def test_a_version_that_is_pushed_to_an_old_pull_request_is_held(tmp_path: Path) -> None:
    def pushed(sha: str, version: str) -> Found:
        package = PackageChange(name="radarr", old="5.1.0", new=version, distance=Distance.PATCH)
        old = NOW - timedelta(days=30)
        return found(new=sha * 40, source=ChangeSource.PULL_REQUEST, packages=(package,), published_at=old)

    async with changes_rig(tmp_path, Changes(patch_days=3)) as rig:
        rig.sources[0].offer(pushed("a", "5.1.1"))
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        rig.sources[0].offer(pushed("b", "5.1.2"))
        await rig.look()
        until = (await rig.row(new="b" * 40)).until
        assert until is not None
        assert until >= NOW + timedelta(days=3)
        rig.later(days=1)
        rig.sources[0].offer(pushed("c", "5.1.2"))
        await rig.look()
        row = await rig.row(new="c" * 40)
        assert (row.status, row.until) == (ChangeStatus.HELD, until)
        rig.later(days=3)
        rig.sources[0].offer(pushed("d", "5.1.2"))
        await rig.look()
        assert (await rig.row(new="d" * 40)).status is ChangeStatus.ASKED


def test_a_push_that_mends_a_security_problem_and_one_that_comes_back() -> None:
    settings = Changes(patch_days=3)
    row = pull(47)
    other = replace(row, id="other", packages=MOVED, status=ChangeStatus.GONE)
    assert held_as_pushed(row, [other], settings, None).status is ChangeStatus.HELD
    urgent = replace(row, assessment=assessment(security=("CVE-2026-1",)))
    assert held_as_pushed(urgent, [other], settings, None) == urgent
    gone = replace(row, id="gone", status=ChangeStatus.GONE, found_at=NOW - timedelta(days=1))
    held = held_as_pushed(row, [gone], settings, None)
    assert held.until is not None
    assert NOW + timedelta(days=2) <= held.until < NOW + timedelta(days=3)
    assert held_as_pushed(row, [], settings, None) == row


async def test_a_tag_that_is_built_every_night_is_asked_about(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes(unknown_days=3, ask_at=None)) as rig:
        asked = []
        for night in range(9):
            rig.sources[0].offer(found(new=f"sha256:{night}", packages=MOVED, published_at=rig.clock.now()))
            await rig.look()
            rig.later(hours=12)
            await rig.look()
            asked += [night for one in await rig.rows() if one.status is ChangeStatus.ASKED]
            rig.later(hours=12)
        assert asked[:1] == [6]
