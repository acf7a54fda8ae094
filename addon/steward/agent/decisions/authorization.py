"""Whether a person may decide a request, and why not. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Confirmation, Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.second_person import covers
from homelab_steward.contract.state import NO_PIN, Authority, FrontEnd, Person, Role, Speaker

from ...texts import english, household, local, translate
from ..requests.asking import may_approve_request

LONGEST_SNOOZE: Final = timedelta(days=7)

VIA: Final = {
    FrontEnd.HOME_ASSISTANT: "Home Assistant",
    FrontEnd.TELEGRAM: "Telegram",
    FrontEnd.PANEL: english("the panel"),
    FrontEnd.ASSIST: "Assist",
    FrontEnd.MCP: "MCP",
    FrontEnd.COMMAND_LINE: english("the command line"),
}

UNKNOWN_PERSON: Final = english("You are not allowed to decide.")
MACHINE: Final = english("An MCP client may ask, but only a person decides.")

SHOWN: Final = (Confirmation.UNLOCKED, Confirmation.SIGNED_IN)
"""The confirmations in Home Assistant that prove who decides."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision is refused. ``until`` is the time after which it may be tried again."""

    code: ErrorCode
    message: str
    until: datetime | None = None

    def error(self) -> ContractError:
        """Return the error; front ends show ``until`` (RFC 3339) in the person's local time."""
        placeholders = {} if self.until is None else {"until": self.until.isoformat()}
        return ContractError(self.code, self.message, placeholders)


def authorize(
    person: Person | None, request: ApprovalRequest, command: Decide, now: datetime
) -> Refusal | None:
    """Return why this decision is refused, None when it is allowed.

    The caller has checked the PIN before. Pure. The compare-and-swap in the store makes the final
    decision.
    """
    if person is None or command.speaker.front_end is FrontEnd.MCP:
        return Refusal(ErrorCode.FORBIDDEN, translate(UNKNOWN_PERSON if person is None else MACHINE))
    if any(person.may_decide(one) is Authority.NOTHING for one in (request.category, *request.also_in)):
        return Refusal(ErrorCode.FORBIDDEN, translate(t"You can view requests, but not decide."))
    if command.verb is Verb.CANCEL:
        return _authorize_cancel(request)
    return _authorize_decision(person, request, command, now)


def _authorize_decision(
    person: Person, request: ApprovalRequest, command: Decide, now: datetime
) -> Refusal | None:
    if request.status is not ApprovalStatus.PENDING or request.expires_at <= now:
        return already(request)
    match command.verb:
        case Verb.APPROVE:
            return _authorize_option(person, request, command)
        case Verb.SNOOZE:
            return _authorize_snooze(command.until, now)
        case _:
            return None


def _authorize_cancel(request: ApprovalRequest) -> Refusal | None:
    if request.status is ApprovalStatus.SCHEDULED:
        return None
    if request.status is ApprovalStatus.PENDING:
        return Refusal(ErrorCode.INVALID_ARGUMENT, translate(t"This request is not scheduled."))
    return already(request)


def _authorize_option(person: Person, request: ApprovalRequest, command: Decide) -> Refusal | None:
    option = request.proposal.option(command.option or 0)
    if option is None:
        return Refusal(ErrorCode.INVALID_ARGUMENT, translate(t"There is no option {command.option}."))
    if command.plan_hash is not None and command.plan_hash != option.plan_hash:
        return Refusal(ErrorCode.PLAN_CHANGED, translate(t"The plan is not the one you were shown."))
    if not may_approve_request(person, request, option.risk):
        return Refusal(ErrorCode.FORBIDDEN, translate(t"This risk is higher than you may approve."))
    if is_first(person, request, option):
        message = translate(t"You approved this already. Another person has to approve it too.")
        return Refusal(ErrorCode.ALREADY_DECIDED, message)
    return _unconfirmed(person, option, command)


def is_first(person: Person, request: ApprovalRequest, option: Option) -> bool:
    """Return whether this person gave the first of two approvals of an option."""
    first = request.first
    is_given = option.needs_two and first is not None and first.option == option.number
    return is_given and first is not None and first.person_id == person.id


def _unconfirmed(person: Person, option: Option, command: Decide) -> Refusal | None:
    """Return which proof of identity an option needs and the decision lacks, None when it lacks none."""
    match command.speaker.front_end:
        case FrontEnd.ASSIST if option.risk is not Risk.LOW:
            message = translate(t"Only a low risk can be approved by voice. Use your phone or Telegram.")
            return Refusal(ErrorCode.FORBIDDEN, message)
        case FrontEnd.TELEGRAM if option.risk is Risk.HIGH and command.confirmation is not Confirmation.PIN:
            message = (
                translate(t"Send your PIN to approve something this risky.") if person.has_pin else NO_PIN
            )
            return Refusal(ErrorCode.PIN_NEEDED, message)
        case FrontEnd.HOME_ASSISTANT if option.needs_unlock and command.confirmation not in SHOWN:
            return Refusal(
                ErrorCode.UNLOCK_NEEDED, translate(t"Unlock the phone to approve something this risky.")
            )
        case _:
            return None


def _authorize_snooze(until: datetime | None, now: datetime) -> Refusal | None:
    if until is None or not now < until <= now + LONGEST_SNOOZE:
        message = translate(t"A request can be snoozed for at most {LONGEST_SNOOZE.days} days.")
        return Refusal(ErrorCode.INVALID_ARGUMENT, message)
    return None


def already(request: ApprovalRequest) -> Refusal:
    """Return the refusal of a decision on a request that is not pending, or has expired."""
    decision = request.decision
    if decision is None:
        if request.status in (ApprovalStatus.EXPIRED, ApprovalStatus.PENDING):
            return Refusal(ErrorCode.EXPIRED, translate(t"Too late: this request has expired."))
        return Refusal(ErrorCode.ALREADY_DECIDED, translate(t"This request needs no answer any more."))
    what = decision.label or decision.verb
    when = household().time(local(decision.at))
    if decision.is_automatic:
        message = translate(t"Too late: the steward itself carried out {what} at {when}.")
        return Refusal(ErrorCode.ALREADY_DECIDED, message)
    via = translate(VIA[decision.via])
    return Refusal(
        ErrorCode.ALREADY_DECIDED,
        translate(t"Already decided: {what}, by {decision.person_name} at {when} via {via}."),
    )


def needs_no_second(
    elevation: Elevation | None,
    person: Person,
    speaker: Speaker,
    request: ApprovalRequest,
    option: Option,
    now: datetime,
) -> bool:
    """Return whether an elevation allows a person to approve an option alone. Pure."""
    if elevation is None or not covers(elevation, request, option, now):
        return False
    is_theirs = person.role is Role.OWNER and person.id == elevation.person_id
    return is_theirs and speaker.front_end not in (FrontEnd.ASSIST, FrontEnd.MCP)
