"""The commands of the panel about devices that several monitors watch, and who may use them."""

from dataclasses import replace
from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.devices import DevicesQuery, DevicesView, DeviceView, MatchDecision
from .contract.plain_text import cleaned
from .contract.protocol import Command, Nothing
from .coordinator import StewardCoordinator
from .panel_access import Access, viewer_of
from .panel_command import SEARCH, TEXT, Body, PanelCommand, speaker_of

MOST_DEVICES: Final = 500
_KEY: Final = probatio.All(str, probatio.Length(min=1, max=255))


async def _devices(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Return the devices. Who may not see addresses gets none, and no questions, which name them."""
    query = DevicesQuery(
        text=body.get("text", ""), limit=body.get("limit", MOST_DEVICES), language=body["language"]
    )
    answer = await coordinator.async_call(Command.VIEW_DEVICES, query, DevicesView)
    found = DevicesView.from_plain(cleaned(answer.to_dict()))
    if viewer_of(user, coordinator.steward_state).access is Access.FULL:
        return found
    devices = tuple(_without_addresses(number, one) for number, one in enumerate(found.devices))
    return replace(found, devices=devices, questions=(), answers=())


def _without_addresses(number: int, device: DeviceView) -> DeviceView:
    """Return a device without where it is and from where it is watched."""
    aspects = tuple(
        replace(one, statements=tuple(replace(said, vantage="") for said in one.statements))
        for one in device.aspects
    )
    return replace(device, id=str(number), members=(), aspects=aspects)


async def _match(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Say whether two things are the same device; the app decides who may."""
    decision = MatchDecision(
        speaker=speaker_of(user), first=body["first"], second=body["second"], is_same=body["is_same"]
    )
    return await coordinator.async_call(Command.MATCH_DEVICES, decision, Nothing)


DEVICE_COMMANDS: Final = (
    PanelCommand(
        name="devices",
        fields={
            probatio.Required("language"): TEXT,
            probatio.Optional("text"): SEARCH,
            probatio.Optional("limit"): probatio.All(int, probatio.Range(min=1, max=MOST_DEVICES)),
        },
        access=Access.VIEW,
        run=_devices,
    ),
    PanelCommand(
        name="match_devices",
        fields={
            probatio.Required("first"): _KEY,
            probatio.Required("second"): _KEY,
            probatio.Required("is_same"): probatio.Any(None, bool),
        },
        access=Access.NONE,
        run=_match,
    ),
)
