"""The actions ask, comment, request_action, run_runbook and weekly_report: they decide nothing."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

import probatio
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonArrayType, JsonObjectType
from homeassistant.util.ulid import ulid_now

from .action_targets import DeviceTarget, async_anyone, async_person, coordinator_of, find_device
from .chat_pieces import Answer
from .const import DOMAIN
from .contract.catalogue import ActionOffer
from .contract.chat import ChatQuestion
from .contract.commands import ActionRequested, AddComment, RequestAction
from .contract.errors import ContractError, ErrorCode
from .contract.incidents import ApprovalRequest, Incident
from .contract.plain_text import one_line
from .contract.protocol import Command
from .contract.reports import ReportSection, WeeklyDocument, WeeklyQuery
from .contract.runbook_runs import RunbookAnswer, RunbookReport, RunRunbook
from .coordinator import StewardCoordinator
from .errors import refused, translated

ASK: Final = "ask"
COMMENT: Final = "comment"
REQUEST_ACTION: Final = "request_action"
RUN_RUNBOOK: Final = "run_runbook"
WEEKLY_REPORT: Final = "weekly_report"

ATTR_ACTION: Final = "action"
ATTR_ARGUMENTS: Final = "arguments"
ATTR_CONVERSATION_ID: Final = "conversation_id"
ATTR_INCIDENT_ID: Final = "incident_id"
ATTR_LANGUAGE: Final = "language"
ATTR_QUESTION: Final = "question"
ATTR_RUNBOOK: Final = "runbook"
ATTR_TARGET_ID: Final = "target_id"
ATTR_TEXT: Final = "text"

LONGEST_TEXT: Final = 2000
SILENCE: Final = 60.0
"""Seconds without a piece of the answer after which the question fails."""

_TEXT: Final = probatio.All(cv.string, probatio.Length(min=1, max=LONGEST_TEXT))

_ASK: Final = probatio.Schema(
    {
        probatio.Required(ATTR_QUESTION): _TEXT,
        probatio.Optional(ATTR_LANGUAGE): cv.string,
        probatio.Optional(ATTR_CONVERSATION_ID): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
_COMMENT: Final = probatio.Schema(
    {
        probatio.Required(ATTR_INCIDENT_ID): cv.string,
        probatio.Required(ATTR_TEXT): _TEXT,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
_REQUEST: Final = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_ACTION): cv.string,
        probatio.Optional(ATTR_TARGET_ID): cv.string,
        probatio.Optional(ATTR_ARGUMENTS, default={}): {str: probatio.Any(None, bool, int, float, str)},
    }
)
_RUN: Final = probatio.Schema(
    {
        probatio.Required(ATTR_RUNBOOK): cv.string,
        probatio.Optional(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_TARGET_ID): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)
_REPORT: Final = probatio.Schema(
    {
        probatio.Optional(ATTR_LANGUAGE): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)


@callback
def register_requests(hass: HomeAssistant) -> None:
    """Register the actions."""
    register, optional = hass.services.async_register, SupportsResponse.OPTIONAL
    register(DOMAIN, ASK, _async_ask, schema=_ASK, supports_response=SupportsResponse.ONLY)
    register(DOMAIN, COMMENT, _async_comment, schema=_COMMENT)
    register(DOMAIN, WEEKLY_REPORT, _async_report, schema=_REPORT, supports_response=SupportsResponse.ONLY)
    register(DOMAIN, REQUEST_ACTION, _async_request, schema=_REQUEST, supports_response=optional)
    register(DOMAIN, RUN_RUNBOOK, _async_run, schema=_RUN, supports_response=optional)


async def _async_ask(call: ServiceCall) -> ServiceResponse:
    """Return the answer to a question. An automation asks like a voice that is not known."""
    coordinator = coordinator_of(call.hass, call.data)
    question = ChatQuestion(
        conversation_id=call.data.get(ATTR_CONVERSATION_ID) or ulid_now(),
        text=call.data[ATTR_QUESTION],
        speaker=await async_anyone(call, coordinator),
        language=call.data.get(ATTR_LANGUAGE) or call.hass.config.language,
    )
    answer = Answer()
    try:
        async with aclosing(coordinator.ask(question, SILENCE)) as pieces:
            async for piece in pieces:
                answer.take(piece)
    except ContractError as err:
        raise translated(err) from err
    if not answer.text:
        raise translated(ContractError(ErrorCode.INTERNAL, "The answer was empty"))
    return {
        "answer": answer.text,
        ATTR_CONVERSATION_ID: question.conversation_id,
        "expects_reply": answer.expects_reply,
    }


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return the report of the seven days before now."""
    query = WeeklyQuery(language=call.data.get(ATTR_LANGUAGE) or call.hass.config.language)
    try:
        document = await coordinator_of(call.hass, call.data).async_call(
            Command.WEEKLY_REPORT, query, WeeklyDocument
        )
    except ContractError as err:
        raise translated(err) from err
    return {
        "title": document.title,
        "headline": document.headline,
        "markdown": document.markdown,
        "sections": _sections(document.sections),
    }


def _sections(sections: Sequence[ReportSection]) -> JsonArrayType:
    return [{"title": one.title, "lines": list(one.lines)} for one in sections]


async def _async_comment(call: ServiceCall) -> None:
    """Add a comment of the user who calls to an incident."""
    coordinator = coordinator_of(call.hass, call.data)
    speaker = await async_person(call, coordinator)
    request = AddComment(incident_id=call.data[ATTR_INCIDENT_ID], speaker=speaker, text=call.data[ATTR_TEXT])
    try:
        await coordinator.async_call(Command.COMMENT, request, Incident)
    except ContractError as err:
        raise translated(err) from err


async def _async_request(call: ServiceCall) -> ServiceResponse:
    """Request an action of a service. A person approves it; until then nothing changes."""
    target = find_device(call.hass, call.data[ATTR_DEVICE_ID])
    target_id = target.resource[1] if target.resource else call.data.get(ATTR_TARGET_ID)
    request = RequestAction(
        instance_id=target.instance_id,
        action=_action(target, call.data[ATTR_ACTION], target_id).key,
        speaker=await async_anyone(call, target.coordinator),
        target_id=target_id,
        arguments=call.data[ATTR_ARGUMENTS],
        is_automation=call.context.user_id is None,
    )
    try:
        answer = await target.coordinator.async_call(Command.REQUEST_ACTION, request, ActionRequested)
    except ContractError as err:
        raise translated(err) from err
    if answer.approval_id is None:
        raise refused("not_requested", message=one_line(answer.message))
    return {
        "approval_id": answer.approval_id,
        "incident_id": answer.incident_id,
        "message": answer.message,
        "instead": answer.instead,
    }


async def _async_run(call: ServiceCall) -> ServiceResponse:
    """Request a runbook. A person selects an option; until then nothing changes.

    A runbook that only reads has no request: the response has what it read.
    """
    coordinator, instance_id, kind, target_id = _runbook_target(call)
    request = RunRunbook(
        runbook_id=call.data[ATTR_RUNBOOK],
        instance_id=instance_id,
        speaker=await async_anyone(call, coordinator),
        kind=kind,
        target_id=target_id,
        is_automation=call.context.user_id is None,
    )
    try:
        answer = await coordinator.async_call(Command.RUN_RUNBOOK, request, RunbookAnswer)
    except ContractError as err:
        raise translated(err) from err
    return {**_requested(answer.request), "report": _report(answer.report)}


def _runbook_target(call: ServiceCall) -> tuple[StewardCoordinator, str, str | None, str | None]:
    """Return the coordinator, and instance, kind and id of the target; no instance without a device."""
    if ATTR_DEVICE_ID not in call.data:
        if ATTR_TARGET_ID in call.data:
            raise refused("no_target")
        return coordinator_of(call.hass, call.data), "", None, None
    target = find_device(call.hass, call.data[ATTR_DEVICE_ID])
    kind, target_id = target.resource or _resource(target, call.data.get(ATTR_TARGET_ID))
    return target.coordinator, target.instance_id, kind, target_id


def _requested(request: ApprovalRequest | None) -> JsonObjectType:
    if request is None:
        empty: JsonObjectType = {"approval_id": None, "incident_id": None, "number": None, "title": None}
        return {**empty, "options": [], "not_offered": []}
    return {
        "approval_id": request.id,
        "incident_id": request.incident_id,
        "number": request.incident_number,
        "title": one_line(request.title),
        "options": [
            {"number": one.number, "label": one_line(one.label), "risk": one.risk.value}
            for one in request.proposal.options
        ],
        "not_offered": [one_line(reason) for reason in request.proposal.left_out],
    }


def _report(report: RunbookReport | None) -> JsonObjectType | None:
    if report is None:
        return None
    return {
        "title": one_line(report.title),
        "headline": report.headline,
        "sections": _sections(report.sections),
        "problems": report.problems,
        "is_complete": report.is_complete,
    }


def _resource(target: DeviceTarget, target_id: str | None) -> tuple[str | None, str | None]:
    """Return kind and id of a thing inside a service, None without one. Raises ServiceValidationError."""
    if target_id is None:
        return None, None
    kinds = _kinds(target, target_id)
    if len(kinds) != 1:
        raise refused("no_target")
    return kinds.pop(), target_id


def _action(target: DeviceTarget, name: str, target_id: str | None) -> ActionOffer:
    """Return the action with this key or capability for the service, or for a thing inside it.

    Raises ServiceValidationError, which lists the actions that there are.
    """
    state = target.coordinator.steward_state
    offer = state.offer(state.instances[target.instance_id])
    kinds = _kinds(target, target_id)
    fitting = [one for one in (offer.actions if offer else ()) if one.scope in kinds]
    found = {one.capability: one for one in fitting} | {one.key: one for one in fitting}
    if name not in found:
        raise refused("no_action", action=name, actions=", ".join(one.key for one in fitting) or "-")
    return found[name]


def _kinds(target: DeviceTarget, target_id: str | None) -> set[str | None]:
    """Return the kinds that the target may be of; None is the service itself."""
    if target.resource is not None:
        return {target.resource[0]}
    if target_id is None:
        return {None}
    snapshot = target.coordinator.steward_state.snapshots.get(target.instance_id)
    return {one.kind for one in (snapshot.resources if snapshot else ()) if one.id == target_id}
