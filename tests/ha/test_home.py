"""The app reads Home Assistant and asks for actions: reports, pushes, and what is refused."""

import logging
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from home_requests import create_issue, done, refused, register, report, set_options, set_update
from homeassistant.components.backup import DOMAIN as BACKUP
from homeassistant.components.backup import CreateBackupEvent, CreateBackupState, IdleEvent, async_get_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_seconds

from custom_components.homelab_steward import home, home_report
from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import REPORT_BYTES, HomeAction, HomePart, HomeQuery

ASSIST = "conversation.home_assistant"
"""The only entity that is there before the tests add some."""


async def test_a_report_holds_what_was_asked_for(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    hass.states.async_remove(ASSIST)
    area = ar.async_get(hass).async_create("Cellar")
    plug = er.async_get(hass).async_get_or_create("sensor", "hue", "1", suggested_object_id="plug")
    er.async_get(hass).async_update_entity(plug.entity_id, area_id=area.id)
    hass.states.async_set(
        plug.entity_id,
        "12",
        {"friendly_name": "Plug", "unit_of_measurement": "W", "device_class": "power"},
    )
    hass.states.async_set("light.attic", "unavailable")
    found = await report(steward, HomePart.ENTITIES, HomePart.AREAS)
    assert (found.entity_count, found.unavailable_count) == (2, 1)
    plugged, attic = sorted(found.entities, key=lambda one: one.domain, reverse=True)
    assert plugged.to_dict() == {
        "id": "sensor.plug",
        "name": "Plug",
        "domain": "sensor",
        "area": "cellar",
        "state": "12",
        "unit": "W",
        "device_class": "power",
        "available": True,
        "integration": "hue",
    }
    assert not attic.available
    assert [one.name for one in found.areas] == ["Cellar"]
    assert found.is_running
    assert not found.safe_mode
    assert found.gaps == ()
    assert (found.updates, found.repairs, found.log, found.backups) == ((), (), (), None)
    assert set(found.parts) == {HomePart.ENTITIES, HomePart.AREAS}


async def test_the_steward_s_own_entities_and_issues_are_left_out(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    hass.states.async_remove(ASSIST)
    assert hass.states.get("sensor.radarr_memory_usage")
    create_issue(hass, DOMAIN)
    found = await report(steward, *HomePart)
    assert (found.entity_count, found.entities, found.repairs) == (0, (), ())
    assert loaded.entry_id not in {one.id for one in found.integrations}


async def test_updates_repairs_and_integrations(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    set_update(hass)
    create_issue(hass)
    failing = MockConfigEntry(
        domain="hue", title="Hue", state=ConfigEntryState.SETUP_RETRY, reason="No route to host"
    )
    failing.add_to_hass(hass)
    found = await report(steward, HomePart.UPDATES, HomePart.REPAIRS, HomePart.INTEGRATIONS)
    (update,), (repair,) = found.updates, found.repairs
    assert (update.title, update.installed, update.latest, update.is_waiting) == (
        "Switch",
        "1.0",
        "1.1",
        True,
    )
    assert (update.can_install, update.can_backup, update.in_progress, update.failure) == (
        True,
        True,
        False,
        None,
    )
    assert (repair.id, repair.severity, repair.title, repair.ignored) == (
        "hue/old",
        "critical",
        "bridge_old",
        False,
    )
    assert ("Hue", "setup_retry", "No route to host") in {
        (one.title, one.state, one.reason) for one in found.integrations
    }
    set_update(hass, "unavailable")
    assert (await report(steward, HomePart.UPDATES)).updates[0].is_waiting is None


async def test_what_is_not_set_up_is_a_gap(steward: FakeSteward, loaded: MockConfigEntry) -> None:
    found = await report(steward, HomePart.LOG, HomePart.BACKUPS)
    assert {one.part for one in found.gaps} == {"log", "backups"}
    assert found.backups is None


async def test_the_system_log(hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "system_log", {"system_log": {"max_entries": 2}})
    handler = hass.data["system_log"]
    for line, text in ((1, "Lamp is away"), (1, "Lamp is away"), (2, "Bridge is away")):
        handler.handle(logging.LogRecord("hue", logging.ERROR, "hue.py", line, text, (), None))
    found = await report(steward, HomePart.LOG)
    newest = found.log[0]
    assert (newest.level, newest.source, newest.message, newest.count) == (
        "ERROR",
        "hue",
        "Bridge is away",
        1,
    )
    assert len(found.log) == 2
    assert [one.part for one in found.gaps] == ["log"], "older errors of the last hour may be missing"


async def test_too_many_entities_are_counted_and_left_out(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_remove(ASSIST)
    for number in range(600):
        hass.states.async_set(f"sensor.s{number}", "x" * 200, {"friendly_name": "n" * 200})
    monkeypatch.setattr(home_report, "MOST_ENTITIES", 500)
    found = await report(steward, HomePart.ENTITIES)
    assert (found.entity_count, len(found.entities)) == (600, 500)
    assert found.gaps[0].reason == "100 of 600 entities are left out"
    monkeypatch.setattr(home_report, "REPORT_BYTES", REPORT_BYTES // 10)
    found = await report(steward, HomePart.ENTITIES)
    assert found.gaps[0].reason == f"{600 - len(found.entities)} of 600 entities are left out"
    assert len(found.to_json()) <= REPORT_BYTES // 10
    assert found.entities


async def test_backups_are_read_and_created(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, BACKUP, {})
    await hass.async_block_till_done()
    code, message = await refused(steward, HomeAction.CREATE_BACKUP)
    assert code is ErrorCode.INVALID_ARGUMENT
    assert "no location" in message
    config = async_get_manager(hass).config.data
    begun = dt_util.now()

    async def create(_: ServiceCall) -> None:
        config.last_attempted_automatic_backup = begun

    config.create_backup = replace(config.create_backup, agent_ids=["backup.local"])
    register(hass, BACKUP, "create_automatic", create)
    result = await done(steward, HomeAction.CREATE_BACKUP)
    backups = (await report(steward, HomePart.BACKUPS)).backups
    assert backups is not None
    assert (backups.last_attempt_at, backups.last_success_at, backups.has_location) == (begun, None, True)
    assert result.handle == begun.astimezone(UTC).isoformat() == backups.last_attempt_at.isoformat()
    assert not backups.is_running
    assert backups.problems == ()
    reason = "agent_away"
    states: list[tuple[bool, tuple[str, ...]]] = []
    for state in (CreateBackupState.IN_PROGRESS, CreateBackupState.FAILED):
        event = CreateBackupEvent(reason=reason, stage=None, state=state)
        async_get_manager(hass).async_on_backup_event(event)
        if state is CreateBackupState.IN_PROGRESS:
            code, _ = await refused(steward, HomeAction.CREATE_BACKUP)
            assert code is ErrorCode.INVALID_ARGUMENT
        else:
            async_get_manager(hass).async_on_backup_event(IdleEvent())
        found = (await report(steward, HomePart.BACKUPS)).backups
        assert found is not None
        states.append((found.is_running, found.problems))
    assert states == [(True, ()), (False, ("The last backup failed: agent_away",))]


async def test_changes_are_pushed_together_and_not_too_often(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
) -> None:
    def later(seconds: float) -> None:
        pass_seconds(hass, seconds)

    later(3)
    await until(lambda: len(steward.home_reports) == 1)
    set_update(hass)
    set_update(hass, installed_version="1.0.1")
    create_issue(hass)
    later(5)
    await hass.async_block_till_done()
    assert len(steward.home_reports) == 1, "ten seconds have not passed"
    later(12)
    await until(lambda: len(steward.home_reports) == 2)
    pushed = steward.home_reports[-1]
    assert [one.installed for one in pushed.updates] == ["1.0.1"]
    assert len(pushed.repairs) == 1
    assert HomePart.ENTITIES not in pushed.parts
    hass.states.async_set("light.attic", "on")
    create_issue(hass, DOMAIN)
    later(30)
    await hass.async_block_till_done()
    assert len(steward.home_reports) == 2, "nothing relevant changed"
    await set_options(hass, loaded, home_read=False)
    set_update(hass)
    later(60)
    await hass.async_block_till_done()
    assert len(steward.home_reports) == 2, "the option is off"
    await set_options(hass, loaded, home_read=True)
    later(90)
    await until(lambda: len(steward.home_reports) == 3)


async def test_a_defect_is_reported_and_logged(
    steward: FakeSteward,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(home, "async_build_report", lambda *_, **__: 1 / 0)
    reply = await steward.request_home(HomeQuery.REPORT)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.INTERNAL
    assert reply.refusal.message == "Home Assistant could not answer: ZeroDivisionError"
    assert "A request of the app failed" in caplog.text


async def test_titles_and_areas_come_from_where_home_assistant_keeps_them(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def translations(*_: Any) -> dict[str, str]:
        prefix = "component.hue.issues"
        return {f"{prefix}.bridge_old.title": "Bridge {name} is old", f"{prefix}.odd.title": "Odd {gone}"}

    monkeypatch.setattr(home_report, "async_get_translations", translations)
    create_issue(hass, translation_placeholders={"name": "Attic"})
    ir.async_create_issue(
        hass, "hue", "odd", is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key="odd"
    )
    area = ar.async_get(hass).async_create("Cellar")
    other = MockConfigEntry(domain="hue")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("hue", "1")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    lamp = er.async_get(hass).async_get_or_create(
        "light", "hue", "1", device_id=device.id, config_entry=other
    )
    hass.states.async_set(lamp.entity_id, "on")
    found = await report(steward, HomePart.REPAIRS, HomePart.ENTITIES)
    assert [one.title for one in found.repairs] == ["Bridge Attic is old", "Odd {gone}"]
    assert {one.area for one in found.entities if one.domain == "light"} == {area.id}
