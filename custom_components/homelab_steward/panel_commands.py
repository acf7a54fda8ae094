"""What the commands of the panel and the cards do, and who may use them."""

from datetime import timedelta
from typing import Final

import probatio
from homeassistant.auth.models import User
from homeassistant.util import dt as dt_util

from .contract.base import Message
from .contract.commands import (
    ActionRequested,
    AddComment,
    Confirmation,
    Decide,
    ExpectOff,
    IncidentQuery,
    Incidents,
    InstanceId,
    RequestAction,
)
from .contract.incidents import ApprovalRequest, Incident, IncidentStatus, Severity, Verb
from .contract.maintenance import AddMaintenance, MaintenanceWindow, Occurrence, RemoveMaintenance
from .contract.mode import PauseScope, SetPause, SetVerbose, StewardMode
from .contract.preferences import (
    DecidePreference,
    Preference,
    PreferenceQuery,
    Preferences,
    TakeBackPreference,
)
from .contract.protocol import Command, Nothing
from .contract.records import (
    AuditPage,
    AuditQuery,
    AuditVerification,
    IncidentId,
    IncidentRecord,
    LastPolls,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    Names,
    NamesQuery,
)
from .contract.reports import WeeklyDocument, WeeklyQuery
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_aliases import ALIAS_COMMANDS
from .panel_autonomy import AUTONOMY_COMMANDS
from .panel_changes import CHANGE_COMMANDS
from .panel_command import (
    ARGUMENT,
    MOST_ARGUMENTS,
    NUMBER,
    PAGE,
    SEARCH,
    TEXT,
    Body,
    PanelCommand,
    query,
    speaker_of,
)
from .panel_devices import DEVICE_COMMANDS
from .panel_doctor import DOCTOR_COMMANDS
from .panel_false_alarms import FALSE_ALARM_COMMANDS
from .panel_runbooks import RUNBOOK_COMMANDS
from .panel_safety import PIN_LENGTH, SAFETY_COMMANDS
from .panel_schedules import SCHEDULE_COMMANDS
from .panel_tools import TOOL_COMMANDS

LONGEST_COMMENT: Final = 2_000


async def _decide(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Send a decision, bound to the plan that the panel showed; the app decides who may."""
    pin, until = body.get("pin"), body.get("until")
    decided = await coordinator.async_call(
        Command.DECIDE,
        Decide(
            approval_id=body["approval_id"],
            verb=Verb(body["verb"]),
            speaker=speaker_of(user),
            option=body.get("option"),
            plan_hash=body.get("plan_hash"),
            until=dt_util.utc_from_timestamp(until) if until is not None else None,
            confirmation=Confirmation.SIGNED_IN if pin is None else Confirmation.PIN,
            pin=pin,
        ),
        ApprovalRequest,
    )
    coordinator.store(decided)
    return decided


async def _comment(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Add a comment to an incident."""
    comment = AddComment(incident_id=body["incident_id"], speaker=speaker_of(user), text=body["text"])
    return await coordinator.async_call(Command.COMMENT, comment, Incident)


async def _incident(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
    """Return an incident with all its requests and runs."""
    return await coordinator.async_call(
        Command.GET_INCIDENT, IncidentId(id=body["incident_id"]), IncidentRecord
    )


async def _poll(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
    """Poll an instance now."""
    return await coordinator.async_call(Command.POLL_INSTANCE, InstanceId(id=body["instance_id"]), Nothing)


async def _expect_off(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Say that an instance is meant to be off, or to run."""
    expect = ExpectOff(instance_id=body["instance_id"], speaker=speaker_of(user), off=body["off"])
    return await coordinator.async_call(Command.EXPECT_OFF, expect, Nothing)


async def _request_action(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Ask for an action, which a person has to approve, or only for its dry run."""
    request = RequestAction(
        instance_id=body["instance_id"],
        action=body["action"],
        target_id=body.get("target_id"),
        arguments=body.get("arguments", {}),
        only_dry_run=body.get("only_dry_run", False),
        speaker=speaker_of(user),
    )
    return await coordinator.async_call(Command.REQUEST_ACTION, request, ActionRequested)


async def _pause(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Pause the steward, or resume it without a scope."""
    scope = PauseScope(body["scope"]) if body["scope"] is not None else None
    return await coordinator.async_call(
        Command.SET_PAUSE, SetPause(speaker=speaker_of(user), scope=scope), StewardMode
    )


async def _verbose(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Report every step, or only requests and results."""
    request = SetVerbose(speaker=speaker_of(user), verbose=body["verbose"])
    return await coordinator.async_call(Command.SET_VERBOSE, request, StewardMode)


async def _add_maintenance(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Start maintenance of everything now."""
    now = dt_util.utcnow()
    span = Occurrence(starts_at=now, ends_at=now + timedelta(hours=body["hours"]))
    request = AddMaintenance(speaker=speaker_of(user), title=body["title"], once=span)
    return await coordinator.async_call(Command.ADD_MAINTENANCE, request, MaintenanceWindow)


async def _remove_maintenance(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Remove a maintenance window."""
    request = RemoveMaintenance(speaker=speaker_of(user), id=body["window_id"])
    return await coordinator.async_call(Command.REMOVE_MAINTENANCE, request, Nothing)


async def _decide_preference(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Accept or decline that a kind of problem is muted."""
    request = DecidePreference(id=body["preference_id"], speaker=speaker_of(user), accept=body["accept"])
    return await coordinator.async_call(Command.DECIDE_PREFERENCE, request, Preference)


async def _take_back_preference(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Forget what people decided about a kind of problem."""
    request = TakeBackPreference(id=body["preference_id"], speaker=speaker_of(user))
    return await coordinator.async_call(Command.TAKE_BACK_PREFERENCE, request, Nothing)


COMMANDS: Final = (
    *ALIAS_COMMANDS,
    *AUTONOMY_COMMANDS,
    *FALSE_ALARM_COMMANDS,
    *CHANGE_COMMANDS,
    *DEVICE_COMMANDS,
    *DOCTOR_COMMANDS,
    *RUNBOOK_COMMANDS,
    *SAFETY_COMMANDS,
    *SCHEDULE_COMMANDS,
    *TOOL_COMMANDS,
    PanelCommand(
        name="decide",
        fields={
            probatio.Required("approval_id"): TEXT,
            probatio.Required("verb"): probatio.In([one.value for one in Verb]),
            probatio.Optional("option"): NUMBER,
            probatio.Optional("plan_hash"): TEXT,
            probatio.Optional("until"): probatio.All(int, probatio.Range(min=0, max=2**33)),
            probatio.Optional("pin"): probatio.All(str, probatio.Length(max=PIN_LENGTH)),
        },
        access=Access.NONE,
        run=_decide,
    ),
    PanelCommand(
        name="comment",
        fields={
            probatio.Required("incident_id"): TEXT,
            probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=LONGEST_COMMENT)),
        },
        access=Access.NONE,
        run=_comment,
    ),
    PanelCommand(
        name="poll",
        fields={probatio.Required("instance_id"): TEXT},
        access=Access.VIEW,
        run=_poll,
    ),
    PanelCommand(
        name="expect_off",
        fields={probatio.Required("instance_id"): TEXT, probatio.Required("off"): bool},
        access=Access.NONE,
        run=_expect_off,
    ),
    PanelCommand(
        name="request_action",
        fields={
            probatio.Required("instance_id"): TEXT,
            probatio.Required("action"): TEXT,
            probatio.Optional("target_id"): SEARCH,
            probatio.Optional("arguments"): probatio.All(
                {TEXT: probatio.Any(None, bool, int, float, ARGUMENT)}, probatio.Length(max=MOST_ARGUMENTS)
            ),
            probatio.Optional("only_dry_run"): bool,
        },
        access=Access.NONE,
        run=_request_action,
    ),
    PanelCommand(
        name="pause",
        fields={probatio.Required("scope"): probatio.Any(None, probatio.In([*PauseScope]))},
        access=Access.NONE,
        run=_pause,
    ),
    PanelCommand(
        name="verbose",
        fields={probatio.Required("verbose"): bool},
        access=Access.NONE,
        run=_verbose,
    ),
    PanelCommand(
        name="add_maintenance",
        fields={
            probatio.Required("hours"): probatio.All(int, probatio.Range(min=1, max=7 * 24)),
            probatio.Required("title"): TEXT,
        },
        access=Access.NONE,
        run=_add_maintenance,
    ),
    PanelCommand(
        name="remove_maintenance",
        fields={probatio.Required("window_id"): TEXT},
        access=Access.NONE,
        run=_remove_maintenance,
    ),
    PanelCommand(
        name="preferences",
        fields={},
        access=Access.VIEW,
        run=query(Command.LIST_PREFERENCES, PreferenceQuery, Preferences),
    ),
    PanelCommand(
        name="decide_preference",
        fields={probatio.Required("preference_id"): TEXT, probatio.Required("accept"): bool},
        access=Access.NONE,
        run=_decide_preference,
    ),
    PanelCommand(
        name="take_back_preference",
        fields={probatio.Required("preference_id"): TEXT},
        access=Access.NONE,
        run=_take_back_preference,
    ),
    PanelCommand(
        name="incidents",
        fields={
            **PAGE,
            probatio.Optional("statuses"): [probatio.In([one.value for one in IncidentStatus])],
            probatio.Optional("severities"): [probatio.In([one.value for one in Severity])],
            probatio.Optional("category"): SEARCH,
            probatio.Optional("text"): SEARCH,
        },
        access=Access.VIEW,
        run=query(Command.LIST_INCIDENTS, IncidentQuery, Incidents, brief=True),
    ),
    PanelCommand(
        name="incident",
        fields={probatio.Required("incident_id"): TEXT},
        access=Access.VIEW,
        run=_incident,
    ),
    PanelCommand(
        name="names",
        fields={probatio.Required("language"): TEXT},
        access=Access.VIEW,
        run=query(Command.LIST_NAMES, NamesQuery, Names),
    ),
    PanelCommand(
        name="last_polls",
        fields={},
        access=Access.VIEW,
        run=query(Command.LIST_POLLS, Nothing, LastPolls),
    ),
    PanelCommand(
        name="report",
        fields={probatio.Optional("language"): TEXT},
        access=Access.VIEW,
        run=query(Command.WEEKLY_REPORT, WeeklyQuery, WeeklyDocument),
    ),
    PanelCommand(
        name="models",
        fields={probatio.Optional("days"): probatio.All(int, probatio.Range(min=1, max=90))},
        access=Access.FULL,
        run=query(Command.LIST_MODELS, ModelsQuery, ModelRecords),
    ),
    PanelCommand(
        name="ledger",
        fields=PAGE,
        access=Access.FULL,
        run=query(Command.LIST_LEDGER, LedgerQuery, LedgerPage),
    ),
    PanelCommand(
        name="audit",
        fields={
            **PAGE,
            probatio.Optional("event"): SEARCH,
            probatio.Optional("text"): SEARCH,
        },
        access=Access.FULL,
        run=query(Command.LIST_AUDIT, AuditQuery, AuditPage),
    ),
    PanelCommand(
        name="verify_audit",
        fields={},
        access=Access.FULL,
        run=query(Command.VERIFY_AUDIT, Nothing, AuditVerification),
    ),
)
