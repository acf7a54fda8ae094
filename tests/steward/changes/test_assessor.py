"""What is collected about an update: notes of its source and of forges, problems, advisories."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from homelab_steward.contract.changes import ChangeLevel, ChangeSource, Distance, PackageChange
from rig.agent_rig import opened_store
from rig.inventory import ITSELF, NOW, ToyInventory, box
from rig.records import incident, stored_alert
from rig.toy import Toy
from steward.changes import assessor
from steward.changes.assessor import Assessor, AssessorParts
from steward.changes.between import Between
from steward.changes.found import Found
from steward.changes.notes_source import NotesFound
from steward.changes.pull_request_text import Notes
from steward.clock import ManualClock
from steward.inventory.version_log import VersionChange
from steward.sdk.description import RunningImage
from steward.sdk.item_versions import ItemVersion
from steward.store import incidents
from steward.store.store import Store

from .test_assess import FOUND as OTHER
from .test_assess import change

FOUND = replace(OTHER, target=box(), repository="https://github.com/lab/sun")


class Forge:
    """What a forge answers."""

    def __init__(self, found: NotesFound | None = None) -> None:
        self.found = found or NotesFound(
            Between(notes=(Notes("", "1.1.0", "- A moon can be added"),), has_target=True, is_whole=True)
        )
        self.asked: list[tuple[str, str, str]] = []
        self.is_silent = False
        self.is_broken = False

    async def between(self, address: str, old: str, new: str) -> NotesFound:
        self.asked.append((address, old, new))
        if self.is_broken:
            raise ValueError("odd text")
        if self.is_silent:
            await asyncio.Event().wait()
        return self.found


@asynccontextmanager
async def parts(tmp_path: Path, forge: Forge | None) -> AsyncIterator[AssessorParts]:
    async with opened_store(tmp_path) as store:
        inventory = ToyInventory(Toy())
        yield AssessorParts(
            store=store,
            clock=ManualClock(NOW),
            inventory=inventory,
            versions=lambda: (),
            notes=forge,
        )


async def test_notes_that_the_source_lacks_are_looked_up(tmp_path: Path) -> None:
    forge = Forge()
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(FOUND)
        assert found.level is ChangeLevel.SAFE
        assert forge.asked == [("https://github.com/lab/sun", "1.0.0", "1.1.0")]


GAP = NotesFound(Between(notes=(Notes("", "1.0.5", "- A sun"),)), "There are no release notes of 1.0.9")


@pytest.mark.parametrize(
    ("found", "forge", "missing"),
    [
        (FOUND, None, "Release notes are not looked up, because look_up_versions is off"),
        (replace(FOUND, repository=None), Forge(), "It is not known where its release notes are"),
        (replace(FOUND, packages=(change(None),)), Forge(), "It is not known which version runs"),
        (replace(FOUND, packages=(change(), change())), Forge(), "The release notes of each"),
        (FOUND, Forge(GAP), "There are no release notes of 1.0.9"),
    ],
)
async def test_what_is_missing_is_never_safe(
    tmp_path: Path, found: Found, forge: Forge | None, missing: str
) -> None:
    async with parts(tmp_path, forge) as given:
        assessment = await Assessor(given).assess(found)
        assert assessment.level is ChangeLevel.UNKNOWN
        assert assessment.missing.startswith(missing)
        assert assessment.reasons[0] == assessment.missing


@pytest.mark.parametrize("repository", [None, "https://sun.example", "git@forge.example:lab/sun"])
async def test_the_page_of_the_releases_names_the_project_too(tmp_path: Path, repository: str | None) -> None:
    forge = Forge()
    page = "https://github.com/lab/sun/releases/tag/1.1.0"
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(replace(FOUND, repository=repository, url=page))
        assert found.level is ChangeLevel.SAFE
        assert forge.asked == [(page, "1.0.0", "1.1.0")]


async def test_complete_notes_of_the_source_are_enough(tmp_path: Path) -> None:
    forge = Forge()
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(replace(FOUND, notes="- A moon"))
        assert found.level is ChangeLevel.SAFE
        assert forge.asked == []


async def test_notes_of_the_source_and_of_the_forge_are_read_together(tmp_path: Path) -> None:
    async with parts(tmp_path, Forge(GAP)) as given:
        packages = (replace(change(), new="1.1.1"),)
        found = await Assessor(given).assess(
            replace(FOUND, notes="## Breaking\n\n- The moon is gone", packages=packages)
        )
        assert found.level is ChangeLevel.BREAKING
        assert "1.1.1" in found.notes
        assert "1.0.5" in found.notes


async def test_the_same_version_built_again_is_not_looked_up(tmp_path: Path) -> None:
    forge = Forge()
    rebuilt = PackageChange(name="lab/sun", old="1.1.0", new="1.1.0", distance=Distance.DIGEST)
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(replace(FOUND, packages=(rebuilt,)))
        assert found.level is ChangeLevel.SAFE
        assert forge.asked == []


async def test_a_look_up_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessor, "SECONDS", 0.01)
    forge = Forge()
    forge.is_silent = True
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(FOUND)
        assert found.level is ChangeLevel.UNKNOWN
        assert found.missing == "The look-up of the release notes took too long"


async def test_a_text_that_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    forge = Forge()
    forge.is_broken = True
    async with parts(tmp_path, forge) as given:
        found = await Assessor(given).assess(FOUND)
        assert (found.level, found.missing) == (ChangeLevel.UNKNOWN, "The release notes are not all known")


async def _put(store: Store, **problems: tuple[int, float, object]) -> None:
    """Store problems: id, days ago, target."""
    async with store.change() as unit:
        for key, (number, days, target) in problems.items():
            one = incident(
                stored_alert(summary="radarr was restarted: out of memory"),
                id=key,
                number=number,
                target=target,  # type: ignore[arg-type]
                opened_at=NOW - timedelta(days=days),
            )
            await incidents.save_incident(unit.connection, one)


async def test_problems_of_the_target_in_the_last_60_days_are_compared(tmp_path: Path) -> None:
    notes = Between(
        notes=(Notes("", "1.1.0", "## Fixes\n\n- A memory leak"),), has_target=True, is_whole=True
    )
    async with parts(tmp_path, Forge(NotesFound(notes))) as given:
        await _put(given.store, a=(1, 61, box()), b=(2, 59, box()), c=(3, 1, box("sonarr")), d=(4, 1, None))
        found = await Assessor(given).assess(FOUND)
        assert found.matches == ("“A memory leak” fits 1 problem of the last 60 days: #2",)


async def test_settings_of_the_target_are_compared(tmp_path: Path) -> None:
    notes = Between(
        notes=(Notes("", "1.1.0", "## Breaking\n\n- `LAB_MODE` is gone"),), has_target=True, is_whole=True
    )
    async with parts(tmp_path, Forge(NotesFound(notes))) as given:
        image = RunningImage(reference="lab/sun:1", digest=None, uses=frozenset({"LAB_MODE"}))
        inventory = given.inventory
        assert isinstance(inventory, ToyInventory)
        inventory.item_versions = (
            ItemVersion(kind="box", id=box("sonarr").id, image=image),
            ItemVersion(kind="box", id=box().id),
        )
        assert (await Assessor(given).assess(FOUND)).matches == ()
        inventory.item_versions = (ItemVersion(kind="box", id=box().id, image=image),)
        assert (await Assessor(given).assess(FOUND)).matches[0].startswith("It uses LAB_MODE")


async def test_how_long_the_running_version_ran(tmp_path: Path) -> None:
    def changed(days: int, target: str, reading: str) -> VersionChange:
        return VersionChange(
            at=(NOW - timedelta(days=days)).isoformat(),
            instance_id="toy1",
            kind="box",
            target_id=target,
            name="radarr",
            reading=reading,
            before="1",
            after="2",
        )

    every = (changed(90, box().id, "Image"), changed(40, box().id, "Version"))
    others = (changed(3, box().id, "Newest version"), changed(2, box("sonarr").id, "Version"))
    async with parts(tmp_path, Forge()) as given:
        for versions, days in ((every + others, 40), (others, None)):
            judge = Assessor(replace(given, versions=partial(tuple, versions)))
            assert (await judge.assess(FOUND)).stable_days == days


async def test_vulnerabilities_that_only_the_running_version_has(tmp_path: Path) -> None:
    known = {"1.0.0": frozenset({"CVE-2031-1", "CVE-2031-2"}), "1.1.0": frozenset({"CVE-2031-2"})}

    async def vulnerable(package: str, version: str) -> frozenset[str] | None:
        assert package == "PyPI:sun"
        return known.get(version)

    async with parts(tmp_path, Forge()) as given:
        inventory = given.inventory
        assert isinstance(inventory, ToyInventory)
        inventory.service_row = replace(inventory.service_row, package="PyPI:sun")
        judge = Assessor(replace(given, vulnerable=vulnerable))
        update = replace(FOUND, target=ITSELF)
        assert (await judge.assess(update)).security == ("CVE-2031-1",)
        del known["1.1.0"]
        assert (await judge.assess(update)).security == ()


LINKED = "Bumps [sun](https://github.com/lab/sun) from 1.0.0 to 1.1.0."
PULL = replace(FOUND, source=ChangeSource.PULL_REQUEST, title="Bump sun from 1.0.0 to 1.1.0", notes=LINKED)


async def test_notes_that_a_pull_request_lacks_are_looked_up(tmp_path: Path) -> None:
    forge = Forge()
    async with parts(tmp_path, forge) as given:
        judge = Assessor(given)
        assert (await judge.assess(PULL)).level is ChangeLevel.SAFE
        assert forge.asked == [("https://github.com/lab/sun", "1.0.0", "1.1.0")]
        forge.found = GAP
        found = await judge.assess(PULL)
        assert (found.level, found.missing) == (ChangeLevel.UNKNOWN, GAP.missing)
        forge.asked.clear()
        found = await judge.assess(replace(PULL, notes=LINKED.replace("github.com", "elsewhere.example")))
        assert (found.level, forge.asked) == (ChangeLevel.UNKNOWN, [])
        found = await Assessor(replace(given, notes=None)).assess(PULL)
        assert found.missing.startswith("Release notes are not looked up")


async def test_of_several_packages_all_notes_must_be_known(tmp_path: Path) -> None:
    body = f"{LINKED}\n\nUpdates [moon](https://github.com/lab/moon) from 3.0.0 to 3.1.0"
    forge = Forge()
    async with parts(tmp_path, forge) as given:
        several = replace(PULL, title="Bump the lab group with 2 updates", notes=body)
        assert (await Assessor(given).assess(several)).level is ChangeLevel.SAFE
        assert [one[0] for one in forge.asked] == [
            f"https://github.com/lab/{name}" for name in ("sun", "moon")
        ]
        broken = replace(several, notes=body.replace("github.com/lab/moon", "elsewhere.example/lab/moon"))
        assert (await Assessor(given).assess(broken)).level is ChangeLevel.UNKNOWN


async def test_problems_of_what_a_pull_request_deploys_are_compared(tmp_path: Path) -> None:
    notes = Between(
        notes=(Notes("", "1.1.0", "## Fixes\n\n- A memory leak"),), has_target=True, is_whole=True
    )
    async with parts(tmp_path, Forge(NotesFound(notes))) as given:
        await _put(given.store, a=(1, 2, box("sonarr")))
        assert (await Assessor(given).assess(PULL)).matches == ()
        found = await Assessor(given).assess(replace(PULL, watched=(box("sonarr"),)))
        assert found.matches == ("“A memory leak” fits 1 problem of the last 60 days: #1",)
