"""Computes from the rows of the app what is in maintenance, and ends it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from .contract.errors import ContractError
from .contract.maintenance import (
    AddMaintenance,
    MaintenanceWindow,
    Occurrence,
    RemoveMaintenance,
)
from .contract.plain_text import one_line
from .contract.protocol import Command, Nothing
from .contract.state import Speaker
from .coordinator import StewardCoordinator
from .errors import translated
from .steward_state import StewardState


def span_at(window: MaintenanceWindow, at: datetime) -> Occurrence | None:
    """Return the time span that a window is in, None when it is in none."""
    span = next(window.occurrences_from(at), None)
    return span if span is not None and span.includes(at) else None


def is_of(window: MaintenanceWindow, state: StewardState, instance_id: str) -> bool:
    """Return whether a window includes an instance: by its id, its category, or as everything."""
    instance = state.instances.get(instance_id)
    offer = state.offer(instance) if instance else None
    return (
        window.is_of_everything
        or instance_id in window.instance_ids
        or (offer is not None and offer.category in window.categories)
    )


def is_own(window: MaintenanceWindow, instance_id: str) -> bool:
    """Return whether a window is of this instance only."""
    return window.instance_ids == (instance_id,) and not window.categories


def active(state: StewardState, at: datetime) -> Iterable[tuple[MaintenanceWindow, Occurrence]]:
    """Yield the windows that are active at a time, each with its time span."""
    for window in state.windows.values():
        if span := span_at(window, at):
            yield window, span


def active_of(
    state: StewardState, instance_id: str, at: datetime
) -> tuple[tuple[MaintenanceWindow, Occurrence], ...]:
    """Return the active windows that include an instance, each with its time span."""
    return tuple((window, span) for window, span in active(state, at) if is_of(window, state, instance_id))


def described(window: MaintenanceWindow, span: Occurrence | None) -> dict[str, Any]:
    """Return what automations and attributes may show of a window."""
    return {
        "window_id": window.id,
        "title": one_line(window.title),
        "starts_at": span.starts_at.isoformat() if span else None,
        "ends_at": span.ends_at.isoformat() if span else None,
        "added_by": one_line(window.person_name),
    }


def places(window: MaintenanceWindow, state: StewardState, categories: Mapping[str, str]) -> list[str]:
    """Return the names of what a window is of; empty for everything."""
    names = [state.instances[one].name for one in window.instance_ids if one in state.instances]
    return [one_line(one) for one in (*names, *(categories.get(key, key) for key in window.categories))]


async def async_add(coordinator: StewardCoordinator, request: AddMaintenance) -> MaintenanceWindow:
    """Add a window. Raises HomeAssistantError."""
    try:
        window = await coordinator.async_call(Command.ADD_MAINTENANCE, request, MaintenanceWindow)
    except ContractError as err:
        raise translated(err) from err
    coordinator.store(window)
    return window


async def async_end(coordinator: StewardCoordinator, window: MaintenanceWindow, speaker: Speaker) -> None:
    """End the time span that a window is in; one that repeats stays. Raises HomeAssistantError."""
    is_active = span_at(window, dt_util.utcnow()) is not None
    request = RemoveMaintenance(
        speaker=speaker, id=window.id, only_current=is_active and window.weekly is not None
    )
    try:
        await coordinator.async_call(Command.REMOVE_MAINTENANCE, request, Nothing)
    except ContractError as err:
        raise translated(err) from err
