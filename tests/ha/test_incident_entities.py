"""Entities and events of incidents and approvals."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.incidents import IncidentStatus
from custom_components.homelab_steward.contract.protocol import RowKind

LOCKED = "Increase memory: radarr is locked (backup)."


async def test_incidents_approvals_and_repairs_are_counted(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INCIDENT, rows.incident())
    await steward.push(RowKind.INCIDENT, rows.incident("inc2", number=9, title="y" * 200))
    await steward.push(RowKind.APPROVAL, rows.approval())
    await steward.push(RowKind.STATISTICS, rows.statistics("memory", 3))
    await steward.push(RowKind.STATISTICS, rows.statistics("restart", 2))
    await until(lambda: state(hass, "sensor.homelab_steward_verified_repairs").state == "5")
    incidents = state(hass, "sensor.homelab_steward_open_incidents")
    assert incidents.state == "2"
    assert incidents.attributes["incidents"] == [
        {"number": 9, "title": "y" * 80},
        {"number": 7, "title": "Memory of radarr"},
    ]
    assert state(hass, "sensor.homelab_steward_pending_approvals").state == "1"
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.RESOLVED))
    await steward.drop(RowKind.APPROVAL, "ask1")
    await until(lambda: state(hass, "sensor.homelab_steward_pending_approvals").state == "0")
    assert state(hass, "sensor.homelab_steward_open_incidents").state == "1"


async def test_an_open_incident_says_that_it_is_silenced_or_stale(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    silenced = rows.incident("inc2", number=8, suppressed="silenced", silenced_until=rows.NOW)
    await steward.push(RowKind.INCIDENT, silenced)
    await steward.push(RowKind.INCIDENT, rows.incident("inc3", number=9, stale_since=rows.NOW))
    await until(lambda: state(hass, "sensor.homelab_steward_open_incidents").state == "2")
    stale, silent = state(hass, "sensor.homelab_steward_open_incidents").attributes["incidents"]
    assert stale["stale_since"] == rows.NOW.isoformat()
    assert (silent["silenced"], silent["silenced_until"]) == ("silenced", rows.NOW.isoformat())


async def test_a_request_of_a_person_is_no_incident(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    numbers: list[int] = []

    @callback
    def note(event: Event[Any]) -> None:
        if event.data["entity_id"] == "event.homelab_steward_incident":
            numbers.append(event.data["new_state"].attributes["number"])

    before = state(hass, "sensor.homelab_steward_open_incidents").state
    stop = hass.bus.async_listen("state_changed", note)
    for status in (IncidentStatus.OPEN, IncidentStatus.WAITING, IncidentStatus.RESOLVED):
        await steward.push(RowKind.INCIDENT, rows.incident("req", status=status, number=8, is_request=True))
    await steward.push(RowKind.INCIDENT, rows.incident("req2", number=8, is_request=True))
    await steward.push(RowKind.INCIDENT, rows.incident("inc2", number=9))
    await until(lambda: 9 in numbers)
    stop()
    assert set(numbers) == {9}
    listed = state(hass, "sensor.homelab_steward_open_incidents").attributes["incidents"]
    assert 8 not in [one["number"] for one in listed]
    assert int(state(hass, "sensor.homelab_steward_open_incidents").state) == int(before) + 1


async def test_a_pending_approval_names_its_options_and_what_is_not_offered(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, rows.with_left_out(rows.approval(), LOCKED, "x" * 900))
    await until(lambda: state(hass, "sensor.homelab_steward_pending_approvals").state == "1")
    assert state(hass, "sensor.homelab_steward_pending_approvals").attributes["requests"] == [
        {
            "approval_id": "ask1",
            "number": 7,
            "title": "Memory of radarr",
            "options": [
                {"number": 1, "label": "Increase memory 2 → 3 GiB", "risk": "low"},
                {"number": 2, "label": "Restart Radarr", "risk": "high"},
                {"number": 3, "label": "Investigate", "risk": "low"},
            ],
            "not_offered": [LOCKED, "x" * 200],
        }
    ]


async def test_the_event_names_what_is_not_offered_while_it_waits(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    proposal = rows.with_left_out(rows.approval(), LOCKED).proposal

    def attributes() -> Mapping[str, Any]:
        return state(hass, "event.homelab_steward_incident").attributes

    await steward.push(RowKind.INCIDENT, rows.incident(proposal=proposal))
    await until(lambda: attributes().get("event_type") == "waiting")
    assert attributes()["not_offered"] == [LOCKED]
    await steward.push(RowKind.INCIDENT, rows.incident(proposal=proposal, status=IncidentStatus.RESOLVED))
    await until(lambda: attributes().get("event_type") == "resolved")
    assert attributes()["not_offered"] == []


HIDDEN = "Disk\n\u202e1 Restart\u200b it"
SHOWN = "Disk 1 Restart it"


async def test_text_from_outside_is_on_one_line_in_attributes(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    """Line breaks, direction marks and hidden characters could make a text look like a plan."""
    guest = replace(
        rows.container(memory_share=None),
        name="radarr",
        expected_off=HIDDEN,
        unknown={"memory_share": HIDDEN},
    )
    proposal = rows.with_left_out(rows.approval(), HIDDEN).proposal
    incident = rows.incident(title=HIDDEN, resolution=HIDDEN, suppressed=HIDDEN, proposal=proposal)
    assert incident.target is not None
    incident = replace(incident, target=replace(incident.target, name=HIDDEN))
    partly = replace(
        rows.snapshot("pve", guest),
        coverage=rows.partial(pool=HIDDEN),
        unavailable={"action.restart": HIDDEN},
    )
    await steward.push(RowKind.INSTANCE, rows.instance(error=HIDDEN))
    await steward.push(RowKind.SNAPSHOT, partly)
    await steward.push(RowKind.APPROVAL, rows.with_left_out(replace(rows.approval(), title=HIDDEN), HIDDEN))
    await steward.push(RowKind.INCIDENT, incident)
    await until(lambda: state(hass, "event.homelab_steward_incident").attributes.get("number") == 7)
    event = state(hass, "event.homelab_steward_incident").attributes
    assert [event[key] for key in ("title", "target", "resolution")] == [SHOWN] * 3
    assert event["not_offered"] == [SHOWN]
    (listed,) = state(hass, "sensor.homelab_steward_open_incidents").attributes["incidents"]
    assert (listed["title"], listed["silenced"]) == (SHOWN, SHOWN)
    (waiting,) = state(hass, "sensor.homelab_steward_pending_approvals").attributes["requests"]
    assert (waiting["title"], waiting["not_offered"]) == (SHOWN, [SHOWN])
    assert state(hass, "sensor.radarr_memory_usage").attributes["reason"] == SHOWN
    status = state(hass, "sensor.proxmox_status").attributes
    assert status["reason"] == SHOWN
    assert list(status["gaps"].values()) == [SHOWN]
    assert list(status["not_offered"].values()) == [SHOWN]
    texts = [str(one.attributes) for one in hass.states.async_all()]
    assert not [text for text in texts if "\u202e" in text or "\u200b" in text or "\\u20" in text]


async def test_only_ten_incidents_are_named(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    for number in range(30):
        steward.rows[RowKind.INCIDENT][f"i{number}"] = rows.incident(f"i{number}", number=number)
    assert await hass.config_entries.async_setup(entry.entry_id)
    incidents = state(hass, "sensor.homelab_steward_open_incidents")
    assert incidents.state == "30"
    assert [one["number"] for one in incidents.attributes["incidents"]] == list(range(29, 19, -1))


async def test_every_change_of_an_incident_status_is_an_event(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    turns: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] == "event.homelab_steward_incident":
            turns.append(new.attributes["event_type"])

    stop = hass.bus.async_listen("state_changed", note)
    turned = [
        IncidentStatus.OPEN,
        IncidentStatus.DIAGNOSED,
        IncidentStatus.WAITING,
        IncidentStatus.WAITING,
        IncidentStatus.ACTING,
        IncidentStatus.RESOLVED,
    ]
    for status in turned:
        await steward.push(RowKind.INCIDENT, rows.incident(status=status))
    await until(lambda: turns[-1:] == ["resolved"])
    stop()
    assert turns == ["opened", "waiting", "acting", "resolved"]
    attributes = state(hass, "event.homelab_steward_incident").attributes
    assert attributes["number"] == 7
    assert attributes["target"] == "radarr"
    assert "labels" not in attributes


async def test_the_status_at_the_start_is_no_event(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert state(hass, "event.homelab_steward_incident").state == "unknown"


@pytest.mark.parametrize(
    ("turned", "expected"),
    [
        (["open", "diagnosed", "open", "waiting", "open"], ["opened", "waiting"]),
        (["open", "resolved", "open"], ["opened", "resolved", "opened"]),
        (["open", "unsolved", "open"], ["opened", "unsolved", "opened"]),
    ],
)
async def test_an_incident_is_opened_once_until_it_ends(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    turned: list[str],
    expected: list[str],
) -> None:
    turns: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        if event.data["entity_id"] == "event.homelab_steward_incident":
            turns.append(event.data["new_state"].attributes["event_type"])

    hass.bus.async_listen("state_changed", note)
    for status in turned:
        await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus(status)))
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.IGNORED))
    await until(lambda: turns[-1:] == ["ignored"])
    assert turns[:-1] == expected


async def test_an_old_ended_incident_that_is_listed_again_is_no_event(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INCIDENT, replace(rows.incident("new"), number=9))
    await until(lambda: state(hass, "event.homelab_steward_incident").attributes.get("number") == 9)
    before = state(hass, "event.homelab_steward_incident")
    await steward.stop()
    old = rows.incident("old", status=IncidentStatus.RESOLVED)
    steward.rows[RowKind.INCIDENT]["old"] = replace(old, number=2)
    steward.hello = replace(steward.hello, stream="restarted")
    await steward.start()
    await until(lambda: "old" in loaded.runtime_data.coordinator.steward_state.incidents)
    assert state(hass, "event.homelab_steward_incident") == before
