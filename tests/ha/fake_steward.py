"""A small app for tests that implements the contract over a real websocket."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web
from waiting import HANGING

from custom_components.homelab_steward.contract.autonomy import (
    LevelAnswer,
    RunbookLevel,
    RunbookLevels,
    SetLevel,
)
from custom_components.homelab_steward.contract.base import Message
from custom_components.homelab_steward.contract.catalogue import Catalogue
from custom_components.homelab_steward.contract.changes import Change
from custom_components.homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from custom_components.homelab_steward.contract.command_messages import MESSAGES
from custom_components.homelab_steward.contract.commands import (
    ActionRequested,
    Decide,
    InstanceId,
    PersonId,
    RequestAction,
    SaveInstance,
    SavePerson,
)
from custom_components.homelab_steward.contract.doctor import DOCTOR_ID
from custom_components.homelab_steward.contract.drill import DRILL_ID
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.foreign_tools import FOREIGN_TOOLS_ID
from custom_components.homelab_steward.contract.home import (
    HomeCall,
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
    HomeRequest,
)
from custom_components.homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    Verb,
)
from custom_components.homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceWindow,
    RemoveMaintenance,
)
from custom_components.homelab_steward.contract.mode import (
    MODE_ID,
    Pause,
    SetPause,
    SetVerbose,
    StewardMode,
)
from custom_components.homelab_steward.contract.protocol import (
    WEBSOCKET_PATH,
    Command,
    Event,
    Frame,
    FrameKind,
    Hello,
    InitialState,
    Nothing,
    Refusal,
    RowKind,
    Subscribe,
)
from custom_components.homelab_steward.contract.records import RunbookStatistics, TrendPicture
from custom_components.homelab_steward.contract.reports import WeeklyReport
from custom_components.homelab_steward.contract.restore_drill import RESTORES_ID
from custom_components.homelab_steward.contract.schedules import ScheduledMessage, Schedules
from custom_components.homelab_steward.contract.state import (
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Snapshot,
)
from custom_components.homelab_steward.contract.usage import USAGE_ID, Usage

TOKEN = "a-token-for-tests"
APP_ID = "f00dfeed"

type Row = (
    StewardMode
    | MaintenanceWindow
    | Catalogue
    | Instance
    | Snapshot
    | Incident
    | ApprovalRequest
    | RunbookStatistics
    | Person
    | Usage
    | WeeklyReport
    | ScheduledMessage
    | Change
)
type Answerer = Callable[[Any], Message | Awaitable[Message]]
type Talker = Callable[[ChatQuestion], AsyncIterator[ChatPiece]]


class FakeSteward:
    """An app with rows to change, answers to set, and faults to inject."""

    def __init__(self, catalogue: Catalogue, *, token: str = TOKEN) -> None:
        self.token = token
        self.hello = Hello(app_id=APP_ID, app_version="0.1.0", stream="first-stream")
        self.rows: dict[RowKind, dict[str, Row]] = {kind: {} for kind in RowKind}
        self.rows[RowKind.CATALOGUE][catalogue.digest] = catalogue
        self.events: list[Event] = []
        self.received: list[tuple[Command, Message]] = []
        self.subscriptions: list[Subscribe] = []
        self.says_hello = True
        self.handshakes = 0
        self.secrets: dict[str, dict[str, Any]] = {}
        self.answers: dict[Command, Answerer] = {
            Command.DECIDE: self.decide,
            Command.GET_TREND: lambda _: TrendPicture(),
            Command.LIST_LEVELS: lambda _: RunbookLevels(levels=()),
            Command.SET_LEVEL: _set_level,
            Command.LIST_SCHEDULES: lambda _: Schedules(),
            Command.POLL_INSTANCE: lambda _: Nothing(),
            Command.REPORT_PLACES: lambda _: Nothing(),
            Command.REPORT_REFUSAL: lambda _: Nothing(),
            Command.REQUEST_ACTION: self.request_action,
            Command.SAVE_INSTANCE: self.save_instance,
            Command.REMOVE_INSTANCE: self.remove_instance,
            Command.SAVE_PERSON: self.save_person,
            Command.REMOVE_PERSON: self.remove_person,
            Command.SET_PAUSE: self.set_pause,
            Command.SET_VERBOSE: self.set_verbose,
            Command.ADD_MAINTENANCE: self.add_maintenance,
            Command.REMOVE_MAINTENANCE: self.remove_maintenance,
        }
        self.talker: Talker = say_nothing
        self.hangs = False
        self.cancelled: list[ChatQuestion] = []
        self._talking: dict[int | None, asyncio.Task[None]] = {}
        self.home_reports: list[HomeReport] = []
        self._home_replies: dict[int | None, asyncio.Future[HomeReply]] = {}
        self._sequence = 0
        self._ids = itertools.count(1)
        self._sockets: set[web.WebSocketResponse] = set()
        self._transports: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    async def start(self) -> Self:
        """Listen on any port the first time, later on the same one."""
        app = web.Application()
        app.router.add_get(WEBSOCKET_PATH, self._handle)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Stop, and close every connection."""
        for task in self._tasks:
            task.cancel()
        await self.close_connections()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def close_connections(self, code: int = WSCloseCode.OK) -> None:
        """Close every connection properly, but keep listening."""
        for socket in tuple(self._sockets):
            await socket.close(code=code)

    def abort_connections(self) -> None:
        """Abort every connection, but keep listening."""
        for transport in tuple(self._transports):
            transport.abort()

    def restart_as(self, stream: str) -> None:
        """Simulate a restart of the app: sequence numbers start again."""
        self.hello = replace(self.hello, stream=stream)
        self.events.clear()
        self._sequence = 0

    async def push(self, kind: RowKind, row: Row, key: str | None = None) -> None:
        """Change a row and push it."""
        key = key or _key(kind, row)
        self.rows[kind][key] = row
        await self._notify(kind, key, row)

    async def drop(self, kind: RowKind, key: str) -> None:
        """Remove a row and push that."""
        del self.rows[kind][key]
        await self._notify(kind, key, None)

    async def send_raw(self, data: bytes) -> None:
        """Send bytes that may not be a message."""
        for socket in tuple(self._sockets):
            await socket.send_bytes(data)

    def asked(self, command: Command) -> list[Any]:
        """Return every request of one command, in order."""
        return [request for one, request in self.received if one is command]

    @property
    def in_progress(self) -> tuple[int, ...]:
        """The numbers of the questions that are being answered."""
        return tuple(one for one in self._talking if one is not None)

    async def request_home(
        self,
        query: HomeQuery,
        *parts: HomePart,
        action: str = "",
        target: str | None = None,
        app: str | None = None,
        update: str | None = None,
        version: str | None = None,
    ) -> HomeReply:
        """Ask Home Assistant, and return its reply."""
        number = next(self._ids)
        replied = self._home_replies[number] = asyncio.get_running_loop().create_future()
        call = HomeCall(action=action, target=target, version=version) if action else None
        request = HomeRequest(query=query, parts=parts, call=call, app=app, update=update)
        await _send(next(iter(self._sockets)), FrameKind.REQUEST, request, number)
        async with asyncio.timeout(HANGING):
            return await replied

    async def decide(self, request: Decide) -> ApprovalRequest:
        approval = self.rows[RowKind.APPROVAL][request.approval_id]
        assert isinstance(approval, ApprovalRequest)
        if approval.status is not ApprovalStatus.PENDING:
            raise ContractError(ErrorCode.ALREADY_DECIDED, "decided")
        option = approval.proposal.option(request.option or 0)
        status = {
            Verb.APPROVE: ApprovalStatus.APPROVED,
            Verb.REJECT: ApprovalStatus.REJECTED,
            Verb.IGNORE: ApprovalStatus.IGNORED,
        }[request.verb]
        decided = replace(
            approval,
            status=status,
            decision=Decision(
                verb=request.verb,
                person_id=request.speaker.user_id,
                person_name="Robin",
                via=request.speaker.front_end,
                at=datetime.now(UTC),
                option=request.option,
                label=option.label if option else "",
            ),
        )
        await self.push(RowKind.APPROVAL, decided)
        return decided

    async def request_action(self, request: RequestAction) -> ActionRequested:
        return ActionRequested(approval_id="asked-1", incident_id=f"for-{request.action}")

    async def save_instance(self, request: SaveInstance) -> Instance:
        key = request.id or f"instance{next(self._ids)}"
        catalogue = next(iter(self.rows[RowKind.CATALOGUE].values()))
        assert isinstance(catalogue, Catalogue)
        offer = catalogue.service(request.service)
        assert offer is not None
        hidden = {field.key for field in offer.settings if field.kind == "secret"}
        self.secrets.setdefault(key, {}).update(
            {name: value for name, value in request.settings.items() if name in hidden}
        )
        shown = {name: value for name, value in request.settings.items() if name not in hidden}
        instance = Instance(
            id=key,
            service=request.service,
            name=request.name,
            origin=Origin.FRONT_END,
            settings=shown,
            status=InstanceStatus.OK,
        )
        await self.push(RowKind.INSTANCE, instance)
        return instance

    async def remove_instance(self, request: InstanceId) -> Nothing:
        await self.drop(RowKind.INSTANCE, request.id)
        return Nothing()

    async def save_person(self, request: SavePerson) -> Person:
        person = Person(
            id=request.id,
            name=request.name,
            role=request.role,
            ha_user_id=request.ha_user_id,
            telegram_user_id=request.telegram_user_id,
            language=request.language,
            quiet_from=request.quiet_from,
            quiet_until=request.quiet_until,
            authority=request.authority,
            asked_after_minutes=request.asked_after_minutes,
            critical_alerts=request.critical_alerts,
            has_pin=bool(request.pin),
        )
        await self.push(RowKind.PERSON, person)
        return person

    async def remove_person(self, request: PersonId) -> Nothing:
        await self.drop(RowKind.PERSON, request.id)
        return Nothing()

    async def set_pause(self, request: SetPause) -> StewardMode:
        pause = request.scope and Pause(
            scope=request.scope,
            person_id=request.speaker.user_id,
            person_name="Robin",
            via=request.speaker.front_end,
            at=datetime.now(UTC),
            reason=request.reason,
        )
        mode = replace(self.state().mode, pause=pause)
        await self.push(RowKind.MODE, mode)
        return mode

    async def set_verbose(self, request: SetVerbose) -> StewardMode:
        mode = replace(self.state().mode, verbose=request.verbose)
        await self.push(RowKind.MODE, mode)
        return mode

    async def add_maintenance(self, request: AddMaintenance) -> MaintenanceWindow:
        window = MaintenanceWindow(
            id=f"window{next(self._ids)}",
            title=request.title,
            person_id=request.speaker.user_id,
            person_name="Robin",
            via=request.speaker.front_end,
            added_at=datetime.now(UTC),
            instance_ids=request.instance_ids,
            categories=request.categories,
            once=request.once,
            weekly=request.weekly,
            notify_minutes=request.notify_minutes,
            following=request.once,
        )
        await self.push(RowKind.MAINTENANCE, window)
        return window

    async def remove_maintenance(self, request: RemoveMaintenance) -> Nothing:
        if not request.only_current:
            await self.drop(RowKind.MAINTENANCE, request.id)
        return Nothing()

    def state(self) -> InitialState:
        rows: dict[RowKind, tuple[Any, ...]] = {
            kind: tuple(found.values()) for kind, found in self.rows.items()
        }
        return InitialState(
            sequence=self._sequence,
            catalogue=rows[RowKind.CATALOGUE][-1],
            instances=rows[RowKind.INSTANCE],
            snapshots=rows[RowKind.SNAPSHOT],
            incidents=rows[RowKind.INCIDENT],
            approvals=rows[RowKind.APPROVAL],
            statistics=rows[RowKind.STATISTICS],
            people=rows[RowKind.PERSON],
            front_ends=rows[RowKind.FRONT_END],
            mode=(*rows[RowKind.MODE], StewardMode())[0],
            maintenance=rows[RowKind.MAINTENANCE],
            usage=next(iter(rows[RowKind.USAGE]), None),
            drill=next(iter(rows[RowKind.DRILL]), None),
            doctor=next(iter(rows[RowKind.DOCTOR]), None),
            restores=next(iter(rows[RowKind.RESTORES]), None),
            foreign_tools=next(iter(rows[RowKind.FOREIGN_TOOLS]), None),
            report=next(iter(rows[RowKind.REPORT]), None),
            scheduled=tuple(reversed(rows[RowKind.SCHEDULED])),
            changes=rows[RowKind.CHANGE],
        )

    async def _notify(self, kind: RowKind, key: str, row: Row | None) -> None:
        self._sequence += 1
        event = Event(
            sequence=self._sequence,
            kind=kind,
            id=key,
            at=datetime.now(UTC),
            gone=row is None,
            **({} if row is None else {kind.value: row}),
        )
        self.events.append(event)
        for socket in tuple(self._sockets):
            await _send(socket, FrameKind.EVENT, event)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        transport = request.transport
        assert transport is not None
        self._transports.add(transport)
        self.handshakes += 1
        if not self.says_hello:
            self._sockets.add(socket)
        else:
            await _send(socket, FrameKind.HELLO, self.hello)
        async for message in socket:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await self._receive(socket, Frame.from_json(message.data))
        self._sockets.discard(socket)
        self._transports.discard(transport)
        return socket

    async def _receive(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        if frame.kind is FrameKind.SUBSCRIBE:
            await self._subscribe(socket, Subscribe.from_plain(frame.body))
            return
        if frame.kind is FrameKind.REPLY:
            self._home_replies.pop(frame.id).set_result(HomeReply.from_plain(frame.body))
            return
        if frame.kind is FrameKind.HOME_REPORT:
            self.home_reports.append(HomeReport.from_plain(frame.body))
            return
        if frame.kind is FrameKind.CANCEL:
            if task := self._talking.get(frame.id):
                task.cancel()
            return
        # A slow answer must not block reading from the socket.
        is_question = frame.command == Command.ASK
        answer = self._talk(socket, frame) if is_question else self._answer(socket, frame)
        task = asyncio.create_task(answer)
        if is_question:
            self._talking[frame.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        command = Command(frame.command or "")
        request = MESSAGES[command].request.from_plain(frame.body)
        self.received.append((command, request))
        await self._hang()
        try:
            answer = self.answers[command](request)
            if asyncio.iscoroutine(answer):
                answer = await answer
            await _send(socket, FrameKind.RESULT, answer, frame.id)
        except ContractError as err:
            refusal = Refusal(code=err.code, message=err.message, placeholders=err.placeholders)
            await _send(socket, FrameKind.ERROR, refusal, frame.id)

    async def _hang(self) -> None:
        """Never return while the app hangs: then it answers nothing."""
        if self.hangs:
            await asyncio.Event().wait()

    async def _talk(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        question = ChatQuestion.from_plain(frame.body)
        self.received.append((Command.ASK, question))
        await self._hang()
        await _send(socket, FrameKind.ACCEPTED, None, frame.id)
        try:
            async for piece in self.talker(question):
                is_over = piece.kind is ChatPieceKind.END
                await _send(socket, FrameKind.RESULT if is_over else FrameKind.PIECE, piece, frame.id)
        except ContractError as err:
            refusal = Refusal(code=err.code, message=err.message, placeholders=err.placeholders)
            await _send(socket, FrameKind.ERROR, refusal, frame.id)
        except asyncio.CancelledError:
            self.cancelled.append(question)
            raise

    async def _subscribe(self, socket: web.WebSocketResponse, subscribe: Subscribe) -> None:
        self.subscriptions.append(subscribe)
        if subscribe.stream == self.hello.stream:
            await _send(socket, FrameKind.RESUMED, Nothing())
            for event in self.events:
                if event.sequence > subscribe.last_sequence:
                    await _send(socket, FrameKind.EVENT, event)
        else:
            await _send(socket, FrameKind.INITIAL_STATE, self.state())
        self._sockets.add(socket)


async def say_nothing(question: ChatQuestion) -> AsyncIterator[ChatPiece]:
    """Send an empty answer; tests set others."""
    yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.END)


async def _send(socket: web.WebSocketResponse, kind: FrameKind, body: Any, number: int | None = None) -> None:
    if not socket.closed:
        frame = Frame(kind=kind, id=number, body=body.to_dict() if body else {})
        await socket.send_str(frame.to_json().decode())


def _set_level(request: SetLevel) -> LevelAnswer:
    return LevelAnswer(
        runbook=RunbookLevel(id=request.runbook_id, title=request.runbook_id, level=request.level)
    )


SINGLE = {
    RowKind.MODE: MODE_ID,
    RowKind.USAGE: USAGE_ID,
    RowKind.DRILL: DRILL_ID,
    RowKind.RESTORES: RESTORES_ID,
    RowKind.FOREIGN_TOOLS: FOREIGN_TOOLS_ID,
    RowKind.DOCTOR: DOCTOR_ID,
}
"""The ids of the kinds that have one row."""


def _key(kind: RowKind, row: Any) -> str:
    if kind is RowKind.CATALOGUE:
        return str(row.digest)
    if kind is RowKind.STATISTICS:
        return f"{row.runbook_id}/{row.version}/{row.recipe}"
    if kind is RowKind.FRONT_END:
        return str(row.front_end)
    if kind in SINGLE:
        return SINGLE[kind]
    return str(row.instance_id if kind is RowKind.SNAPSHOT else row.id)
