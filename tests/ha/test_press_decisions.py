"""What happens with each press on a phone: accepted, refused or answered; no Home Assistant runs."""

import asyncio
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
import rows
from homeassistant.config_entries import ConfigEntryState

from custom_components.homelab_steward.const import CONF_PHONES, DOMAIN, TITLE
from custom_components.homelab_steward.contract.commands import Confirmation, Decide
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker
from custom_components.homelab_steward.notifications import payload, presses
from custom_components.homelab_steward.notifications.ledger import Record
from custom_components.homelab_steward.notifications.phones import Phone, PhoneUnreachableError
from custom_components.homelab_steward.notifications.presses import EVENT_PRESS, Press, Presses, read_press
from custom_components.homelab_steward.phrases import Phrases
from custom_components.homelab_steward.steward_state import StewardState

NONCE = "nonce"
RECORD = Record(approval_id="ask1", device_id="pixel", nonce=NONCE, plans={"1": "hash1", "2": "hash2"})
PHONES = {
    "pixel": Phone(device_id="pixel", name="Pixel", owner="robin", is_apple=False, service="pixel"),
    "iphone": Phone(device_id="iphone", name="iPhone", owner="alex", is_apple=True, service="iphone"),
    "tablet": Phone(device_id="tablet", name="Tablet", owner="robin", is_apple=True, service="tablet"),
}
PHRASES = {
    "title": "Incident {number}: {title}",
    "press_failed": "This did not work: {message}",
    "press_decided": "Already decided. {decision}",
    "decided_expired": "Expired",
}


@dataclass
class World:
    """Home Assistant, the config entry with its runtime data, and the phones."""

    approvals: dict[str, ApprovalRequest] = field(default_factory=lambda: {"ask1": rows.approval("ask1")})
    state: ConfigEntryState = ConfigEntryState.LOADED
    record: Record | None = RECORD
    user: Any = field(default_factory=lambda: SimpleNamespace(is_active=True))
    error: ContractError | None = None
    unreachable: set[str] = field(default_factory=set)
    others: list[Any] = field(default_factory=list)
    put: list[Record] = field(default_factory=list)
    held: set[tuple[str, str]] = field(default_factory=set)
    commands: list[tuple[Any, ...]] = field(default_factory=list)
    stored: list[ApprovalRequest] = field(default_factory=list)
    details: list[tuple[Phone, str]] = field(default_factory=list)
    sent: list[tuple[str, payload.Push]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    listening: list[tuple[str, Any]] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hass: Any = SimpleNamespace(
            bus=SimpleNamespace(async_listen=lambda *listener: self.listening.append(listener)),
            config_entries=SimpleNamespace(async_entries=self.entries),
            auth=SimpleNamespace(async_get_user=self.get_user),
            async_create_task=lambda work: self.tasks.append(asyncio.ensure_future(work)),
        )
        ledger = SimpleNamespace(accepting=self.accepting, put=self.put.append)
        self.entry = SimpleNamespace(
            options={CONF_PHONES: ["gone", "pixel", "iphone", "tablet"]},
            runtime_data=SimpleNamespace(
                notifications=SimpleNamespace(
                    ledger=ledger,
                    held=self.held,
                    async_save=self.save,
                    refresh=lambda: self.calls.append("refresh"),
                    async_send_details=self.send_details,
                ),
                coordinator=SimpleNamespace(
                    steward_state=replace(StewardState.empty(), approvals=self.approvals),
                    async_call=self.call,
                    store=self.stored.append,
                ),
            ),
        )
        reports: Any = SimpleNamespace(add=lambda _, **report: self.reported.append(report["reason"]))
        self.presses = Presses(self.hass, reports)

    def entries(self, domain: str, *, include_disabled: bool) -> list[Any]:
        assert (domain, include_disabled) == (DOMAIN, False)
        self.entry.state = self.state
        return [*self.others, self.entry]

    async def get_user(self, user_id: str) -> Any:
        assert user_id == "robin"
        return self.user

    def accepting(self, approval_id: str, nonce: str) -> Record | None:
        found = self.record
        return found if found and (approval_id, nonce) == ("ask1", found.nonce) else None

    async def save(self) -> None:
        assert self.held == {("ask1", "pixel")}
        self.calls.append("save")

    async def send_details(self, phone: Phone, approval_id: str) -> None:
        self.details.append((phone, approval_id))

    async def call(self, *command: Any) -> ApprovalRequest:
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        return rows.approval("ask1", status=ApprovalStatus.APPROVED)

    def find_phone(self, hass: Any, device_id: str) -> Phone:
        assert hass is self.hass
        if device_id in self.unreachable or device_id not in PHONES:
            raise PhoneUnreachableError(device_id)
        return PHONES[device_id]

    async def send(self, hass: Any, phone: Phone, push: payload.Push) -> None:
        assert hass is self.hass
        self.sent.append((phone.device_id, push))
        if phone.device_id == "pixel" and "answers" in self.unreachable:
            raise PhoneUnreachableError("away")

    async def press(
        self, what: str, nonce: str = NONCE, user: str | None = "robin", key: str = "ask1"
    ) -> None:
        event = SimpleNamespace(
            data={"action": f"HS|{what}|{key}|{nonce}"}, context=SimpleNamespace(user_id=user)
        )
        self.presses.start()
        name, pressed = self.listening[-1]
        assert name == EVENT_PRESS == "mobile_app_notification_action"
        pressed(event)
        await asyncio.gather(*self.tasks)

    @property
    def answers(self) -> list[tuple[str, str]]:
        return [(device, push.message) for device, push in self.sent]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()

    async def load(hass: Any, language: str | None) -> Phrases:
        assert (hass, language) == (made.hass, None)
        return Phrases(PHRASES)

    monkeypatch.setattr(presses, "find_phone", made.find_phone)
    monkeypatch.setattr(presses, "send", made.send)
    monkeypatch.setattr(presses.Phrases, "async_load", load)
    return made


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("HS|1|ask1|nonce", ("1", "ask1", "nonce")),
        ("HS|details|ask1|n", ("details", "ask1", "n")),
        ("HS|1|a|b|c", ("1", "a|b", "c")),
        ("HS|1|ask1", ("1", "", "ask1")),
        ("HS|1", ("1", "", "")),
        ("HS|", ("", "", "")),
        ("HS", None),
        ("OTHER|1|ask1|nonce", None),
        (1, None),
        (None, None),
    ],
)
def test_reading_a_press(action: object, expected: tuple[str, str, str] | None) -> None:
    event: Any = SimpleNamespace(data={"action": action}, context=SimpleNamespace(user_id="robin"))
    found = read_press(event)
    if expected is None:
        assert found is None
    else:
        what, approval_id, nonce = expected
        assert found == Press(what=what, approval_id=approval_id, nonce=nonce, user_id="robin")


@pytest.mark.parametrize(
    ("what", "verb", "option", "plan"),
    [
        ("1", Verb.APPROVE, 1, "hash1"),
        ("2", Verb.APPROVE, 2, "hash2"),
        ("ignore", Verb.IGNORE, None, None),
    ],
)
async def test_a_valid_press_decides_once(
    world: World, what: str, verb: Verb, option: int | None, plan: str | None
) -> None:
    await world.press(what)
    command = Decide(
        approval_id="ask1",
        verb=verb,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="robin"),
        option=option,
        plan_hash=plan,
        confirmation=Confirmation.UNLOCKED if option == 2 else Confirmation.NONE,
    )
    assert world.commands == [(Command.DECIDE, command, ApprovalRequest)]
    assert [one.status for one in world.stored] == [ApprovalStatus.APPROVED]
    assert world.put == [replace(RECORD, nonce=None)], "the same press again is refused"
    assert world.calls == ["save", "refresh"]
    assert world.held == set()
    assert world.answers == []


async def test_only_what_is_scheduled_is_cancelled(world: World) -> None:
    await world.press("cancel")
    assert world.commands == []
    world.approvals["ask1"] = replace(rows.approval("ask1"), status=ApprovalStatus.SCHEDULED)
    await world.press("1")
    assert world.commands == []
    await world.press("cancel")
    ((_, command, _),) = world.commands
    assert (command.verb, command.option, command.plan_hash) == (Verb.CANCEL, None, None)


async def test_details_are_sent_to_the_phone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.press("details")
    assert world.details == [(PHONES["pixel"], "ask1")]
    assert (world.commands, world.calls, world.held) == ([], ["save", "refresh"], set())


@pytest.mark.parametrize("user", [None, SimpleNamespace(is_active=False)])
async def test_a_user_who_is_gone_may_not_decide(world: World, user: Any) -> None:
    world.user = user
    await world.press("1")
    assert world.answers == [("pixel", "press_forbidden")], "only the phone that was pressed is answered"
    assert (world.commands, world.calls, world.held) == ([], ["save", "refresh"], set())


@pytest.mark.parametrize(
    ("press", "changes", "key"),
    [
        ({"nonce": "forged"}, {}, "press_stale"),
        ({"what": "3"}, {}, "press_stale"),
        ({"key": "unknown"}, {}, "press_stale"),
        ({}, {"approvals": {}}, "press_stale"),
        ({}, {"state": ConfigEntryState.SETUP_RETRY}, "press_away"),
        ({"user": "alex"}, {}, "press_foreign"),
        ({"user": None}, {}, None),
        ({}, {"unreachable": {"pixel"}}, "press_foreign"),
    ],
)
async def test_a_press_that_is_not_valid_decides_nothing(
    world: World, press: dict[str, Any], changes: dict[str, Any], key: str | None
) -> None:
    for name, value in changes.items():
        setattr(world, name, value)
    if "approvals" in changes:
        world.entry.runtime_data.coordinator.steward_state = StewardState.empty()
    await world.press(**{"what": "1", **press})
    assert (world.commands, world.put, world.held, world.calls) == ([], [], set(), [])
    phones = ["iphone"] if press.get("user") == "alex" else ["pixel", "tablet"]
    has_record = key != "press_away" and "nonce" not in press and "key" not in press
    if has_record and "pixel" in phones and "pixel" not in world.unreachable:
        phones = ["pixel"]
    reached = [one for one in phones if one not in world.unreachable]
    assert world.answers == ([(one, key) for one in reached] if key else [])
    assert world.reported == [(key or "press_foreign").removeprefix("press_")]


async def test_a_press_after_the_decision_names_it(world: World) -> None:
    world.approvals["ask1"] = rows.approval("ask1", status=ApprovalStatus.EXPIRED)
    await world.press("1")
    assert world.answers == [("pixel", "Already decided. Expired")]
    assert [push.title for _, push in world.sent] == ["Incident 7: “Memory of radarr”"]
    assert world.commands == []


async def test_an_answer_is_a_loud_notification_of_its_own(world: World) -> None:
    await world.press("1", nonce="forged")
    form = payload.Form(approval_id="ask1", nonce="", is_apple=False, is_loud=True, phrases=Phrases(PHRASES))
    expected = payload.answer("Incident 7: “Memory of radarr”", "press_stale", form)
    apple = payload.answer("Incident 7: “Memory of radarr”", "press_stale", replace(form, is_apple=True))
    assert world.sent == [("pixel", expected), ("tablet", apple)]


@pytest.mark.parametrize("state", [ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY])
async def test_an_answer_without_its_request(world: World, state: ConfigEntryState) -> None:
    world.state = state
    await world.press("1", key="")
    key = "press_stale" if state is ConfigEntryState.LOADED else "press_away"
    form = payload.Form(approval_id=DOMAIN, nonce="", is_apple=False, is_loud=True, phrases=Phrases(PHRASES))
    assert world.sent[0] == ("pixel", payload.answer(TITLE, key, form))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (ErrorCode.ALREADY_DECIDED, "Already decided."),
        (ErrorCode.EXPIRED, "press_expired"),
        (ErrorCode.FORBIDDEN, "press_forbidden"),
        (ErrorCode.PLAN_CHANGED, "press_plan_changed"),
        (ErrorCode.TIMEOUT, "press_timeout"),
        (ErrorCode.NOT_CONNECTED, "press_away"),
        (ErrorCode.INTERNAL, "This did not work: because"),
    ],
)
async def test_a_refusal_of_the_app_is_answered(world: World, code: ErrorCode, text: str) -> None:
    world.error = ContractError(code, "because")
    await world.press("1")
    assert world.answers == [("pixel", text)]
    assert (world.stored, world.calls, world.held) == ([], ["save", "refresh"], set())
    is_audited_by_app = code not in (ErrorCode.TIMEOUT, ErrorCode.NOT_CONNECTED, ErrorCode.INTERNAL)
    assert bool(world.reported) != is_audited_by_app


async def test_a_refusal_without_its_request_names_no_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(*_: Any) -> ApprovalRequest:
        world.approvals.clear()
        raise ContractError(ErrorCode.ALREADY_DECIDED, "decided")

    monkeypatch.setattr(world.entry.runtime_data.coordinator, "async_call", forget)
    await world.press("1")
    assert world.answers == [("pixel", "Already decided.")]


async def test_each_reason_is_answered_once_for_each_user(world: World) -> None:
    for number in range(3):
        await world.press("3", nonce=f"forged{number}")
    assert world.answers == [("pixel", "press_stale"), ("tablet", "press_stale")]
    await world.press("3", user="alex")
    assert world.answers[2:] == [("iphone", "press_foreign")]


async def test_each_notification_gets_its_own_answer(world: World) -> None:
    world.error = ContractError(ErrorCode.NOT_CONNECTED, "away")
    await world.press("1")
    world.record, new = replace(RECORD, nonce="new"), "new"
    await world.press("1", nonce=new)
    assert world.answers == [("pixel", "press_away"), ("pixel", "press_away")]


@pytest.mark.parametrize("what", ["1", "ignore", "details"])
@pytest.mark.parametrize("error", [None, ContractError(ErrorCode.TIMEOUT, "late")])
async def test_a_press_delivered_again_is_not_answered_again(
    world: World, what: str, error: ContractError | None
) -> None:
    world.error = error
    await world.press(what)
    answers = list(world.answers)
    world.record = None
    world.state = ConfigEntryState.SETUP_RETRY
    await world.press(what)
    world.state = ConfigEntryState.LOADED
    await world.press(what)
    assert world.answers == answers
    assert len(world.commands) == (what != "details")


async def test_another_button_during_the_decision_is_answered_with_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def press_again(*command: Any) -> ApprovalRequest:
        world.commands.append(command)
        world.record = None
        world.presses._pressed(
            SimpleNamespace(data={"action": f"HS|2|ask1|{NONCE}"}, context=SimpleNamespace(user_id="robin"))
        )
        await world.tasks[-1]
        return rows.approval("ask1", status=ApprovalStatus.APPROVED)

    monkeypatch.setattr(world.entry.runtime_data.coordinator, "async_call", press_again)
    await world.press("1")
    assert len(world.commands) == 1
    assert {text for _, text in world.answers} == {"press_being_decided"}
    await world.press("2")
    assert world.answers[-1] == ("tablet", "press_stale"), "the decision is over"


async def test_the_memory_of_accepted_presses_is_limited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presses, "_ACCEPTED_KEPT", 2)
    for what in ("1", "2", "ignore", "1"):
        await world.press(what)
    assert len(world.commands) == 4, "the oldest was forgotten"
    await world.press("1")
    assert len(world.commands) == 4


async def test_the_memory_of_refused_presses_is_limited(world: World) -> None:
    for number in range(500):
        await world.press("1", key=f"unknown{number}", user=None)
    assert world.sent == []
    await world.press("1", key="unknown0", user="robin")
    assert len(world.sent) == 2
    await world.press("1", key="unknown0", user="robin")
    assert len(world.sent) == 2, "it is remembered"
    for number in range(499):
        await world.press("1", key=f"other{number}", user=None)
    await world.press("1", key="unknown0", user="robin")
    assert len(world.sent) == 2
    await world.press("1", key="one more", user=None)
    await world.press("1", key="unknown0", user="robin")
    assert len(world.sent) == 4, "the oldest were forgotten"


async def test_an_answer_that_is_not_delivered_does_not_stop_the_others(world: World) -> None:
    world.unreachable = {"answers"}
    await world.press("1", nonce="forged")
    assert world.answers == [("pixel", "press_stale"), ("tablet", "press_stale")]


async def test_the_entry_that_knows_the_request_handles_the_press(world: World) -> None:
    def other(state: ConfigEntryState) -> Any:
        approvals = SimpleNamespace(steward_state=SimpleNamespace(approvals={}))
        return SimpleNamespace(state=state, options={}, runtime_data=SimpleNamespace(coordinator=approvals))

    world.others = [other(ConfigEntryState.LOADED), other(ConfigEntryState.SETUP_ERROR)]
    await world.press("1")
    assert len(world.commands) == 1
    world.others = [other(ConfigEntryState.SETUP_ERROR)]
    await world.press("1", key="unknown")
    assert world.answers == [("pixel", "press_stale"), ("tablet", "press_stale")], "one that is loaded"


async def test_a_press_without_an_entry_is_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.hass.config_entries, "async_entries", lambda *_, **__: [])
    await world.press("1")
    assert (world.tasks, world.sent) == ([], [])
