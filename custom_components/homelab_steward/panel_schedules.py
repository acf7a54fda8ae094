"""The commands of the panel that list, run and change schedules."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.protocol import Command, Nothing
from .contract.schedules import (
    CheckedSchedule,
    QuestionSettings,
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    Schedule,
    ScheduleQuery,
    Schedules,
    SwitchSchedule,
)
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import ARGUMENT, MOST_ARGUMENTS, TEXT, Body, PanelCommand, query, speaker_of
from .schedules import schedules_changed


async def _run_schedule(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Run a schedule now."""
    request = RunSchedule(speaker=speaker_of(user), id=body["schedule_id"])
    return await coordinator.async_call(Command.RUN_SCHEDULE, request, Schedule)


async def _switch_schedule(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Switch a schedule on or off."""
    request = SwitchSchedule(speaker=speaker_of(user), id=body["schedule_id"], is_enabled=body["is_enabled"])
    switched = await coordinator.async_call(Command.SWITCH_SCHEDULE, request, Schedule)
    schedules_changed(coordinator)
    return switched


async def _save_schedule(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Save a question, or only check it."""
    request = SaveSchedule(
        speaker=speaker_of(user),
        id=body.get("schedule_id", ""),
        version=body.get("version", ""),
        question=QuestionSettings.from_plain(body["question"]),
        only_check=body.get("only_check", False),
    )
    saved = await coordinator.async_call(Command.SAVE_SCHEDULE, request, CheckedSchedule)
    if saved.schedule is not None:
        schedules_changed(coordinator)
    return saved


async def _remove_schedule(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Remove the file of a question."""
    request = RemoveSchedule(speaker=speaker_of(user), id=body["schedule_id"], version=body["version"])
    removed = await coordinator.async_call(Command.REMOVE_SCHEDULE, request, Nothing)
    schedules_changed(coordinator)
    return removed


LONGEST_PROMPT: Final = 4_000
LONGEST_VERSION: Final = 64

_LINES: Final = probatio.All([ARGUMENT], probatio.Length(max=MOST_ARGUMENTS))
_QUESTION: Final = {
    **{probatio.Required(key): ARGUMENT for key in ("title", "cron", "zone", "models", "send")},
    **{probatio.Required(key): _LINES for key in ("rules", "tools", "deliver_to")},
    probatio.Required("prompt"): probatio.All(str, probatio.Length(max=LONGEST_PROMPT)),
    probatio.Required("tokens"): probatio.All(int, probatio.Range(min=-(2**31), max=2**31)),
}

SCHEDULE_COMMANDS: Final = (
    PanelCommand(
        name="schedules",
        fields={probatio.Optional("language"): TEXT},
        access=Access.FULL,
        run=query(Command.LIST_SCHEDULES, ScheduleQuery, Schedules),
    ),
    PanelCommand(
        name="run_schedule",
        fields={probatio.Required("schedule_id"): TEXT},
        access=Access.NONE,
        run=_run_schedule,
    ),
    PanelCommand(
        name="switch_schedule",
        fields={probatio.Required("schedule_id"): TEXT, probatio.Required("is_enabled"): bool},
        access=Access.NONE,
        run=_switch_schedule,
    ),
    PanelCommand(
        name="save_schedule",
        fields={
            probatio.Optional("schedule_id"): TEXT,
            probatio.Optional("version"): probatio.All(str, probatio.Length(max=LONGEST_VERSION)),
            probatio.Required("question"): _QUESTION,
            probatio.Optional("only_check"): bool,
        },
        access=Access.NONE,
        run=_save_schedule,
    ),
    PanelCommand(
        name="remove_schedule",
        fields={
            probatio.Required("schedule_id"): TEXT,
            probatio.Required("version"): probatio.All(str, probatio.Length(max=LONGEST_VERSION)),
        },
        access=Access.NONE,
        run=_remove_schedule,
    ),
)
