"""Commands of the panel and the cards over Home Assistant's websocket."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import probatio
from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .contract.base import Message
from .contract.errors import ContractError, ErrorCode
from .contract.incidents import ApprovalRequest, Confirmation, Incident, IncidentStatus, Severity, Verb
from .contract.protocol import (
    AddComment,
    Command,
    Decide,
    IncidentQuery,
    Incidents,
    InstanceId,
    Nothing,
    RowKind,
)
from .contract.records import (
    AuditPage,
    AuditQuery,
    AuditVerification,
    IncidentId,
    IncidentRecord,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    RunbookRecords,
)
from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .panel_access import Access, viewer_of
from .panel_feed import PanelFeed, find_entry

ENTRY_ID: Final = "entry_id"
PIN_LENGTH: Final = 12
LONGEST_COMMENT: Final = 2_000

type Body = dict[str, Any]
type Run = Callable[[StewardCoordinator, User, Body], Awaitable[Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCommand:
    """One command: its name, its fields, who may use it, and what it does."""

    name: str
    fields: dict[Any, Any]
    access: Access
    run: Run


@callback
def register_commands(hass: HomeAssistant) -> None:
    """Register the commands once; each looks for the entry when it is used."""
    websocket_api.async_register_command(hass, _subscribe)
    for one in COMMANDS:
        _register(hass, one)


@websocket_api.websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/subscribe",
        probatio.Optional(ENTRY_ID): str,
        probatio.Required("kinds"): [probatio.In([one.value for one in RowKind])],
    }
)
@callback
def _subscribe(hass: HomeAssistant, connection: websocket_api.ActiveConnection, message: Body) -> None:
    """Send the rows of the app, and each change until the client unsubscribes."""
    number = message["id"]

    @callback
    def send(event: Body) -> None:
        connection.send_message(websocket_api.event_message(number, event))

    kinds = [RowKind(one) for one in message["kinds"]]
    feed = PanelFeed(hass, connection.user, message.get(ENTRY_ID), kinds, send)
    connection.send_result(number)
    connection.subscriptions[number] = feed.start()


def _register(hass: HomeAssistant, command: PanelCommand) -> None:
    async def answer(hass: HomeAssistant, connection: websocket_api.ActiveConnection, message: Body) -> None:
        number = message["id"]
        try:
            coordinator = _coordinator(hass, message.get(ENTRY_ID))
            _check_access(coordinator, connection.user, command.access)
            result = await command.run(coordinator, connection.user, message)
        except ContractError as err:
            connection.send_error(number, err.code.value, err.message)
        else:
            connection.send_result(number, result.to_dict())

    schema: dict[Any, Any] = {
        probatio.Required("type"): f"{DOMAIN}/{command.name}",
        probatio.Optional(ENTRY_ID): str,
    }
    decorated = websocket_api.websocket_command(schema | command.fields)(websocket_api.async_response(answer))
    websocket_api.async_register_command(hass, decorated)


def _coordinator(hass: HomeAssistant, entry_id: str | None) -> StewardCoordinator:
    """Return the coordinator of a loaded entry. Raises ContractError NOT_CONNECTED."""
    entry = find_entry(hass, entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise ContractError(ErrorCode.NOT_CONNECTED, "The app does not answer")
    return entry.runtime_data.coordinator


def _check_access(coordinator: StewardCoordinator, user: User, needed: Access) -> None:
    """Raise ContractError FORBIDDEN when the user may not use a command."""
    access = viewer_of(user, coordinator.steward_state).access
    # Access.NONE is needed for what the app refuses itself, because it audits the refusal.
    if needed is not Access.NONE and access not in (needed, Access.FULL):
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to see this")


def _speaker(user: User) -> Speaker:
    return Speaker(front_end=FrontEnd.PANEL, user_id=user.id)


async def _decide(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Send a decision, bound to the plan that the panel showed; the app decides who may."""
    pin, until = body.get("pin"), body.get("until")
    decided = await coordinator.async_call(
        Command.DECIDE,
        Decide(
            approval_id=body["approval_id"],
            verb=Verb(body["verb"]),
            speaker=_speaker(user),
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
    comment = AddComment(incident_id=body["incident_id"], speaker=_speaker(user), text=body["text"])
    return await coordinator.async_call(Command.COMMENT, comment, Incident)


async def _incident(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
    """Return an incident with all its requests and runs."""
    return await coordinator.async_call(
        Command.GET_INCIDENT, IncidentId(id=body["incident_id"]), IncidentRecord
    )


async def _poll(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
    """Poll an instance now."""
    return await coordinator.async_call(Command.POLL_INSTANCE, InstanceId(id=body["instance_id"]), Nothing)


def _query[Answer: Message](
    command: Command, request: type[Message], answer: type[Answer], **fixed: Any
) -> Run:
    """Return what a query does: it passes the fields of the command on to the app."""

    async def run(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
        fields = {key: one for key, one in body.items() if key not in ("id", "type", ENTRY_ID)}
        return await coordinator.async_call(command, request.from_plain(fields | fixed), answer)

    return run


_TEXT: Final = probatio.All(str, probatio.Length(min=1, max=64))
_NUMBER: Final = probatio.All(int, probatio.Range(min=1, max=9))
_SEARCH: Final = probatio.All(str, probatio.Length(max=200))
_PAGE: Final = {
    probatio.Optional("limit"): probatio.All(int, probatio.Range(min=1, max=500)),
    probatio.Optional("before"): probatio.All(int, probatio.Range(min=0, max=2**62)),
}

COMMANDS: Final = (
    PanelCommand(
        name="decide",
        fields={
            probatio.Required("approval_id"): _TEXT,
            probatio.Required("verb"): probatio.In([one.value for one in Verb]),
            probatio.Optional("option"): _NUMBER,
            probatio.Optional("plan_hash"): _TEXT,
            probatio.Optional("until"): probatio.All(int, probatio.Range(min=0, max=2**33)),
            probatio.Optional("pin"): probatio.All(str, probatio.Length(max=PIN_LENGTH)),
        },
        access=Access.NONE,
        run=_decide,
    ),
    PanelCommand(
        name="comment",
        fields={
            probatio.Required("incident_id"): _TEXT,
            probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=LONGEST_COMMENT)),
        },
        access=Access.NONE,
        run=_comment,
    ),
    PanelCommand(
        name="poll",
        fields={probatio.Required("instance_id"): _TEXT},
        access=Access.VIEW,
        run=_poll,
    ),
    PanelCommand(
        name="incidents",
        fields={
            **_PAGE,
            probatio.Optional("statuses"): [probatio.In([one.value for one in IncidentStatus])],
            probatio.Optional("severities"): [probatio.In([one.value for one in Severity])],
            probatio.Optional("category"): _SEARCH,
            probatio.Optional("text"): _SEARCH,
        },
        access=Access.VIEW,
        run=_query(Command.LIST_INCIDENTS, IncidentQuery, Incidents, brief=True),
    ),
    PanelCommand(
        name="incident",
        fields={probatio.Required("incident_id"): _TEXT},
        access=Access.VIEW,
        run=_incident,
    ),
    PanelCommand(
        name="runbooks",
        fields={},
        access=Access.VIEW,
        run=_query(Command.LIST_RUNBOOKS, Nothing, RunbookRecords),
    ),
    PanelCommand(
        name="models",
        fields={probatio.Optional("days"): probatio.All(int, probatio.Range(min=1, max=90))},
        access=Access.FULL,
        run=_query(Command.LIST_MODELS, ModelsQuery, ModelRecords),
    ),
    PanelCommand(
        name="ledger",
        fields=_PAGE,
        access=Access.FULL,
        run=_query(Command.LIST_LEDGER, LedgerQuery, LedgerPage),
    ),
    PanelCommand(
        name="audit",
        fields={
            **_PAGE,
            probatio.Optional("event"): _SEARCH,
            probatio.Optional("text"): _SEARCH,
        },
        access=Access.FULL,
        run=_query(Command.LIST_AUDIT, AuditQuery, AuditPage),
    ),
    PanelCommand(
        name="verify_audit",
        fields={},
        access=Access.FULL,
        run=_query(Command.VERIFY_AUDIT, Nothing, AuditVerification),
    ),
)
