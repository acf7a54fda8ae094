"""The last drill: a sensor with the rules that held, and repairs while one did not or it is old."""

from collections.abc import Iterable
from datetime import timedelta

from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.drill import DrillReport, ProbeReport
from custom_components.homelab_steward.contract.protocol import RowKind

SENSOR = "sensor.homelab_steward_rules_held_in_the_last_drill"
FORGED = ProbeReport(id="forged", title="A forged button\ndoes nothing", reason="it was taken")


def report(failed: Iterable[ProbeReport] = (), days_ago: int = 0) -> DrillReport:
    broken = tuple(failed)
    at = dt_util.utcnow() - timedelta(days=days_ago, minutes=1)
    return DrillReport(at=at, version="1", probes=30, held=30 - len(broken), failed=broken)


def shown(hass: HomeAssistant) -> State:
    state = hass.states.get(SENSOR)
    assert state
    return state


def issue(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{entry.entry_id}")


async def test_without_a_drill_nothing_is_known_and_nothing_is_wrong(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert shown(hass).state == "unknown"
    assert issue(hass, loaded, "drill_failed") is None
    assert issue(hass, loaded, "drill_old") is None


async def test_rule_that_did_not_hold_is_a_repair_until_it_holds(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.DRILL, report([FORGED]))
    await until(lambda: shown(hass).state == "29")
    assert shown(hass).attributes["failed"] == ["A forged button does nothing"]
    found = issue(hass, loaded, "drill_failed")
    assert found is not None
    assert found.severity is ir.IssueSeverity.ERROR
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["rules"] == "- A forged button does nothing"
    await steward.push(RowKind.DRILL, report())
    await until(lambda: shown(hass).state == "30")
    assert issue(hass, loaded, "drill_failed") is None


async def test_old_drill_is_a_repair_until_the_next_one(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.DRILL, report(days_ago=89))
    await until(lambda: shown(hass).state == "30")
    assert issue(hass, loaded, "drill_old") is None
    await steward.push(RowKind.DRILL, report(days_ago=91))
    await until(lambda: issue(hass, loaded, "drill_old") is not None)
    await steward.push(RowKind.DRILL, report())
    await until(lambda: issue(hass, loaded, "drill_old") is None)
