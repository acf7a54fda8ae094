"""Update entities of what the app found an update of: installing asks, and nothing else happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.components.update.const import DATA_COMPONENT
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.change_update import release_notes
from custom_components.homelab_steward.contract.changes import (
    Assessment,
    Change,
    ChangeCommand,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    PackageChange,
    WayBack,
)
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker, TargetRef
from custom_components.homelab_steward.diagnostics import async_get_config_entry_diagnostics
from custom_components.homelab_steward.phrases import Phrases

UPDATE = "update.radarr_update"
WAITING = "sensor.homelab_steward_changes_waiting"
INSTANCE = TargetRef(instance_id="pve", kind="instance", id="pve", name="Proxmox")
ASSESSED = Assessment(
    level=ChangeLevel.CAREFUL,
    at=rows.NOW,
    reasons=("It is a minor version", "It is 2 days old"),
    breaking=("The variable WEB_PORT\nis gone",),
    security=("CVE-2026-1",),
    matches=("The memory leak that is fixed fits 3 restarts",),
    missing="The notes of 5.1.0 are missing",
    notes="# 5.1.1\n<img src=x>\n[press here](https://evil.example)",
)


@pytest.fixture
async def found(hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry, connected to an app that found an update of Radarr."""
    steward.rows[RowKind.CHANGE]["c1"] = rows.update(assessment=ASSESSED, url="https://example.org/5.1.1")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def show(hass: HomeAssistant, steward: FakeSteward, **changes: Any) -> None:
    """Change the row, and wait until Home Assistant has it."""
    await steward.push(RowKind.CHANGE, rows.update(assessment=ASSESSED, **changes))
    coordinator = hass.config_entries.async_entries("homelab_steward")[0].runtime_data.coordinator
    while coordinator.steward_state.changes["c1"] != steward.rows[RowKind.CHANGE]["c1"]:
        await hass.async_block_till_done()
    await hass.async_block_till_done()


@pytest.mark.usefixtures("found")
async def test_both_versions_and_the_judgement_are_shown(hass: HomeAssistant) -> None:
    shown = state(hass, UPDATE)
    assert shown.state == "on"
    assert shown.attributes["installed_version"] == "5.1.0"
    assert shown.attributes["latest_version"] == "5.1.1"
    assert shown.attributes["title"] == "Radarr"
    assert shown.attributes["release_url"] == "https://example.org/5.1.1"
    assert shown.attributes["release_summary"] == "It is a minor version"
    assert (shown.attributes["status"], shown.attributes["judgement"]) == ("held", "careful")
    assert shown.attributes["in_progress"] is False


SHOWN = [
    (ChangeStatus.HELD, "on", "", None),
    (ChangeStatus.ASKED, "on", "", None),
    (ChangeStatus.APPLYING, "on", "running", None),
    (ChangeStatus.WATCHING, "on", "running", None),
    (ChangeStatus.DONE, "off", "", None),
    (ChangeStatus.GONE, "off", "", None),
    (ChangeStatus.REJECTED, "off", "", "5.1.1"),
    (ChangeStatus.BLOCKED, "off", "", "5.1.1"),
    (ChangeStatus.WENT_BACK, "off", "", "5.1.1"),
]


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(("status", "shown", "progress", "skipped"), SHOWN)
async def test_how_far_an_update_is(
    hass: HomeAssistant,
    steward: FakeSteward,
    status: ChangeStatus,
    shown: str,
    progress: str,
    skipped: str | None,
) -> None:
    await show(hass, steward, status=status)
    found = state(hass, UPDATE)
    assert (found.state, found.attributes["in_progress"]) == (shown, progress == "running")
    assert found.attributes["skipped_version"] == skipped
    assert found.attributes["waiting_for_approval"] is (status is ChangeStatus.ASKED)


@pytest.mark.usefixtures("found")
async def test_a_version_that_is_offered_again_is_not_skipped(
    hass: HomeAssistant, steward: FakeSteward
) -> None:
    await show(hass, steward, status=ChangeStatus.REJECTED)
    await show(hass, steward, status=ChangeStatus.READY)
    assert (state(hass, UPDATE).state, state(hass, UPDATE).attributes["skipped_version"]) == ("on", None)


@pytest.mark.usefixtures("found")
async def test_a_rebuild_of_the_same_tag_is_an_update(hass: HomeAssistant, steward: FakeSteward) -> None:
    package = PackageChange(name="Radarr", old="latest", new="latest", distance=Distance.DIGEST)
    digest = f"sha256:{'a' * 64}"
    await show(hass, steward, packages=(package,), distance=Distance.DIGEST, revision=digest)
    shown = state(hass, UPDATE)
    assert shown.state == "on"
    assert shown.attributes["latest_version"] == "latest (sha256:aaaaaaaaaaaa)"


@pytest.mark.usefixtures("found")
async def test_a_version_that_is_not_known_is_unknown(hass: HomeAssistant, steward: FakeSteward) -> None:
    package = PackageChange(name="Radarr", old=None, new="5.1.1")
    await show(hass, steward, packages=(package,))
    assert state(hass, UPDATE).state == "unknown"


USES = [
    ("install", Command.ASK_CHANGE, ChangeStatus.READY),
    ("skip", Command.REJECT_CHANGE, ChangeStatus.READY),
    ("clear_skipped", Command.OFFER_CHANGE, ChangeStatus.REJECTED),
]


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(("service", "command", "status"), USES)
async def test_using_it_asks_the_app_and_changes_nothing_here(
    hass: HomeAssistant,
    steward: FakeSteward,
    robin: User,
    service: str,
    command: Command,
    status: ChangeStatus,
) -> None:
    steward.answers[command] = lambda _: rows.update()
    await show(hass, steward, status=status)
    before = state(hass, UPDATE)
    await use(hass, service, robin)
    speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id)
    assert steward.asked(command) == [ChangeCommand(speaker=speaker, id="c1")]
    assert state(hass, UPDATE).attributes == before.attributes


async def use(hass: HomeAssistant, service: str, user: User | None) -> None:
    context = Context(user_id=user.id) if user else Context()
    await hass.services.async_call("update", service, {"entity_id": UPDATE}, blocking=True, context=context)


@pytest.mark.usefixtures("found")
async def test_an_automation_asks_for_nothing(hass: HomeAssistant, steward: FakeSteward) -> None:
    with pytest.raises(ServiceValidationError):
        await use(hass, "install", None)
    assert steward.asked(Command.ASK_CHANGE) == []


@pytest.mark.usefixtures("found")
async def test_what_the_app_refuses_is_shown(hass: HomeAssistant, steward: FakeSteward, robin: User) -> None:
    def refuse(_: ChangeCommand) -> Change:
        raise ContractError(ErrorCode.FORBIDDEN, "Only owners may ask")

    steward.answers[Command.ASK_CHANGE] = refuse
    with pytest.raises(ServiceValidationError):
        await use(hass, "install", robin)


@pytest.mark.usefixtures("found")
async def test_release_notes_have_the_judgement_first_and_quote_what_is_from_outside(
    hass: HomeAssistant,
) -> None:
    entity = hass.data[DATA_COMPONENT].get_entity(UPDATE)
    assert entity is not None
    notes = await entity.async_release_notes()
    assert notes is not None
    assert notes.startswith("**Careful**\n\n- It is a minor version\n- It is 2 days old")
    assert "**Breaking changes**\n\n- The variable WEB_PORT is gone" in notes
    assert "- CVE-2026-1" in notes
    outside = notes[notes.index("**Release notes, as their makers wrote them**") :]
    assert outside.splitlines()[2:] == ["> # 5.1.1", "> <img src=x>", "> [press here](https://evil.example)"]


def test_what_is_not_known_is_said_once() -> None:
    assessment = replace(ASSESSED, missing="Its notes are not known", reasons=("Its notes are not known",))
    text = release_notes(rows.update(assessment=assessment), Phrases({}))
    assert text.count("Its notes are not known") == 1


def test_why_a_version_is_blocked_is_said_first() -> None:
    row = rows.update(assessment=ASSESSED, status=ChangeStatus.BLOCKED, reason="5.1.1 failed\nhere")
    assert release_notes(row, Phrases({})).startswith("5.1.1 failed here\n\n**")


@pytest.mark.parametrize(
    ("package", "shown"),
    [("ghcr.io/linuxserver/sonarr", "sonarr"), ("127.0.0.1:5000/lab/paper", "paper"), ("nginx", "nginx")],
)
async def test_a_title_has_no_registry(
    hass: HomeAssistant, steward: FakeSteward, found: MockConfigEntry, package: str, shown: str
) -> None:
    assert found
    change = PackageChange(name=package, old="1.0.0", new="1.0.1", distance=Distance.PATCH)
    await show(hass, steward, packages=(change,))
    assert state(hass, UPDATE).attributes["title"] == shown


async def test_an_update_that_is_found_later_gets_an_entity(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert hass.states.get(UPDATE) is None
    await steward.push(RowKind.CHANGE, rows.update())
    await until(lambda: hass.states.get(UPDATE) is not None)
    await steward.push(RowKind.CHANGE, rows.update("c2", target=INSTANCE, title="Proxmox 9.2"))
    await until(lambda: hass.states.get("update.proxmox_update") is not None)


async def test_updates_of_home_assistant_have_an_entity_already(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.CHANGE, rows.update(source=ChangeSource.HOME_ASSISTANT))
    await until(lambda: state(hass, WAITING).state == "1")
    assert hass.states.get(UPDATE) is None


async def test_an_entity_stays_when_its_update_is_forgotten(
    hass: HomeAssistant, steward: FakeSteward, found: MockConfigEntry, until: Until
) -> None:
    await steward.drop(RowKind.CHANGE, "c1")
    await until(lambda: state(hass, UPDATE).state == "unknown")
    assert await hass.config_entries.async_reload(found.entry_id)
    await hass.async_block_till_done()
    assert state(hass, UPDATE).state == "unknown"


async def test_of_several_updates_the_one_that_is_not_over_is_shown(
    hass: HomeAssistant, steward: FakeSteward, found: MockConfigEntry, until: Until
) -> None:
    later = rows.update("c2", status=ChangeStatus.DONE, updated_at=rows.NOW + timedelta(days=1))
    await steward.push(RowKind.CHANGE, later)
    await hass.async_block_till_done()
    assert state(hass, UPDATE).attributes["status"] == "held"
    await show(hass, steward, status=ChangeStatus.REJECTED)
    assert state(hass, UPDATE).attributes["status"] == "done"


async def test_what_waits_is_counted_and_described_without_names_in_diagnostics(
    hass: HomeAssistant, steward: FakeSteward, found: MockConfigEntry, until: Until
) -> None:
    asked = rows.update("c2", status=ChangeStatus.ASKED, way_back=WayBack.DATA)
    await steward.push(RowKind.CHANGE, asked)
    await steward.push(RowKind.CHANGE, rows.update("c3", status=ChangeStatus.DONE))
    await until(lambda: state(hass, WAITING).state == "2")
    listed = state(hass, WAITING).attributes["changes"]
    assert [one["status"] for one in listed] == ["asked", "held"]
    described = await async_get_config_entry_diagnostics(hass, found)
    assert described["changes"] == {"service held": 1, "service asked": 1, "service done": 1}
    assert "Radarr 5.1.0" not in str(described["changes"])
