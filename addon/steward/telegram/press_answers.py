"""What people read after a press, in at most 200 characters and in their language. Pure."""

from datetime import datetime, tzinfo
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.proposals import OptionKind

from ..sdk.later_text import scheduled_text
from ..texts import Texts, english
from .callback_store import Answer
from .cards import decision_text
from .markup import plain

LABEL: Final = 100
REASON: Final = 190
WITHDRAWN: Final = 150

FORGED: Final = english("This button is not valid. Nothing was done.")
ELSEWHERE: Final = english("You cannot decide from this chat. Nothing was done.")
STRANGER: Final = english("The steward does not know you. Nothing was done.")
TOO_OLD: Final = english("This button is too old. Nothing was done. Open Home Assistant.")
EXPIRED: Final = english("This request has expired. Nothing was done.")
CHANGED: Final = english("The plan has changed since this message was sent. Nothing was done.")
SUPERSEDED: Final = english("No longer offered because the situation has changed. Nothing was done.")
DECIDED: Final = english("This request is already decided. Nothing was done now.")
TRY_AGAIN: Final = english("The steward cannot process this now. Try again in a minute.")
FIRST_OF_TWO: Final = english("Your approval counts. A second person has to approve it.")
SEND_PIN: Final = english("Send your PIN here within two minutes. Your message is deleted.")
DETAILS_SENT: Final = english("The details follow below.")
DETAILS_SENT_BEFORE: Final = english("The details are already in this topic.")
FALSE_ALARM: Final = english("Marked as a false alarm. Nobody is asked about the same for a while.")
MATCHED: Final = english("Your answer counts. You can change it on the page Monitors of the panel.")
SLOW: Final = english("This takes longer than usual. The card shows the result.")

_REFUSALS: Final = {
    ErrorCode.EXPIRED: EXPIRED,
    ErrorCode.PLAN_CHANGED: CHANGED,
    ErrorCode.NOT_FOUND: TOO_OLD,
}


def alert(text: str, texts: Texts) -> Answer:
    """Return one of the texts above as a dialog to close."""
    return Answer(texts(text))


def note(text: str, texts: Texts) -> Answer:
    """Return one of the texts above as a short notification."""
    return Answer(texts(text), alert=False)


def reason(err: ContractError) -> Answer:
    """Return the reason of a refusal alone."""
    return Answer(plain(err.message, REASON))


def not_done(err: ContractError, texts: Texts) -> Answer:
    """Return the reason of a refusal, and that nothing was done."""
    return Answer(f"{plain(err.message, LABEL)} {texts('Nothing was done.')}")


def refused(err: ContractError, texts: Texts) -> Answer:
    """Return the answer to a decision that the gate refused for good."""
    text = _REFUSALS.get(err.code)
    return not_done(err, texts) if text is None else Answer(texts(text))


def locked(until: str, texts: Texts, zone: tzinfo) -> Answer:
    """Return the answer to a PIN that is refused until a time, because many wrong ones came."""
    time = texts.time(datetime.fromisoformat(until).astimezone(zone))
    return Answer(
        texts(
            "Too many wrong PINs. Try again after {time}, or decide in Home Assistant. Nothing was done.",
            time=time,
        )
    )


def closed(request: ApprovalRequest | None, texts: Texts, zone: tzinfo) -> Answer:
    """Return the decision, the person, the front end and the time, or why there is none."""
    if request is None:
        return Answer(texts(TOO_OLD))
    if request.status is ApprovalStatus.EXPIRED:
        return Answer(texts(EXPIRED))
    if request.status is ApprovalStatus.SUPERSEDED:
        return _superseded(request, texts)
    if request.decision is None:
        return Answer(texts(DECIDED))
    decision = decision_text(request, zone, texts)
    return Answer(texts("{decision}. Nothing was done now.", decision=decision))


def accepted(request: ApprovalRequest, texts: Texts) -> Answer:
    """Return the answer to a decision that counts."""
    if request.status is ApprovalStatus.PENDING:
        return note(FIRST_OF_TWO, texts)
    if request.status is ApprovalStatus.IGNORED:
        return Answer(texts("Ignored."), alert=False)
    if request.status is ApprovalStatus.REJECTED and request.is_update:
        return Answer(texts("Rejected. This version is not offered again."), alert=False)
    number = request.decision.option if request.decision is not None else None
    option = request.proposal.option(number) if number is not None else None
    if option is None:
        return Answer(texts("Decision saved."), alert=False)
    label = plain(option.label, LABEL)
    if request.status is ApprovalStatus.SCHEDULED and request.later is not None:
        return Answer(f"{label}. {scheduled_text(request.later, request.created_at, texts)}", alert=False)
    match option.kind:
        case OptionKind.DEFER:
            text = f"{label}."
        case OptionKind.INVESTIGATE:
            text = texts("{label}: investigating…", label=label)
        case _:
            text = texts("{label}: working…", label=label)
    return Answer(text, alert=False)


def _superseded(request: ApprovalRequest, texts: Texts) -> Answer:
    """Return why a request is not offered any more."""
    if not request.withdrawn:
        return Answer(texts(SUPERSEDED))
    text = texts("No longer offered. {reason} Nothing was done.", reason=plain(request.withdrawn, WITHDRAWN))
    return Answer(text)
