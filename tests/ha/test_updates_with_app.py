"""Updates of Home Assistant and the real app, from the phone to the report; a bad one is taken back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
from conftest import Until
from fake_push import FakePush, titles
from homeassistant.components import demo
from homeassistant.components.update import UpdateEntity, UpdateEntityFeature
from homeassistant.config_entries import HANDLERS, SOURCE_USER, ConfigEntry, ConfigEntryState, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryError
from homeassistant.setup import async_setup_component
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockEntityPlatform,
    MockModule,
    mock_integration,
    mock_platform,
)
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
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from custom_components.homelab_steward.coordinator import StewardCoordinator

ADDON = "update.demo_add_on"
OLD, NEW = "2026.10.4", "2026.11.1"
CHECKED = 65
"""Seconds of a watch in which a check that fails is noticed: it has to fail for a minute."""

SPEED = 5
"""How many times as fast the app's clock runs where a version is watched, taken back, and watched again."""

WATCH = 100
"""Seconds within which a watch ends, on a busy machine."""


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture(autouse=True)
def _fast_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report changes of Home Assistant soon."""
    monkeypatch.setattr(home, "DEBOUNCE", 0.1)
    monkeypatch.setattr(home, "LEAST_INTERVAL", 0.1)


@pytest.fixture
async def running(socket_enabled: None, request: pytest.FixtureRequest) -> AsyncIterator[RunningSteward]:
    async with running_steward(*getattr(request, "param", ())) as running:
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
    monkeypatch.setattr(demo, "COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM", ["update"])
    updates = MockConfigEntry(domain="demo", title="Demo")
    updates.add_to_hass(hass)
    assert await hass.config_entries.async_setup(updates.entry_id)
    entry, owner = await connect(hass, running, iphone), iphone.user
    coordinator: StewardCoordinator = entry.runtime_data.coordinator
    update = Update(coordinator, ADDON)
    row, status = update.row, update.status
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
    done = await update.reaches(ChangeStatus.DONE, ChangeStatus.FAILED, ChangeStatus.BLOCKED)
    assert done.result.startswith("It runs as before. "), done.result
    first = done.result.partition("\n")[0]
    await until(lambda: any(first in one["message"] for one in push.of("iphone")))
    reported = [one for one in push.of("iphone") if first in one["message"]]
    assert len(reported) == 1, reported
    assert await hass.config_entries.async_unload(entry.entry_id)


class Core(UpdateEntity):
    """The update entity of Home Assistant Core: its new version breaks an integration."""

    _attr_title = "Home Assistant Core"
    _attr_unique_id = "core_version_latest"
    _attr_name = "Core update"
    _attr_installed_version = OLD
    _attr_latest_version = NEW
    _attr_supported_features = UpdateEntityFeature.INSTALL | UpdateEntityFeature.SPECIFIC_VERSION

    def __init__(self, lamp: MockConfigEntry) -> None:
        """``lamp`` is the entry that is set up again with each version."""
        self._lamp = lamp
        self.installed: list[str | None] = []

    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:  # noqa: FBT001 - as in Home Assistant
        """Install a version, and set up the integration again, as after a restart."""
        self.installed.append(version)
        self._attr_installed_version = version
        self.async_write_ha_state()
        await self.hass.config_entries.async_reload(self._lamp.entry_id)

    async def async_set_up_lamp(self, *_: object) -> None:
        """Set up the integration, which works with the old version only."""
        if self._attr_installed_version == NEW:
            raise ConfigEntryError("<b>light</b> has no attribute\n'color_mode'")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("running", [(CHECKED, SPEED)], indirect=True)
async def test_an_update_that_breaks_an_integration_is_taken_back_and_its_version_is_blocked(
    hass: HomeAssistant,
    running: RunningSteward,
    push: FakePush,
    iphone: TestPhone,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lamp = MockConfigEntry(domain="lamp", title="Lamp")
    lamp.add_to_hass(hass)
    core = Core(lamp)
    unload = AsyncMock(return_value=None)
    module = MockModule("lamp", async_setup_entry=core.async_set_up_lamp, async_unload_entry=unload)
    mock_integration(hass, module)
    mock_platform(hass, "lamp.config_flow", None)
    monkeypatch.setitem(HANDLERS, "lamp", ConfigFlow)
    assert await async_setup_component(hass, "update", {})
    await MockEntityPlatform(hass, domain="update", platform_name="hassio").async_add_entities([core])
    assert await hass.config_entries.async_setup(lamp.entry_id)
    entry, owner = await connect(hass, running, iphone), iphone.user
    coordinator: StewardCoordinator = entry.runtime_data.coordinator
    update = Update(coordinator, core.entity_id)

    await until(lambda: update.status() is ChangeStatus.HELD)
    found = update.row()
    assert found is not None
    assert "Lamp" in [one.name for one in found.watched], found.watched
    speaker = Speaker(front_end=FrontEnd.PANEL, user_id=owner.id)
    tag = (await ask(coordinator, ChangeCommand(speaker=speaker, id=found.id))).approval_id or ""
    await until(lambda: push.shown("iphone", tag))
    await press(hass, owner, push.button("iphone", tag, "1"))
    await until(lambda: lamp.state is ConfigEntryState.SETUP_ERROR)
    # The status before is replaced as soon as Home Assistant offers the version again.
    back = await update.reaches(ChangeStatus.BLOCKED, ChangeStatus.FAILED, ChangeStatus.DONE)

    assert core.installed == [NEW, OLD], back.result
    assert lamp.state is ConfigEntryState.LOADED
    assert back.status is ChangeStatus.BLOCKED, back
    assert back.result.startswith(f"{NEW} failed here on "), back.result
    assert ": It is worse than before: Lamp: setup error: " in back.result, back.result
    assert back.result.endswith("It was taken back, and is as before."), back.result

    def reports() -> list[str]:
        texts = [str(one["message"]) for one in push.of("iphone")]
        return [one for one in texts if "It is worse than before: Lamp" in one]

    await until(reports)
    (report,) = reports()
    assert "It was taken back" in report, report
    state = hass.states.get(core.entity_id)
    assert state is not None
    assert (state.state, state.attributes["installed_version"]) == ("on", OLD)
    assert await hass.config_entries.async_unload(entry.entry_id)


class Update:
    """The row of the update of one entity."""

    def __init__(self, coordinator: StewardCoordinator, entity_id: str) -> None:
        self._coordinator = coordinator
        self._entity_id = entity_id

    def row(self) -> Change | None:
        """Return the newest row."""
        rows = self._coordinator.steward_state.changes.values()
        mine = [one for one in rows if one.target.id == self._entity_id]
        return max(mine, key=lambda one: one.updated_at, default=None)

    def status(self) -> ChangeStatus | None:
        """Return its status."""
        found = self.row()
        return found and found.status

    async def reaches(self, *wanted: ChangeStatus) -> Change:
        """Return the row once it has one of these statuses."""
        changed = asyncio.Event()
        stop = self._coordinator.listen(RowKind.CHANGE, lambda _: changed.set())
        try:
            async with asyncio.timeout(WATCH):
                while (row := self.row()) is None or row.status not in wanted:
                    changed.clear()
                    await changed.wait()
        finally:
            stop()
        return row


async def connect(hass: HomeAssistant, running: RunningSteward, phone: TestPhone) -> ConfigEntry:
    """Connect Home Assistant and the app, and let the user of a phone decide."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry: ConfigEntry = result["result"]
    hass.config_entries.async_update_entry(entry, options={"phones": [phone.device_id]})
    await hass.async_block_till_done()
    coordinator = entry.runtime_data.coordinator
    person = SavePerson(id="robin", name="Robin", role=Role.OWNER, ha_user_id=phone.user.id)
    coordinator.store(await coordinator.async_call(Command.SAVE_PERSON, person, Person))
    return entry


async def ask(coordinator: StewardCoordinator, command: ChangeCommand) -> Change:
    """Ask about an update, again while it is judged at the same time."""
    while True:
        try:
            return await coordinator.async_call(Command.ASK_CHANGE, command, Change)
        except ContractError as err:
            if "Try again" not in err.message:
                raise
