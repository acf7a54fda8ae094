"""Notify entities send texts to the topics of Telegram."""

from dataclasses import replace
from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.commands import SendNote
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, Nothing, RowKind
from custom_components.homelab_steward.contract.state import (
    FrontEnd,
    FrontEndPlace,
    FrontEndState,
    FrontEndStatus,
    Speaker,
)

MEDIA = "notify.homelab_steward_telegram_media"
NETWORK = "notify.homelab_steward_telegram_network"

TELEGRAM = FrontEndStatus(
    front_end=FrontEnd.TELEGRAM,
    state=FrontEndState.OK,
    places=(FrontEndPlace(key="media", name="Media"), FrontEndPlace(key="network", name="Network")),
)


async def send(hass: HomeAssistant, user: User | None, **data: Any) -> None:
    context = Context(user_id=user.id if user else None)
    target = {"entity_id": MEDIA}
    await hass.services.async_call("notify", "send_message", target | data, blocking=True, context=context)


@pytest.fixture(autouse=True)
def _takes(steward: FakeSteward) -> None:
    steward.answers[Command.SEND_NOTE] = lambda _: Nothing()


async def test_topics_appear_and_take_texts(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, robin: User
) -> None:
    assert hass.states.get(MEDIA) is None, "without Telegram there is no topic"
    await steward.push(RowKind.FRONT_END, replace(TELEGRAM, places=TELEGRAM.places[:1]))
    await until(lambda: hass.states.get(MEDIA))
    await steward.push(RowKind.FRONT_END, TELEGRAM)
    await until(lambda: hass.states.get(NETWORK))
    await send(hass, robin, message="Starts at 8", title="Film night")
    await send(hass, None, message="From an automation")
    assert steward.asked(Command.SEND_NOTE) == [
        SendNote(
            front_end=FrontEnd.TELEGRAM,
            place="media",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            text="Starts at 8",
            title="Film night",
        ),
        SendNote(
            front_end=FrontEnd.TELEGRAM,
            place="media",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=""),
            text="From an automation",
        ),
    ]


async def test_a_topic_that_is_gone_is_unavailable_until_it_is_back(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.FRONT_END]["telegram"] = TELEGRAM
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not hass.states.is_state(MEDIA, "unavailable")
    await steward.push(RowKind.FRONT_END, replace(TELEGRAM, places=()))
    await until(lambda: hass.states.is_state(MEDIA, "unavailable"))
    await steward.push(RowKind.FRONT_END, TELEGRAM)
    await until(lambda: not hass.states.is_state(MEDIA, "unavailable"))
    await steward.stop()
    await until(lambda: hass.states.is_state(MEDIA, "unavailable"))


async def test_a_text_that_is_refused_is_an_error(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, robin: User
) -> None:
    steward.rows[RowKind.FRONT_END]["telegram"] = TELEGRAM
    assert await hass.config_entries.async_setup(entry.entry_id)

    def refuses(_: SendNote) -> Nothing:
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to change this.")

    steward.answers[Command.SEND_NOTE] = refuses
    with pytest.raises(ServiceValidationError) as refused:
        await send(hass, robin, message="Hi")
    assert refused.value.translation_key == "forbidden"
