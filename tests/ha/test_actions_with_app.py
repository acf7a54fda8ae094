"""Pause, maintenance and requests from Home Assistant, carried out by the real app."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Until
from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from running_steward import RunningSteward, running_steward

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.commands import SavePerson
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.state import Person, Role

AUTOMATIC = "switch.homelab_steward_automatic_actions"
CALENDAR = "calendar.homelab_steward_maintenance"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


async def test_home_assistant_controls_the_real_app(
    hass: HomeAssistant, running: RunningSteward, until: Until, robin: User
) -> None:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry = result["result"]
    await hass.async_block_till_done()
    coordinator = entry.runtime_data.coordinator
    person = SavePerson(id="robin", name="Robin", role=Role.OWNER, ha_user_id=robin.id)
    coordinator.store(await coordinator.async_call(Command.SAVE_PERSON, person, Person))

    async def call(action: str, user: User | None, /, *, answers: bool = False, **data: Any) -> Any:
        domain, _, name = action.rpartition(".")
        context = Context(user_id=user.id if user else None)
        return await hass.services.async_call(
            domain or DOMAIN, name, data, blocking=True, context=context, return_response=answers
        )

    # An automation pauses and resumes, but does not end the pause of a person.
    await call("switch.turn_off", None, entity_id=AUTOMATIC)
    await until(lambda: hass.states.is_state(AUTOMATIC, "off"))
    await call("resume", None)
    await call("pause", robin, scope="everything", reason="Guests")
    state = hass.states.get(AUTOMATIC)
    assert state
    assert (state.attributes["person"], state.attributes["scope"]) == ("Robin", "everything")
    with pytest.raises(ServiceValidationError) as refused:
        await call("switch.turn_on", None, entity_id=AUTOMATIC)
    assert refused.value.translation_key == "forbidden"
    assert hass.states.is_state(AUTOMATIC, "off")
    await call("switch.turn_on", robin, entity_id=AUTOMATIC)
    assert hass.states.is_state(AUTOMATIC, "on")

    # Maintenance of one service, seen by its switch and the calendar.
    pve = next(one for one in coordinator.steward_state.instances.values() if one.service == "proxmox")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    service = next(one for one in devices if one.name == pve.name)
    window = await call(
        "start_maintenance", None, answers=True, device_id=service.id, duration="01:00:00", title="Disks"
    )
    await until(lambda: hass.states.is_state(CALENDAR, "on"))
    assert coordinator.steward_state.windows[window["window_id"]].instance_ids == (pve.id,)
    await call("end_maintenance", robin, device_id=service.id)
    await until(lambda: hass.states.is_state(CALENDAR, "off"))

    # An automation requests, and a person decides.
    guest = next(one for one in devices if one.via_device_id == service.id and one.name == "radarr")
    requested = await call("request_action", None, answers=True, device_id=guest.id, action="restart")
    await until(lambda: requested["approval_id"] in coordinator.steward_state.approvals)
    with pytest.raises(ServiceValidationError):
        await call("approve", None, approval_id=requested["approval_id"], option=1)
    waiting = coordinator.steward_state.approvals[requested["approval_id"]]
    for said in (f"Approve option 1 of request {waiting.incident_number}", "Approve it", "Reject it"):
        answer = await call("ask", None, answers=True, question=said)
        assert answer["answer"], "a question that would decide is answered, and decides nothing"
    waiting = coordinator.steward_state.approvals[requested["approval_id"]]
    assert waiting.status is ApprovalStatus.PENDING
    decided = await call("reject", robin, answers=True, approval_id=requested["approval_id"])
    assert (decided["status"], decided["decision"]["person"]) == ("rejected", "Robin")
    assert await running.effects() == []
    assert await hass.config_entries.async_unload(entry.entry_id)
