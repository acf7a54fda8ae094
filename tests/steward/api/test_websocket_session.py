"""Websocket sessions: events once and in order, and an answer to each command."""

import asyncio
import dataclasses
import socket
import struct
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import structlog

from homelab_steward.contract.autonomy import AutonomyLevel, LevelQuery, SetLevel
from homelab_steward.contract.base import Message
from homelab_steward.contract.changes import ChangeCommand, ChangeQuery
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.command_messages import MESSAGES
from homelab_steward.contract.commands import (
    AddComment,
    Decide,
    ExpectOff,
    IncidentQuery,
    InstanceId,
    PersonId,
    ReadTool,
    ReportRefusal,
    RequestAction,
    SaveInstance,
    SavePerson,
    SendNote,
)
from homelab_steward.contract.connecting import probe
from homelab_steward.contract.devices import DevicesQuery, MatchDecision
from homelab_steward.contract.doctor import RunDoctor
from homelab_steward.contract.drill import DrillReport, DrillTargets, ReportDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import CoolDownQuery, MarkFalseAlarm, RemoveCoolDown
from homelab_steward.contract.fences import AddFence, AnswerFenceOffers, Fence, RemoveFence
from homelab_steward.contract.foreign_tools import AcceptForeignTool
from homelab_steward.contract.incidents import ApprovalRequest, Verb
from homelab_steward.contract.maintenance import AddMaintenance, MaintenanceQuery, RemoveMaintenance
from homelab_steward.contract.mode import PauseScope, SetElevation, SetPause, SetVerbose
from homelab_steward.contract.model_tasks import GenerateData
from homelab_steward.contract.preferences import DecidePreference, PreferenceQuery, TakeBackPreference
from homelab_steward.contract.protocol import (
    WEBSOCKET_PATH,
    Command,
    Event,
    Frame,
    FrameKind,
    InitialState,
    Nothing,
    Refusal,
    RowKind,
)
from homelab_steward.contract.records import (
    AuditQuery,
    IncidentId,
    LedgerQuery,
    ModelsQuery,
    NamesQuery,
    RunbookId,
    SaveRunbook,
    SearchQuery,
)
from homelab_steward.contract.released_text import Reader, ReleaseText, ReleaseTexts
from homelab_steward.contract.reports import WeeklyQuery
from homelab_steward.contract.restore_drill import RunRestoreDrill
from homelab_steward.contract.runbook_runs import RunbookTargetsQuery, RunRunbook
from homelab_steward.contract.schedules import (
    QuestionSettings,
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    ScheduleQuery,
    SwitchSchedule,
)
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from homelab_steward.contract.target_names import AliasQuery, ChangeAlias, HomePlaces, TargetKey
from lab.changes import Changes as LabChanges
from rig.clocks import HANGING, LONG, end_timeouts
from steward.api.websocket_session import WebsocketSession
from steward.errors import InvalidSetting, ServiceUnauthorized, ServiceUnreachable
from steward.settings.model import Limits

from .api_rig import ANSWERS, API_TOKEN, BEARER, MONITOR, ApiRig, FrameClient

ANNA = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="ha-1")
RADARR = TargetKey(instance_id="radarr", kind="instance", id="radarr")
COMMAND_BODIES: dict[Command, Message] = {
    Command.DECIDE: Decide(approval_id="a1", verb=Verb.REJECT, speaker=ANNA),
    Command.REQUEST_ACTION: RequestAction(instance_id="radarr", action="restart", speaker=ANNA),
    Command.RUN_RUNBOOK: RunRunbook(runbook_id="r", instance_id="radarr", speaker=ANNA),
    Command.LIST_RUNBOOK_TARGETS: RunbookTargetsQuery(runbook_id="r"),
    Command.READ_TOOL: ReadTool(instance_id="radarr", tool="health"),
    Command.REPORT_REFUSAL: ReportRefusal(
        approval_id="a1", speaker=ANNA, press="1", reason="foreign", at=datetime(2026, 11, 21, tzinfo=UTC)
    ),
    Command.COMMENT: AddComment(incident_id="i1", speaker=ANNA, text="Seen"),
    Command.EXPECT_OFF: ExpectOff(instance_id="pve", kind="vm", target_id="1", off=True, speaker=ANNA),
    Command.REPORT_PLACES: HomePlaces(home_id="home"),
    Command.LIST_ALIASES: AliasQuery(instance_id="radarr"),
    Command.ADD_ALIAS: ChangeAlias(speaker=ANNA, target=RADARR, name="movie finder"),
    Command.REMOVE_ALIAS: ChangeAlias(speaker=ANNA, target=RADARR, name="movie finder"),
    Command.SAVE_INSTANCE: SaveInstance(service="radarr", name="Radarr", settings={}),
    Command.REMOVE_INSTANCE: InstanceId(id="radarr"),
    Command.POLL_INSTANCE: InstanceId(id="radarr"),
    Command.SAVE_PERSON: SavePerson(id="anna", name="Anna", role=Role.OWNER),
    Command.REMOVE_PERSON: PersonId(id="anna"),
    Command.LIST_INCIDENTS: IncidentQuery(),
    Command.SET_PAUSE: SetPause(speaker=ANNA, scope=PauseScope.EVERYTHING),
    Command.SET_VERBOSE: SetVerbose(speaker=ANNA, verbose=True),
    Command.SET_ELEVATION: SetElevation(speaker=ANNA, hours=1.5, category="media", pin="2580"),
    Command.ADD_FENCE: AddFence(speaker=ANNA, fence=Fence(id="", target="tank")),
    Command.REMOVE_FENCE: RemoveFence(speaker=ANNA, id="f1"),
    Command.ANSWER_FENCE_OFFERS: AnswerFenceOffers(speaker=ANNA, instance_ids=("nas",)),
    Command.SEND_NOTE: SendNote(front_end=FrontEnd.TELEGRAM, place="media", speaker=ANNA, text="Hi"),
    Command.ADD_MAINTENANCE: AddMaintenance(speaker=ANNA, title="Backups"),
    Command.REMOVE_MAINTENANCE: RemoveMaintenance(speaker=ANNA, id="w1"),
    Command.LIST_MAINTENANCE: MaintenanceQuery(),
    Command.MARK_FALSE_ALARM: MarkFalseAlarm(incident_id="i1", speaker=ANNA),
    Command.LIST_COOL_DOWNS: CoolDownQuery(),
    Command.REMOVE_COOL_DOWN: RemoveCoolDown(id="c1", speaker=ANNA),
    Command.LIST_PREFERENCES: PreferenceQuery(),
    Command.DECIDE_PREFERENCE: DecidePreference(id="p1", speaker=ANNA, accept=True),
    Command.TAKE_BACK_PREFERENCE: TakeBackPreference(id="p1", speaker=ANNA),
    Command.WEEKLY_REPORT: WeeklyQuery(language="de"),
    Command.LIST_SCHEDULES: ScheduleQuery(language="de"),
    Command.RUN_SCHEDULE: RunSchedule(id="backup", speaker=ANNA),
    Command.SWITCH_SCHEDULE: SwitchSchedule(id="backup", speaker=ANNA, is_enabled=False),
    Command.SAVE_SCHEDULE: SaveSchedule(
        speaker=ANNA, question=QuestionSettings(title="Disks", cron="0 9 * * *"), only_check=True
    ),
    Command.REMOVE_SCHEDULE: RemoveSchedule(speaker=ANNA, id="disks", version="v"),
    Command.GET_INCIDENT: IncidentId(id="i1"),
    Command.GET_TREND: IncidentId(id="i1"),
    Command.LIST_CHANGES: ChangeQuery(is_all=True),
    Command.ASK_CHANGE: ChangeCommand(id="c1", speaker=ANNA),
    Command.DEFER_CHANGE: ChangeCommand(id="c1", speaker=ANNA, days=3),
    Command.REJECT_CHANGE: ChangeCommand(id="c1", speaker=ANNA),
    Command.OFFER_CHANGE: ChangeCommand(id="c1", speaker=ANNA),
    Command.LIST_POLLS: Nothing(),
    Command.VIEW_DEVICES: DevicesQuery(text="nas"),
    Command.MATCH_DEVICES: MatchDecision(speaker=ANNA, first="a/1", second="b/1", is_same=True),
    Command.LIST_RUNBOOKS: Nothing(),
    Command.LIST_NAMES: NamesQuery(language="de"),
    Command.LIST_LEVELS: LevelQuery(language="de"),
    Command.SET_LEVEL: SetLevel(runbook_id="r", level=AutonomyLevel.OBSERVE, speaker=ANNA),
    Command.SEARCH: SearchQuery(text="disk"),
    Command.GET_RUNBOOK: RunbookId(id="r"),
    Command.SAVE_RUNBOOK: SaveRunbook(speaker=ANNA, source="---"),
    Command.LIST_MODELS: ModelsQuery(days=3),
    Command.LIST_LEDGER: LedgerQuery(before=7),
    Command.RELEASE_TEXTS: ReleaseTexts(texts=("a", "b"), reader=Reader.OUTSIDE, agent="mcp:a"),
    Command.RELEASE_TEXT: ReleaseText(text="fine", reader=Reader.OUTSIDE, agent="a"),
    Command.GENERATE_DATA: GenerateData(instructions="A name", structure={"type": "object"}),
    Command.LIST_AUDIT: AuditQuery(event="run."),
    Command.VERIFY_AUDIT: Nothing(),
    Command.RUN_RESTORE_DRILL: RunRestoreDrill(speaker=ANNA),
    Command.RUN_DOCTOR: RunDoctor(now=True),
    Command.ACCEPT_FOREIGN_TOOL: AcceptForeignTool(speaker=ANNA, server="clock", tool="now", digest="d"),
    Command.GET_VERSIONS: Nothing(),
    Command.DRILL_TARGETS: DrillTargets(speaker=ANNA),
    Command.REPORT_DRILL: ReportDrill(
        speaker=ANNA, report=DrillReport(at=datetime(2026, 11, 20, tzinfo=UTC), version="1", probes=1, held=1)
    ),
}


async def events(client: FrameClient, number: int) -> list[object]:
    found: list[object] = []
    for _ in range(number):
        frame = await client.frame()
        assert frame.kind is FrameKind.EVENT
        event = Event.from_plain(frame.body)
        assert event.snapshot is not None
        found.append(event.snapshot.values["number"])
    return found


async def refusal(client: FrameClient, command: str, body: dict[str, Any]) -> Refusal:
    answer = await client.ask(command, body)
    assert answer.kind is FrameKind.ERROR
    return Refusal.from_plain(answer.body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        MONITOR,
        {"Authorization": "Bearer wrong"},
        {"Authorization": API_TOKEN},
        {"Authorization": "Bearer \xe9"},
        {"Authorization": aiohttp.encode_basic_auth("steward", API_TOKEN)},
    ],
)
async def test_handshake_without_the_token_is_refused(headers: dict[str, str]) -> None:
    async with ApiRig() as api:
        for path in (WEBSOCKET_PATH, f"{WEBSOCKET_PATH}?token={API_TOKEN}"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await api.session.ws_connect(api.url + path, headers=headers)
            assert caught.value.status == 401
            assert caught.value.headers is not None
            assert caught.value.headers["WWW-Authenticate"] == 'Bearer realm="steward"'


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("http://127.0.0.1:PORT", True),
        ("https://panel.example", True),
        ("http://127.0.0.1", False),
        ("http://192.168.1.66:PORT", False),
        ("http://evil.example", False),
        ("null", False),
    ],
)
async def test_only_own_and_allowed_pages_can_open_a_websocket(origin: str, *, is_allowed: bool) -> None:
    async with ApiRig() as api:
        headers = {**BEARER, "Origin": origin.replace("PORT", str(api.port))}
        if is_allowed:
            socket = await api.session.ws_connect(api.url + WEBSOCKET_PATH, headers=headers)
            await socket.close()
            return
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await api.session.ws_connect(api.url + WEBSOCKET_PATH, headers=headers)
        assert caught.value.status == 403


async def test_the_initial_state_has_the_first_readings() -> None:
    async with ApiRig() as api:
        api.is_read.clear()
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE)
        await api.waits_for_readings.wait()
        assert api.states_read == 0
        api.is_read.set()
        assert (await client.frame()).kind is FrameKind.INITIAL_STATE


async def test_number_of_front_ends_is_limited() -> None:
    api = ApiRig()
    api.limits = dataclasses.replace(Limits(), front_ends=2)
    async with api:
        first = await api.subscribe()
        await api.subscribe()
        assert "steward_front_ends 2.0" in api.metrics.text().decode()
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await api.connect()
        assert caught.value.status == 503
        await first.socket.close()
        await LabChanges().wait_for(lambda: "steward_front_ends 1.0" in api.metrics.text().decode())
        await api.subscribe()


async def test_hello_initial_state_and_events() -> None:
    async with ApiRig() as api:
        client = await api.connect()
        assert (client.hello.app_id, client.hello.stream) == ("app-1", api.changes.stream)
        api.publish_snapshot(1)
        await client.send(FrameKind.SUBSCRIBE)
        frame = await client.frame()
        assert frame.kind is FrameKind.INITIAL_STATE
        state = InitialState.from_plain(frame.body)
        assert state.sequence == 1
        assert [one.id for one in state.instances] == ["radarr"]
        api.publish_snapshot(2)
        api.changes.publish(RowKind.SNAPSHOT, "radarr", None)
        assert await events(client, 1) == [2]
        removed = Event.from_plain((await client.frame()).body)
        assert (removed.gone, removed.snapshot, removed.sequence) == (True, None, 3)


async def test_changes_during_the_initial_read_are_not_missed() -> None:
    api = ApiRig()

    async def publish() -> None:
        api.publish_snapshot(1)
        await asyncio.sleep(0)
        api.publish_snapshot(2)

    api.while_reading = publish
    async with api:
        client = await api.subscribe()
        api.publish_snapshot(3)
        assert await events(client, 3) == [1, 2, 3]


async def test_resumed_session_gets_missed_events() -> None:
    async with ApiRig() as api:
        for number in range(1, 6):
            api.publish_snapshot(number)
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": 3})
        assert (await client.frame()).kind is FrameKind.RESUMED
        api.publish_snapshot(6)
        assert await events(client, 3) == [4, 5, 6]


@pytest.mark.parametrize("last", [1, 99_999, -1])
async def test_too_old_sequence_gets_the_initial_state(last: int) -> None:
    async with ApiRig() as api:
        for number in range(2_100):
            api.publish_snapshot(number)
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": last})
        assert (await client.frame()).kind is FrameKind.INITIAL_STATE


async def test_another_stream_gets_the_initial_state() -> None:
    async with ApiRig() as api:
        api.publish_snapshot(1)
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, {"stream": "another", "last_sequence": 1})
        assert (await client.frame()).kind is FrameKind.INITIAL_STATE


async def test_session_without_subscribe_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.SUBSCRIBE_TIMEOUT", 0.05)
    async with ApiRig() as api:
        assert await (await api.connect()).close_code() == 4000


@pytest.mark.parametrize("versions", [{"schema_version": 0}, {"minimum_schema_version": 99}])
async def test_incompatible_version_is_refused(versions: dict[str, int]) -> None:
    async with ApiRig() as api:
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, versions)
        frame = await client.frame()
        assert Refusal.from_plain(frame.body).code is ErrorCode.INCOMPATIBLE
        assert await client.close_code() == 4003


async def test_malformed_subscribe_is_refused() -> None:
    async with ApiRig() as api:
        client = await api.connect()
        await client.send(FrameKind.SUBSCRIBE, {"last_sequence": "many"})
        assert Refusal.from_plain((await client.frame()).body).code is ErrorCode.MALFORMED
        assert await client.close_code() == 4002


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe", b"no json", b"[]", b"3", b'{"kind": "cheese"}', b'{"kind": "command"}', b"[" * 5000],
)
@pytest.mark.parametrize("subscribed", [True, False])
async def test_repeated_malformed_messages_close_the_session(garbage: bytes, *, subscribed: bool) -> None:
    async with ApiRig() as api:
        client = await (api.subscribe() if subscribed else api.connect())
        for _ in range(5):
            await client.socket.send_bytes(garbage)
            frame = await client.frame()
            assert Refusal.from_plain(frame.body).code is ErrorCode.MALFORMED
        assert await client.close_code() == 4002
        await api.subscribe()


async def test_one_malformed_message_and_unknown_keys_are_tolerated() -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        await client.socket.send_str("garbage")
        assert (await client.frame()).kind is FrameKind.ERROR
        body = COMMAND_BODIES[Command.POLL_INSTANCE].to_dict() | {"of_a_newer_version": {"x": 1}}
        assert (await client.ask(Command.POLL_INSTANCE, body)).kind is FrameKind.RESULT


@pytest.mark.parametrize(("text", "pieces"), [("one two", ["one", "two", ""]), ("wait", [])])
async def test_a_question_is_accepted_before_its_answer(text: str, pieces: list[str]) -> None:
    question = ChatQuestion(conversation_id="c1", text=text, speaker=ANNA)
    async with ApiRig() as api:
        client = await api.subscribe()
        frame = Frame(kind=FrameKind.COMMAND, id=7, command=Command.ASK, body=question.to_dict())
        await client.socket.send_bytes(frame.to_json())
        accepted = await client.frame()
        assert (accepted.kind, accepted.id) == (FrameKind.ACCEPTED, 7)
        found = [ChatPiece.from_plain((await client.frame()).body).text for _ in pieces]
    assert found == pieces


async def test_a_question_is_accepted_before_it_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """To understand the first question can take the event loop for seconds."""
    happened: list[str] = []
    send, answer = WebsocketSession._send, ApiRig.answer_question

    async def note_send(session: WebsocketSession, data: bytes) -> None:
        happened.append(Frame.from_json(data).kind)
        await send(session, data)

    def note_answer(rig: ApiRig, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        happened.append("understands")
        return answer(rig, question)

    monkeypatch.setattr(WebsocketSession, "_send", note_send)
    monkeypatch.setattr(ApiRig, "answer_question", note_answer)
    question = ChatQuestion(conversation_id="c1", text="one", speaker=ANNA)
    async with ApiRig() as api:
        client = await api.subscribe()
        frame = Frame(kind=FrameKind.COMMAND, id=7, command=Command.ASK, body=question.to_dict())
        await client.socket.send_bytes(frame.to_json())
        assert (await client.frame()).kind is FrameKind.ACCEPTED
        await client.frame()
    assert happened[happened.index(FrameKind.ACCEPTED) :][:2] == [FrameKind.ACCEPTED, "understands"]


async def test_too_long_message_closes_the_session() -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        await client.socket.send_str("x" * (api.limits.message_bytes + 1))
        assert await client.close_code() == 1009


@pytest.mark.parametrize("command", [one for one in Command if one is not Command.ASK])
async def test_each_command_is_answered(command: Command) -> None:
    assert set(COMMAND_BODIES) | {Command.ASK} == set(MESSAGES) == set(Command)
    async with ApiRig() as api:
        client = await api.subscribe()
        answer = await client.ask(command, COMMAND_BODIES[command].to_dict())
        assert answer.kind is FrameKind.RESULT
        assert MESSAGES[command].answer.from_plain(answer.body) == ANSWERS[command]
        assert api.asked == [(command, COMMAND_BODIES[command])]
        wrong = {key: {"of": "a wrong kind"} for key in COMMAND_BODIES[command].to_dict()}
        if wrong:
            assert (await refusal(client, command, wrong)).code is ErrorCode.MALFORMED
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ContractError(ErrorCode.ALREADY_DECIDED, "decided by Anna", {"who": "Anna"}), "already_decided"),
        (ServiceUnreachable("refused"), "cannot_connect"),
        (ServiceUnauthorized("no"), "invalid_auth"),
        (InvalidSetting("url", "is missing"), "invalid_setting"),
        (TimeoutError(), "timeout"),
    ],
)
async def test_errors_have_a_code(error: Exception, code: str) -> None:
    async def refuse(_request: Message) -> Message:
        raise error

    api = ApiRig()
    api.behave[Command.DECIDE] = refuse
    async with api:
        client = await api.subscribe()
        result = await refusal(client, Command.DECIDE, COMMAND_BODIES[Command.DECIDE].to_dict())
        assert result.code == code
        if isinstance(error, ContractError):
            assert (result.message, result.placeholders) == (error.message, error.placeholders)
        if isinstance(error, InvalidSetting):
            assert result.placeholders["key"] == "url"


async def test_unknown_command_has_its_own_code() -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        assert (await refusal(client, "coffee.make", {})).code is ErrorCode.UNKNOWN_COMMAND


async def test_unexpected_error_is_logged_without_details_in_the_answer() -> None:
    async def fail(_request: Message) -> Message:
        raise KeyError("canary of a defect")

    api = ApiRig()
    api.behave[Command.DECIDE] = fail
    async with api:
        client = await api.subscribe()
        with structlog.testing.capture_logs() as logs:
            result = await refusal(client, Command.DECIDE, COMMAND_BODIES[Command.DECIDE].to_dict())
        assert result.code is ErrorCode.INTERNAL
        assert "canary" not in str(result)
        assert [entry["event"] for entry in logs] == ["command failed"]


async def test_too_long_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.commands.MAX_MESSAGE_BYTES", 20)
    async with ApiRig() as api:
        client = await api.subscribe()
        result = await refusal(client, Command.LIST_INCIDENTS, {})
        assert result.code is ErrorCode.TOO_LARGE


SPOKEN = [command for command, body in COMMAND_BODIES.items() if "speaker" in body.to_dict()]


@pytest.mark.parametrize("front_end", list(FrontEnd))
@pytest.mark.parametrize("command", SPOKEN)
async def test_commands_for_telegram_and_the_steward_itself_are_refused(
    front_end: FrontEnd, command: Command
) -> None:
    body = COMMAND_BODIES[command].to_dict() | {"speaker": {"front_end": str(front_end), "user_id": "42"}}
    async with ApiRig() as api:
        client = await api.subscribe()
        answer = await client.ask(command, body)
        if front_end in (FrontEnd.TELEGRAM, FrontEnd.STEWARD):
            assert Refusal.from_plain(answer.body).code is ErrorCode.FORBIDDEN
            assert api.asked == []
            entry = {"command": command, "via": front_end, "user": "42"}
            assert api.refused == [("command.refused", f"{front_end} 42", entry)]
        else:
            assert answer.kind is FrameKind.RESULT
            assert api.refused == []


async def test_command_line_is_accepted_from_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.LOCAL", frozenset({"192.0.2.1"}))
    body = COMMAND_BODIES[Command.DECIDE].to_dict() | {
        "speaker": {"front_end": "command_line", "user_id": "root"}
    }
    async with ApiRig() as api:
        client = await api.subscribe()
        assert (await refusal(client, Command.DECIDE, body)).code is ErrorCode.FORBIDDEN
        assert api.asked == []


async def test_up_to_eight_commands_run_concurrently() -> None:
    go = asyncio.Event()
    running = 0

    async def wait(_request: Message) -> Message:
        nonlocal running
        running += 1
        await go.wait()
        return ANSWERS[Command.POLL_INSTANCE]

    api = ApiRig()
    api.behave[Command.POLL_INSTANCE] = wait
    async with api:
        client = await api.subscribe()
        for number in range(12):
            await client.send(FrameKind.COMMAND, {"id": "x"}, number, Command.POLL_INSTANCE)
        await LabChanges().wait_for(lambda: running >= 8)
        await asyncio.sleep(0.1)
        assert running == 8
        api.publish_snapshot(1)
        assert await events(client, 1) == [1], "events do not wait for commands"
        go.set()
        answered = {(await client.frame()).id for _ in range(12)}
        assert answered == set(range(12))


async def test_command_continues_after_a_disconnect() -> None:
    started, go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait(_request: Message) -> Message:
        started.set()
        await go.wait()
        done.set()
        return ANSWERS[Command.DECIDE]

    api = ApiRig()
    api.behave[Command.DECIDE] = wait
    async with api:
        client = await api.subscribe()
        body = COMMAND_BODIES[Command.DECIDE].to_dict()
        await client.send(FrameKind.COMMAND, body, 1, Command.DECIDE)
        await started.wait()
        await client.socket.close()
        await asyncio.sleep(0.1)
        go.set()
        async with asyncio.timeout(HANGING):
            await done.wait()


async def test_close_waits_for_commands_and_closes_with_1012() -> None:
    started, done = asyncio.Event(), asyncio.Event()

    async def wait(_request: Message) -> Message:
        started.set()
        await asyncio.sleep(0.5)
        done.set()
        return ANSWERS[Command.DECIDE]

    api = ApiRig()
    api.behave[Command.DECIDE] = wait
    async with api:
        client = await api.subscribe()
        await client.send(FrameKind.COMMAND, COMMAND_BODIES[Command.DECIDE].to_dict(), 1, Command.DECIDE)
        await started.wait()
        await api.server.close()
        assert done.is_set()
        assert await client.close_code() == 1012


async def test_client_that_stops_reading_does_not_delay_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.SEND_TIMEOUT", LONG)
    async with ApiRig() as api:
        stuck = await raw_session(api)
        reader = await api.subscribe()
        for number in range(400):
            api.publish_snapshot(number, filling="x" * 20_000)
            if number % 20 == 0:
                await asyncio.sleep(0)
        assert await events(reader, 400) == list(range(400))
        await end_timeouts(LONG)
        # The connection of the stuck client is closed.
        await LabChanges().wait_for(lambda: "steward_front_ends 1.0" in api.metrics.text().decode())
        stuck.close()


async def test_queue_overflow_closes_the_session() -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        for number in range(1_500):
            api.publish_snapshot(number)
        assert await client.close_code() == 4001
        again = await api.connect()
        await again.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": 100})
        assert (await again.frame()).kind is FrameKind.RESUMED


async def raw_session(api: ApiRig) -> socket.socket:
    """Return the socket of a subscribed client that stops reading."""
    raw = socket.create_connection(("127.0.0.1", api.port))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    head = (
        f"GET {WEBSOCKET_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: {BEARER['Authorization']}\r\n\r\n"
    )
    await loop.sock_sendall(raw, head.encode())
    assert b" 101 " in await loop.sock_recv(raw, 200)
    body = b'{"kind":"subscribe"}'
    masked = bytes([0x82, 0x80 | len(body)]) + struct.pack("!I", 0) + body
    await loop.sock_sendall(raw, masked)
    return raw


async def test_steward_client_works_with_the_api() -> None:
    seen: list[object] = []
    states: list[InitialState] = []
    connected, result = asyncio.Event(), asyncio.Event()

    def on_event(event: Event) -> None:
        seen.append(event)
        result.set()

    def on_connection(state: Connection, _reason: str) -> None:
        seen.append(state)
        if state is Connection.CONNECTED:
            connected.set()

    api = ApiRig()
    async with api:
        hello = await probe(api.session, api.url, API_TOKEN)
        assert hello.app_version == "0.1.0"
        with pytest.raises(ContractError) as caught:
            await probe(api.session, api.url, "wrong")
        assert caught.value.code is ErrorCode.UNAUTHORIZED
        listeners = Listeners(state=states.append, event=on_event, connection=on_connection)
        client = StewardClient(api.session, api.url, API_TOKEN, listeners)
        running = asyncio.create_task(client.run())
        async with asyncio.timeout(HANGING):
            await connected.wait()
        request = Decide(approval_id="a1", verb=Verb.IGNORE, speaker=ANNA)
        answer = await client.call(Command.DECIDE, request, ApprovalRequest)
        assert answer == ANSWERS[Command.DECIDE]
        api.publish_snapshot(1)
        async with asyncio.timeout(HANGING):
            await result.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await client.close()
    assert len(states) == 1
