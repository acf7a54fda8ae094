"""Every blueprint, loaded and run by Home Assistant through a restart of the app."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import models
from homeassistant.const import EVENT_HOMEASSISTANT_START
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml
from phones import TestPhone
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from waiting import becomes, pass_seconds, pass_time

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Severity
from custom_components.homelab_steward.contract.mode import PauseScope, SetPause, StewardMode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.records import LedgerRecord
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker
from custom_components.homelab_steward.contract.usage import Usage

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "blueprints" / "automation" / "homelab_steward"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
AUTOMATIC = "switch.homelab_steward_automatic_actions"
MAINTENANCE = "switch.proxmox_maintenance"

type Use = Callable[..., Awaitable[None]]
type Restart = Callable[..., Awaitable[None]]


@pytest.fixture
def until() -> Until:
    """Return a function that waits for a condition, but not for an automation that waits."""
    return becomes


async def settle() -> None:
    """Let everything run that can run now."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture
def use(hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Return a function that makes an automation of a blueprint, which is read from the repository."""

    def load(self: models.DomainBlueprints, path: str) -> models.Blueprint:
        content = load_yaml(FOLDER / path)
        assert isinstance(content, dict)
        schema = AUTOMATION_BLUEPRINT_SCHEMA
        return models.Blueprint(content, expected_domain=self.domain, path=path, schema=schema)

    monkeypatch.setattr(models.DomainBlueprints, "_load_blueprint", load)

    async def make(name: str, **inputs: Any) -> None:
        automation = {"alias": "it", "use_blueprint": {"path": f"{name}.yaml", "input": inputs}}
        assert await async_setup_component(hass, "automation", {"automation": [automation]})
        await hass.async_block_till_done()
        assert hass.states.is_state("automation.it", "on")

    return make


@pytest.fixture
def away(hass: HomeAssistant, steward: FakeSteward, until: Until) -> Restart:
    """Return a function that stops the app."""

    async def stop() -> None:
        await steward.stop()
        await until(lambda: hass.states.is_state(AUTOMATIC, "unavailable"))

    return stop


@pytest.fixture
def back(hass: HomeAssistant, steward: FakeSteward, until: Until) -> Restart:
    """Return a function that starts the app again; rows that changed meanwhile are its arguments."""

    async def start(*changed: tuple[RowKind, Any]) -> None:
        for kind, row in changed:
            steward.rows[kind][row.id] = row
        steward.restart_as(f"{steward.hello.stream}+")
        await steward.start()
        await until(lambda: not hass.states.is_state(AUTOMATIC, "unavailable"))

    return start


@pytest.fixture(autouse=True)
async def _unloaded(hass: HomeAssistant, loaded: MockConfigEntry) -> AsyncIterator[None]:
    """Turn the automation off and unload the entry after the test: both have timers until then."""
    yield
    if hass.states.get("automation.it"):
        await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
    await hass.config_entries.async_unload(loaded.entry_id)


def says(text: str) -> Any:
    async def talk(question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        for kind in (ChatPieceKind.TEXT, ChatPieceKind.END):
            yield ChatPiece(conversation_id=question.conversation_id, kind=kind, text=text)

    return talk


def opened(key: str, number: int, **changes: Any) -> Any:
    return rows.incident(key, status=IncidentStatus.OPEN, number=number, **changes)


def device(hass: HomeAssistant, entry: MockConfigEntry, *path: str) -> str:
    key = (DOMAIN, "/".join(("f00dfeed", *path)))
    found = dr.async_get(hass).async_get_device_by_identifier(key, entry.entry_id)
    assert found
    return found.id


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_can_be_imported_and_is_documented(name: str) -> None:
    source = (FOLDER / f"{name}.yaml").read_text()
    blueprint = load_yaml(FOLDER / f"{name}.yaml")
    assert isinstance(blueprint, dict)
    AUTOMATION_BLUEPRINT_SCHEMA(blueprint)
    about = blueprint["blueprint"]
    assert about["source_url"].endswith(f"/blob/main/blueprints/automation/homelab_steward/{name}.yaml")
    assert about["homeassistant"]["min_version"] == "2026.11.0"
    page = (ROOT / "docs" / "blueprints.md").read_text()
    assert f"blueprints%2Fautomation%2Fhomelab_steward%2F{name}.yaml" in page
    assert about["name"] in page
    assert set(re.findall(r"!input (\w+)", source)) == set(inputs_of(about["input"]))


def inputs_of(inputs: dict[str, Any]) -> list[str]:
    """Return the keys of all inputs, also of those in sections; each has a name and a description."""
    found = []
    for key, one in inputs.items():
        assert one["name"]
        assert one["description"]
        found += inputs_of(one["input"]) if "input" in one else [key]
    return found


def test_every_blueprint_has_a_test() -> None:
    source = Path(__file__).read_text()
    assert set(re.findall(r'await use\(\s*"(\w+)"', source)) == set(NAMES)
    assert len(NAMES) >= 9


async def test_incident_runs_its_actions_for_the_chosen_incidents(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    calls = async_mock_service(hass, "notify", "speaker")
    message = "{{ number }} {{ title }}, {{ resolution }}"
    await use(
        "incident",
        incident="event.homelab_steward_incident",
        severities=["critical"],
        event_types=["opened", "resolved"],
        actions=[{"action": "notify.speaker", "data": {"message": message}}],
    )
    await steward.push(RowKind.INCIDENT, opened("mild", 1))
    first = opened("first", 2, severity=Severity.CRITICAL)
    await steward.push(RowKind.INCIDENT, first)
    await until(lambda: len(calls) == 1)
    await away()
    ended = replace(first, status=IncidentStatus.RESOLVED, resolution="Memory was increased")
    await back((RowKind.INCIDENT, ended))
    await until(lambda: len(calls) == 2)
    messages = [one.data["message"] for one in calls]
    assert messages == ["2 Memory of radarr,", "2 Memory of radarr, Memory was increased"]


async def test_voice_asks_and_leaves_the_answer_to_assist(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    asked = async_mock_service(hass, "assist_satellite", "start_conversation")
    await use("voice", satellite="assist_satellite.bedroom", severity="warning")
    await steward.push(RowKind.APPROVAL, rows.approval("mild", severity=Severity.INFO))
    await away()
    await back((RowKind.APPROVAL, rows.approval()))
    await until(lambda: asked)
    assert asked[0].data["entity_id"] == ["assist_satellite.bedroom"]
    assert asked[0].data["start_message"] == (
        "Memory of radarr. Increase memory 2 → 3 GiB. Approve option 1 of request 7, or reject request 7?"
    )
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: len(asked) == 2)
    assert steward.asked(Command.ASK) == []
    assert steward.asked(Command.DECIDE) == []


async def test_critical_light_flashes_for_what_is_critical(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    calls = async_mock_service(hass, "light", "turn_on")
    await use("critical_light", lights={"entity_id": "light.hall"}, times=1)
    await steward.push(RowKind.INCIDENT, opened("mild", 1))
    silenced = opened("quiet", 2, severity=Severity.CRITICAL, suppressed="Maintenance: disks")
    await steward.push(RowKind.INCIDENT, silenced)
    await away()
    await back((RowKind.INCIDENT, opened("first", 3, severity=Severity.CRITICAL)))
    await until(lambda: calls)
    assert (calls[0].data["flash"], calls[0].data["entity_id"]) == ("short", ["light.hall"])
    pass_seconds(hass, 2)
    await until(lambda: hass.states.get("automation.it").attributes["current"] == 0)  # type: ignore[union-attr]
    assert len(calls) == 1


async def test_briefing_asks_in_the_morning_and_when_the_app_is_back(
    hass: HomeAssistant,
    steward: FakeSteward,
    use: Use,
    away: Restart,
    back: Restart,
    until: Until,
) -> None:
    calls = async_mock_service(hass, "notify", "speaker")
    steward.talker = says("Nothing is wrong.")
    actions = [{"action": "notify.speaker", "data": {"message": "{{ briefing }}"}}]
    await use("briefing", steward=AUTOMATIC, at="07:30:00", actions=actions)

    def morning() -> None:
        mornings.append(mornings[-1] + timedelta(days=1))
        pass_time(hass, mornings[-1])

    mornings = [dt_util.now().replace(hour=7, minute=30, second=0, microsecond=0)]
    morning()
    await until(lambda: len(calls) == 1)
    assert calls[0].data["message"] == "Nothing is wrong."
    await away()
    morning()
    await settle()
    assert len(calls) == 1
    await back()
    await until(lambda: len(calls) == 2)
    assert steward.asked(Command.ASK)[1].text == "What is wrong, and what waits for me?"


async def test_scene_pause_pauses_and_resumes(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    scenes = [{"name": name, "entities": {}} for name in ("Film", "Bright")]
    assert await async_setup_component(hass, "scene", {"scene": scenes})
    film, bright = ["scene.film"], ["scene.bright"]
    await use("scene_pause", steward=AUTOMATIC, scenes=film, ending_scenes=bright, longest="01:00:00")

    async def activate(scene: str) -> None:
        await hass.services.async_call("scene", "turn_on", {"entity_id": scene}, blocking=True)

    def shows(state: str) -> Callable[[], bool]:
        return lambda: hass.states.is_state(AUTOMATIC, state)

    await activate("scene.film")
    await until(shows("off"))
    await away()
    await back()
    assert hass.states.is_state(AUTOMATIC, "off")
    await activate("scene.bright")
    await until(shows("on"))
    await away()
    await activate("scene.film")
    await back()
    await until(shows("off"))

    def shows_on_after_an_hour() -> bool:
        """Let the hour pass again: the delay may begin after the state has changed."""
        pass_seconds(hass, 3601)
        return hass.states.is_state(AUTOMATIC, "on")

    await until(shows_on_after_an_hour)
    await activate("scene.film")
    await until(shows("off"))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_START)
    await activate("scene.bright")
    await until(shows("on"))
    assert {one.speaker.user_id for one in steward.asked(Command.SET_PAUSE)} == {""}


async def test_scene_pause_leaves_the_pause_of_a_person(
    hass: HomeAssistant, steward: FakeSteward, use: Use, until: Until
) -> None:
    def refuses(request: SetPause) -> StewardMode:
        raise ContractError(ErrorCode.FORBIDDEN, "Robin paused: a person has to resume.")

    assert await async_setup_component(hass, "scene", {"scene": [{"name": "Bright", "entities": {}}]})
    robin = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="robin")
    await steward.set_pause(SetPause(speaker=robin, scope=PauseScope.EVERYTHING))
    steward.answers[Command.SET_PAUSE] = refuses
    await use("scene_pause", steward=AUTOMATIC, scenes=[], ending_scenes=["scene.bright"])
    await hass.services.async_call("scene", "turn_on", {"entity_id": "scene.bright"}, blocking=True)
    await until(lambda: steward.asked(Command.SET_PAUSE))
    assert hass.states.is_state(AUTOMATIC, "off")


async def test_maintenance_switch_follows_a_switch(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    hass.states.async_set("input_boolean.bench", "off")
    await use("maintenance_switch", trigger_switch="input_boolean.bench", maintenance=[MAINTENANCE])
    hass.states.async_set("input_boolean.bench", "on")
    await until(lambda: hass.states.is_state(MAINTENANCE, "on"))
    await away()
    hass.states.async_set("input_boolean.bench", "off")
    await settle()
    await back()
    await until(lambda: hass.states.is_state(MAINTENANCE, "off"))
    assert len(steward.asked(Command.ADD_MAINTENANCE)) == 1
    hass.states.async_set("input_boolean.bench", "unavailable")
    hass.states.async_set("input_boolean.bench", "off")
    await settle()
    assert len(steward.asked(Command.REMOVE_MAINTENANCE)) == 1, "only a real change counts"


async def test_nfc_request_asks_and_decides_nothing(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    use: Use,
    away: Restart,
    back: Restart,
    until: Until,
) -> None:
    assert await async_setup_component(hass, "tag", {})
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "speaker")
    actions = [{"action": "notify.speaker", "data": {"message": "{{ requested.approval_id }}"}}]
    guest = device(hass, loaded, "pve", "container", "105")
    await use("nfc_request", tag="rack", device=guest, actions=actions)
    await away()
    await back()
    hass.bus.async_fire("tag_scanned", {"tag_id": "other"})
    hass.bus.async_fire("tag_scanned", {"tag_id": "rack"})
    await until(lambda: calls)
    (request,) = steward.asked(Command.REQUEST_ACTION)
    assert (request.action, request.target_id, request.is_automation) == ("restart_container", "105", True)
    assert calls[0].data["message"] == "asked-1"
    assert steward.asked(Command.DECIDE) == []


async def test_wall_panel_shows_the_request_and_then_its_page(
    hass: HomeAssistant,
    steward: FakeSteward,
    use: Use,
    away: Restart,
    back: Restart,
    until: Until,
    pixel: TestPhone,
    push: FakePush,
) -> None:
    await use("wall_panel", tablet=pixel.device_id, severity="warning", home="/lovelace/wall")

    def commands() -> list[str]:
        return [one["data"]["command"] for one in push.arrived if one["message"] == "command_webview"]

    await steward.push(RowKind.APPROVAL, rows.approval("mild", severity=Severity.INFO))
    await away()
    await back((RowKind.APPROVAL, rows.approval()))
    await until(lambda: commands() == ["/homelab-steward/request/ask1"])
    assert push.arrived[0]["message"] == "command_screen_on"
    await steward.push(RowKind.APPROVAL, rows.approval(status=ApprovalStatus.EXPIRED))
    await until(lambda: commands()[1:] == ["/lovelace/wall"])


def sent(at: datetime, number: int) -> Usage:
    record = LedgerRecord(
        id=number,
        at=at,
        deployment="gemini",
        tier="cloud",
        task="chat",
        bytes=900,
        privacy="public",
        masked=2,
        digest="d",
    )
    return Usage(day=at.date().isoformat(), sent_out=number, last_sent=record)


async def test_sent_outside_notifies_of_each_request_once(
    hass: HomeAssistant, steward: FakeSteward, use: Use, away: Restart, back: Restart, until: Until
) -> None:
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "speaker")
    message = "{{ deployment }} {{ task }} {{ masked }}"
    actions = [{"action": "notify.speaker", "data": {"message": message}}]
    old = dt_util.utcnow() - timedelta(hours=1)
    await steward.push(RowKind.USAGE, sent(old, 1))
    await use("sent_outside", sent="sensor.homelab_steward_sent_to_models_outside_today", actions=actions)
    await away()
    await back()
    await settle()
    assert not calls, "an old request is no news"
    await steward.push(RowKind.USAGE, sent(dt_util.utcnow(), 2))
    await until(lambda: len(calls) == 1)
    assert calls[0].data["message"] == "gemini chat 2"
    await away()
    await back()
    await away()
    steward.rows[RowKind.USAGE] = {"models": sent(dt_util.utcnow(), 3)}
    await back()
    await until(lambda: len(calls) == 2)


def test_the_page_of_blueprints_names_no_other() -> None:
    page = (ROOT / "docs" / "blueprints.md").read_text()
    assert set(re.findall(r"homelab_steward%2F(\w+)\.yaml", page)) == set(NAMES)
