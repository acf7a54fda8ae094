"""A version that was withdrawn is not asked about; what waits for an answer is asked about again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.changes import Assessment, ChangeLevel, ChangeStatus, ReleaseState
from homelab_steward.contract.incidents import ApprovalStatus
from rig.agent_rig import TaskEngine
from rig.changes_rig import ToySource, assessment, changes_rig, found
from rig.inventory import NOW, box
from steward.changes.assess import assess, is_worse, with_earlier_look
from steward.changes.between import between
from steward.changes.facts import Facts
from steward.changes.forges import from_changelog, read_releases, says_withdrawn
from steward.changes.images import Asked, Offer, moved_back
from steward.changes.registry import OfferedImage
from steward.sdk.description import RunningImage
from steward.sdk.image_names import parse_image
from steward.settings.changes import Changes

GONE = "Its project withdrew v5.1.1"


def release(tag: str, body: str = "- A fix", **more: object) -> dict[str, object]:
    return {"tag_name": tag, "body": body, "name": tag, **more}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.1.1 [YANKED]\n- A fix", True),
        ("5.1.1\nThis release was withdrawn, use 5.1.2.", True),
        ("5.1.1\n**Do not upgrade to this version!**", True),
        ("5.1.1\nDon't use 5.1.1", True),
        ("Diese Version wurde zurückgezogen.", True),
        ("5.1.1\n- Fixes a crash of withdrawn invitations", False),
        ("5.1.1\n- The pulled image is verified", False),
        ("5.1.1\n- Do not use the cache for posters", False),
        ("5.1.1\n" + "- A fix\n" * 100 + "This release was withdrawn", False),
    ],
)
def test_notes_say_that_a_version_is_withdrawn(text: str, *, expected: bool) -> None:
    assert says_withdrawn(text) is expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ([release("v5.1.1")], ""),
        ([release("v5.1.1", name="5.1.1 [yanked]")], GONE),
        ([release("v5.1.1", prerelease=True)], "Its project marks v5.1.1 as a pre-release"),
        ([release("v5.1.1", prerelease=True), release("v5.1.1.1")], ""),
        ([], ""),
    ],
)
def test_the_release_of_the_new_version_decides(target: list[object], expected: str) -> None:
    listed = [release("v5.1.2", name="[yanked]"), *target, release("v5.1.0")]
    assert between(read_releases(listed), "5.1.0", "5.1.1", is_whole=True).withdrawn == expected


def test_a_changelog_says_it_in_its_heading() -> None:
    text = "## [5.1.1] - 2026-11-01 [YANKED]\n\n- A fix\n\n## [5.1.0]\n\n- Another\n"
    assert (
        between(from_changelog(text), "5.1.0", "5.1.1", is_whole=True).withdrawn
        == "Its project withdrew 5.1.1"
    )
    assert between(from_changelog(text), "5.0.0", "5.1.0", is_whole=True).withdrawn == ""


def test_a_preview_on_purpose_is_not_withdrawn() -> None:
    listed = read_releases([release("v5.1.1-rc1", prerelease=True)])
    assert between(listed, "5.1.0", "5.1.1-rc1", is_whole=True).withdrawn == ""


def test_it_is_the_first_reason() -> None:
    judged = assess(found(), Facts(now=NOW, withdrawn=GONE))
    assert (judged.level, judged.reasons[0], judged.withdrawn) == (ChangeLevel.BREAKING, GONE, GONE)
    assert is_worse(assessment(ChangeLevel.BREAKING), judged)
    assert not is_worse(judged, judged)


OLD = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "running", "built", "expected"),
    [
        ("latest", OLD, OLD - timedelta(days=1), True),
        ("latest", OLD, OLD, False),
        ("latest", OLD, OLD + timedelta(days=1), False),
        ("latest", OLD, datetime(1980, 1, 1, tzinfo=UTC), False),
        ("latest", None, OLD, False),
        ("latest", OLD, None, False),
        ("newer", OLD, OLD - timedelta(days=1), False),
    ],
)
def test_a_tag_is_moved_back(
    tag: str, running: datetime | None, built: datetime | None, *, expected: bool
) -> None:
    name = parse_image("ghcr.io/a/b:latest")
    assert name is not None
    image = OfferedImage(digest="sha256:x", manifest="", config="", labels={}, created_at=built)
    said = moved_back(
        RunningImage(reference="ghcr.io/a/b:latest", digest="sha256:y", created_at=running),
        Asked(name, "sha256:y", "", ""),
        Offer(tag, image, is_moving=True),
    )
    assert said == ("The tag latest was moved back to an older image" if expected else "")


@pytest.mark.parametrize("is_known_before", [False, True])
async def test_a_held_version_is_gone_and_comes_back(tmp_path: Path, *, is_known_before: bool) -> None:
    said, at = {"withdrawn": GONE if is_known_before else ""}, [NOW]
    async with changes_rig(
        tmp_path, Changes(), assess=lambda _: assessment(at=at[0], withdrawn=said["withdrawn"])
    ) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        if not is_known_before:
            assert (await rig.row()).status is ChangeStatus.HELD
            said["withdrawn"], at[0] = GONE, NOW + timedelta(days=1)
            rig.later(days=1)
            await rig.look()
        row = await rig.row()
        assert (row.status, row.result, row.until) == (ChangeStatus.GONE, GONE, None)
        await rig.look()
        assert await rig.row() == row
        said["withdrawn"], at[0] = "", NOW + timedelta(days=2)
        rig.later(days=2)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.HELD


async def test_what_waits_for_an_answer_is_asked_about_with_it(tmp_path: Path) -> None:
    judged = [assessment(at=NOW - timedelta(hours=23, minutes=45))]
    async with changes_rig(tmp_path, assess=lambda _: judged[0]) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.request()
        rig.later(minutes=30)
        judged[0] = assessment(ChangeLevel.BREAKING, reasons=(GONE,), withdrawn=GONE, at=rig.clock.now())
        await rig.look()
        assert (await rig.agent.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        (again,) = await rig.pending()
        assert f"Breaking: {GONE}" in again.text


async def test_a_tag_that_is_gone_ends_what_was_approved_and_has_not_begun(tmp_path: Path) -> None:
    source = ToySource()
    async with changes_rig(tmp_path, sources=[source]) as rig:
        source.offer(found())
        await rig.look()
        request = await rig.request()
        assert isinstance(rig.agent.engine, TaskEngine)
        rig.agent.engine.broken = True
        await rig.agent.press(request)
        await rig.work()
        assert (await rig.row()).status is ChangeStatus.APPLYING
        source.offer(replace(found("sonarr"), target=box("sonarr")))
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.GONE
        assert list(rig.agent.toy.effects) == []


DELETED = "Its project deleted the release of 5.1.1"


@pytest.mark.parametrize(
    ("tags", "is_whole", "expected"),
    [
        (["v5.1.1", "v5.1.0"], False, ReleaseState.LISTED),
        (["v5.1.2", "v5.1.0"], False, ReleaseState.ABSENT),
        (["v5.1.2"], True, ReleaseState.ABSENT),
        ([], True, ReleaseState.ABSENT),
        (["v5.1.2"], False, ReleaseState.UNKNOWN),
    ],
)
def test_whether_a_version_has_a_release(tags: list[str], *, is_whole: bool, expected: ReleaseState) -> None:
    listed = read_releases([release(one) for one in tags])
    assert between(listed, "5.1.0", "5.1.1", is_whole=is_whole).release is expected


LOOKS = [
    (None, "listed", "listed", False),
    (None, "absent", "absent", False),
    ("absent", "absent", "absent", False),
    ("listed", "listed", "listed", False),
    ("listed", "unknown", "listed", False),
    ("listed", "absent", "deleted", True),
    ("deleted", "absent", "deleted", True),
    ("deleted", "unknown", "deleted", True),
    ("deleted", "listed", "listed", False),
    ("unknown", "absent", "absent", False),
]


@pytest.mark.parametrize(("before", "after", "expected", "is_deleted"), LOOKS)
def test_a_release_that_was_there_and_is_gone_is_withdrawn(
    before: str | None, after: str, expected: str, *, is_deleted: bool
) -> None:
    earlier = None if before is None else assessment(release=ReleaseState(before))
    found_now = with_earlier_look(earlier, assessment(release=ReleaseState(after)), "5.1.1")
    assert found_now.release == expected
    assert (found_now.withdrawn == DELETED) is is_deleted
    assert (found_now.level is ChangeLevel.BREAKING) is is_deleted
    assert found_now.reasons[0] == (DELETED if is_deleted else "3 fixes, no breaking change.")


async def test_an_approved_update_whose_release_is_deleted_is_asked_about_again(tmp_path: Path) -> None:
    judged: list[Assessment] = [
        assessment(at=NOW - timedelta(hours=23, minutes=45), release=ReleaseState.LISTED)
    ]
    async with changes_rig(tmp_path, assess=lambda _: judged[0]) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.request()
        assert isinstance(rig.agent.engine, TaskEngine)
        rig.agent.engine.broken = True
        await rig.agent.press(request)
        rig.later(minutes=30)
        judged[0] = assessment(at=rig.clock.now(), release=ReleaseState.ABSENT)
        await rig.stage.finder.look()
        row = await rig.row()
        assert (row.status, row.reason) == (ChangeStatus.READY, f"It is judged worse by now: {DELETED}")
        rig.agent.engine.broken = False
        await rig.agent.agent._run_starter.look()
        await rig.agent.agent._run_starter.look()
        await rig.agent.until(lambda one: one.status.is_closed, 1)
        await rig.look()
        (again,) = await rig.pending()
        assert again.id != request.id
        assert f"Breaking: {DELETED}" in again.text
        assert list(rig.agent.toy.effects) == [], "nothing is applied before the new answer"


async def test_a_held_update_whose_release_is_deleted_is_blocked_until_it_is_back(tmp_path: Path) -> None:
    judged = [assessment(release=ReleaseState.LISTED)]
    async with changes_rig(tmp_path, Changes(), assess=lambda _: judged[0]) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        for state in (ReleaseState.ABSENT, ReleaseState.UNKNOWN):
            rig.later(days=1)
            judged[0] = assessment(at=rig.clock.now(), release=state)
            await rig.look()
            row = await rig.row()
            assert (row.status, row.result) == (ChangeStatus.GONE, DELETED)
        rig.later(days=1)
        judged[0] = assessment(at=rig.clock.now(), release=ReleaseState.LISTED)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.HELD
