"""The app reads Home Assistant and asks for actions: reports, pushes, and what is refused."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.components.backup import DOMAIN as BACKUP
from homeassistant.components.backup import (
    CreateBackupEvent,
    CreateBackupState,
    IdleEvent,
    async_get_manager,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.homelab_steward import home, home_calls, home_report
from custom_components.homelab_steward.const import DOMAIN, EVENT_APP_ACTION
from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import (
    REPORT_BYTES,
    HomeAction,
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
    HomeResult,
)
from custom_components.homelab_steward.logbook import async_describe_events
from custom_components.homelab_steward.phrases import Phrases

FIRMWARE = "update.switch_firmware"
ASSIST = "conversation.home_assistant"
"""The only entity that is there before the tests add some."""
CHECK = "custom_components.homelab_steward.home_calls.async_check_ha_config_file"


async def report(steward: FakeSteward, *parts: HomePart) -> HomeReport:
    found = (await steward.request_home(HomeQuery.REPORT, *parts)).report
    assert found is not None
    return found


async def call(steward: FakeSteward, action: str, target: str | None = None) -> HomeReply:
    return await steward.request_home(HomeQuery.CALL, action=action, target=target)


async def refused(steward: FakeSteward, action: str, target: str | None = None) -> tuple[ErrorCode, str]:
    reply = await call(steward, action, target)
    assert reply.refusal is not None
    return reply.refusal.code, reply.refusal.message


async def done(steward: FakeSteward, action: str, target: str | None = None) -> HomeResult:
    reply = await call(steward, action, target)
    assert reply.result is not None, reply.refusal
    return reply.result


def kept_in[T](kept: list[T]) -> Callable[[T], None]:
    """Return a listener that keeps what it is called with."""

    @callback
    def keep(one: T) -> None:
        kept.append(one)

    return keep


def set_update(hass: HomeAssistant, state: str = "on", **changes: Any) -> None:
    attributes = {
        "title": "Switch",
        "installed_version": "1.0",
        "latest_version": "1.1",
        "in_progress": False,
        "release_url": "https://example.org/1.1",
        "supported_features": 1 | 8,
    }
    hass.states.async_set(FIRMWARE, state, attributes | changes)


def create_issue(hass: HomeAssistant, domain: str = "hue", **changes: Any) -> None:
    values: dict[str, Any] = {
        "is_fixable": True,
        "severity": ir.IssueSeverity.CRITICAL,
        "translation_key": "bridge_old",
    }
    ir.async_create_issue(hass, domain, "old", **(values | changes))


def register(hass: HomeAssistant, domain: str, service: str, action: Callable[[ServiceCall], Any]) -> None:
    hass.services.async_register(domain, service, action)


async def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: bool) -> None:
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()


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
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))

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


async def test_the_options_turn_it_off(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    await set_options(hass, loaded, home_actions=False)
    assert not (await report(steward)).allows_actions
    assert (await refused(steward, HomeAction.RESTART))[0] is ErrorCode.FORBIDDEN
    await set_options(hass, loaded, home_read=False)
    reply = await steward.request_home(HomeQuery.REPORT)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.FORBIDDEN


@pytest.mark.parametrize("action", ["stop", "homeassistant.stop", "update.skip", "__init__", "RESTART"])
async def test_what_is_not_on_the_list_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, action: str
) -> None:
    called: list[Event[Any]] = []
    hass.bus.async_listen(EVENT_CALL_SERVICE, kept_in(called))
    code, _ = await refused(steward, action)
    assert code is ErrorCode.FORBIDDEN
    assert called == []


async def test_a_call_without_an_action_is_refused(steward: FakeSteward, loaded: MockConfigEntry) -> None:
    reply = await steward.request_home(HomeQuery.CALL)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.INVALID_ARGUMENT


async def test_a_restart_is_refused_while_the_configuration_is_wrong(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem: str | None = "Integration error: hueue - not found"
    restarts: list[ServiceCall] = []

    async def check(_: HomeAssistant) -> str | None:
        return problem

    monkeypatch.setattr(CHECK, check)
    register(hass, "homeassistant", "restart", kept_in(restarts))
    reply = await steward.request_home(HomeQuery.CHECK_RESTART)
    assert reply.result is not None
    assert "hueue" in reply.result.text
    code, message = await refused(steward, HomeAction.RESTART)
    assert (code, restarts) == (ErrorCode.INVALID_SETTING, [])
    assert "hueue" in message
    problem = None
    assert (await done(steward, HomeAction.RESTART)).text == "The restart was requested"
    assert len(restarts) == 1


async def test_an_update_is_installed_with_a_backup_in_a_context_that_names_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    installed: list[ServiceCall] = []
    asked: list[Event[Any]] = []
    hass.bus.async_listen(EVENT_APP_ACTION, kept_in(asked))
    register(hass, "update", "install", kept_in(installed))
    set_update(hass)
    result = await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)
    assert result.handle == "1.1"
    assert installed[0].data == {"entity_id": FIRMWARE, "backup": True}
    assert installed[0].context.id == asked[0].context.id
    described: list[Callable[[Event[Any]], dict[str, str]]] = []
    async_describe_events(hass, lambda _domain, _event, describe: described.append(describe))
    assert described[0](asked[0]) == {
        "name": "Homelab Steward",
        "message": f"used install_update on {FIRMWARE}",
    }
    hass.config.language = "de"
    await Phrases.async_load(hass)
    assert described[0](asked[0])["message"] == f"verwendete install_update für {FIRMWARE}"
    set_update(hass, supported_features=1)
    await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)
    assert installed[1].data == {"entity_id": FIRMWARE}


@pytest.mark.parametrize(
    ("state", "changes"), [("off", {}), ("on", {"in_progress": True}), ("on", {"supported_features": 0})]
)
async def test_an_update_that_cannot_be_installed_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, state: str, changes: dict[str, Any]
) -> None:
    set_update(hass, state, **changes)
    assert (await refused(steward, HomeAction.INSTALL_UPDATE, FIRMWARE))[0] is ErrorCode.INVALID_ARGUMENT
    assert (await refused(steward, HomeAction.INSTALL_UPDATE, "update.no"))[0] is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (HomeAssistantError("The device is asleep"), ErrorCode.INTERNAL, "The device is asleep"),
        (ServiceValidationError("Not this one"), ErrorCode.INVALID_ARGUMENT, "Not this one"),
        (KeyError(), ErrorCode.INTERNAL, "KeyError"),
    ],
)
async def test_the_errors_of_home_assistant_are_passed_on(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    error: Exception,
    code: ErrorCode,
    text: str,
) -> None:
    async def fail(_: ServiceCall) -> None:
        raise error

    register(hass, "update", "install", fail)
    set_update(hass)
    assert await refused(steward, HomeAction.INSTALL_UPDATE, FIRMWARE) == (code, text)
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure == text
    set_update(hass, "off", installed_version="1.1")
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure is None


async def test_a_long_action_goes_on_after_the_reply(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home_calls, "FINISHES_WITHIN", 0.01)
    is_over = asyncio.Event()

    async def install(_: ServiceCall) -> None:
        await is_over.wait()
        raise HomeAssistantError("The download broke off")

    register(hass, "update", "install", install)
    set_update(hass)
    assert (await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)).handle == "1.1"
    is_over.set()
    await hass.async_block_till_done()
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure == "The download broke off"


async def test_an_integration_is_reloaded_but_not_our_own(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MockConfigEntry(domain="hue", title="Hue", state=ConfigEntryState.SETUP_ERROR)
    broken = MockConfigEntry(domain="hue", title="Old hue", state=ConfigEntryState.MIGRATION_ERROR)
    other.add_to_hass(hass)
    broken.add_to_hass(hass)
    reloaded: list[str] = []

    async def reload(entry_id: str) -> bool:
        reloaded.append(entry_id)
        return False

    monkeypatch.setattr(hass.config_entries, "async_reload", reload)
    result = await done(steward, HomeAction.RELOAD_INTEGRATION, other.entry_id)
    assert reloaded == [other.entry_id]
    (found,) = (
        one for one in (await report(steward, HomePart.INTEGRATIONS)).integrations if one.id == other.entry_id
    )
    assert found.reloaded_at is not None
    assert found.reloaded_at.isoformat() == result.handle
    for target, code in (
        (loaded.entry_id, ErrorCode.INVALID_ARGUMENT),
        (broken.entry_id, ErrorCode.INVALID_ARGUMENT),
        ("nobody", ErrorCode.NOT_FOUND),
    ):
        assert (await refused(steward, HomeAction.RELOAD_INTEGRATION, target))[0] is code
    assert reloaded == [other.entry_id]


async def test_a_repair_is_ignored_and_shown_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    create_issue(hass)
    await done(steward, HomeAction.IGNORE_REPAIR, "hue/old")
    assert (await report(steward, HomePart.REPAIRS)).repairs[0].ignored
    await done(steward, HomeAction.UNIGNORE_REPAIR, "hue/old")
    assert not (await report(steward, HomePart.REPAIRS)).repairs[0].ignored
    create_issue(hass, DOMAIN)
    for target in ("hue/gone", f"{DOMAIN}/old", "", "old"):
        assert (await refused(steward, HomeAction.IGNORE_REPAIR, target))[0] is ErrorCode.NOT_FOUND
