"""The commands of the panel about runbooks: read, save, and request them."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .autonomy import runbooks_changed
from .contract.base import Message
from .contract.protocol import Command, Nothing
from .contract.records import RunbookId, RunbookRecord, RunbookRecords, RunbookSource, SaveRunbook
from .contract.runbook_runs import RunbookAnswer, RunbookTargets, RunbookTargetsQuery, RunRunbook
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import SEARCH, TEXT, Body, PanelCommand, query, speaker_of

LONGEST_RUNBOOK: Final = 100_000


async def _source(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
    """Return the file of a runbook."""
    return await coordinator.async_call(Command.GET_RUNBOOK, RunbookId(id=body["runbook_id"]), RunbookSource)


async def _save(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Save a runbook, or only check it."""
    request = SaveRunbook(
        speaker=speaker_of(user), source=body["source"], only_check=body.get("only_check", False)
    )
    saved = await coordinator.async_call(Command.SAVE_RUNBOOK, request, RunbookRecord)
    if not request.only_check:
        runbooks_changed(coordinator)
    return saved


async def _run(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Ask for a runbook, which a person has to approve, or return what it reads."""
    request = RunRunbook(
        runbook_id=body["runbook_id"],
        instance_id=body.get("instance_id", ""),
        kind=body.get("kind"),
        target_id=body.get("target_id"),
        speaker=speaker_of(user),
    )
    return await coordinator.async_call(Command.RUN_RUNBOOK, request, RunbookAnswer)


RUNBOOK_COMMANDS: Final = (
    PanelCommand(
        name="runbooks",
        fields={},
        access=Access.VIEW,
        run=query(Command.LIST_RUNBOOKS, Nothing, RunbookRecords),
    ),
    PanelCommand(
        name="runbook_source",
        fields={probatio.Required("runbook_id"): TEXT},
        access=Access.VIEW,
        run=_source,
    ),
    PanelCommand(
        name="save_runbook",
        fields={
            probatio.Required("source"): probatio.All(str, probatio.Length(max=LONGEST_RUNBOOK)),
            probatio.Optional("only_check"): bool,
        },
        access=Access.NONE,
        run=_save,
    ),
    PanelCommand(
        name="runbook_targets",
        fields={probatio.Required("runbook_id"): TEXT},
        access=Access.VIEW,
        run=query(Command.LIST_RUNBOOK_TARGETS, RunbookTargetsQuery, RunbookTargets),
    ),
    PanelCommand(
        name="run_runbook",
        fields={
            probatio.Required("runbook_id"): TEXT,
            probatio.Optional("instance_id"): TEXT,
            probatio.Optional("kind"): TEXT,
            probatio.Optional("target_id"): SEARCH,
        },
        access=Access.NONE,
        run=_run,
    ),
)
