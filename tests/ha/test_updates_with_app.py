"""An update of Home Assistant and the real app: found, asked, approved on a phone, installed, and watched."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Until
from fake_push import FakePush, titles
from homeassistant.auth.models import User
from homeassistant.components import demo
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry
from running_steward import RunningSteward, running_steward

from custom_components.homelab_steward import home
from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.changes import (
    Change,
    ChangeCommand,
    ChangeSource,
    ChangeStatus,
    WayBack,
)
from custom_components.homelab_steward.contract.commands import SavePerson
from custom_components.homelab_steward.contract.errors import ContractError
from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from custom_components.homelab_steward.coordinator import StewardCoordinator

ADDON = "update.demo_add_on"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


@pytest.mark.timeout(180)
async def test_an_update_is_installed_after_it_was_approved_on_a_phone(
    hass: HomeAssistant,
    running: RunningSteward,
    push: FakePush,
    iphone: TestPhone,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home, "DEBOUNCE", 0.1)
    monkeypatch.setattr(home, "LEAST_INTERVAL", 0.1)
    monkeypatch.setattr(demo, "COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM", ["update"])
    updates = MockConfigEntry(domain="demo", title="Demo")
    updates.add_to_hass(hass)
    assert await hass.config_entries.async_setup(updates.entry_id)
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry = result["result"]
    hass.config_entries.async_update_entry(entry, options={"phones": [iphone.device_id]})
    await hass.async_block_till_done()
    coordinator = entry.runtime_data.coordinator
    owner: User = iphone.user
    person = SavePerson(id="robin", name="Robin", role=Role.OWNER, ha_user_id=owner.id)
    coordinator.store(await coordinator.async_call(Command.SAVE_PERSON, person, Person))

    def row() -> Change | None:
        return next(
            (one for one in coordinator.steward_state.changes.values() if one.target.id == ADDON), None
        )

    def status() -> ChangeStatus | None:
        found = row()
        return found and found.status

    await until(lambda: status() is ChangeStatus.HELD)
    found = row()
    assert found is not None
    assert found.title == "AdGuard Home (Demo add-on) 1.0.0 → 1.0.1"
    assert (found.source, found.way_back) == (ChangeSource.HOME_ASSISTANT, WayBack.IMAGE)
    assert "A backup is created first" in found.way_back_text
    speaker = Speaker(front_end=FrontEnd.PANEL, user_id=owner.id)
    asked = await ask(coordinator, ChangeCommand(speaker=speaker, id=found.id))
    assert asked.status is ChangeStatus.ASKED
    tag = asked.approval_id or ""
    await until(lambda: push.shown("iphone", tag))
    shown = push.shown("iphone", tag) or {}
    assert "AdGuard Home (Demo add-on) 1.0.0 → 1.0.1" in shown["title"]
    assert shown["message"].splitlines()[0].startswith("• ")
    assert titles(shown)[1:3] == ["2 Defer 7 days", "Reject"]
    state = hass.states.get(ADDON)
    assert state is not None
    assert state.attributes["installed_version"] == "1.0.0", "nothing is installed before the approval"
    await press(hass, owner, push.button("iphone", tag, "1"))
    await until(lambda: (hass.states.get(ADDON) or state).attributes["installed_version"] == "1.0.1")
    await until(lambda: status() is ChangeStatus.WATCHING)
    await until(lambda: status() is ChangeStatus.DONE)
    done = row()
    assert done is not None
    assert done.result.startswith("It runs as before. "), done.result
    first = done.result.partition("\n")[0]
    await until(lambda: any(first in one["message"] for one in push.of("iphone")))
    reported = [one for one in push.of("iphone") if first in one["message"]]
    assert len(reported) == 1, reported
    assert await hass.config_entries.async_unload(entry.entry_id)


async def ask(coordinator: StewardCoordinator, command: ChangeCommand) -> Change:
    """Ask about an update, again while it is judged at the same time."""
    while True:
        try:
            return await coordinator.async_call(Command.ASK_CHANGE, command, Change)
        except ContractError as err:
            if "Try again" not in err.message:
                raise
