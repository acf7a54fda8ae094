"""The conditions of automations."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from automations import OPEN, PROBLEM, device, opened
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import IncidentStatus, Severity
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.state import InstanceStatus


async def checks(hass: HomeAssistant, key: str, options: Any = None, target: Any = None) -> Any:
    """Return the checker of a condition."""
    config: dict[str, Any] = {"condition": f"{DOMAIN}.{key}"}
    config |= {"options": options} if options else {}
    config |= {"target": target} if target else {}
    valid = await condition.async_validate_condition_config(hass, config)
    return await condition.async_from_config(hass, valid)


async def test_is_healthy(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, restart: Any, until: Until
) -> None:
    assert await async_setup_component(hass, "automation", {})
    healthy = await checks(
        hass, "is_healthy", target={"device_id": [device(hass, loaded, "f00dfeed", "pve")]}
    )
    assert healthy.async_check() is True
    await steward.push(RowKind.INSTANCE, rows.instance(status=InstanceStatus.UNREACHABLE))
    await until(lambda: healthy.async_check() is False)
    off = rows.instance(status=InstanceStatus.UNREACHABLE, expected_off="You said so")
    await steward.push(RowKind.INSTANCE, off)
    await until(lambda: healthy.async_check() is True)
    await restart((RowKind.INSTANCE, rows.instance()), (RowKind.INCIDENT, opened()))
    assert healthy.async_check() is False
    await steward.stop()
    await until(lambda: hass.states.is_state(PROBLEM, "unavailable"))
    assert healthy.async_check() is False, "what is not known is not healthy"
    healthy.async_unload()
    other = await checks(hass, "is_healthy", target={"entity_id": ["binary_sensor.radarr_running"]})
    assert other.async_check() is False, "only the problem sensors of services count"
    other.async_unload()


@pytest.mark.parametrize(
    ("key", "kind", "row"),
    [
        ("has_open_incident", RowKind.INCIDENT, opened()),
        ("is_waiting", RowKind.APPROVAL, rows.approval()),
    ],
)
async def test_something_is_open_or_waits(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    restart: Any,
    until: Until,
    key: str,
    kind: RowKind,
    row: Any,
) -> None:
    assert await async_setup_component(hass, "automation", {})
    any_row = await checks(hass, key)
    critical = await checks(hass, key, {"severity": "critical"})
    long = await checks(hass, key, {"for": {"days": 10000}})
    mine = await checks(
        hass, key, {"category": ["media"], "device_id": device(hass, loaded, "f00dfeed", "pve")}
    )
    everything = (any_row, critical, long, mine)
    assert [one.async_check() for one in everything] == [False] * 4
    await restart((kind, row))
    assert [one.async_check() for one in everything] == [True, False, False, True]
    await steward.stop()
    await until(lambda: hass.states.is_state(OPEN, "unavailable"))
    for one in everything:
        with pytest.raises(condition.ConditionError):
            one.async_check()
        one.async_unload()


async def test_a_condition_that_is_not_known_stops_an_automation(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    calls = async_mock_service(hass, "test", "automation")
    content = {
        "alias": "it",
        "triggers": [{"trigger": "event", "event_type": "go"}],
        "conditions": [{"not": [{"condition": f"{DOMAIN}.has_open_incident"}]}],
        "actions": [{"action": "test.automation"}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [content]})
    hass.bus.async_fire("go")
    await until(lambda: len(calls) == 1)
    await steward.push(RowKind.INCIDENT, opened())
    await until(lambda: hass.states.is_state(OPEN, "1"))
    hass.bus.async_fire("go")
    await hass.async_block_till_done()
    await steward.stop()
    await until(lambda: hass.states.is_state(OPEN, "unavailable"))
    hass.bus.async_fire("go")
    await hass.async_block_till_done()
    assert len(calls) == 1


async def test_conditions_wait_for_the_integration(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "automation", {})
    waiting = await checks(hass, "is_waiting")
    assert waiting.async_check() is False
    assert await hass.config_entries.async_unload(loaded.entry_id)
    with pytest.raises(condition.ConditionError):
        waiting.async_check()
    waiting.async_unload()


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": Severity.INFO},
        {"status": IncidentStatus.IGNORED},
        {"is_request": True},
        {"target": None},
    ],
)
async def test_what_is_no_problem_of_a_service(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, changes: dict[str, Any]
) -> None:
    await steward.push(RowKind.INCIDENT, replace(opened("none", 1), **changes))
    await steward.push(RowKind.INCIDENT, opened("other", 2, target=replace(rows.target(), instance_id="x")))
    await steward.push(RowKind.INSTANCE, rows.instance(name="Seen"))
    await until(lambda: hass.states.get(PROBLEM).state == "off")  # type: ignore[union-attr]
    await steward.push(RowKind.INCIDENT, opened("one", 3))
    await steward.push(RowKind.INCIDENT, opened("two", 4))
    await until(lambda: len(hass.states.get(PROBLEM).attributes["incidents"]) == 2)  # type: ignore[union-attr]
    state = hass.states.get(PROBLEM)
    assert state
    assert [one["number"] for one in state.attributes["incidents"]] == [4, 3]
