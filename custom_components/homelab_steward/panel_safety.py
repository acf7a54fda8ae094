"""The commands of the panel about fences, and about approving alone for a time."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.fences import AddFence, AnswerFenceOffers, Fence, RemoveFence
from .contract.mode import SetElevation, StewardMode
from .contract.protocol import Command
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import SEARCH, TEXT, Body, PanelCommand, speaker_of

PIN_LENGTH: Final = 12
MOST_HOURS: Final = 8
MOST_OFFERS: Final = 200


async def _add(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Fence a service or a thing in it; the app decides who may."""
    fence = Fence(
        id="",
        instance=body["instance_id"],
        kind=body.get("kind", ""),
        target=body.get("target_id", ""),
        with_guests=body.get("with_guests", False),
        reason=body.get("reason", ""),
    )
    request = AddFence(speaker=speaker_of(user), fence=fence)
    return await coordinator.async_call(Command.ADD_FENCE, request, StewardMode)


async def _remove(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Remove a fence."""
    request = RemoveFence(speaker=speaker_of(user), id=body["fence_id"])
    return await coordinator.async_call(Command.REMOVE_FENCE, request, StewardMode)


async def _answer(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Fence these of the offered services, and ask about none of them again."""
    request = AnswerFenceOffers(speaker=speaker_of(user), instance_ids=tuple(body["instance_ids"]))
    return await coordinator.async_call(Command.ANSWER_FENCE_OFFERS, request, StewardMode)


async def _elevate(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Let an owner approve alone for some hours, or (None) end that."""
    request = SetElevation(
        speaker=speaker_of(user),
        hours=body["hours"],
        category=body.get("category", ""),
        instance_id=body.get("instance_id", ""),
        pin=body.get("pin", ""),
    )
    return await coordinator.async_call(Command.SET_ELEVATION, request, StewardMode)


SAFETY_COMMANDS: Final = (
    PanelCommand(
        name="add_fence",
        fields={
            probatio.Required("instance_id"): TEXT,
            probatio.Optional("kind"): TEXT,
            probatio.Optional("target_id"): SEARCH,
            probatio.Optional("with_guests"): bool,
            probatio.Optional("reason"): SEARCH,
        },
        access=Access.NONE,
        run=_add,
    ),
    PanelCommand(
        name="remove_fence",
        fields={probatio.Required("fence_id"): TEXT},
        access=Access.NONE,
        run=_remove,
    ),
    PanelCommand(
        name="answer_fences",
        fields={probatio.Required("instance_ids"): probatio.All([TEXT], probatio.Length(max=MOST_OFFERS))},
        access=Access.NONE,
        run=_answer,
    ),
    PanelCommand(
        name="elevate",
        fields={
            probatio.Required("hours"): probatio.Any(
                None, probatio.All(int, probatio.Range(min=1, max=MOST_HOURS))
            ),
            probatio.Optional("category"): TEXT,
            probatio.Optional("instance_id"): TEXT,
            probatio.Optional("pin"): probatio.All(str, probatio.Length(max=PIN_LENGTH)),
        },
        access=Access.NONE,
        run=_elevate,
    ),
)
