"""The actions approve, reject, ignore and snooze: decisions of a known person about a request."""

from functools import partial
from typing import Any, Final

import probatio
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    Context,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import service
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from .action_targets import whole_number
from .const import DOMAIN
from .contract.commands import Confirmation, Decide
from .contract.errors import ContractError
from .contract.incidents import ApprovalRequest, Verb
from .contract.protocol import Command
from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .errors import refused, translated
from .notifications.refusal_reports import REPORTS
from .runtime import StewardConfigEntry
from .speakers import async_is_inactive

ATTR_APPROVAL_ID: Final = "approval_id"
ATTR_OPTION: Final = "option"
ATTR_UNTIL: Final = "until"

FIRST_OPTION: Final = 1
LAST_OPTION: Final = 9


_BASE: Final = {
    probatio.Required(ATTR_APPROVAL_ID): cv.string,
    probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
}
_SCHEMAS: Final = {
    Verb.APPROVE: probatio.Schema(
        {
            **_BASE,
            probatio.Required(ATTR_OPTION): probatio.All(
                whole_number, probatio.Range(min=FIRST_OPTION, max=LAST_OPTION)
            ),
        }
    ),
    Verb.REJECT: probatio.Schema(_BASE),
    Verb.IGNORE: probatio.Schema(_BASE),
    Verb.CANCEL: probatio.Schema(_BASE),
    Verb.SNOOZE: probatio.Schema({**_BASE, probatio.Required(ATTR_UNTIL): cv.datetime}),
}


@callback
def register_actions(hass: HomeAssistant) -> None:
    """Register one action for each decision."""
    for verb, schema in _SCHEMAS.items():
        hass.services.async_register(
            DOMAIN,
            verb.value,
            partial(_async_decide, verb),
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _async_decide(verb: Verb, call: ServiceCall) -> ServiceResponse:
    """Send the decision for the user who calls and return the decided request."""
    entry: StewardConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    coordinator = entry.runtime_data.coordinator
    try:
        await _check_active(call)
        decide = _decide(coordinator, verb, call.data, call.context)
    except ServiceValidationError as err:
        call.hass.data[REPORTS].add(
            entry,
            approval_id=call.data[ATTR_APPROVAL_ID],
            user_id=call.context.user_id,
            press=verb.value,
            reason=err.translation_key or "",
        )
        raise
    try:
        answer = await coordinator.async_call(Command.DECIDE, decide, ApprovalRequest)
    except ContractError as err:
        raise translated(err) from err
    return _response(answer)


async def _check_active(call: ServiceCall) -> None:
    """Raise ServiceValidationError for a user who is deactivated, but still has an open connection."""
    if await async_is_inactive(call.hass, call.context.user_id):
        raise refused("inactive_user")


def _decide(coordinator: StewardCoordinator, verb: Verb, data: dict[str, Any], context: Context) -> Decide:
    """Return the decision, bound to the plan that the integration knows.

    A call without a parent comes from a person who is signed in, not from an automation.

    Raises ServiceValidationError without a user, and when the request has no such option.
    """
    if context.user_id is None:
        raise refused("no_user")
    approval_id, number = data[ATTR_APPROVAL_ID], data.get(ATTR_OPTION)
    until = data.get(ATTR_UNTIL)
    approval = coordinator.steward_state.approvals.get(approval_id)
    option = approval.proposal.option(number) if approval and number is not None else None
    if approval and number is not None and option is None:
        raise refused("no_option", option=str(number), approval_id=approval_id)
    return Decide(
        approval_id=approval_id,
        verb=verb,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=context.user_id),
        option=number,
        plan_hash=option.plan_hash if option else None,
        until=dt_util.as_utc(until) if until else None,
        confirmation=Confirmation.SIGNED_IN if context.parent_id is None else Confirmation.NONE,
    )


def _response(approval: ApprovalRequest) -> dict[str, JsonValueType]:
    response: dict[str, JsonValueType] = {
        ATTR_APPROVAL_ID: approval.id,
        "incident_id": approval.incident_id,
        "status": approval.status.value,
    }
    if approval.snoozed_until is not None:
        response["snoozed_until"] = approval.snoozed_until.isoformat()
    if approval.first is not None:
        response["first_approval"] = approval.first.person_name
    decision = approval.decision
    if decision is not None:
        response["decision"] = {
            "verb": decision.verb.value,
            "option": decision.option,
            "label": decision.label,
            "person": decision.person_name,
            "via": decision.via.value,
            "at": decision.at.isoformat(),
        }
    return response
