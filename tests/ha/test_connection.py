"""The connection: lost, resumed, refused, incompatible, invalid and closed."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import instance_id
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_seconds

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.client import next_delay
from custom_components.homelab_steward.contract.incidents import IncidentStatus
from custom_components.homelab_steward.contract.protocol import Frame, FrameKind, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, FrontEndState, FrontEndStatus

MEMORY = "sensor.radarr_memory_usage"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """A websocket closed by us keeps its heartbeat for a moment: aiohttp starts it again
    with the answer to the close, and lets it end by itself.
    """
    return True


def shown(hass: HomeAssistant, entity_id: str = MEMORY) -> str:
    state = hass.states.get(entity_id)
    return state.state if state else "nothing"


def issues(hass: HomeAssistant) -> set[str]:
    found = ir.async_get(hass).issues
    return {issue.translation_key or "" for (domain, _), issue in found.items() if domain == DOMAIN}


async def later(hass: HomeAssistant, seconds: float) -> None:
    pass_seconds(hass, seconds)
    await hass.async_block_till_done()


async def test_a_lost_connection_is_shown_at_once_and_reported_later(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    await until(lambda: shown(hass) == "unavailable")
    ours = {"sensor.homelab_steward_open_incidents", "sensor.proxmox_status", MEMORY}
    assert {shown(hass, entity_id) for entity_id in ours} == {"unavailable"}
    assert issues(hass) == set()
    await later(hass, 31)
    assert issues(hass) == {"steward_away"}
    steward.rows[RowKind.SNAPSHOT]["pve"] = rows.snapshot("pve", rows.container(memory_share=50))
    steward.restart_as("second-stream")
    await steward.start()
    await until(lambda: shown(hass) == "50")
    assert issues(hass) == set()
    assert loaded.state is ConfigEntryState.LOADED


async def test_a_short_interruption_is_not_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await steward.close_connections()
    await until(lambda: len(steward.subscriptions) == 2)
    await until(lambda: shown(hass) == "95.0")
    await later(hass, 60)
    assert issues(hass) == set()
    assert caplog.text.count("The app does not answer") == 1
    assert caplog.text.count("Connected to the app") == 1


async def test_the_app_is_given_the_instance_id_of_home_assistant(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    assert steward.subscriptions[-1].home_id == await instance_id.async_get(hass)


async def test_the_same_stream_is_resumed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.OPEN))
    await until(lambda: shown(hass, "sensor.homelab_steward_open_incidents") == "1")
    await steward.stop()
    await until(lambda: shown(hass) == "unavailable")
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.RESOLVED))
    await steward.start()
    await until(lambda: shown(hass, "sensor.homelab_steward_open_incidents") == "0")
    assert steward.subscriptions[-1].stream == "first-stream"
    assert steward.subscriptions[-1].last_sequence == 1
    state = hass.states.get("event.homelab_steward_incident")
    assert state is not None
    assert state.attributes["event_type"] == "resolved"


async def test_a_new_stream_sends_all_rows_and_loses_no_event(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("two", name="Second"))
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.WAITING))
    await until(lambda: hass.states.get("sensor.second_status"))
    await steward.stop()
    steward.restart_as("second-stream")
    del steward.rows[RowKind.INSTANCE]["two"]
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident(status=IncidentStatus.RESOLVED)
    before: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        new = event.data["new_state"]
        if new is not None and new.attributes.get("event_type") == "resolved":
            before.append(event.data["old_state"].state)

    hass.bus.async_listen("state_changed", note)
    await steward.start()
    await until(lambda: hass.states.get("sensor.second_status") is None)
    await until(lambda: shown(hass) == "95.0")
    state = hass.states.get("event.homelab_steward_incident")
    assert state is not None
    assert state.attributes["event_type"] == "resolved"
    assert before
    assert "unavailable" not in before, "automations pass over what comes out of unavailable"


async def test_updates_are_kept_as_they_are_sent(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.CHANGE]["c1"] = rows.update()
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data.coordinator
    assert coordinator.steward_state.changes == {"c1": rows.update()}
    noted: list[str] = []
    coordinator.listen(RowKind.CHANGE, lambda change: noted.append(change.id))
    await steward.push(RowKind.CHANGE, rows.update("c2"))
    await until(lambda: noted == ["c2"])
    await steward.drop(RowKind.CHANGE, "c1")
    await until(lambda: noted == ["c2", "c1"])
    assert coordinator.steward_state.changes == {"c2": rows.update("c2")}


async def test_the_setup_is_retried_until_the_app_answers(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await later(hass, 31)
    assert "steward_away" in issues(hass)
    await steward.start()
    await later(hass, 700)
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert issues(hass) == set()


async def test_a_disabled_entry_reports_no_issue(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    await steward.stop()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await later(hass, 60)
    assert issues(hass) == set()


async def test_a_server_without_a_hello_times_out(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.homelab_steward.coordinator.SETUP_TIMEOUT", 0.1)
    steward.says_hello = False
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "timeout"


async def test_a_token_refused_later_starts_reauthentication(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    steward.token = "renewed"
    await steward.close_connections()
    await until(lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    assert shown(hass) == "unavailable"
    flow = next(iter(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
    assert flow["context"]["source"] == "reauth"
    await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "renewed"})
    await until(lambda: shown(hass) == "95.0")


@pytest.mark.parametrize(
    ("versions", "word"),
    [
        ({"schema_version": 0, "minimum_schema_version": 0}, "update the app"),
        ({"schema_version": 9, "minimum_schema_version": 9}, "update the integration"),
    ],
)
async def test_unsupported_versions_are_reported_until_the_update(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    versions: dict[str, int],
    word: str,
) -> None:
    fitting = steward.hello
    steward.hello = replace(fitting, **versions)
    await steward.close_connections()
    await until(lambda: loaded.state is ConfigEntryState.SETUP_RETRY)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"incompatible_{loaded.entry_id}")
    assert issue is not None
    assert word in (issue.translation_placeholders or {})["reason"]
    assert shown(hass) == "unavailable"
    steward.hello = fitting
    await later(hass, 700)
    await until(lambda: shown(hass) == "95.0")
    assert issues(hass) == set()


async def test_another_app_at_the_address_is_reported(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    steward.hello = replace(steward.hello, app_id="somebody-else", stream="other")
    steward.rows[RowKind.INSTANCE].clear()
    await steward.close_connections()
    await until(lambda: loaded.state is ConfigEntryState.SETUP_RETRY)
    assert issues(hass) == {"other_steward"}
    assert shown(hass) == "unavailable"


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>502 Bad Gateway</html>",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b'{"kind": "party"}',
        b'{"kind": "event", "body": {"sequence": "first"}}',
        b'{"kind": "event", "body": {"sequence": 1, "kind": "snapshot", "id": "pve"}}',
        b'{"kind": "initial_state", "body": {}}',
    ],
)
async def test_an_invalid_message_reconnects_with_a_complete_state(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    garbage: bytes,
) -> None:
    await steward.send_raw(garbage)
    await until(lambda: len(steward.subscriptions) == 2)
    assert steward.subscriptions[-1].stream is None
    await until(lambda: shown(hass) == "95.0")


async def test_unknown_fields_of_a_newer_app_are_ignored(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    body = {"sequence": 1, "kind": "catalogue", "id": "x", "at": "2026-11-21T08:00:00Z", "new": 1}
    await steward.send_raw(Frame(kind=FrameKind.EVENT, body=body).to_json())
    await steward.send_raw(Frame(kind=FrameKind.RESULT, id=12345, body={}).to_json())
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=7)))
    await until(lambda: shown(hass) == "7")
    assert len(steward.subscriptions) == 1


async def test_an_unexpected_error_is_logged_and_reloads_the_entry(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stumble(_change: object) -> None:
        raise RuntimeError("unexpected")

    loaded.runtime_data.coordinator.listen(RowKind.PERSON, stumble)
    await steward.push(RowKind.PERSON, rows.person("p9"))
    await until(lambda: len(steward.subscriptions) == 2 and shown(hass) == "95.0")
    assert "failed unexpectedly" in caplog.text
    assert "unexpected" in caplog.text


async def test_unloading_leaves_no_task_and_the_entry_can_be_reloaded(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        await hass.config_entries.async_reload(loaded.entry_id)
    await until(lambda: shown(hass) == "95.0")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await hass.async_block_till_done()
    ours = [task for task in asyncio.all_tasks() - before if "homelab" in task.get_name() and not task.done()]
    assert ours == []
    assert shown(hass) == "unavailable"
    assert issues(hass) == set()


async def test_an_issue_is_reported_while_nobody_may_decide(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert issues(hass) == set()
    await steward.drop(RowKind.PERSON, "p1")
    await until(lambda: issues(hass) == {"nobody_decides"})
    await steward.push(RowKind.PERSON, rows.person())
    await until(lambda: issues(hass) == set())


def telegram(state: FrontEndState, *problems: str) -> FrontEndStatus:
    return FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=state, problems=problems)


async def test_an_issue_is_reported_while_telegram_has_a_problem(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    state = loaded.runtime_data.coordinator
    await steward.push(RowKind.FRONT_END, telegram(FrontEndState.DEGRADED, "Media is closed"))
    await until(lambda: "telegram" in state.steward_state.front_ends)
    assert issues(hass) == set(), "most problems are over sooner"
    pass_seconds(hass, 61)
    await until(lambda: issues(hass) == {"telegram_problem"})
    await steward.push(RowKind.FRONT_END, telegram(FrontEndState.DOWN, "The bot\nwas removed"))
    registry = ir.async_get(hass)
    issue_id = f"front_end_{loaded.entry_id}_telegram"
    await until(lambda: registry.issues[DOMAIN, issue_id].severity is ir.IssueSeverity.ERROR)
    placeholders = registry.issues[DOMAIN, issue_id].translation_placeholders
    assert placeholders is not None
    assert placeholders["problems"] == "- The bot was removed"
    await steward.push(RowKind.FRONT_END, telegram(FrontEndState.OK))
    await until(lambda: issues(hass) == set())


async def test_a_short_problem_of_telegram_is_no_issue(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    coordinator = loaded.runtime_data.coordinator
    await steward.push(RowKind.FRONT_END, telegram(FrontEndState.DOWN, "Telegram did not answer in time"))
    await until(lambda: "telegram" in coordinator.steward_state.front_ends)
    await steward.push(RowKind.FRONT_END, telegram(FrontEndState.OK))
    await until(lambda: coordinator.steward_state.front_ends["telegram"].state is FrontEndState.OK)
    pass_seconds(hass, 61)
    await hass.async_block_till_done()
    assert issues(hass) == set()


async def test_removing_the_entry_deletes_its_issues(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.drop(RowKind.PERSON, "p1")
    await until(lambda: issues(hass) == {"nobody_decides"})
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issues(hass) == set()


def test_delays_double_up_to_a_minute_with_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    client = "custom_components.homelab_steward.contract.client"
    monkeypatch.setattr(f"{client}.FIRST_DELAY", 0.5)
    monkeypatch.setattr(f"{client}.LONGEST_DELAY", 60.0)
    assert [next_delay(attempt, 1.0) for attempt in range(9)] == [
        0.5,
        1.0,
        2.0,
        4.0,
        8.0,
        16.0,
        32.0,
        60.0,
        60.0,
    ]
    assert next_delay(3, 0.0) == 2.0
    assert next_delay(10_000, 1.0) == 60.0
