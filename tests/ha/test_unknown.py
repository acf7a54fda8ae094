"""What is not known: unknown readings, incomplete polls, missing rights."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.state import Coverage, CoverageStatus, InstanceStatus

MEMORY = "sensor.radarr_memory_usage"
RUNNING = "binary_sensor.radarr_running"
STATUS = "sensor.proxmox_status"


async def test_an_unknown_reading_has_the_state_unknown_and_the_reason(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    unread = replace(
        rows.container(memory_share=None, running=None),
        unknown={"memory_share": "The node does not answer", "running": "The node does not answer"},
    )
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", unread))
    await until(lambda: state(hass, MEMORY).state == "unknown")
    assert state(hass, MEMORY).attributes["reason"] == "The node does not answer"
    assert state(hass, RUNNING).state == "unknown"
    assert state(hass, RUNNING).attributes["reason"] == "The node does not answer"
    other = replace(unread, unknown={"memory_share": "No permission", "running": "The node does not answer"})
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", other))
    await until(lambda: state(hass, MEMORY).attributes["reason"] == "No permission")
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=40)))
    await until(lambda: state(hass, MEMORY).state == "40")
    assert "reason" not in state(hass, MEMORY).attributes


async def test_an_unknown_reading_at_the_start_has_the_reason(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    snapshot = rows.snapshot(nodes_online=None)
    steward.rows[RowKind.SNAPSHOT]["pve"] = replace(snapshot, unknown={"nodes_online": "No quorum"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    nodes = state(hass, "sensor.proxmox_nodes_online")
    assert (nodes.state, nodes.attributes["reason"]) == ("unknown", "No quorum")


async def test_a_reading_that_the_app_does_not_send_is_unknown(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", replace(rows.container(), values={})))
    await until(lambda: state(hass, MEMORY).state == "unknown")
    assert state(hass, RUNNING).state == "unknown"
    assert "reason" not in state(hass, MEMORY).attributes


async def test_the_status_shows_what_a_poll_could_not_read(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert state(hass, STATUS).attributes["coverage"] == "complete"
    assert "gaps" not in state(hass, STATUS).attributes
    coverage = rows.partial(pool="No permission", tasks="Timeout")
    await steward.push(RowKind.SNAPSHOT, replace(rows.snapshot(), coverage=coverage))
    await until(lambda: state(hass, STATUS).attributes["coverage"] == "partial")
    assert state(hass, STATUS).attributes["gaps"] == {"Pool": "No permission", "tasks": "Timeout"}
    failed = Coverage(status=CoverageStatus.FAILED)
    await steward.push(RowKind.SNAPSHOT, replace(rows.snapshot(), coverage=failed))
    await until(lambda: state(hass, STATUS).attributes["coverage"] == "failed")
    await steward.push(RowKind.SNAPSHOT, rows.snapshot())
    await until(lambda: state(hass, STATUS).attributes["coverage"] == "complete")


async def test_the_status_shows_why_an_instance_is_unreachable(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    down = rows.instance(status=InstanceStatus.UNREACHABLE, error="cannot connect")
    await steward.push(RowKind.INSTANCE, down)
    await until(lambda: state(hass, STATUS).state == "unreachable")
    assert state(hass, STATUS).attributes["reason"] == "cannot connect"
    await steward.push(RowKind.INSTANCE, replace(down, error="no answer in time"))
    await until(lambda: state(hass, STATUS).attributes["reason"] == "no answer in time")
    await steward.push(RowKind.INSTANCE, rows.instance())
    await until(lambda: "reason" not in state(hass, STATUS).attributes)


async def test_the_status_is_written_only_when_it_changes(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    before = state(hass, STATUS).last_reported
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=1)))
    await until(lambda: state(hass, MEMORY).state == "1")
    assert state(hass, STATUS).last_reported == before


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue("homelab_steward", f"missing_rights_{entry.entry_id}_pve")


async def test_missing_rights_are_an_issue_until_they_are_granted(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    lacking = replace(rows.snapshot(), missing_rights=("VM.Audit (guests)", "Sys.Audit (nodes)"))
    await steward.push(RowKind.SNAPSHOT, lacking)
    await until(lambda: issue(hass, loaded))
    found = issue(hass, loaded)
    assert found is not None
    assert found.translation_placeholders == {
        "name": "Proxmox",
        "rights": "- VM.Audit (guests)\n- Sys.Audit (nodes)",
    }
    assert state(hass, STATUS).attributes["missing_rights"] == ["VM.Audit (guests)", "Sys.Audit (nodes)"]
    fewer = replace(lacking, missing_rights=("VM.Audit (guests)",))
    await steward.push(RowKind.SNAPSHOT, fewer)
    await until(lambda: "Sys.Audit" not in str(issue(hass, loaded)))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot())
    await until(lambda: issue(hass, loaded) is None)
    assert "missing_rights" not in state(hass, STATUS).attributes


async def test_what_does_not_work_is_an_attribute_of_the_status(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    notice = "Version 14.1 is newer than those understood (10 to 13)"
    await steward.push(RowKind.INSTANCE, rows.instance(notices=(notice,)))
    await until(lambda: "notices" in state(hass, STATUS).attributes)
    assert state(hass, STATUS).attributes["notices"] == [notice]
    await steward.push(RowKind.INSTANCE, rows.instance())
    await until(lambda: "notices" not in state(hass, STATUS).attributes)


async def test_missing_rights_at_the_start_are_an_issue_until_the_instance_is_removed(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.SNAPSHOT]["pve"] = replace(rows.snapshot(), missing_rights=("VM.Audit",))
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert issue(hass, entry) is not None
    await steward.drop(RowKind.INSTANCE, "pve")
    await until(lambda: issue(hass, entry) is None)


@pytest.mark.parametrize(
    ("unavailable", "shown"),
    [
        ({"tool.from_the_future": "No right"}, {"tool.from_the_future": "No right"}),
        ({"action.set_memory": "Too old"}, {"Set memory": "Too old"}),
    ],
)
async def test_the_status_names_what_is_not_offered(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    unavailable: dict[str, str],
    shown: dict[str, Any],
) -> None:
    steward.rows[RowKind.SNAPSHOT]["pve"] = replace(rows.snapshot(), unavailable=unavailable)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert state(hass, STATUS).attributes["not_offered"] == shown
