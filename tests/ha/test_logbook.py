"""The sentences of Home Assistant's logbook about incidents and requests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import EVENT_ROW
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Verb
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.logbook import ENGLISH, async_describe_events
from custom_components.homelab_steward.phrases import Phrases
from custom_components.homelab_steward.row_events import LOGBOOK_EVENTS

type Describe = Callable[[Event[Any]], dict[str, str]]


def described(hass: HomeAssistant) -> Describe:
    """Return what describes the events of rows."""
    found: dict[str, Describe] = {}
    async_describe_events(hass, lambda _domain, event, describe: found.update({event: describe}))
    return found[EVENT_ROW]


def test_each_event_has_a_sentence() -> None:
    rest = {key.removeprefix("logbook_") for key in ENGLISH} - {"used", "used_on"}
    assert rest == LOGBOOK_EVENTS


async def test_what_happens_to_incidents_and_requests_is_described(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    events: list[Event[Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        events.append(event)

    hass.bus.async_listen(EVENT_ROW, note)
    pending = rows.approval()
    decided = replace(pending, status=ApprovalStatus.APPROVED, decision=rows.decision())
    another = rows.approval("ask2")
    for row in (
        rows.incident(status=IncidentStatus.OPEN),
        rows.incident(status=IncidentStatus.WAITING),
        pending,
        replace(pending, snoozed_until=rows.NOW + timedelta(days=1)),
        decided,
        rows.incident(status=IncidentStatus.ACTING),
        rows.incident(status=IncidentStatus.RESOLVED),
        another,
        replace(another, status=ApprovalStatus.REJECTED, decision=rows.decision(Verb.REJECT, option=None)),
    ):
        kind = RowKind.INCIDENT if isinstance(row, rows.Incident) else RowKind.APPROVAL
        await steward.push(kind, row)
    await until(lambda: len(events) == 7)
    await Phrases.async_load(hass)
    describe = described(hass)
    assert [(one["name"], one["message"]) for one in map(describe, events)] == [
        ("Homelab Steward", "opened incident 7: Memory of radarr"),
        ("Homelab Steward", "asked for a decision on incident 7: Memory of radarr"),
        ("Homelab Steward", "lets the request about incident 7 wait: Memory of radarr"),
        ("Robin", "approved “Increase memory 2 → 3 GiB” for incident 7"),
        ("Homelab Steward", "closed incident 7 as resolved: Memory of radarr"),
        ("Homelab Steward", "asked for a decision on incident 7: Memory of radarr"),
        ("Robin", "rejected the options for incident 7: Memory of radarr"),
    ]
    hass.config.language = "de"
    await Phrases.async_load(hass)
    assert describe(events[3])["message"] == "gab „Increase memory 2 → 3 GiB“ für Vorfall 7 frei"


async def test_a_title_with_braces_is_shown_as_it_is(hass: HomeAssistant) -> None:
    data = {"kind": "incident", "event_type": "opened", "number": 7, "title": "{label}", "label": None}
    event: Event[Any] = Event(EVENT_ROW, {**data, "person": None})
    assert described(hass)(event)["message"] == "opened incident 7: {label}"
