"""The to-do list, the sensors and the events of approval requests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.components.todo import DATA_COMPONENT
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceNotSupported
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from custom_components.homelab_steward.contract.protocol import Command, RowKind

LIST = "todo.homelab_steward_approvals"
EVENT = "event.homelab_steward_request"
OLDEST = "sensor.homelab_steward_oldest_waiting"


def value(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


async def items(hass: HomeAssistant) -> list[dict[str, Any]]:
    answer = await hass.services.async_call(
        "todo", "get_items", {"entity_id": LIST}, blocking=True, return_response=True
    )
    found: Any = (answer or {})[LIST]
    return list(found["items"])


def decided(status: ApprovalStatus, verb: Verb | None) -> ApprovalRequest:
    return rows.approval(status=status, decision=rows.decision(verb) if verb else None)


@pytest.fixture
def events(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the attributes of each event of the entity."""
    noted: list[dict[str, Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] == EVENT and new is not None and new.attributes.get("event_type"):
            noted.append(dict(new.attributes))

    hass.bus.async_listen("state_changed", note)
    return noted


async def test_the_list_has_one_item_for_each_pending_request(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert value(hass, LIST) == "0"
    newer = rows.approval("ask2", title="C\u202eertificate\nof nas", created_at=rows.NOW + timedelta(hours=1))
    await steward.push(RowKind.APPROVAL, newer)
    await steward.push(RowKind.APPROVAL, rows.approval())
    await until(lambda: value(hass, LIST) == "2")
    first, second = await items(hass)
    assert (first["uid"], first["summary"], first["status"]) == (
        "ask1",
        "#7 “Memory of radarr”",
        "needs_action",
    )
    assert first["due"] == "2026-11-21T13:00:00+01:00"
    assert first["description"].splitlines()[0] == (
        "1 Increase memory 2 → 3 GiB: Set memory (radarr): memory 2048 MiB → 3072 MiB. "
        "Can be undone. Low risk."
    )
    assert len(first["description"].splitlines()) == 3
    assert second["summary"] == "#7 “Certificate of nas”"
    await steward.push(RowKind.APPROVAL, decided(ApprovalStatus.APPROVED, Verb.APPROVE))
    await until(lambda: value(hass, LIST) == "1")
    assert [one["uid"] for one in await items(hass)] == ["ask2"]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("update_item", {"item": "ask1", "status": "completed"}),
        ("remove_item", {"item": "ask1"}),
        ("remove_completed_items", {}),
        ("add_item", {"item": "Restart radarr"}),
    ],
)
async def test_an_item_cannot_be_completed_deleted_or_added(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    action: str,
    data: dict[str, Any],
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval())
    await until(lambda: value(hass, LIST) == "1")
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call("todo", action, {"entity_id": LIST} | data, blocking=True)
    entity = hass.data[DATA_COMPONENT].get_entity(LIST)
    assert entity is not None
    assert not entity.supported_features
    assert [one["uid"] for one in await items(hass)] == ["ask1"]
    assert steward.asked(Command.DECIDE) == []


async def test_the_list_is_unavailable_without_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    await until(lambda: value(hass, LIST) == "unavailable")


async def test_the_oldest_waiting_request_has_a_time(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert value(hass, OLDEST) == "unknown"
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", created_at=rows.NOW + timedelta(hours=1)))
    await until(lambda: value(hass, OLDEST) == "2026-11-21T09:00:00+00:00")
    await steward.push(RowKind.APPROVAL, rows.approval())
    await until(lambda: value(hass, OLDEST) == "2026-11-21T08:00:00+00:00")
    await steward.drop(RowKind.APPROVAL, "ask1")
    await steward.drop(RowKind.APPROVAL, "ask2")
    await until(lambda: value(hass, OLDEST) == "unknown")


async def test_a_request_says_when_the_steward_acts_by_itself(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval(acts_at=rows.NOW))
    sensor = "sensor.homelab_steward_pending_approvals"
    await until(lambda: value(hass, sensor) == "1")
    state = hass.states.get(sensor)
    assert state is not None
    assert state.attributes["requests"][0]["acts_at"] == rows.NOW.isoformat()


async def test_a_request_is_listed_with_the_end_of_its_snooze_and_its_first_approval(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    half = rows.approval(snoozed_until=rows.NOW, first=rows.decision())
    await steward.push(RowKind.APPROVAL, half)
    sensor = "sensor.homelab_steward_pending_approvals"
    await until(lambda: value(hass, sensor) == "1")
    found = hass.states.get(sensor)
    assert found is not None
    (listed,) = found.attributes["requests"]
    assert listed["snoozed_until"] == rows.NOW.isoformat()
    assert listed["first_approval"] == "Robin"


@pytest.mark.parametrize(
    ("status", "verb", "event_type"),
    [
        (ApprovalStatus.APPROVED, Verb.APPROVE, "approved"),
        (ApprovalStatus.REJECTED, Verb.REJECT, "rejected"),
        (ApprovalStatus.IGNORED, Verb.IGNORE, "ignored"),
        (ApprovalStatus.EXPIRED, None, "expired"),
        (ApprovalStatus.SUPERSEDED, None, "superseded"),
    ],
)
async def test_a_request_has_an_event_when_it_is_made_and_when_it_ends(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    events: list[dict[str, Any]],
    until: Until,
    status: ApprovalStatus,
    verb: Verb | None,
    event_type: str,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval())
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=1, asked=("p1",)))
    await steward.push(RowKind.APPROVAL, decided(status, verb))
    await until(lambda: len(events) == 2)
    assert [one["event_type"] for one in events] == ["requested", event_type]
    assert (events[0]["approval_id"], events[0]["title"]) == ("ask1", "Memory of radarr")
    assert events[0]["options"][1] == {"number": 2, "label": "Restart Radarr", "risk": "high"}
    assert events[1]["person"] == ("Robin" if verb else None)
    assert events[1]["via"] == ("telegram" if verb else None)


async def test_each_snooze_is_an_event_and_its_end_is_none(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    events: list[dict[str, Any]],
    until: Until,
) -> None:
    waiting = rows.approval()
    await steward.push(RowKind.APPROVAL, waiting)
    for until_when in (rows.NOW, rows.NOW + timedelta(days=1)):
        await steward.push(RowKind.APPROVAL, replace(waiting, snoozed_until=until_when))
    await steward.push(RowKind.APPROVAL, replace(waiting, reminders=1))
    await steward.push(RowKind.APPROVAL, decided(ApprovalStatus.EXPIRED, None))
    await until(lambda: len(events) == 4)
    assert [one["event_type"] for one in events] == ["requested", "snoozed", "snoozed", "expired"]
    assert events[1]["snoozed_until"] == rows.NOW.isoformat()


async def test_a_request_that_was_over_before_is_no_event(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    events: list[dict[str, Any]],
    until: Until,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("old", status=ApprovalStatus.EXPIRED))
    await steward.push(RowKind.APPROVAL, rows.approval("new"))
    await until(lambda: events)
    assert [one["approval_id"] for one in events] == ["new"]
