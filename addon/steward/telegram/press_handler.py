"""Decides what a button press comes to. The decision itself is the gate's."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, OptionKind, Verb
from homelab_steward.contract.protocol import Decide
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from .buttons import ButtonAction, ButtonCodec, Code
from .callback_store import Answer, CallbackStore, Given
from .card_renderer import card_key
from .card_sync import IncidentQueries
from .cards import decided_words
from .chat import Press
from .details import detail_pages
from .drafts import Draft, Kind, Priority
from .markup import plain
from .outbox import Outbox
from .settings import TelegramSettings
from .topics import topic_of

log = structlog.get_logger(__name__)

LABEL: Final = 100

FORGED: Final = Answer("The steward did not make this button. Nothing was done.")
ELSEWHERE: Final = Answer("The steward takes no orders from this chat. Nothing was done.")
STRANGER: Final = Answer("The steward does not know you. Nothing was done.")
TOO_OLD: Final = Answer("This button is too old. Nothing was done: open Home Assistant.")
EXPIRED: Final = Answer("This offer has expired. Nothing was done.")
FORBIDDEN: Final = Answer("You are not allowed to decide this. Nothing was done.")
CHANGED: Final = Answer("The plan is no longer the one shown here. Nothing was done.")
SUPERSEDED: Final = Answer("This is no longer offered: the situation has changed. Nothing was done.")
SETTLED: Final = Answer("This was decided before. Nothing was done now.")
TRY_AGAIN: Final = Answer("The steward could not take this just now. Please try again in a moment.")
DETAILS_COME: Final = Answer("The details follow below.", alert=False)
DETAILS_THERE: Final = Answer("The details are in this topic already.", alert=False)

_REFUSALS: Final = {
    ErrorCode.EXPIRED: EXPIRED,
    ErrorCode.FORBIDDEN: FORBIDDEN,
    ErrorCode.UNAUTHORIZED: STRANGER,
    ErrorCode.PLAN_CHANGED: CHANGED,
    ErrorCode.NOT_FOUND: TOO_OLD,
}
_EVENTS: Final = {
    ErrorCode.ALREADY_DECIDED: "telegram.press_late",
    ErrorCode.EXPIRED: "telegram.press_expired",
    ErrorCode.UNAUTHORIZED: "telegram.press_foreign",
}
_PASSING: Final = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_VERBS: Final = {ButtonAction.APPROVE: Verb.APPROVE, ButtonAction.IGNORE: Verb.IGNORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPort:
    """What the rest of the steward does for us.

    ``decide`` raises ContractError; ``person`` finds somebody by Telegram user id;
    ``audit`` writes one event with its details.
    """

    decide: Callable[[Decide], Awaitable[ApprovalRequest]]
    person: Callable[[int], Awaitable[Person | None]]
    audit: Callable[[str, Mapping[str, str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer of a press. ``used`` names the buttons it settled.

    A lasting ruling is given again when Telegram delivers the same press again; one that
    does not last was a failure of ours, and the press counts for nothing.
    """

    answer: Answer
    used: str | None = None
    lasts: bool = True


class PressHandler:
    """Knows which presses count. Errors of the house pass through."""

    def __init__(
        self,
        settings: TelegramSettings,
        codec: ButtonCodec,
        callbacks: CallbackStore,
        outbox: Outbox,
        read: IncidentQueries,
        decision_port: DecisionPort,
        redraw: Callable[[str, str], None],
    ) -> None:
        """``redraw`` has the card of an incident's request looked at again."""
        self._settings = settings
        self._codec = codec
        self._callbacks = callbacks
        self._outbox = outbox
        self._read = read
        self._decision_port = decision_port
        self._redraw = redraw

    async def handle_press(self, press: Press) -> Ruling:
        """Carry out what the press asks for, if it may ask, and return what to say."""
        if press.chat_id != self._settings.chat_id:
            return await self._refused("telegram.press_foreign", press, ELSEWHERE)
        code = self._codec.decode(press.data)
        if code is None:
            return await self._refused("telegram.press_forged", press, FORGED)
        person = await self._decision_port.person(press.user_id)
        if person is None:
            return await self._refused("telegram.press_foreign", press, STRANGER)
        return await self._handle(press, person, code)

    async def _handle(self, press: Press, person: Person, code: Code) -> Ruling:
        """Deal with a press that is genuine, from somebody we know."""
        given = await self._callbacks.find(code.short_id)
        if given is None:
            return await self._refused("telegram.press_expired", press, TOO_OLD)
        if code.action is ButtonAction.DETAILS:
            return Ruling(await self._details(given))
        if given.is_used:
            answer = await self._settled(given.approval_id)
            return await self._refused("telegram.press_replayed", press, answer, given)
        return await self._decide(press, person, code, given)

    async def _decide(self, press: Press, person: Person, code: Code, given: Given) -> Ruling:
        option = code.option if code.action is ButtonAction.APPROVE else None
        command = Decide(
            approval_id=given.approval_id,
            verb=_VERBS[code.action],
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(press.user_id)),
            option=option,
            plan_hash=given.plans.get(option) if option is not None else None,
        )
        try:
            request = await self._decision_port.decide(command)
        except ContractError as err:
            return await self._not_taken(err, press, person, command, given)
        return Ruling(Answer(_taken_words(request), alert=False), given.short_id)

    async def _not_taken(
        self, err: ContractError, press: Press, person: Person, command: Decide, given: Given
    ) -> Ruling:
        if err.code in _PASSING:
            return Ruling(TRY_AGAIN, lasts=False)
        if err.code is ErrorCode.ALREADY_DECIDED:
            request = await self._closed(given.approval_id)
            if request is not None and _is_by(person, command, request):
                # Our own decision: the answer to it was lost on the way.
                return Ruling(Answer(_taken_words(request), alert=False), given.short_id)
            answer = await self._settled(given.approval_id)
        else:
            answer = _REFUSALS.get(err.code, Answer(plain(err.message, LABEL)))
        event = _EVENTS.get(err.code, "telegram.press_refused")
        ruling = await self._refused(event, press, answer, given, err.code)
        is_final = err.code in (ErrorCode.ALREADY_DECIDED, ErrorCode.EXPIRED)
        return replace(ruling, used=given.short_id if is_final else None)

    async def _settled(self, approval_id: str) -> Answer:
        """Return who decided it, where and when."""
        request = await self._closed(approval_id)
        if request is None:
            return TOO_OLD
        if request.status is ApprovalStatus.EXPIRED:
            return EXPIRED
        if request.status is ApprovalStatus.SUPERSEDED:
            return SUPERSEDED
        if request.decision is None:
            return SETTLED
        return Answer(f"{decided_words(request, self._settings.zone)}. Nothing was done now.")

    async def _closed(self, approval_id: str) -> ApprovalRequest | None:
        """Return a request that is no longer open; its card should have had no buttons."""
        request = await self._read.approval(approval_id)
        if request is not None:
            self._redraw(request.incident_id, request.id)
        return request

    async def _details(self, given: Given) -> Answer:
        request = await self._read.approval(given.approval_id)
        if request is None:
            return TOO_OLD
        incident = await self._read.incident(request.incident_id)
        drafts = [
            Draft(
                key=f"details:{request.id}:{number}",
                kind=Kind.REPLY,
                topic=topic_of(request.category, request.severity),
                priority=Priority.REPLY,
                text=page,
                incident_id=request.incident_id,
                approval_id=request.id,
                reply_to=card_key(request.id),
            )
            for number, page in enumerate(detail_pages(request, incident))
        ]
        return DETAILS_COME if await self._outbox.put_once(drafts) else DETAILS_THERE

    async def _refused(
        self, event: str, press: Press, answer: Answer, given: Given | None = None, code: str = ""
    ) -> Ruling:
        """Write down a press that changed nothing."""
        details = {"telegram_user_id": str(press.user_id), "callback_id": press.callback_id}
        if given is not None:
            details["approval_id"] = given.approval_id
        if code:
            details["code"] = code
        try:
            await self._decision_port.audit(event, details)
        except Exception:
            # The person is answered all the same; delivered again, it is written down then.
            log.exception("telegram press could not be audited", audit_event=event)
            return Ruling(answer, lasts=False)
        return Ruling(answer)


def _is_by(person: Person, command: Decide, request: ApprovalRequest) -> bool:
    """Whether the request was decided by this very wish."""
    decision = request.decision
    return (
        decision is not None
        and decision.person_id == person.id
        and decision.via is FrontEnd.TELEGRAM
        and (decision.verb, decision.option) == (command.verb, command.option)
    )


def _taken_words(request: ApprovalRequest) -> str:
    if request.status is ApprovalStatus.IGNORED:
        return "Ignored."
    number = request.decision.option if request.decision is not None else None
    option = request.proposal.option(number) if number is not None else None
    if option is None:
        return "Taken."
    words = "looking closer…" if option.kind is OptionKind.INVESTIGATE else "working…"
    return f"{plain(option.label, LABEL)}: {words}"
