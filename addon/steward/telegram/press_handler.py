"""Verifies button presses and passes their decisions to the gate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import structlog

from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import AddComment, Confirmation, Decide
from homelab_steward.contract.devices import MatchDecision
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, Verb
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ..texts import Texts, household, texts_of
from . import press_answers as answers
from .buttons import ButtonAction, ButtonCodec, CallbackData
from .callback_store import Answer, IssuedButtons
from .details_sender import DetailsSender
from .incoming import Press
from .pins import AskedPin
from .settings import TelegramSettings

log = structlog.get_logger(__name__)

_TRANSIENT: Final = frozenset({ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_SAME: Final = {ButtonAction.SAME_DEVICE: True, ButtonAction.OTHER_DEVICE: False}
_VERBS: Final = {
    ButtonAction.APPROVE: Verb.APPROVE,
    ButtonAction.IGNORE: Verb.IGNORE,
    ButtonAction.CANCEL: Verb.CANCEL,
    ButtonAction.REJECT: Verb.REJECT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPort:
    """Access to the gate, to people, to comments and to the audit log.

    ``decide`` authorizes and records a decision, and raises ContractError, as ``comment`` does, which saves
    a comment, ``false_alarm``, which marks an incident, and ``match``, which keeps whether two things are the
    same device; ``person`` returns the person with a Telegram
    user id; ``audit`` writes one event with its details.
    """

    decide: Callable[[Decide], Awaitable[ApprovalRequest]]
    person: Callable[[int], Awaitable[Person | None]]
    audit: Callable[[str, Mapping[str, str]], Awaitable[None]]
    comment: Callable[[AddComment], Awaitable[Incident]]
    false_alarm: Callable[[MarkFalseAlarm], Awaitable[Incident]]
    match: Callable[[MatchDecision], Awaitable[Nothing]]


@dataclass(frozen=True, slots=True)
class PressResult:
    """Answer to a press. ``used`` is the short id of the buttons to mark as used.

    A final result is recorded and returned again when Telegram delivers the press again; one
    that is not final is a failure of this app, and the press is processed again. ``needs_pin``
    is the decision that waits for the PIN of the person, as long as this app runs. ``approval_id``
    is the request of the buttons, "" when they are not valid.
    """

    answer: Answer
    used: str | None = None
    is_final: bool = True
    needs_pin: AskedPin | None = None
    approval_id: str = field(default="", compare=False)


class ButtonRecords(Protocol):
    """The buttons that were sent."""

    async def find(self, short_id: str) -> IssuedButtons | None:
        """Return the buttons with this short id, None when there are none."""

    async def mark_used(self, short_id: str) -> None:
        """Mark the buttons with this short id as used."""


class RequestQueries(Protocol):
    """Read access to what a press is about."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request, None when there is none."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""

    async def updates_of(self, approval_id: str) -> tuple[Change, ...]:
        """Return the updates that a request is about."""

    async def mode(self) -> StewardMode:
        """Return the mode of the app."""


class PressHandler:
    """Verifies that a press is genuine and passes its decision to the gate, which authorizes it."""

    def __init__(
        self,
        settings: TelegramSettings,
        codec: ButtonCodec,
        callbacks: ButtonRecords,
        details: DetailsSender,
        read: RequestQueries,
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
        texts = await self._texts(press.user_id)
        if not self._is_own_chat(press.chat_id):
            return await self._refused("telegram.press_foreign", press, answers.ELSEWHERE, texts)
        content = self._codec.decode(press.data)
        if content is None:
            return await self._refused("telegram.press_forged", press, answers.FORGED, texts)
        issued = await self._callbacks.find(content.short_id)
        if issued is None:
            return await self._refused("telegram.press_expired", press, answers.TOO_OLD, texts)
        result = await self._carry_out(press, content, issued, texts)
        return replace(result, approval_id=issued.approval_id)

    async def _carry_out(
        self, press: Press, content: CallbackData, issued: IssuedButtons, texts: Texts
    ) -> PressResult:
        if content.action is ButtonAction.DETAILS:
            return await self._details(press, issued, texts)
        if content.action is ButtonAction.FALSE_ALARM:
            return await self._false_alarm(press, issued, texts)
        if content.action in _SAME:
            return await self._match(press, issued, texts, is_same=_SAME[content.action])
        option = content.option if content.action is ButtonAction.APPROVE else None
        command = Decide(
            approval_id=issued.approval_id,
            verb=_VERBS[content.action],
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(press.user_id)),
            option=option,
            plan_hash=issued.plans.get(option) if option is not None else None,
        )
        return await self._pass_on(command, issued, texts)

    async def decide_with_pin(self, asked: AskedPin, pin: str) -> str:
        """Pass on the decision of a press that needed a PIN; return the result as text for people."""
        command = replace(asked.command, confirmation=Confirmation.PIN, pin=pin)
        texts = await self._texts(int(command.speaker.user_id))
        result = await self._pass_on(command, asked.issued, texts)
        if result.used is not None:
            try:
                await self._callbacks.mark_used(result.used)
            except Exception:
                # The decision counts in any case.
                log.exception("telegram buttons not marked as used", approval=command.approval_id)
        text = result.answer.text
        return text if result.answer.alert else texts("Approved. {result}", result=text)

    async def _texts(self, user_id: int) -> Texts:
        """Return the texts in the language of a person; a stranger gets those of the household."""
        try:
            person = await self._decision_port.person(user_id)
        except Exception:
            # The press is processed in any case.
            log.exception("telegram language not read")
            return household()
        return household() if person is None else texts_of(person.language)

    async def _pass_on(self, command: Decide, issued: IssuedButtons, texts: Texts) -> PressResult:
        try:
            request = await self._decision_port.decide(command)
        except ContractError as err:
            return await self._not_accepted(err, command, issued, texts)
        return _accepted(request, issued, texts)

    async def _not_accepted(
        self, err: ContractError, command: Decide, issued: IssuedButtons, texts: Texts
    ) -> PressResult:
        """Return the answer to a press that the gate refused and audited."""
        if err.code is ErrorCode.PIN_NEEDED and command.confirmation is Confirmation.NONE:
            return await self._ask_for_pin(err, command, issued, texts)
        if err.code is ErrorCode.UNAVAILABLE:
            return PressResult(answers.reason(err), is_final=False)
        if err.code in _TRANSIENT:
            return PressResult(answers.alert(answers.TRY_AGAIN, texts), is_final=False)
        if err.code is ErrorCode.ALREADY_DECIDED:
            return await self._already_decided(err, command, issued, texts)
        if "until" in err.placeholders:
            return PressResult(answers.locked(err.placeholders["until"], texts, self._settings.zone))
        is_over = err.code is ErrorCode.EXPIRED
        return PressResult(answers.refused(err, texts), issued.short_id if is_over else None)

    async def _ask_for_pin(
        self, err: ContractError, command: Decide, issued: IssuedButtons, texts: Texts
    ) -> PressResult:
        """Ask for the PIN, or answer that the person has none; after a restart it is asked again."""
        person = await self._decision_port.person(int(command.speaker.user_id))
        if person is None or not person.has_pin:
            return PressResult(answers.not_done(err, texts))
        ask = answers.alert(answers.SEND_PIN, texts)
        return PressResult(ask, is_final=False, needs_pin=AskedPin(command, issued))

    async def _already_decided(
        self, err: ContractError, command: Decide, issued: IssuedButtons, texts: Texts
    ) -> PressResult:
        request = await self._closed(issued.approval_id)
        if request is not None and request.status is ApprovalStatus.PENDING:
            return PressResult(answers.reason(err))
        if request is not None and not issued.is_used:
            # After a crash the decision of this press is stored, but its answer is not.
            person = await self._decision_port.person(int(command.speaker.user_id))
            if person is not None and _is_by(person, command, request):
                return _accepted(request, issued, texts)
        is_scheduled = request is not None and request.status is ApprovalStatus.SCHEDULED
        used = None if is_scheduled else issued.short_id
        return PressResult(answers.closed(request, texts, self._settings.zone), used)

    async def _closed(self, approval_id: str) -> ApprovalRequest | None:
        """Return a request that is not pending, and update its card, which still had buttons."""
        request = await self._read.approval(approval_id)
        if request is not None:
            self._refresh(request.incident_id, request.id)
        return request

    async def _details(self, press: Press, issued: IssuedButtons, texts: Texts) -> PressResult:
        if await self._decision_port.person(press.user_id) is None:
            return await self._refused(
                "telegram.press_foreign", press, answers.STRANGER, texts, issued.approval_id
            )
        request = await self._read.approval(issued.approval_id)
        if request is None:
            return PressResult(answers.alert(answers.TOO_OLD, texts))
        incident = await self._read.incident(request.incident_id)
        changes = await self._read.updates_of(request.id) if request.is_update else ()
        mode = await self._read.mode()
        is_new = await self._details_sender.send(request, incident, changes, mode.elevation)
        text = answers.DETAILS_SENT if is_new else answers.DETAILS_SENT_BEFORE
        return PressResult(answers.note(text, texts))

    async def _false_alarm(self, press: Press, issued: IssuedButtons, texts: Texts) -> PressResult:
        """Pass on that the incident was a false alarm; saying it twice counts once."""
        request = await self._read.approval(issued.approval_id)
        if request is None:
            return PressResult(answers.alert(answers.TOO_OLD, texts))
        speaker = Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(press.user_id))
        try:
            await self._decision_port.false_alarm(
                MarkFalseAlarm(incident_id=request.incident_id, speaker=speaker)
            )
        except ContractError as err:
            return _not_kept(err, texts)
        return PressResult(answers.note(answers.FALSE_ALARM, texts), issued.short_id)

    async def _match(
        self, press: Press, issued: IssuedButtons, texts: Texts, *, is_same: bool
    ) -> PressResult:
        """Pass on whether two things are the same device; only the first answer counts."""
        decision = MatchDecision(
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(press.user_id)),
            first=issued.plans[1],
            second=issued.plans[2],
            is_same=is_same,
            only_first=True,
        )
        try:
            await self._decision_port.match(decision)
        except ContractError as err:
            return _not_kept(err, texts)
        return PressResult(answers.note(answers.MATCHED, texts), issued.short_id)

    async def _refused(
        self, event: str, press: Press, text: str, texts: Texts, approval_id: str = ""
    ) -> PressResult:
        """Audit a press that does not reach the gate."""
        answer = answers.alert(text, texts)
        details = {"telegram_user_id": str(press.user_id), "callback_id": press.callback_id}
        if approval_id:
            details["approval_id"] = approval_id
        try:
            await self._decision_port.audit(event, details)
        except Exception:
            # The press is answered, and audited when it is delivered again.
            log.exception("telegram press not audited", audit_event=event)
            return PressResult(answer, is_final=False)
        return PressResult(answer)


def _not_kept(err: ContractError, texts: Texts) -> PressResult:
    """Return the answer to a press that was refused, or could not be stored."""
    if err.code is ErrorCode.UNAVAILABLE or err.code in _TRANSIENT:
        return PressResult(answers.alert(answers.TRY_AGAIN, texts), is_final=False)
    return PressResult(answers.not_done(err, texts))


def _is_by(person: Person, command: Decide, request: ApprovalRequest) -> bool:
    """Return whether this person made this decision in Telegram."""
    decision = request.decision
    return (
        decision is not None
        and decision.person_id == person.id
        and decision.via is FrontEnd.TELEGRAM
        and (decision.verb, decision.option) == (command.verb, command.option)
    )


def _accepted(request: ApprovalRequest, issued: IssuedButtons, texts: Texts) -> PressResult:
    """Return the answer to a decision that counts. The buttons stay in use until there is no other one."""
    is_open = request.status in (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)
    return PressResult(answers.accepted(request, texts), None if is_open else issued.short_id)
