"""Verifies button presses and passes their decisions to the gate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Confirmation,
    Incident,
    OptionKind,
    Verb,
)
from homelab_steward.contract.protocol import AddComment, Decide
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from .buttons import ButtonAction, ButtonCodec, CallbackData
from .callback_store import Answer, CallbackStore, IssuedButtons
from .card_sync import IncidentQueries
from .cards import decision_text
from .chat import Press
from .details_sender import DetailsSender
from .markup import plain
from .pins import AskedPin
from .settings import TelegramSettings

log = structlog.get_logger(__name__)

LABEL: Final = 100
REASON: Final = 190

FORGED: Final = Answer("This button is not valid. Nothing was done.")
ELSEWHERE: Final = Answer("You cannot decide from this chat. Nothing was done.")
STRANGER: Final = Answer("The steward does not know you. Nothing was done.")
TOO_OLD: Final = Answer("This button is too old. Nothing was done. Open Home Assistant.")
EXPIRED: Final = Answer("This request has expired. Nothing was done.")
CHANGED: Final = Answer("The plan has changed since this message was sent. Nothing was done.")
SUPERSEDED: Final = Answer("No longer offered because the situation has changed. Nothing was done.")
DECIDED: Final = Answer("This request is already decided. Nothing was done now.")
TRY_AGAIN: Final = Answer("The steward cannot process this now. Try again in a minute.")
FIRST_OF_TWO: Final = Answer("Your approval counts. A second person has to approve it.", alert=False)
SEND_PIN: Final = Answer("Send your PIN here within two minutes. Your message is deleted.")
DETAILS_SENT: Final = Answer("The details follow below.", alert=False)
DETAILS_SENT_BEFORE: Final = Answer("The details are already in this topic.", alert=False)

_REFUSALS: Final = {
    ErrorCode.EXPIRED: EXPIRED,
    ErrorCode.PLAN_CHANGED: CHANGED,
    ErrorCode.NOT_FOUND: TOO_OLD,
}
_TRANSIENT: Final = frozenset({ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_VERBS: Final = {ButtonAction.APPROVE: Verb.APPROVE, ButtonAction.IGNORE: Verb.IGNORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPort:
    """Access to the gate, to people, to comments and to the audit log.

    ``decide`` authorizes and records a decision, and raises ContractError, as ``comment`` does,
    which saves a comment; ``person`` returns the person with a Telegram user id; ``audit``
    writes one event with its details.
    """

    decide: Callable[[Decide], Awaitable[ApprovalRequest]]
    person: Callable[[int], Awaitable[Person | None]]
    audit: Callable[[str, Mapping[str, str]], Awaitable[None]]
    comment: Callable[[AddComment], Awaitable[Incident]]


@dataclass(frozen=True, slots=True)
class PressResult:
    """Answer to a press. ``used`` is the short id of the buttons to mark as used.

    A final result is recorded and returned again when Telegram delivers the press again; one
    that is not final is a failure of this app, and the press is processed again. ``needs_pin``
    is the decision that waits for the PIN of the person, as long as this app runs.
    """

    answer: Answer
    used: str | None = None
    is_final: bool = True
    needs_pin: AskedPin | None = None


class PressHandler:
    """Verifies that a press is genuine and passes its decision to the gate, which authorizes it."""

    def __init__(
        self,
        settings: TelegramSettings,
        codec: ButtonCodec,
        callbacks: CallbackStore,
        details: DetailsSender,
        read: IncidentQueries,
        decision_port: DecisionPort,
        refresh: Callable[[str, str], None],
        is_own_chat: Callable[[int | None], bool],
    ) -> None:
        """``refresh`` updates the card of an incident id and a request id."""
        self._settings = settings
        self._codec = codec
        self._callbacks = callbacks
        self._details_sender = details
        self._read = read
        self._decision_port = decision_port
        self._refresh = refresh
        self._is_own_chat = is_own_chat

    async def handle_press(self, press: Press) -> PressResult:
        """Process a press and return its answer."""
        if not self._is_own_chat(press.chat_id):
            return await self._refused("telegram.press_foreign", press, ELSEWHERE)
        content = self._codec.decode(press.data)
        if content is None:
            return await self._refused("telegram.press_forged", press, FORGED)
        issued = await self._callbacks.find(content.short_id)
        if issued is None:
            return await self._refused("telegram.press_expired", press, TOO_OLD)
        if content.action is ButtonAction.DETAILS:
            return await self._details(press, issued)
        return await self._decide(press, content, issued)

    async def _decide(self, press: Press, content: CallbackData, issued: IssuedButtons) -> PressResult:
        option = content.option if content.action is ButtonAction.APPROVE else None
        command = Decide(
            approval_id=issued.approval_id,
            verb=_VERBS[content.action],
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(press.user_id)),
            option=option,
            plan_hash=issued.plans.get(option) if option is not None else None,
        )
        return await self._pass_on(command, issued)

    async def decide_with_pin(self, asked: AskedPin, pin: str) -> str:
        """Pass on the decision of a press that needed a PIN; return the result as text for people."""
        command = replace(asked.command, confirmation=Confirmation.PIN, pin=pin)
        result = await self._pass_on(command, asked.issued)
        if result.used is not None:
            try:
                await self._callbacks.mark_used(result.used)
            except Exception:
                # The decision counts in any case.
                log.exception("telegram buttons not marked as used", approval=command.approval_id)
        return result.answer.text if result.answer.alert else f"Approved. {result.answer.text}"

    async def _pass_on(self, command: Decide, issued: IssuedButtons) -> PressResult:
        try:
            request = await self._decision_port.decide(command)
        except ContractError as err:
            return await self._not_accepted(err, command, issued)
        return _accepted(request, issued)

    async def _not_accepted(self, err: ContractError, command: Decide, issued: IssuedButtons) -> PressResult:
        """Return the answer to a press that the gate refused and audited."""
        if err.code is ErrorCode.PIN_NEEDED and command.confirmation is Confirmation.NONE:
            return await self._ask_for_pin(err, command, issued)
        if err.code is ErrorCode.UNAVAILABLE:
            return PressResult(Answer(plain(err.message, REASON)), is_final=False)
        if err.code in _TRANSIENT:
            return PressResult(TRY_AGAIN, is_final=False)
        if err.code is ErrorCode.ALREADY_DECIDED:
            return await self._already_decided(err, command, issued)
        if "until" in err.placeholders:
            return PressResult(self._locked(err.placeholders["until"]))
        answer = _REFUSALS.get(err.code, Answer(f"{plain(err.message, LABEL)} Nothing was done."))
        return PressResult(answer, issued.short_id if err.code is ErrorCode.EXPIRED else None)

    def _locked(self, until: str) -> Answer:
        """Return the answer to a PIN that is refused until a time, because many wrong ones came."""
        local = datetime.fromisoformat(until).astimezone(self._settings.zone)
        when = f"Try again after {local:%H:%M}, or decide in Home Assistant."
        return Answer(f"Too many wrong PINs. {when} Nothing was done.")

    async def _ask_for_pin(self, err: ContractError, command: Decide, issued: IssuedButtons) -> PressResult:
        """Ask for the PIN, or answer that the person has none; after a restart it is asked again."""
        person = await self._decision_port.person(int(command.speaker.user_id))
        if person is None or not person.has_pin:
            return PressResult(Answer(f"{plain(err.message, LABEL)} Nothing was done."))
        return PressResult(SEND_PIN, is_final=False, needs_pin=AskedPin(command, issued))

    async def _already_decided(
        self, err: ContractError, command: Decide, issued: IssuedButtons
    ) -> PressResult:
        request = await self._closed(issued.approval_id)
        if request is not None and request.status is ApprovalStatus.PENDING:
            return PressResult(Answer(plain(err.message, REASON)))
        if request is not None and not issued.is_used:
            # After a crash the decision of this press is stored, but its answer is not.
            person = await self._decision_port.person(int(command.speaker.user_id))
            if person is not None and _is_by(person, command, request):
                return _accepted(request, issued)
        return PressResult(self._closed_answer(request), issued.short_id)

    def _closed_answer(self, request: ApprovalRequest | None) -> Answer:
        """Return the decision, the person, the front end and the time, or why there is none."""
        if request is None:
            return TOO_OLD
        if request.status is ApprovalStatus.EXPIRED:
            return EXPIRED
        if request.status is ApprovalStatus.SUPERSEDED:
            return _superseded(request)
        if request.decision is None:
            return DECIDED
        return Answer(f"{decision_text(request, self._settings.zone)}. Nothing was done now.")

    async def _closed(self, approval_id: str) -> ApprovalRequest | None:
        """Return a request that is not pending, and update its card, which still had buttons."""
        request = await self._read.approval(approval_id)
        if request is not None:
            self._refresh(request.incident_id, request.id)
        return request

    async def _details(self, press: Press, issued: IssuedButtons) -> PressResult:
        if await self._decision_port.person(press.user_id) is None:
            return await self._refused("telegram.press_foreign", press, STRANGER, issued)
        request = await self._read.approval(issued.approval_id)
        if request is None:
            return PressResult(TOO_OLD)
        incident = await self._read.incident(request.incident_id)
        return PressResult(
            DETAILS_SENT if await self._details_sender.send(request, incident) else DETAILS_SENT_BEFORE
        )

    async def _refused(
        self, event: str, press: Press, answer: Answer, issued: IssuedButtons | None = None
    ) -> PressResult:
        """Audit a press that does not reach the gate."""
        details = {"telegram_user_id": str(press.user_id), "callback_id": press.callback_id}
        if issued is not None:
            details["approval_id"] = issued.approval_id
        try:
            await self._decision_port.audit(event, details)
        except Exception:
            # The press is answered, and audited when it is delivered again.
            log.exception("telegram press not audited", audit_event=event)
            return PressResult(answer, is_final=False)
        return PressResult(answer)


def _is_by(person: Person, command: Decide, request: ApprovalRequest) -> bool:
    """Return whether this person made this decision in Telegram."""
    decision = request.decision
    return (
        decision is not None
        and decision.person_id == person.id
        and decision.via is FrontEnd.TELEGRAM
        and (decision.verb, decision.option) == (command.verb, command.option)
    )


def _accepted(request: ApprovalRequest, issued: IssuedButtons) -> PressResult:
    """Return the answer to a decision that counts. The buttons stay in use until there is no other one."""
    if request.status is ApprovalStatus.PENDING:
        return PressResult(FIRST_OF_TWO)
    return PressResult(Answer(_confirmation(request), alert=False), issued.short_id)


def _confirmation(request: ApprovalRequest) -> str:
    if request.status is ApprovalStatus.IGNORED:
        return "Ignored."
    number = request.decision.option if request.decision is not None else None
    option = request.proposal.option(number) if number is not None else None
    if option is None:
        return "Decision saved."
    progress = "investigating…" if option.kind is OptionKind.INVESTIGATE else "working…"
    return f"{plain(option.label, LABEL)}: {progress}"


def _superseded(request: ApprovalRequest) -> Answer:
    """Return why a request is not offered any more, in at most 200 characters."""
    if not request.withdrawn:
        return SUPERSEDED
    return Answer(f"No longer offered. {plain(request.withdrawn, 150)} Nothing was done.")
