"""What the press handler answers, sends and audits, with records in memory and no Telegram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import AddComment, Confirmation, Decide
from homelab_steward.contract.devices import MatchDecision
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, Severity, Verb
from homelab_steward.contract.mode import Elevation, StewardMode
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from rig import records
from rig.agent_rig import decide_command
from rig.inventory import NOW
from steward.clock import ManualClock
from steward.telegram.buttons import ButtonAction, ButtonCodec, CallbackData
from steward.telegram.callback_store import Answer, IssuedButtons
from steward.telegram.details import detail_pages
from steward.telegram.details_sender import DetailsSender
from steward.telegram.drafts import Draft, Kind, Priority
from steward.telegram.incoming import Press
from steward.telegram.pins import AskedPin
from steward.telegram.press_answers import SEND_PIN
from steward.telegram.press_handler import DecisionPort, PressHandler, PressResult
from steward.telegram.settings import BUILT_IN_CATEGORIES, TelegramSettings
from steward.telegram.topic_names import CRITICAL
from steward.trends.courses import Trends

CHAT = -1001
SHORT_ID = "AAECAwQFBgcI"
CODEC = ButtonCodec(b"key", CHAT)
REQUEST = records.request(
    records.option(1), records.option(2, label="Find out more", kind=OptionKind.INVESTIGATE)
)
UPDATE = records.request(
    records.option(1), records.option(2, label="Defer 7 days", kind=OptionKind.DEFER, steps=())
)
DECIDED = replace(REQUEST, status=ApprovalStatus.APPROVED, decision=records.decision())
PLANS = {1: "hash-1", 2: "hash-2"}


@dataclass
class World:
    """Everything around the handler. ``error`` is what the gate raises."""

    request: ApprovalRequest | None = REQUEST
    decided: ApprovalRequest = DECIDED
    error: ContractError | None = None
    known: Person | None = field(default_factory=lambda: records.person(Role.OWNER))
    steward_mode: StewardMode = field(default_factory=StewardMode)
    is_used: bool = False
    is_sent: bool = True
    is_audited: bool = True
    commands: list[Decide] = field(default_factory=list)
    matches: list[MatchDecision] = field(default_factory=list)
    false_alarms: list[MarkFalseAlarm] = field(default_factory=list)
    audited: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    refreshed: list[tuple[str, str]] = field(default_factory=list)

    async def find(self, short_id: str) -> IssuedButtons | None:
        if short_id != SHORT_ID:
            return None
        return IssuedButtons(short_id=SHORT_ID, approval_id=REQUEST.id, plans=PLANS, is_used=self.is_used)

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        assert approval_id == REQUEST.id
        return self.request

    async def incident(self, incident_id: str) -> Incident | None:
        assert incident_id == REQUEST.incident_id
        return records.incident()

    async def updates_of(self, approval_id: str) -> tuple[Change, ...]:
        raise AssertionError(approval_id)

    async def mode(self) -> StewardMode:
        return self.steward_mode

    async def mark_used(self, short_id: str) -> None:
        self.marked.append(short_id)

    async def put_once(self, drafts: Sequence[Draft]) -> bool:
        self.drafts.extend(drafts)
        return self.is_sent

    async def decide(self, command: Decide) -> ApprovalRequest:
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        return self.decided

    async def person(self, user_id: int) -> Person | None:
        assert user_id == 7
        return self.known

    async def comment(self, request: AddComment) -> Incident:
        raise AssertionError(request)

    async def false_alarm(self, request: MarkFalseAlarm) -> Incident:
        if self.error is not None:
            raise self.error
        self.false_alarms.append(request)
        return records.incident()

    async def match(self, decision: MatchDecision) -> Nothing:
        if self.error is not None:
            raise self.error
        self.matches.append(decision)
        return Nothing()

    async def audit(self, event: str, details: Mapping[str, str]) -> None:
        if not self.is_audited:
            raise OSError
        self.audited.append((event, details))

    async def press(
        self, action: ButtonAction, option: int = 0, short_id: str = SHORT_ID, **changes: Any
    ) -> PressResult:
        handler = self.handler()
        data = CODEC.encode(CallbackData(short_id, action, option))
        press = Press(callback_id="call", user_id=7, chat_id=CHAT, message_id=None, data=data)
        return await handler.handle_press(replace(press, **changes))

    def handler(self, zone: tzinfo = UTC) -> PressHandler:
        settings = TelegramSettings(token="token", chat_id=CHAT, signing_key=bytes(32), zone=zone)
        trends = Trends(BUILT_IN_CATEGORIES, lambda: ())
        return PressHandler(
            settings=settings,
            codec=CODEC,
            callbacks=self,
            details=DetailsSender(self, trends, BUILT_IN_CATEGORIES, zone, ManualClock(NOW)),
            read=self,
            decision_port=DecisionPort(
                decide=self.decide,
                person=self.person,
                audit=self.audit,
                comment=self.comment,
                false_alarm=self.false_alarm,
                match=self.match,
            ),
            refresh=lambda incident_id, request_id: self.refreshed.append((incident_id, request_id)),
            is_own_chat=lambda chat_id: chat_id == CHAT,
        )


@pytest.mark.parametrize(
    ("action", "option", "verb", "expected", "plan"),
    [
        (ButtonAction.APPROVE, 1, Verb.APPROVE, 1, "hash-1"),
        (ButtonAction.APPROVE, 2, Verb.APPROVE, 2, "hash-2"),
        (ButtonAction.APPROVE, 9, Verb.APPROVE, 9, None),
        (ButtonAction.IGNORE, 0, Verb.IGNORE, None, None),
        (ButtonAction.IGNORE, 1, Verb.IGNORE, None, None),
        (ButtonAction.REJECT, 0, Verb.REJECT, None, None),
        (ButtonAction.CANCEL, 0, Verb.CANCEL, None, None),
    ],
)
async def test_a_press_is_a_command_with_the_plan_of_its_card(
    action: ButtonAction, option: int, verb: Verb, expected: int | None, plan: str | None
) -> None:
    world = World()
    await world.press(action, option)
    assert world.commands == [
        Decide(
            approval_id=REQUEST.id,
            verb=verb,
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id="7"),
            option=expected,
            plan_hash=plan,
        )
    ]
    assert world.audited == []


@pytest.mark.parametrize(
    ("decided", "text"),
    [
        (DECIDED, "Increase memory: working…"),
        (replace(DECIDED, decision=records.decision(option=2)), "Find out more: investigating…"),
        (replace(DECIDED, decision=records.decision(option=9)), "Decision saved."),
        (replace(DECIDED, decision=None), "Decision saved."),
        (replace(REQUEST, status=ApprovalStatus.IGNORED), "Ignored."),
        (replace(REQUEST, status=ApprovalStatus.REJECTED), "Decision saved."),
        (replace(UPDATE, status=ApprovalStatus.REJECTED), "Rejected. This version is not offered again."),
        (
            replace(UPDATE, status=ApprovalStatus.APPROVED, decision=records.decision(option=2)),
            "Defer 7 days.",
        ),
    ],
)
async def test_an_accepted_press_is_confirmed(decided: ApprovalRequest, text: str) -> None:
    result = await World(decided=decided).press(ButtonAction.APPROVE, 1)
    assert result == PressResult(Answer(text, alert=False), SHORT_ID)


@pytest.mark.parametrize(
    ("changes", "event", "text"),
    [
        (
            {"chat_id": -2},
            "telegram.press_foreign",
            "You cannot decide from this chat. Nothing was done.",
        ),
        (
            {"chat_id": None},
            "telegram.press_foreign",
            "You cannot decide from this chat. Nothing was done.",
        ),
        ({"data": "forged"}, "telegram.press_forged", "This button is not valid. Nothing was done."),
        (
            {"short_id": "ZZZZZZZZZZZZ"},
            "telegram.press_expired",
            "This button is too old. Nothing was done. Open Home Assistant.",
        ),
    ],
)
async def test_a_press_that_is_not_genuine_is_audited_and_decides_nothing(
    changes: dict[str, Any], event: str, text: str
) -> None:
    world = World()
    assert await world.press(ButtonAction.APPROVE, 1, **changes) == PressResult(Answer(text))
    assert world.audited == [(event, {"telegram_user_id": "7", "callback_id": "call"})]
    assert world.commands == []
    world = World(is_audited=False)
    result = await world.press(ButtonAction.APPROVE, 1, **changes)
    assert result == PressResult(Answer(text), is_final=False), "it is audited when it is delivered again"


@pytest.mark.parametrize(
    ("code", "text", "used", "is_final"),
    [
        (ErrorCode.EXPIRED, "This request has expired. Nothing was done.", SHORT_ID, True),
        (
            ErrorCode.PLAN_CHANGED,
            "The plan has changed since this message was sent. Nothing was done.",
            None,
            True,
        ),
        (
            ErrorCode.NOT_FOUND,
            "This button is too old. Nothing was done. Open Home Assistant.",
            None,
            True,
        ),
        (ErrorCode.FORBIDDEN, f"{'x' * 99}… Nothing was done.", None, True),
        (
            ErrorCode.UNAVAILABLE,
            f"{'x' * 189}…",
            None,
            False,
        ),
        (ErrorCode.TIMEOUT, "The steward cannot process this now. Try again in a minute.", None, False),
        (ErrorCode.INTERNAL, "The steward cannot process this now. Try again in a minute.", None, False),
    ],
)
async def test_a_refusal_of_the_gate_is_answered(
    code: ErrorCode, text: str, used: str | None, *, is_final: bool
) -> None:
    world = World(error=ContractError(code, "x" * 300))
    result = await world.press(ButtonAction.APPROVE, 1)
    assert result == PressResult(Answer(text), used, is_final=is_final)
    assert world.refreshed == []


SAVED = Answer("Increase memory: working…", alert=False)
NOT_NOW = Answer("Increase memory, decided by Olga via Telegram at 12:00. Nothing was done now.")


@pytest.mark.parametrize(
    ("request_", "known", "is_used", "answer"),
    [
        # The same decision of the same person: its answer was lost in a crash.
        (DECIDED, records.person(), False, SAVED),
        (DECIDED, records.person(), True, NOT_NOW),
        (DECIDED, records.person(name="Max"), False, NOT_NOW),
        (DECIDED, None, False, NOT_NOW),
        (
            replace(DECIDED, decision=records.decision(option=2)),
            records.person(),
            False,
            NOT_NOW,
        ),
        (
            replace(DECIDED, decision=records.decision(via=FrontEnd.PANEL)),
            records.person(),
            False,
            Answer("Increase memory, decided by Olga via the panel at 12:00. Nothing was done now."),
        ),
        (
            replace(DECIDED, status=ApprovalStatus.IGNORED, decision=records.decision(Verb.IGNORE)),
            records.person(),
            False,
            Answer("Ignored, decided by Olga via Telegram at 12:00. Nothing was done now."),
        ),
        (
            replace(REQUEST, status=ApprovalStatus.EXPIRED),
            records.person(),
            False,
            Answer("This request has expired. Nothing was done."),
        ),
        (
            replace(REQUEST, status=ApprovalStatus.SUPERSEDED),
            records.person(),
            False,
            Answer("No longer offered because the situation has changed. Nothing was done."),
        ),
        (
            replace(REQUEST, status=ApprovalStatus.REJECTED),
            records.person(),
            False,
            Answer("This request is already decided. Nothing was done now."),
        ),
        (
            None,
            records.person(),
            False,
            Answer("This button is too old. Nothing was done. Open Home Assistant."),
        ),
    ],
)
async def test_a_press_after_the_decision_names_the_decision(
    request_: ApprovalRequest | None, known: Person | None, *, is_used: bool, answer: Answer
) -> None:
    error = ContractError(ErrorCode.ALREADY_DECIDED, "Already decided.")
    world = World(request=request_, known=known, is_used=is_used, error=error)
    assert await world.press(ButtonAction.APPROVE, 1) == PressResult(answer, SHORT_ID)
    card = [] if request_ is None else [(REQUEST.incident_id, REQUEST.id)]
    assert world.refreshed == card, "the card still had buttons"


@pytest.mark.parametrize(
    ("severity", "topic"), [(Severity.WARNING, REQUEST.category), (Severity.CRITICAL, CRITICAL)]
)
async def test_details_are_replies_to_the_card(severity: Severity, topic: str) -> None:
    request = replace(REQUEST, severity=severity)
    world = World(request=request)
    result = await world.press(ButtonAction.DETAILS)
    assert result == PressResult(Answer("The details follow below.", alert=False))
    (page,) = detail_pages(request, records.incident(), BUILT_IN_CATEGORIES)
    assert world.drafts == [
        Draft(
            key=f"details:{request.id}:0",
            kind=Kind.REPLY,
            topic=topic,
            priority=Priority.REPLY,
            text=page,
            incident_id=request.incident_id,
            approval_id=request.id,
            reply_to=f"approval:{request.id}",
        )
    ]
    assert world.commands == []


async def test_details_say_who_may_approve_alone_and_are_sent_again_then() -> None:
    (first, *_) = REQUEST.proposal.options
    request = replace(REQUEST, proposal=replace(REQUEST.proposal, options=(replace(first, needs_two=True),)))
    elevation = Elevation(
        person_id="olga",
        person_name="Olga",
        via=FrontEnd.PANEL,
        opened_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        category=request.category,
    )
    world = World(request=request)
    await world.press(ButtonAction.DETAILS)
    world.steward_mode = StewardMode(elevation=elevation)
    await world.press(ButtonAction.DETAILS)
    world.steward_mode = StewardMode(elevation=replace(elevation, closed_at=NOW))
    await world.press(ButtonAction.DETAILS)
    before, while_open, after = world.drafts
    assert "Two people have to approve it" in before.text
    assert "Olga can approve it alone until" in while_open.text
    assert "Two people" not in while_open.text
    assert (after.text, after.key) == (before.text, before.key)
    assert while_open.key != before.key


async def test_details_are_sent_once() -> None:
    result = await World(is_sent=False).press(ButtonAction.DETAILS)
    assert result == PressResult(Answer("The details are already in this topic.", alert=False))


async def test_details_of_a_request_that_is_gone() -> None:
    result = await World(request=None).press(ButtonAction.DETAILS)
    assert result == PressResult(Answer("This button is too old. Nothing was done. Open Home Assistant."))


async def test_details_are_not_sent_to_people_who_are_not_known() -> None:
    world = World(known=None)
    result = await world.press(ButtonAction.DETAILS)
    assert result == PressResult(Answer("The steward does not know you. Nothing was done."))
    assert world.drafts == []
    details = {"telegram_user_id": "7", "callback_id": "call", "approval_id": REQUEST.id}
    assert world.audited == [("telegram.press_foreign", details)]


async def test_the_first_of_two_approvals_leaves_the_buttons_in_use() -> None:
    world = World(decided=replace(REQUEST, first=records.decision()))
    answer = Answer("Your approval counts. A second person has to approve it.", alert=False)
    assert await world.press(ButtonAction.APPROVE, 1) == PressResult(answer)


async def test_a_second_press_of_the_first_person_is_answered_with_the_gates_message() -> None:
    message = "You approved this already. Another person has to approve it too."
    world = World(error=ContractError(ErrorCode.ALREADY_DECIDED, message))
    assert await world.press(ButtonAction.APPROVE, 1) == PressResult(Answer(message))


async def test_a_high_risk_waits_for_the_pin_of_who_has_one() -> None:
    error = ContractError(ErrorCode.PIN_NEEDED, "Send your PIN.")
    owner = replace(records.person(Role.OWNER), has_pin=True)
    result = await World(error=error, known=owner).press(ButtonAction.APPROVE, 1)
    assert (result.answer, result.is_final, result.used) == (Answer(SEND_PIN), False, None)
    assert result.needs_pin is not None
    assert result.needs_pin.command.option == 1
    for known in (None, records.person(Role.OWNER)):
        result = await World(error=error, known=known).press(ButtonAction.APPROVE, 1)
        assert result == PressResult(Answer("Send your PIN. Nothing was done."))


async def test_the_end_of_a_lock_is_shown_in_local_time() -> None:
    placeholders = {"until": "2026-11-20T12:30:00+00:00"}
    world = World(error=ContractError(ErrorCode.PIN_NEEDED, "Too many", placeholders))
    issued = IssuedButtons(short_id=SHORT_ID, approval_id=REQUEST.id, plans=PLANS, is_used=False)
    speaker = Speaker(front_end=FrontEnd.TELEGRAM, user_id="7")
    asked = AskedPin(replace(decide_command(REQUEST, Verb.APPROVE, option=1), speaker=speaker), issued)
    text = await world.handler(ZoneInfo("Europe/Vienna")).decide_with_pin(asked, "2580")
    assert text.startswith("Too many wrong PINs. Try again after 13:30, ")
    (command,) = world.commands
    assert (command.confirmation, command.pin) == (Confirmation.PIN, "2580")
    assert world.marked == [], "the buttons can be pressed again"


async def test_a_false_alarm_is_passed_on_for_who_pressed() -> None:
    world = World()
    result = await world.press(ButtonAction.FALSE_ALARM)
    speaker = Speaker(front_end=FrontEnd.TELEGRAM, user_id="7")
    assert world.false_alarms == [MarkFalseAlarm(incident_id=REQUEST.incident_id, speaker=speaker)]
    assert result.answer.text == "Marked as a false alarm. Nobody is asked about the same for a while."
    assert (result.used, result.is_final, world.commands) == (SHORT_ID, True, [])


async def test_who_may_not_decide_marks_no_false_alarm() -> None:
    world = World(error=ContractError(ErrorCode.FORBIDDEN, "You do not decide about this category."))
    result = await world.press(ButtonAction.FALSE_ALARM)
    assert result.answer.text == "You do not decide about this category. Nothing was done."
    assert (result.used, result.is_final, world.false_alarms) == (None, True, [])


@pytest.mark.parametrize("code", [ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.INTERNAL])
async def test_a_false_alarm_that_is_not_stored_is_pressed_again(code: ErrorCode) -> None:
    result = await World(error=ContractError(code, "full")).press(ButtonAction.FALSE_ALARM)
    assert not result.is_final
    assert result.answer.text == "The steward cannot process this now. Try again in a minute."


async def test_a_false_alarm_of_a_request_that_is_gone() -> None:
    world = World(request=None)
    result = await world.press(ButtonAction.FALSE_ALARM)
    assert result.answer.text.startswith("This button is too old.")
    assert world.false_alarms == []


async def test_an_answer_about_devices_that_came_second_is_refused() -> None:
    world = World(error=ContractError(ErrorCode.ALREADY_DECIDED, "Already answered: the same device."))
    result = await world.press(ButtonAction.OTHER_DEVICE)
    assert result.answer.text == "Already answered: the same device. Nothing was done."
    assert (result.used, result.is_final, world.matches) == (None, True, [])


@pytest.mark.parametrize(
    ("action", "is_same"), [(ButtonAction.SAME_DEVICE, True), (ButtonAction.OTHER_DEVICE, False)]
)
async def test_an_answer_about_devices_is_passed_on(action: ButtonAction, is_same: bool) -> None:  # noqa: FBT001
    world = World()
    result = await world.press(action)
    assert [(one.first, one.second, one.is_same) for one in world.matches] == [("hash-1", "hash-2", is_same)]
    assert result.answer.text.startswith("Your answer counts.")
    assert result.used == SHORT_ID
