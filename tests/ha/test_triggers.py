"""Our triggers and conditions in real automations, through restarts of the app."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from automations import OPEN, PROBLEM, Automate, device, opened
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, trigger
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_seconds

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Severity
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.state import InstanceStatus


async def test_home_assistant_offers_all_of_them_with_a_description(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "automation", {})
    triggers = {
        key.removeprefix(f"{DOMAIN}."): one
        for key, one in (await trigger.async_get_all_descriptions(hass)).items()
        if key.startswith(f"{DOMAIN}.")
    }
    assert set(triggers) == {
        "approval_requested",
        "approval_decided",
        "incident_opened",
        "incident_resolved",
        "service_became_unhealthy",
        "service_recovered",
    }
    assert all(one and one["fields"] for one in triggers.values())
    conditions = {
        key.removeprefix(f"{DOMAIN}."): one
        for key, one in (await condition.async_get_all_descriptions(hass)).items()
        if key.startswith(f"{DOMAIN}.")
    }
    assert set(conditions) == {
        "is_healthy",
        "has_open_incident",
        "is_waiting",
        "maintenance_is_active",
        "is_paused",
    }
    assert all(one is not None for one in conditions.values())


async def test_incident_opened(
    steward: FakeSteward, automate: Automate, restart: Any, until: Until, hass: HomeAssistant
) -> None:
    calls = await automate("incident_opened", {"severity": "warning", "category": "media"})
    await steward.push(RowKind.INCIDENT, opened("mild", 1, severity=Severity.INFO))
    await steward.push(RowKind.INCIDENT, opened("other", 2, category="network"))
    await steward.push(RowKind.INCIDENT, opened("asked", 3, is_request=True))
    await steward.push(RowKind.INCIDENT, opened("first", 4))
    await until(lambda: calls)
    event = calls[0].data["trigger"]
    assert (event["incident_id"], event["title"], event["severity"]) == (
        "first",
        "Memory of radarr",
        "warning",
    )
    assert event["platform"] == f"{DOMAIN}.incident_opened"
    await restart()
    await restart((RowKind.INCIDENT, opened("second", 5)))
    await until(lambda: len(calls) == 2)
    await steward.push(RowKind.INCIDENT, replace(opened("second", 5), status=IncidentStatus.WAITING))
    await steward.push(RowKind.INCIDENT, opened("third", 6))
    await until(lambda: len(calls) == 3)
    assert [one.data["trigger"]["number"] for one in calls] == [4, 5, 6]


async def test_incident_resolved(
    steward: FakeSteward, automate: Automate, restart: Any, until: Until
) -> None:
    calls = await automate("incident_resolved")
    await steward.push(RowKind.INCIDENT, opened("first", 1))
    await steward.push(RowKind.INCIDENT, opened("second", 2))
    ended = replace(opened("first", 1), status=IncidentStatus.RESOLVED, resolution="It runs again")
    await restart((RowKind.INCIDENT, ended))
    await until(lambda: calls)
    assert calls[0].data["trigger"]["resolution"] == "It runs again"
    await steward.push(RowKind.INCIDENT, replace(opened("second", 2), status=IncidentStatus.IGNORED))
    await steward.push(RowKind.INCIDENT, opened("third", 3))
    await steward.push(RowKind.INCIDENT, replace(opened("third", 3), status=IncidentStatus.RESOLVED))
    await until(lambda: len(calls) == 2)


async def test_an_incident_that_is_silenced_opens_afterwards(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, automate: Automate, until: Until
) -> None:
    await steward.push(RowKind.INCIDENT, opened("old", 1, suppressed="Maintenance: disks"))
    await until(lambda: hass.states.is_state(OPEN, "1"))
    assert await hass.config_entries.async_reload(loaded.entry_id)
    calls = await automate("incident_opened")
    await steward.push(RowKind.INCIDENT, opened("new", 2, suppressed="Maintenance: disks"))
    await steward.push(RowKind.INCIDENT, opened("short", 3, suppressed="Maintenance: disks"))
    await steward.push(RowKind.INCIDENT, replace(opened("short", 3), status=IncidentStatus.RESOLVED))
    await until(lambda: hass.states.is_state(OPEN, "2"))
    assert not calls
    waiting = replace(opened("new", 2), status=IncidentStatus.WAITING)
    await steward.push(RowKind.INCIDENT, waiting)
    await steward.push(RowKind.INCIDENT, replace(waiting, status=IncidentStatus.ACTING))
    await steward.push(RowKind.INCIDENT, opened("old", 1))
    await until(lambda: len(calls) == 2)
    assert [one.data["trigger"]["number"] for one in calls] == [2, 1]


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        (("f00dfeed",), [7, 8]),
        (("f00dfeed", "pve"), [7]),
        (("f00dfeed", "pve", "container", "105"), [7]),
        (("f00dfeed", "pve", "container", "106"), []),
        (("f00dfeed", "new"), []),
    ],
)
async def test_an_incident_is_selected_by_its_devices(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    automate: Automate,
    until: Until,
    path: tuple[str, ...],
    numbers: list[int],
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("new"))
    both = rows.snapshot("pve", rows.container(), rows.container(106, "sonarr"))
    await steward.push(RowKind.SNAPSHOT, both)
    await until(lambda: er.async_get(hass).async_get("sensor.sonarr_memory_usage"))
    calls = await automate("incident_opened", {"device_id": [device(hass, loaded, *path)]})
    await steward.push(RowKind.INCIDENT, opened())
    await steward.push(RowKind.INCIDENT, opened("other", 8, target=None))
    await until(lambda: hass.states.is_state(OPEN, "2"))
    assert [one.data["trigger"]["number"] for one in calls] == numbers


async def test_approval_requested(
    steward: FakeSteward, automate: Automate, restart: Any, until: Until
) -> None:
    calls = await automate("approval_requested", {"severity": "warning"})
    await steward.push(RowKind.APPROVAL, rows.approval("mild", severity=Severity.INFO))
    await restart((RowKind.APPROVAL, rows.approval()))
    await until(lambda: calls)
    event = calls[0].data["trigger"]
    assert (event["approval_id"], event["title"]) == ("ask1", "Memory of radarr")
    assert event["options"][0] == {"number": 1, "label": "Increase memory 2 → 3 GiB", "risk": "low"}
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=1))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: len(calls) == 2)
    assert calls[1].data["trigger"]["approval_id"] == "ask2"


async def test_a_request_is_about_what_it_changes(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, automate: Automate, until: Until
) -> None:
    options = {"device_id": [device(hass, loaded, "f00dfeed", "pve", "container", "105")]}
    calls = await automate("approval_requested", options)
    await steward.push(RowKind.APPROVAL, rows.approval("nothing", rows.option(1, steps=())))
    await steward.push(RowKind.APPROVAL, rows.approval())
    await until(lambda: calls)
    assert [one.data["trigger"]["approval_id"] for one in calls] == ["ask1"]


async def test_approval_decided(steward: FakeSteward, automate: Automate, restart: Any, until: Until) -> None:
    calls = await automate("approval_decided")
    await steward.push(RowKind.APPROVAL, rows.approval())
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", status=ApprovalStatus.EXPIRED))
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await restart((RowKind.APPROVAL, decided))
    await until(lambda: calls)
    event = calls[0].data["trigger"]
    assert (event["person"], event["via"], event["option"]) == ("Robin", "telegram", 1)
    assert len(calls) == 1


async def test_approval_decided_counts_the_chosen_decisions(
    steward: FakeSteward, automate: Automate, until: Until
) -> None:
    calls = await automate("approval_decided", {"decision": "expired"})
    await steward.push(RowKind.APPROVAL, rows.approval())
    await steward.push(RowKind.APPROVAL, rows.approval(status=ApprovalStatus.REJECTED))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", status=ApprovalStatus.EXPIRED))
    await until(lambda: calls)
    assert [one.data["trigger"]["approval_id"] for one in calls] == ["ask2"]


async def test_service_became_unhealthy(
    hass: HomeAssistant, steward: FakeSteward, automate: Automate, restart: Any, until: Until
) -> None:
    calls = await automate("service_became_unhealthy", target={"entity_id": PROBLEM})
    failing = rows.instance(status=InstanceStatus.UNREACHABLE, error="no answer")
    await steward.push(RowKind.INSTANCE, failing)
    await until(lambda: calls)
    event = calls[0].data["trigger"]
    assert (event["entity_id"], event["name"], event["status"], event["reason"]) == (
        PROBLEM,
        "Proxmox",
        "unreachable",
        "no answer",
    )
    assert hass.states.get(PROBLEM).state == "on"  # type: ignore[union-attr]
    await restart()
    pending = rows.instance(status=InstanceStatus.PENDING)
    await restart((RowKind.INSTANCE, pending))
    assert hass.states.is_state(PROBLEM, "unknown")
    await steward.push(RowKind.INSTANCE, failing)
    await until(lambda: hass.states.is_state(PROBLEM, "on"))
    assert len(calls) == 1, "it was not known to be healthy in between"
    await restart((RowKind.INSTANCE, rows.instance()))
    await restart((RowKind.INSTANCE, pending))
    await steward.push(RowKind.INSTANCE, failing)
    await until(lambda: len(calls) == 2)
    await steward.push(RowKind.INSTANCE, rows.instance())
    await restart((RowKind.INCIDENT, opened()))
    await until(lambda: len(calls) == 3)
    assert calls[2].data["trigger"]["incidents"] == [
        {"number": 7, "title": "Memory of radarr", "severity": "warning"}
    ]


async def test_service_recovered_by_device_and_only_the_targeted_one(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    automate: Automate,
    restart: Any,
    until: Until,
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("new", name="New", status=InstanceStatus.FAILING))
    await steward.push(RowKind.INCIDENT, opened())
    target = {"device_id": device(hass, loaded, "f00dfeed", "pve")}
    calls = await automate("service_recovered", target=target)
    await steward.push(RowKind.INSTANCE, rows.instance("new", name="New"))
    await restart((RowKind.INCIDENT, replace(opened(), status=IncidentStatus.RESOLVED)))
    await until(lambda: calls)
    assert [one.data["trigger"]["name"] for one in calls] == ["Proxmox"]
    assert calls[0].data["trigger"]["device_id"] == target["device_id"]


async def test_a_service_that_failed_while_the_app_was_away(
    hass: HomeAssistant, automate: Automate, restart: Any, until: Until
) -> None:
    entity_shows_it = {"condition": "state", "entity_id": PROBLEM, "state": "on"}
    calls = await automate("service_became_unhealthy", None, {"entity_id": PROBLEM}, [entity_shows_it])
    await restart((RowKind.INSTANCE, rows.instance(status=InstanceStatus.UNREACHABLE)))
    await until(lambda: calls)
    assert calls[0].data["trigger"]["status"] == "unreachable"


async def test_a_service_must_be_unhealthy_for_some_time(
    hass: HomeAssistant, steward: FakeSteward, automate: Automate, until: Until
) -> None:
    calls = await automate("service_became_unhealthy", {"for": "00:05:00"}, {"entity_id": PROBLEM})
    down = rows.instance(status=InstanceStatus.UNREACHABLE)
    for row, state in ((down, "on"), (rows.instance(), "off")):
        await steward.push(RowKind.INSTANCE, row)
        await until(lambda expected=state: hass.states.is_state(PROBLEM, expected))
    pass_seconds(hass, 6 * 60)
    await hass.async_block_till_done()
    assert not calls, "it recovered in time"
    await steward.push(RowKind.INSTANCE, down)
    await until(lambda: hass.states.is_state(PROBLEM, "on"))
    assert not calls
    pass_seconds(hass, 6 * 60)
    await until(lambda: calls)
    await steward.push(RowKind.INSTANCE, rows.instance())
    await steward.push(RowKind.INSTANCE, down)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.it"}, blocking=True)
    pass_seconds(hass, 6 * 60)
    await hass.async_block_till_done()
    assert len(calls) == 1, "an automation that is off does not run later"


async def test_a_reload_is_no_event_and_triggers_work_after_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, automate: Automate, until: Until
) -> None:
    await steward.push(RowKind.INCIDENT, opened())
    await until(lambda: hass.states.is_state(OPEN, "1"))
    calls = await automate("incident_opened")
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await steward.push(RowKind.INCIDENT, opened("next", 8))
    await until(lambda: calls)
    assert [one.data["trigger"]["number"] for one in calls] == [8]


@pytest.mark.parametrize(
    ("key", "options", "target"),
    [
        ("incident_opened", {"severity": "terrible"}, None),
        ("incident_opened", {"unknown": 1}, None),
        ("approval_decided", {"decision": []}, None),
        ("approval_decided", {"decision": "snoozed"}, None),
        ("service_recovered", {}, None),
        ("service_recovered", {"for": "long"}, {"entity_id": PROBLEM}),
        ("something_else", {}, None),
    ],
)
async def test_wrong_options_are_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, key: str, options: Any, target: Any
) -> None:
    content = {
        "alias": "it",
        "triggers": [
            {"trigger": f"{DOMAIN}.{key}", "options": options, **({"target": target} if target else {})}
        ],
        "actions": [],
    }
    assert await async_setup_component(hass, "automation", {"automation": [content]})
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.it", "unavailable")
