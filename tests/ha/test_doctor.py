"""The doctor of the app: a repair for each finding that needs a person, and the command of the panel."""

from dataclasses import replace

from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.doctor import (
    Area,
    DoctorReport,
    Finding,
    FindingSeverity,
    HealthPart,
    Versions,
)
from custom_components.homelab_steward.contract.protocol import RowKind

VERSIONS = Versions(app="1.0.0", contract=1, database="0001", python="3.14.2")


def finding(key: str, *, needs_repair: bool = True) -> Finding:
    return Finding(
        id=key,
        area=Area.STORAGE,
        severity=FindingSeverity.ERROR,
        subject="/data",
        problem="Only 3 MiB are\nfree.",
        why="Nothing can be stored.",
        remedy="Delete files.",
        needs_repair=needs_repair,
    )


def report(*findings: Finding) -> DoctorReport:
    return DoctorReport(at=dt_util.utcnow(), versions=VERSIONS, findings=findings)


def issues(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, ir.IssueEntry]:
    start = f"doctor_{entry.entry_id}_"
    found = ir.async_get(hass).issues
    return {key[1].removeprefix(start): one for key, one in found.items() if key[1].startswith(start)}


async def test_each_finding_that_needs_a_person_is_a_repair_until_it_is_solved(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert not issues(hass, loaded)
    two = (finding("storage.space"), finding("clock.own"), finding("telegram.reach", needs_repair=False))
    await steward.push(RowKind.DOCTOR, report(*two))
    await until(lambda: set(issues(hass, loaded)) == {"storage.space", "clock.own"})
    shown = issues(hass, loaded)["storage.space"]
    assert shown.severity is ir.IssueSeverity.ERROR
    assert shown.translation_key == "doctor"
    assert shown.translation_placeholders is not None
    assert shown.translation_placeholders["problem"] == "Only 3 MiB are free."
    await steward.push(RowKind.DOCTOR, report(finding("clock.own")))
    await until(lambda: set(issues(hass, loaded)) == {"clock.own"})
    await steward.push(RowKind.DOCTOR, report())
    await until(lambda: not issues(hass, loaded))


async def test_a_sensor_counts_the_parts_of_the_app_that_do_not_work(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    sensor = "sensor.homelab_steward_parts_of_the_app_with_a_problem"
    assert hass.states.get(sensor).state == "unknown"
    parts = (
        HealthPart(key="disk", ok=False, value=1.0, reasons=("the disk is\nfull",)),
        HealthPart(key="queues", ok=None),
        HealthPart(key="models", ok=True),
    )
    await steward.push(RowKind.DOCTOR, replace(report(), health=parts))
    await until(lambda: hass.states.is_state(sensor, "1"))
    attributes = hass.states.get(sensor).attributes
    assert attributes["reasons"] == ["the disk is full"]
    assert (attributes["failed_parts"], attributes["unknown_parts"]) == (["disk"], ["queues"])
    await steward.push(RowKind.DOCTOR, replace(report(), health=parts[2:]))
    await until(lambda: hass.states.is_state(sensor, "0"))
    assert hass.states.get(sensor).attributes["reasons"] == []
