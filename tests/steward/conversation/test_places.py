"""Areas of Home Assistant and names of devices in questions, and the versions that changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import Coverage, CoverageStatus, Resource, Snapshot
from homelab_steward.contract.target_names import HomePlace, HomePlaces, TargetKey, TargetNames
from rig.agent_rig import open_rig
from rig.conversation_rig import open_conversation
from steward.conversation.given_names import Places
from steward.inventory.version_log import VersionLog

INSTANCE = TargetKey(instance_id="toy1", kind="instance", id="toy1")
CELLAR = HomePlace(name="Cellar", aliases=("server room",), targets=(INSTANCE,))
HOME = HomePlaces(
    home_id="home", places=(CELLAR,), names=(TargetNames(target=INSTANCE, names=("the black box",)),)
)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


async def test_what_is_in_an_area_is_asked_for(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        places = Places(rig.rig.store)
        rig.conversation._readings.given = lambda: places.given
        assert "Cellar" not in await rig.ask("What is wrong in the cellar?")
        assert await places.report(HOME) == Nothing()
        for text in ("What is wrong in the cellar?", "Is everything fine in the server room?"):
            answer = await rig.ask(text)
            assert answer.startswith("Cellar: no problem is known. There: ")
        german = await rig.ask("Gibt es Probleme im Cellar?", language="de")
        assert german.startswith("Cellar: Es ist kein Problem bekannt.")
        assert "Toy" in await rig.ask("Is the black box fine?")


async def test_an_area_without_things_is_named(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        places = Places(rig.rig.store)
        rig.conversation._readings.given = lambda: places.given
        await places.report(replace(HOME, places=(HomePlace(name="Attic"),)))
        assert await rig.ask("What is wrong in the attic?") == "I know nothing in Attic."


async def test_places_are_kept_and_those_of_each_home_are_replaced(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        places = Places(rig.store)
        await places.report(HOME)
        for number in range(5):
            await places.report(
                HomePlaces(home_id=f"other {number}", places=(HomePlace(name=f"Room {number}"),))
            )
        again = Places(rig.store)
        await again.load()
        assert again.given == places.given
        assert [one.name for one in again.given.places] == ["Room 1", "Room 2", "Room 3", "Room 4"]


def snapshot(version: str, image: str | None = None, *, is_complete: bool = True) -> Snapshot:
    found = [Resource(kind="pod", id="web", name="web", values={"image": image})] if image else []
    status = CoverageStatus.COMPLETE if is_complete else CoverageStatus.PARTIAL
    return Snapshot(
        instance_id="toy1",
        taken_at=NOW,
        version=version,
        resources=tuple(found),
        coverage=Coverage(status=status),
    )


async def test_changes_of_versions_are_recorded_over_a_restart(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        log = VersionLog(rig.store, rig.inventory.instances)
        await log.add(snapshot("1.0", "web:1"))
        await log.add(snapshot("1.0", is_complete=False))
        assert log.changes == ()
        again = VersionLog(rig.store, rig.inventory.instances)
        await again.start(rig.store.changes)
        await again.close()
        await again.add(snapshot("1.1", "web:2"))
        assert [(one.name, one.reading, one.before, one.after) for one in again.changes] == [
            (rig.inventory.instances()[0].name, "Version", "1.0", "1.1"),
            ("web", "Image", "web:1", "web:2"),
        ]
        assert {one.time for one in again.changes} == {NOW}


@pytest.mark.parametrize("text", ["What changed with Toy?", "What changed recently?"])
async def test_a_changed_version_is_what_happened(tmp_path: Path, text: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        log = VersionLog(rig.rig.store, rig.rig.inventory.instances)
        rig.conversation._records.versions = lambda: log.changes
        at = datetime.now(UTC) - timedelta(hours=2)
        await log.add(replace(snapshot("1.0"), taken_at=at))
        await log.add(replace(snapshot("1.1"), taken_at=at))
        assert "Version 1.0 → 1.1" in await rig.ask(text)
