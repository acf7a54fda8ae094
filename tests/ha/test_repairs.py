"""Issues have a page of the documentation, and flows that fix them."""

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.components.repairs import RepairsFlowManager
from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from phones import TestPhone, connect
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward import repairs
from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, Nothing, RowKind
from custom_components.homelab_steward.contract.state import Origin
from custom_components.homelab_steward.issues import DOCUMENTATION, FIXABLE, LEARN_MORE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
async def flows(hass: HomeAssistant) -> RepairsFlowManager:
    """Return the flows of repairs."""
    assert await async_setup_component(hass, REPAIRS, {})
    manager: RepairsFlowManager = hass.data[REPAIRS]["flow_manager"]
    return manager


def issue_of(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    found = [one for one in ir.async_get(hass).issues.values() if one.translation_key == key]
    return found[0] if found else None


async def opened(hass: HomeAssistant, flows: RepairsFlowManager, key: str) -> Any:
    issue = issue_of(hass, key)
    assert issue
    assert issue.is_fixable
    return await flows.async_init(DOMAIN, context={"issue_id": issue.issue_id})


def test_every_page_that_an_issue_names_exists() -> None:
    for link in LEARN_MORE.values():
        page, _, anchor = link.partition("#")
        headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / page).read_text(), re.MULTILINE)
        assert anchor in {one.lower().replace(" ", "-").replace(",", "") for one in headings}, link
    assert DOCUMENTATION.endswith("/docs/")
    assert set(LEARN_MORE) > FIXABLE


async def test_nobody_decides_is_fixed_by_the_form_of_a_person(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, flows: RepairsFlowManager, until: Until
) -> None:
    steward.rows[RowKind.PERSON].clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await opened(hass, flows, "nobody_decides")
    assert step["description_placeholders"] == {"name": "Homelab Steward"}, step
    done = await flows.async_configure(step["flow_id"], {})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "continues")
    kind, flow_id = done["next_flow"]
    assert kind == "config_subentries_flow"
    assert issue_of(hass, "nobody_decides"), "nobody is there yet"
    form = {"name": "Robin", "role": "owner", "telegram_user_id": "7", "authority": {}}
    saved = await hass.config_entries.subentries.async_configure(flow_id, {**form, "asked_after_minutes": 0})
    assert saved["type"] is FlowResultType.CREATE_ENTRY, saved
    await until(lambda: issue_of(hass, "nobody_decides") is None)


async def test_missing_rights_are_checked_again(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    flows: RepairsFlowManager,
    until: Until,
) -> None:
    lacking = replace(rows.snapshot(), missing_rights=("VM.Audit (to read guests)",))
    await steward.push(RowKind.SNAPSHOT, lacking)
    await until(lambda: issue_of(hass, "missing_rights"))
    step = await opened(hass, flows, "missing_rights")
    assert step["step_id"] == "check_again", "the credentials are in a settings file"
    assert "VM.Audit" in step["description_placeholders"]["rights"]
    still = await flows.async_configure(step["flow_id"], {})
    assert still["errors"] == {"base": "still_missing"}
    assert steward.asked(Command.POLL_INSTANCE)[0].id == "pve"

    def fails(_: Any) -> Nothing:
        raise ContractError(ErrorCode.UNAVAILABLE, "No")

    steward.answers[Command.POLL_INSTANCE] = fails
    away = await flows.async_configure(step["flow_id"], {})
    assert away["errors"] == {"base": "steward_away"}

    async def granted(_: Any) -> Nothing:
        await steward.push(RowKind.SNAPSHOT, rows.snapshot())
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = granted
    done = await flows.async_configure(step["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert issue_of(hass, "missing_rights") is None


async def test_missing_rights_are_checked_only_while_the_entry_is_loaded(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    flows: RepairsFlowManager,
    until: Until,
) -> None:
    await steward.push(RowKind.SNAPSHOT, replace(rows.snapshot(), missing_rights=("VM.Audit",)))
    await until(lambda: issue_of(hass, "missing_rights"))
    step = await opened(hass, flows, "missing_rights")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    away = await flows.async_configure(step["flow_id"], {})
    assert away["errors"] == {"base": "steward_away"}


async def test_missing_rights_lead_to_the_form_of_the_service(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, flows: RepairsFlowManager, until: Until
) -> None:
    steward.rows[RowKind.INSTANCE]["pve"] = rows.instance(origin=Origin.FRONT_END)
    steward.rows[RowKind.SNAPSHOT]["pve"] = replace(rows.snapshot(), missing_rights=("VM.Audit",))
    hass.config_entries.async_update_entry(entry)
    hass.config_entries.async_add_subentry(entry, subentry())
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await opened(hass, flows, "missing_rights")
    assert step["type"] is FlowResultType.MENU
    done = await flows.async_configure(step["flow_id"], {"next_step_id": "credentials"})
    kind, flow_id = done["next_flow"]
    assert kind == "config_subentries_flow"
    assert hass.config_entries.subentries.async_get(flow_id)["step_id"] in {"reconfigure", "settings"}


def subentry() -> Any:
    data = {"instance_id": "pve", "service": "proxmox", "name": "Proxmox"}
    return ConfigSubentry(
        data=MappingProxyType(data), subentry_type="service", title="Proxmox", unique_id="service_pve"
    )


async def test_another_app_leads_to_the_address(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    flows: RepairsFlowManager,
    until: Until,
) -> None:
    steward.hello = replace(steward.hello, app_id="other", stream="other")
    steward.abort_connections()
    await until(lambda: issue_of(hass, "other_steward"))
    step = await opened(hass, flows, "other_steward")
    done = await flows.async_configure(step["flow_id"], {})
    kind, flow_id = done["next_flow"]
    assert kind == "config_flow"
    assert hass.config_entries.flow.async_get(flow_id)["step_id"] == "reconfigure"


@pytest.mark.parametrize("choice", ["try_again", "deselect"])
async def test_a_phone_that_cannot_be_notified(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    flows: RepairsFlowManager,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
    choice: str,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: issue_of(hass, "phone"))
    connect(hass, pixel, by_cloud=True)
    step = await opened(hass, flows, "phone")
    assert step["description_placeholders"]["phone"]
    done = await flows.async_configure(step["flow_id"], {"next_step_id": choice})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    if choice == "try_again":
        await until(lambda: push.shown("pixel", "ask2"))
    else:
        assert pixel.device_id not in asked.options["phones"]
    assert issue_of(hass, "phone") is None


async def test_an_issue_of_a_removed_entry_has_no_flow(hass: HomeAssistant) -> None:
    for data in (None, {"entry_id": "gone", "kind": "phone", "subject": "x"}):
        with pytest.raises(UnknownFlow):
            await repairs.async_create_fix_flow(hass, "phone_gone_x", data)
