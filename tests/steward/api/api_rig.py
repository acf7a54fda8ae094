"""The API on a free port, with fake parts behind it that a test configures."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp
import orjson
from prometheus_client import CollectorRegistry

from homelab_steward.contract.autonomy import AutonomyLevel, LevelAnswer, RunbookLevel, RunbookLevels
from homelab_steward.contract.base import Message
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Changes as ChangeList
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.command_messages import MESSAGES
from homelab_steward.contract.commands import ActionRequested, Incidents, Reading
from homelab_steward.contract.devices import DevicesView
from homelab_steward.contract.doctor import DoctorReport, Versions
from homelab_steward.contract.drill import TargetDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import CoolDowns
from homelab_steward.contract.fences import Fence
from homelab_steward.contract.foreign_tools import ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Severity
from homelab_steward.contract.maintenance import MaintenanceWindows
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.model_tasks import GeneratedData
from homelab_steward.contract.preferences import Preferences
from homelab_steward.contract.proposals import Proposal
from homelab_steward.contract.protocol import (
    WEBSOCKET_PATH,
    Command,
    Frame,
    FrameKind,
    Hello,
    InitialState,
    Nothing,
    RowKind,
)
from homelab_steward.contract.records import (
    AuditPage,
    AuditVerification,
    IncidentRecord,
    LastPolls,
    LedgerPage,
    ModelRecords,
    Names,
    RunbookRecord,
    RunbookRecords,
    RunbookSource,
    SearchResult,
    TrendPicture,
)
from homelab_steward.contract.released_text import ReleasedText, ReleasedTexts
from homelab_steward.contract.restore_drill import RestoreReport
from homelab_steward.contract.runbook_runs import RunbookAnswer, RunbookTargets
from homelab_steward.contract.schedules import CheckedSchedule, Schedule, ScheduleKind, Schedules
from homelab_steward.contract.state import FrontEndStatus, Instance, Origin, Person, Role, Snapshot
from homelab_steward.contract.target_names import Aliases
from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.origins import Origins
from mcp_bridge.source_check import SourceRules
from rig import records
from rig.clocks import HANGING
from steward.api.app_page import AppPage
from steward.api.application import ApiParts, build_api
from steward.api.commands import Commands, Handler
from steward.api.home_connections import HomeConnections
from steward.api.listener import open_listener
from steward.api.ports import TelegramWebhook
from steward.api.server import ApiServer
from steward.clock import SystemClock
from steward.errors import ServiceMalformed
from steward.observability.metrics import Metrics
from steward.observability.redaction import Redactor
from steward.sdk import categories
from steward.sdk.coverage import Gaps
from steward.sdk.description import AlertSource, AnyService, Delivery, IncomingAlert, Service
from steward.settings.model import Limits, Listen
from steward.store.changes import Changes

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
API_TOKEN = "api-token-of-the-test"
MONITOR_TOKEN = "monitor-token-of-the-test"
BEARER = {"Authorization": f"Bearer {API_TOKEN}"}
MONITOR = {"Authorization": f"Bearer {MONITOR_TOKEN}"}


def bytes_parse(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    if not delivery.body.startswith(b"["):
        raise ServiceMalformed("The body is not a list")
    return ()


def service(alerts: AlertSource[Any] | None) -> AnyService:
    async def poll(_client: Any, _gaps: Gaps) -> None:
        return None

    return Service(
        key="monitor",
        name="Monitor",
        category=categories.MONITORING,
        settings=(),
        connect=lambda _access: None,
        poll=poll,
        version=lambda _state: None,
        alerts=alerts,
    )


def instance(instance_id: str = "radarr", **more: Any) -> Instance:
    return Instance(id=instance_id, service="radarr", name="Radarr", origin=Origin.FRONT_END, **more)


def snapshot(number: int, filling: str = "") -> Snapshot:
    return Snapshot(instance_id="radarr", taken_at=NOW, values={"number": number, "filling": filling})


def approval() -> ApprovalRequest:
    proposal = Proposal(
        id="p1",
        incident_id="i1",
        options=(),
        matches=(),
        policy_version=1,
        made_at=NOW,
    )
    return ApprovalRequest(
        id="a1",
        incident_id="i1",
        incident_number=1,
        title="t",
        text="x",
        severity=Severity.WARNING,
        category="media",
        status=ApprovalStatus.PENDING,
        proposal=proposal,
        created_at=NOW,
        expires_at=NOW,
    )


VERSIONS = Versions(app="1.0.0", contract=1, database="0001", python="3.14.2")
BACKUP = Schedule(id="backup", title="Backup", kind=ScheduleKind.BACKUP, every_hours=24.0)
ANSWERS: dict[Command, Message] = {
    Command.DECIDE: approval(),
    Command.REQUEST_ACTION: ActionRequested(approval_id="a1", incident_id="i1"),
    Command.RUN_RUNBOOK: RunbookAnswer(request=approval()),
    Command.LIST_RUNBOOK_TARGETS: RunbookTargets(),
    Command.READ_TOOL: Reading(title="t", text="x"),
    Command.EXPECT_OFF: Nothing(),
    Command.REPORT_PLACES: Nothing(),
    Command.LIST_ALIASES: Aliases(aliases=()),
    Command.ADD_ALIAS: records.aliases("added"),
    Command.REMOVE_ALIAS: records.aliases("removed"),
    Command.COMMENT: records.incident(records.stored_alert()),
    Command.REPORT_REFUSAL: Nothing(),
    Command.SAVE_INSTANCE: instance(),
    Command.REMOVE_INSTANCE: Nothing(),
    Command.POLL_INSTANCE: Nothing(),
    Command.SAVE_PERSON: Person(id="anna", name="Anna", role=Role.OWNER),
    Command.REMOVE_PERSON: Nothing(),
    Command.LIST_INCIDENTS: Incidents(incidents=()),
    Command.GET_INCIDENT: IncidentRecord(incident=records.incident(records.stored_alert())),
    Command.GET_TREND: TrendPicture(png="iVBORw0KGgo="),
    Command.LIST_CHANGES: ChangeList(changes=(records.change(),)),
    Command.ASK_CHANGE: records.change("asked"),
    Command.DEFER_CHANGE: records.change("deferred"),
    Command.REJECT_CHANGE: records.change("rejected"),
    Command.OFFER_CHANGE: records.change("offered"),
    Command.LIST_POLLS: LastPolls(polls=()),
    Command.VIEW_DEVICES: DevicesView(),
    Command.MATCH_DEVICES: Nothing(),
    Command.LIST_RUNBOOKS: RunbookRecords(runbooks=()),
    Command.LIST_LEVELS: RunbookLevels(levels=()),
    Command.SET_LEVEL: LevelAnswer(runbook=RunbookLevel(id="r", title="R", level=AutonomyLevel.OBSERVE)),
    Command.SEARCH: SearchResult(),
    Command.LIST_NAMES: Names(names={"Memory": "Speicher"}),
    Command.GET_RUNBOOK: RunbookSource(id="r", source="---"),
    Command.SAVE_RUNBOOK: RunbookRecord(id="r", version=1, title="R", text="", recipes=()),
    Command.LIST_MODELS: ModelRecords(deployments=()),
    Command.LIST_LEDGER: LedgerPage(entries=()),
    Command.RELEASE_TEXTS: ReleasedTexts(texts=("a", None)),
    Command.RELEASE_TEXT: ReleasedText(text="fine"),
    Command.GENERATE_DATA: GeneratedData(text="{}", deployment="m", data={}),
    Command.LIST_AUDIT: AuditPage(entries=()),
    Command.VERIFY_AUDIT: AuditVerification(entries=0, head="0"),
    Command.SET_PAUSE: StewardMode(),
    Command.SET_VERBOSE: StewardMode(verbose=True),
    Command.SET_ELEVATION: StewardMode(fences_answered=("elevated",)),
    Command.ADD_FENCE: StewardMode(fences=(Fence(id="f1", target="tank"),)),
    Command.REMOVE_FENCE: StewardMode(fences_answered=("removed",)),
    Command.ANSWER_FENCE_OFFERS: StewardMode(fences_answered=("nas",)),
    Command.SEND_NOTE: Nothing(),
    Command.ADD_MAINTENANCE: records.maintenance_window(),
    Command.REMOVE_MAINTENANCE: Nothing(),
    Command.LIST_MAINTENANCE: MaintenanceWindows(windows=()),
    Command.MARK_FALSE_ALARM: records.incident(),
    Command.LIST_COOL_DOWNS: CoolDowns(cool_downs=()),
    Command.REMOVE_COOL_DOWN: Nothing(),
    Command.LIST_PREFERENCES: Preferences(preferences=()),
    Command.DECIDE_PREFERENCE: records.preference(),
    Command.TAKE_BACK_PREFERENCE: Nothing(),
    Command.WEEKLY_REPORT: records.weekly_document(),
    Command.LIST_SCHEDULES: Schedules(schedules=(BACKUP,)),
    Command.RUN_SCHEDULE: BACKUP,
    Command.SWITCH_SCHEDULE: BACKUP,
    Command.SAVE_SCHEDULE: CheckedSchedule(said="every day, 09:00", schedule=BACKUP),
    Command.REMOVE_SCHEDULE: Nothing(),
    Command.REPORT_DRILL: Nothing(),
    Command.RUN_RESTORE_DRILL: RestoreReport(days=30),
    Command.RUN_DOCTOR: DoctorReport(at=datetime(2026, 11, 20, tzinfo=UTC), versions=VERSIONS),
    Command.GET_VERSIONS: VERSIONS,
    Command.ACCEPT_FOREIGN_TOOL: ForeignToolsReport(),
    Command.DRILL_TARGETS: TargetDrill(approval_id="a"),
}


@dataclass
class Instances:
    services: dict[str, AnyService] = field(default_factory=dict)
    is_started: bool = True

    def parse_webhook(
        self, instance_id: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[IncomingAlert, ...] | None:
        source = self.services[instance_id].alerts if instance_id in self.services else None
        if source is None or source.parse is None:
            return None
        delivery = Delivery(headers=headers, body=body, received_at=NOW)
        if source.verify is not None:
            source.verify(delivery, {"secret": "the shared secret"})
        return source.parse(delivery)

    def signs_webhooks(self, instance_id: str) -> bool:
        return instance_id in self.services and self.services[instance_id].hook is not None

    def take_change(self, instance_id: str, headers: Mapping[str, str], body: bytes) -> bool:
        hook = self.services[instance_id].hook
        assert hook is not None
        delivery = Delivery(headers=headers, body=body, received_at=NOW)
        hook.verify(delivery, {"secret": "the shared secret"})
        return hook.is_change(delivery)


class ApiRig:
    """A test changes the attributes before it enters the context."""

    def __init__(self, listen: Listen = Listen(host="127.0.0.1", port=0)) -> None:  # noqa: B008 - frozen
        self.listen = listen
        self.changes = Changes(SystemClock())
        self.redactor = Redactor()
        self.home = HomeConnections(self.redactor.clean)
        self.metrics = Metrics(CollectorRegistry())
        self.limits = Limits()
        self.instances = Instances({"mon": service(AlertSource(parse=bytes_parse)), "radarr": service(None)})
        self.stored: list[tuple[str, tuple[IncomingAlert, ...]]] = []
        self.asked: list[tuple[Command, Message]] = []
        self.is_waiting = asyncio.Event()
        self.answer_ended = asyncio.Event()
        self.behave: dict[Command, Callable[[Any], Awaitable[Message]]] = {}
        self.telegram: TelegramWebhook | None = None
        self.front_ends: tuple[FrontEndStatus, ...] = ()
        self.refused: list[tuple[str, str, Mapping[str, object]]] = []
        self.while_reading: Callable[[], Awaitable[None]] | None = None
        self.page: AppPage | None = None
        self.problem: Exception | None = None
        self.is_database_stalled = False
        self.is_read = asyncio.Event()
        self.is_read.set()
        self.waits_for_readings = asyncio.Event()
        self.states_read = 0

    async def __aenter__(self) -> Self:
        listener = open_listener(self.listen)
        self.server = ApiServer(build_api(self._parts()), listener, self.limits)
        self.port = listener.port
        await self.server.start()
        self.url = f"http://127.0.0.1:{self.port}"
        self.session = aiohttp.ClientSession()
        self.clients: list[FrameClient] = []
        return self

    async def __aexit__(self, *_error: object) -> None:
        for client in self.clients:
            await client.socket.close()
        await self.session.close()
        await self.server.close()

    async def connect(self, headers: dict[str, str] | None = None) -> FrameClient:
        """Return a connected client that has received the hello."""
        headers = BEARER if headers is None else headers
        socket = await self.session.ws_connect(self.url + WEBSOCKET_PATH, headers=headers, max_msg_size=0)
        client = FrameClient(socket)
        self.clients.append(client)
        client.hello = Hello.from_plain((await client.frame()).body)
        return client

    async def subscribe(self) -> FrameClient:
        """Return a client that has received the initial state."""
        client = await self.connect()
        await client.send(FrameKind.SUBSCRIBE)
        assert (await client.frame()).kind is FrameKind.INITIAL_STATE
        return client

    def publish_snapshot(self, number: int, filling: str = "") -> None:
        self.changes.publish(RowKind.SNAPSHOT, "radarr", snapshot(number, filling))

    async def scrape(self, is_open: bool) -> bytes:  # noqa: FBT001 - the port has one argument
        return self.metrics.text(is_open=is_open)

    async def details(self) -> dict[str, object]:
        return {"ok": True}

    async def first_read(self) -> None:
        self.waits_for_readings.set()
        await self.is_read.wait()

    async def initial(self, sequence: int) -> InitialState:
        self.states_read += 1
        if self.while_reading is not None:
            await self.while_reading()
        return InitialState(
            sequence=sequence,
            catalogue=Catalogue(digest="d", services=()),
            instances=(instance(),),
            snapshots=(),
            incidents=(),
            approvals=(),
            statistics=(),
            people=(),
        )

    async def check(self) -> None:
        if self.is_database_stalled:
            await asyncio.Event().wait()
        if self.problem is not None:
            raise self.problem

    async def accept(self, instance_id: str, alerts: tuple[IncomingAlert, ...]) -> None:
        if self.problem is not None:
            raise self.problem
        self.stored.append((instance_id, alerts))

    async def answer_question(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        """Yield each word of the question; “fail” raises, “wait” never returns."""
        try:
            for word in question.text.split():
                if word == "fail":
                    raise ContractError(ErrorCode.UNAVAILABLE, "No model is available")
                if word == "wait":
                    self.is_waiting.set()
                    await asyncio.Event().wait()
                yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.TEXT, text=word)
            yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.END)
        finally:
            self.answer_ended.set()

    async def audit_refusal(self, event: str, who: str, body: Mapping[str, object]) -> None:
        self.refused.append((event, who, body))

    def _parts(self) -> ApiParts:
        def carry_out(command: Command) -> Callable[[Any], Awaitable[Any]]:
            async def run(request: Message) -> Message:
                self.asked.append((command, request))
                if command in self.behave:
                    return await self.behave[command](request)
                return ANSWERS[command]

            return run

        return ApiParts(
            app_id="app-1",
            app_version="0.1.0",
            api_token=API_TOKEN,
            monitor_token=MONITOR_TOKEN,
            changes=self.changes,
            database=self,
            instances=self.instances,
            queries=self,
            commands=Commands(
                self.answer_question,
                (
                    Handler(command, messages.request, carry_out(command))
                    for command, messages in MESSAGES.items()
                    if command is not Command.ASK
                ),
            ),
            accept=self.accept,
            metrics=self.metrics,
            scrape=self.scrape,
            details=self.details,
            redactor=self.redactor,
            home=self.home,
            allows_origin=SourceRules((), Origins(["https://panel.example"]), TrustedProxies()).allows_origin,
            telegram=self.telegram,
            front_ends=lambda: self.front_ends,
            audit_refusal=self.audit_refusal,
            first_read=self.first_read,
            page=self.page,
            limits=self.limits,
        )


class FrameClient:
    """A websocket client that sends and receives frames."""

    hello: Hello

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(
        self,
        kind: FrameKind,
        body: dict[str, Any] | None = None,
        number: int | None = None,
        command: str | None = None,
    ) -> None:
        frame = {"kind": kind, "id": number, "command": command, "body": body or {}}
        await self.socket.send_bytes(orjson.dumps(frame))

    async def frame(self) -> Frame:
        message = await self.socket.receive(timeout=HANGING)
        assert message.type in {aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT}, message
        return Frame.from_json(message.data)

    async def ask(self, command: str, body: dict[str, Any], number: int = 7) -> Frame:
        await self.send(FrameKind.COMMAND, body, number, command)
        answer = await self.frame()
        assert answer.id == number
        return answer

    async def close_code(self) -> int | None:
        """Read until the app closes the connection, and return the close code."""
        while True:
            message = await self.socket.receive(timeout=HANGING)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data)
            if message.type not in {aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT}:
                return None
