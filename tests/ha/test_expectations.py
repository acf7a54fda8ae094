"""The action expect_off: a known person says what is meant to be off."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.commands import ExpectOff
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, Nothing, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, InstanceStatus, Speaker


async def say(hass: HomeAssistant, device_id: str, user: User | None, **data: Any) -> None:
    await hass.services.async_call(
        DOMAIN,
        "expect_off",
        {"device_id": device_id, **data},
        blocking=True,
        context=Context(user_id=user.id if user else None),
    )


def device(hass: HomeAssistant, name: str) -> str:
    """Return the id of the device with this name."""
    return next(one.id for one in dr.async_get(hass).devices if one.name == name)


@pytest.fixture(autouse=True)
async def _answers(steward: FakeSteward) -> None:
    steward.answers[Command.EXPECT_OFF] = lambda _: Nothing()


async def test_a_device_of_a_container_is_meant_to_be_off(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    container = rows.container()
    await say(hass, device(hass, container.name), robin, off=True, until="2026-12-01T08:00:00+00:00")
    assert steward.asked(Command.EXPECT_OFF) == [
        ExpectOff(
            instance_id="pve",
            kind=container.kind,
            target_id=container.id,
            off=True,
            until=datetime(2026, 12, 1, 8, tzinfo=UTC),
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
        )
    ]


async def test_a_service_is_meant_to_run(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    await say(hass, device(hass, rows.instance().name), robin, off=False)
    (request,) = steward.asked(Command.EXPECT_OFF)
    assert (request.kind, request.target_id, request.off, request.until) == (None, None, False, None)


async def test_a_device_of_others_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    app = device(hass, loaded.title)
    for device_id in (app, "no such device"):
        with pytest.raises(ServiceValidationError) as caught:
            await say(hass, device_id, robin, off=True)
        assert caught.value.translation_key == "no_target"
    assert steward.asked(Command.EXPECT_OFF) == []


async def test_only_a_person_can_say_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="Only a person"):
        await say(hass, device(hass, rows.container().name), None, off=True)


async def test_a_refusal_of_the_app_is_shown(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def refuse(_request: ExpectOff) -> None:
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to say what is meant to be off.")

    steward.answers[Command.EXPECT_OFF] = refuse
    with pytest.raises(HomeAssistantError) as caught:
        await say(hass, device(hass, rows.container().name), robin, off=True)
    assert caught.value.translation_key == ErrorCode.FORBIDDEN.value


async def test_what_is_meant_to_be_off_is_counted_and_listed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    def shown() -> tuple[str, Any]:
        state = hass.states.get("sensor.homelab_steward_meant_to_be_off")
        assert state is not None
        return state.state, state.attributes["off"]

    assert shown() == ("0", [])
    stopped = replace(rows.container(), expected_off="root@pam stopped it")
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", stopped))
    await until(lambda: shown() == ("1", [{"name": stopped.name, "reason": "root@pam stopped it"}]))
    away = replace(rows.instance(), status=InstanceStatus.UNREACHABLE, expected_off="Robin said so")
    await steward.push(RowKind.INSTANCE, away)
    await until(lambda: shown()[0] == "2")
    assert {"name": away.name, "reason": "Robin said so"} in shown()[1]
