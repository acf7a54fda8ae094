"""A face sees everything once and in order, and what it says is answered or refused by code."""

import asyncio
import dataclasses
import socket
import struct
import time
from typing import Any

import aiohttp
import pytest
import structlog

from homelab_steward.contract.base import Message
from homelab_steward.contract.client import Connection, Listeners, StewardClient, probe
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Verb
from homelab_steward.contract.protocol import (
    ANSWERS as ANSWER_TYPES,
)
from homelab_steward.contract.protocol import (
    REQUESTS,
    WEBSOCKET_PATH,
    Command,
    Decide,
    Event,
    FrameKind,
    IncidentQuery,
    InitialState,
    InstanceId,
    PersonId,
    ReadTool,
    Refusal,
    RequestAction,
    RowKind,
    SaveInstance,
    SavePerson,
)
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from steward.errors import InvalidSetting, ServiceUnauthorized, ServiceUnreachable
from steward.settings.model import Limits

from .api_rig import ANSWERS, API_TOKEN, BEARER, MONITOR, ApiRig, Visitor

ANNA = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="ha-1")
COMMAND_BODIES: dict[Command, Message] = {
    Command.DECIDE: Decide(approval_id="a1", verb=Verb.REJECT, speaker=ANNA),
    Command.REQUEST_ACTION: RequestAction(instance_id="radarr", action="restart", speaker=ANNA),
    Command.READ_TOOL: ReadTool(instance_id="radarr", tool="health"),
    Command.SAVE_INSTANCE: SaveInstance(service="radarr", name="Radarr", settings={}),
    Command.REMOVE_INSTANCE: InstanceId(id="radarr"),
    Command.POLL_INSTANCE: InstanceId(id="radarr"),
    Command.SAVE_PERSON: SavePerson(id="anna", name="Anna", role=Role.OWNER),
    Command.REMOVE_PERSON: PersonId(id="anna"),
    Command.LIST_INCIDENTS: IncidentQuery(),
}


async def events(visitor: Visitor, number: int) -> list[object]:
    found: list[object] = []
    for _ in range(number):
        frame = await visitor.frame()
        assert frame.kind is FrameKind.EVENT
        event = Event.from_plain(frame.body)
        assert event.snapshot is not None
        found.append(event.snapshot.values["number"])
    return found


async def refusal(visitor: Visitor, command: str, body: dict[str, Any]) -> Refusal:
    answer = await visitor.ask(command, body)
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
    ],
)
async def test_without_the_token_it_is_no_websocket(headers: dict[str, str]) -> None:
    async with ApiRig() as api:
        for path in (WEBSOCKET_PATH, f"{WEBSOCKET_PATH}?token={API_TOKEN}"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await api.session.ws_connect(api.url + path, headers=headers)
            assert caught.value.status == 401


async def test_only_so_many_faces() -> None:
    api = ApiRig()
    api.limits = dataclasses.replace(Limits(), front_ends=2)
    async with api:
        first = await api.enter()
        await api.enter()
        assert "steward_front_ends 2.0" in api.metrics.text().decode()
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await api.connect()
        assert caught.value.status == 503
        await first.socket.close()
        for _ in range(100):
            if "steward_front_ends 1.0" in api.metrics.text().decode():
                break
            await asyncio.sleep(0.02)
        await api.enter()


async def test_hello_then_the_state_then_events() -> None:
    async with ApiRig() as api:
        visitor = await api.connect()
        assert (visitor.hello.app_id, visitor.hello.stream) == ("app-1", api.changes.stream)
        api.publish_snapshot(1)
        await visitor.send(FrameKind.SUBSCRIBE)
        frame = await visitor.frame()
        assert frame.kind is FrameKind.INITIAL_STATE
        state = InitialState.from_plain(frame.body)
        assert state.sequence == 1
        assert [one.id for one in state.instances] == ["radarr"]
        api.publish_snapshot(2)
        api.changes.publish(RowKind.SNAPSHOT, "radarr", None)
        assert await events(visitor, 1) == [2]
        gone = Event.from_plain((await visitor.frame()).body)
        assert (gone.gone, gone.snapshot, gone.sequence) == (True, None, 3)


async def test_what_happens_while_the_state_is_read_is_not_missed() -> None:
    api = ApiRig()

    async def meanwhile() -> None:
        api.publish_snapshot(1)
        await asyncio.sleep(0)
        api.publish_snapshot(2)

    api.while_reading = meanwhile
    async with api:
        visitor = await api.enter()
        api.publish_snapshot(3)
        assert await events(visitor, 3) == [1, 2, 3]


async def test_a_face_that_comes_back_gets_what_it_missed() -> None:
    async with ApiRig() as api:
        for number in range(1, 6):
            api.publish_snapshot(number)
        visitor = await api.connect()
        await visitor.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": 3})
        assert (await visitor.frame()).kind is FrameKind.RESUMED
        api.publish_snapshot(6)
        assert await events(visitor, 3) == [4, 5, 6]


@pytest.mark.parametrize("last", [1, 99_999, -1])
async def test_what_is_not_remembered_is_sent_whole(last: int) -> None:
    async with ApiRig() as api:
        for number in range(2_100):
            api.publish_snapshot(number)
        visitor = await api.connect()
        await visitor.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": last})
        assert (await visitor.frame()).kind is FrameKind.INITIAL_STATE


async def test_another_life_of_the_app_resumes_nothing() -> None:
    async with ApiRig() as api:
        api.publish_snapshot(1)
        visitor = await api.connect()
        await visitor.send(FrameKind.SUBSCRIBE, {"stream": "another", "last_sequence": 1})
        assert (await visitor.frame()).kind is FrameKind.INITIAL_STATE


async def test_a_face_that_never_subscribes_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.SUBSCRIBE_TIMEOUT", 0.05)
    async with ApiRig() as api:
        assert await (await api.connect()).close_code() == 4000


@pytest.mark.parametrize("versions", [{"schema_version": 0}, {"minimum_schema_version": 99}])
async def test_an_incompatible_face_is_told_so(versions: dict[str, int]) -> None:
    async with ApiRig() as api:
        visitor = await api.connect()
        await visitor.send(FrameKind.SUBSCRIBE, versions)
        frame = await visitor.frame()
        assert Refusal.from_plain(frame.body).code is ErrorCode.INCOMPATIBLE
        assert await visitor.close_code() == 4003


async def test_a_malformed_subscribe_is_told_so() -> None:
    async with ApiRig() as api:
        visitor = await api.connect()
        await visitor.send(FrameKind.SUBSCRIBE, {"last_sequence": "many"})
        assert Refusal.from_plain((await visitor.frame()).body).code is ErrorCode.MALFORMED
        assert await visitor.close_code() == 4002


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe", b"no json", b"[]", b"3", b'{"kind": "cheese"}', b'{"kind": "command"}', b"[" * 5000],
)
@pytest.mark.parametrize("subscribed", [True, False])
async def test_garbage_is_refused_and_then_the_face(garbage: bytes, *, subscribed: bool) -> None:
    async with ApiRig() as api:
        visitor = await (api.enter() if subscribed else api.connect())
        for _ in range(5):
            await visitor.socket.send_bytes(garbage)
            frame = await visitor.frame()
            assert Refusal.from_plain(frame.body).code is ErrorCode.MALFORMED
        assert await visitor.close_code() == 4002
        await api.enter()


async def test_one_slip_is_forgiven_and_unknown_keys_do_no_harm() -> None:
    async with ApiRig() as api:
        visitor = await api.enter()
        await visitor.socket.send_str("garbage")
        assert (await visitor.frame()).kind is FrameKind.ERROR
        body = COMMAND_BODIES[Command.POLL_INSTANCE].to_dict() | {"of_a_newer_version": {"x": 1}}
        assert (await visitor.ask(Command.POLL_INSTANCE, body)).kind is FrameKind.RESULT


async def test_a_message_too_long_ends_the_connection() -> None:
    async with ApiRig() as api:
        visitor = await api.enter()
        await visitor.socket.send_str("x" * (api.limits.message_bytes + 1))
        assert await visitor.close_code() == 1009


@pytest.mark.parametrize("command", [one for one in Command if one is not Command.ASK])
async def test_every_command_has_its_answer(command: Command) -> None:
    assert set(COMMAND_BODIES) | {Command.ASK} == set(REQUESTS) == set(ANSWER_TYPES) == set(Command)
    async with ApiRig() as api:
        visitor = await api.enter()
        answer = await visitor.ask(command, COMMAND_BODIES[command].to_dict())
        assert answer.kind is FrameKind.RESULT
        assert ANSWER_TYPES[command].from_plain(answer.body) == ANSWERS[command]
        assert api.asked == [(command, COMMAND_BODIES[command])]
        wrong = {key: {"of": "a wrong kind"} for key in COMMAND_BODIES[command].to_dict()}
        assert (await refusal(visitor, command, wrong)).code is ErrorCode.MALFORMED
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
async def test_refusals_cross_by_code(error: Exception, code: str) -> None:
    async def refuse(_request: Message) -> Message:
        raise error

    api = ApiRig()
    api.behave[Command.DECIDE] = refuse
    async with api:
        visitor = await api.enter()
        result = await refusal(visitor, Command.DECIDE, COMMAND_BODIES[Command.DECIDE].to_dict())
        assert result.code == code
        if isinstance(error, ContractError):
            assert (result.message, result.placeholders) == (error.message, error.placeholders)
        if isinstance(error, InvalidSetting):
            assert result.placeholders["key"] == "url"


async def test_an_unknown_command_is_named_so() -> None:
    async with ApiRig() as api:
        visitor = await api.enter()
        assert (await refusal(visitor, "coffee.make", {})).code is ErrorCode.UNKNOWN_COMMAND


async def test_a_defect_is_logged_and_tells_nothing() -> None:
    async def stumble(_request: Message) -> Message:
        raise KeyError("canary of a defect")

    api = ApiRig()
    api.behave[Command.DECIDE] = stumble
    async with api:
        visitor = await api.enter()
        with structlog.testing.capture_logs() as logs:
            result = await refusal(visitor, Command.DECIDE, COMMAND_BODIES[Command.DECIDE].to_dict())
        assert result.code is ErrorCode.INTERNAL
        assert "canary" not in str(result)
        assert [entry["event"] for entry in logs] == ["command failed"]


async def test_an_answer_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.command_runner.MAX_MESSAGE_BYTES", 20)
    async with ApiRig() as api:
        visitor = await api.enter()
        result = await refusal(visitor, Command.LIST_INCIDENTS, {})
        assert result.code is ErrorCode.TOO_LARGE


@pytest.mark.parametrize("front_end", list(FrontEnd))
@pytest.mark.parametrize("command", [Command.DECIDE, Command.REQUEST_ACTION])
async def test_no_face_speaks_for_telegram(front_end: FrontEnd, command: Command) -> None:
    body = COMMAND_BODIES[command].to_dict() | {"speaker": {"front_end": str(front_end), "user_id": "42"}}
    async with ApiRig() as api:
        visitor = await api.enter()
        answer = await visitor.ask(command, body)
        if front_end is FrontEnd.TELEGRAM:
            assert Refusal.from_plain(answer.body).code is ErrorCode.FORBIDDEN
            assert api.asked == []
        else:
            assert answer.kind is FrameKind.RESULT


async def test_the_command_line_speaks_from_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.LOCAL", frozenset({"192.0.2.1"}))
    body = COMMAND_BODIES[Command.DECIDE].to_dict() | {
        "speaker": {"front_end": "command_line", "user_id": "root"}
    }
    async with ApiRig() as api:
        visitor = await api.enter()
        assert (await refusal(visitor, Command.DECIDE, body)).code is ErrorCode.FORBIDDEN
        assert api.asked == []


async def test_commands_run_beside_each_other_up_to_eight() -> None:
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
        visitor = await api.enter()
        for number in range(12):
            await visitor.send(FrameKind.COMMAND, {"id": "x"}, number, Command.POLL_INSTANCE)
        await asyncio.sleep(0.2)
        assert running == 8
        api.publish_snapshot(1)
        assert await events(visitor, 1) == [1], "events do not wait for commands"
        go.set()
        answered = {(await visitor.frame()).id for _ in range(12)}
        assert answered == set(range(12))


async def test_a_command_goes_on_when_its_face_leaves() -> None:
    begun, go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait(_request: Message) -> Message:
        begun.set()
        await go.wait()
        done.set()
        return ANSWERS[Command.DECIDE]

    api = ApiRig()
    api.behave[Command.DECIDE] = wait
    async with api:
        visitor = await api.enter()
        body = COMMAND_BODIES[Command.DECIDE].to_dict()
        await visitor.send(FrameKind.COMMAND, body, 1, Command.DECIDE)
        await begun.wait()
        await visitor.socket.close()
        await asyncio.sleep(0.1)
        go.set()
        async with asyncio.timeout(5):
            await done.wait()


async def test_closing_lets_a_command_end_and_tells_faces_to_come_back() -> None:
    begun, done = asyncio.Event(), asyncio.Event()

    async def wait(_request: Message) -> Message:
        begun.set()
        await asyncio.sleep(0.5)
        done.set()
        return ANSWERS[Command.DECIDE]

    api = ApiRig()
    api.behave[Command.DECIDE] = wait
    async with api:
        visitor = await api.enter()
        await visitor.send(FrameKind.COMMAND, COMMAND_BODIES[Command.DECIDE].to_dict(), 1, Command.DECIDE)
        await begun.wait()
        await api.server.close()
        assert done.is_set()
        assert await visitor.close_code() == 1012


async def test_a_face_that_stops_reading_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.websocket_session.SEND_TIMEOUT", 0.5)
    async with ApiRig() as api:
        stuck = await raw_session(api)
        well = await api.enter()
        begin = time.monotonic()
        for number in range(400):
            api.publish_snapshot(number, filling="x" * 20_000)
            if number % 20 == 0:
                await asyncio.sleep(0)
        assert await events(well, 400) == list(range(400))
        assert time.monotonic() - begin < 10
        for _ in range(200):
            if "steward_front_ends 1.0" in api.metrics.text().decode():
                break
            await asyncio.sleep(0.05)
        assert "steward_front_ends 1.0" in api.metrics.text().decode(), "the stuck face is dropped"
        stuck.close()


async def test_a_face_too_slow_for_its_queue_is_told_so() -> None:
    async with ApiRig() as api:
        visitor = await api.enter()
        for number in range(1_500):
            api.publish_snapshot(number)
        assert await visitor.close_code() == 4001
        again = await api.connect()
        await again.send(FrameKind.SUBSCRIBE, {"stream": api.changes.stream, "last_sequence": 100})
        assert (await again.frame()).kind is FrameKind.RESUMED


async def raw_session(api: ApiRig) -> socket.socket:
    """Return a socket of a subscribed face that reads nothing any more."""
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


async def test_the_contract_s_own_client_gets_along_with_it() -> None:
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
        async with asyncio.timeout(10):
            await connected.wait()
        request = Decide(approval_id="a1", verb=Verb.IGNORE, speaker=ANNA)
        answer = await client.call(Command.DECIDE, request, ApprovalRequest)
        assert answer == ANSWERS[Command.DECIDE]
        api.publish_snapshot(1)
        async with asyncio.timeout(10):
            await result.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await client.close()
    assert len(states) == 1
