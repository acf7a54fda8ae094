"""The front end with a real store, a fake gate and a Telegram simulator on loopback."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.commands import AddComment, Confirmation, Decide, IncidentQuery, Incidents
from homelab_steward.contract.devices import MatchDecision
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Verb,
)
from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    MaintenanceWindows,
    RemoveMaintenance,
)
from homelab_steward.contract.mode import Pause, SetPause, StewardMode
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.reports import WeeklyDocument, WeeklyQuery
from homelab_steward.contract.state import NO_PIN, Instance, Person, Role
from lab.faults import Fault, FaultKind, Faults
from lab.telegram import Forum, Message, TelegramSimulator
from lab.world import World
from steward.reports.text import document
from steward.store import approvals, incidents
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.schema import metadata
from steward.telegram.front_end import Ports, TelegramFrontEnd
from steward.telegram.ports import StewardCommands
from steward.telegram.press_handler import DecisionPort
from steward.telegram.settings import Limits, Mode, TelegramSettings
from steward.texts import texts_of
from steward.trends.courses import Trends

from .samples import NOON, incident, request, weekly_report

KEY: Final = bytes(range(32))
FAST: Final = Limits(
    per_second=1_000.0, burst=1_000, per_minute=100_000, cards_per_minute=100_000, topics_per_minute=100_000
)
SECRET: Final = "webhook-secret"

STATUS: Final = {
    Verb.APPROVE: ApprovalStatus.APPROVED,
    Verb.REJECT: ApprovalStatus.REJECTED,
    Verb.IGNORE: ApprovalStatus.IGNORED,
}


class FastClock:
    """A clock that runs ``speed`` times as fast as real time, and stands still at speed 0."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.slept: list[float] = []
        self._passed, self._began = 0.0, time.monotonic()
        self._changed = asyncio.Event()

    def run_at(self, speed: float) -> None:
        """Change the speed, also for those who sleep."""
        self._passed, self._began = self.monotonic(), time.monotonic()
        self.speed = speed
        self._changed.set()
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return self._passed + (time.monotonic() - self._began) * self.speed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left / self.speed if self.speed else None):
                    await self._changed.wait()


class FakeCommands:
    """Commands that keep what they got. ``pieces`` are the answer to a question, ``gate`` holds it up."""

    def __init__(self, rig: TelegramRig) -> None:
        self._rig = rig
        self.questions: list[ChatQuestion] = []
        self.pieces: list[str] = ["It is full."]
        self.expects_reply = False
        self.gate: asyncio.Event | None = None
        self.state = StewardMode()
        self.windows: list[MaintenanceWindow] = []
        self.reports: list[WeeklyQuery] = []
        self.report = weekly_report()
        self.failure: Exception | None = None

    def port(self) -> StewardCommands:
        return StewardCommands(
            ask=self.ask,
            mode=self.mode,
            set_pause=self.set_pause,
            add_maintenance=self.add_maintenance,
            remove_maintenance=self.remove_maintenance,
            list_maintenance=self.list_maintenance,
            weekly=self.weekly,
        )

    async def ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        self.questions.append(question)
        for text in self.pieces:
            yield ChatPiece(conversation_id="c", kind=ChatPieceKind.TEXT, text=text)
            if self.gate is not None:
                await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        yield ChatPiece(conversation_id="c", kind=ChatPieceKind.END, expects_reply=self.expects_reply)

    async def mode(self) -> StewardMode:
        return self.state

    async def set_pause(self, request: SetPause) -> StewardMode:
        self._check()
        who = self._rig.people[int(request.speaker.user_id)]
        pause = None
        if request.scope is not None:
            pause = Pause(
                scope=request.scope,
                person_id=who.id,
                person_name=who.name,
                via=request.speaker.front_end,
                at=self._rig.clock.now(),
            )
        self.state = StewardMode(pause=pause)
        return self.state

    async def add_maintenance(self, request: AddMaintenance) -> MaintenanceWindow:
        self._check()
        window = MaintenanceWindow(
            id=f"w{len(self.windows)}",
            title=request.title,
            person_id="alex",
            person_name="Alex",
            via=request.speaker.front_end,
            added_at=self._rig.clock.now(),
            instance_ids=request.instance_ids,
            once=request.once,
            current=request.once,
        )
        self.windows.append(window)
        return window

    async def remove_maintenance(self, request: RemoveMaintenance) -> Nothing:
        self._check()
        assert request.only_current
        self.windows = [one for one in self.windows if one.id != request.id]
        return Nothing()

    async def list_maintenance(self, query: MaintenanceQuery) -> MaintenanceWindows:
        assert query.since is not None
        return MaintenanceWindows(windows=tuple(self.windows))

    async def weekly(self, query: WeeklyQuery) -> WeeklyDocument:
        self._check()
        self.reports.append(query)
        return document(self.report, texts_of(query.language))

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


class TelegramRig:
    """The parts around the front end. Requests are in the store, incidents in memory."""

    def __init__(self, database: Database, clock: FastClock, telegram: TelegramSimulator) -> None:
        self.database = database
        self.clock = clock
        self.telegram = telegram
        self.changes = Changes(clock)
        self.people = {
            1001: Person(id="alex", name="Alex", role=Role.OWNER, telegram_user_id=1001, has_pin=True),
            1002: Person(id="sam", name="Sam", role=Role.MEMBER, telegram_user_id=1002),
        }
        self.pins = {1001: "90817263"}
        self.incidents: dict[str, Incident] = {}
        self.updates: list[Change] = []
        self.audited: list[tuple[str, Mapping[str, str]]] = []
        self.commands: list[Decide] = []
        self.comments: list[AddComment] = []
        self.false_alarms: list[MarkFalseAlarm] = []
        self.matches: list[MatchDecision] = []
        self.steward = FakeCommands(self)
        self.services: tuple[Instance, ...] = ()
        self.refusals: list[ErrorCode] = []
        self.effects: list[str] = []
        self.sent_at: list[float] = []
        self.failure: Exception | None = None
        telegram.forum.changes.subscribe(self._note_messages)
        self.is_store_down = False

    @property
    def forum(self) -> Forum:
        return self.telegram.forum

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.audited]

    def ports(self, trends: Trends) -> Ports:
        decisions = DecisionPort(
            decide=self.decide,
            person=self.person,
            audit=self.audit,
            comment=self.comment,
            false_alarm=self.false_alarm,
            match=self.match,
        )
        return Ports(decisions=decisions, steward=self.steward.port(), read=self, trends=trends)

    # -- ports of the front end --------------------------------------------------------------

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        self._check()
        async with self.database.read() as connection:
            return await approvals.request(connection, approval_id)

    async def incident(self, incident_id: str) -> Incident | None:
        self._check()
        return self.incidents.get(incident_id)

    async def incident_with_requests(
        self, connection: AsyncConnection, incident_id: str, approval_ids: Collection[str]
    ) -> tuple[Incident | None, tuple[ApprovalRequest, ...]]:
        self._check()
        found = self.incidents.get(incident_id)
        own = {found.approval_id} if found is not None and found.approval_id is not None else set()
        return found, await approvals.requests(connection, own | set(approval_ids))

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        self._check()
        async with self.database.read() as connection:
            return await approvals.requests_in(connection, ApprovalStatus.PENDING)

    async def updates_of(self, approval_id: str) -> tuple[Change, ...]:
        self._check()
        return tuple(one for one in self.updates if one.approval_id == approval_id)

    async def mode(self) -> StewardMode:
        self._check()
        return self.steward.state

    async def unsolved(self) -> tuple[Incident, ...]:
        self._check()
        return tuple(one for one in self.incidents.values() if one.status is IncidentStatus.UNSOLVED)

    async def person(self, user_id: int) -> Person | None:
        self._check()
        return self.people.get(user_id)

    async def audit(self, event: str, details: Mapping[str, str]) -> None:
        self._check()
        self.audited.append((event, details))

    async def comment(self, request: AddComment) -> Incident:
        self.comments.append(request)
        return self.incidents[request.incident_id]

    async def false_alarm(self, request: MarkFalseAlarm) -> Incident:
        self.false_alarms.append(request)
        return self.incidents[request.incident_id]

    async def match(self, decision: MatchDecision) -> Nothing:
        self.matches.append(decision)
        return Nothing()

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        return Incidents(incidents=tuple(self.incidents.values())[: query.limit])

    def instances(self) -> tuple[Instance, ...]:
        return self.services

    async def decide(self, command: Decide) -> ApprovalRequest:
        """Compare and swap on the stored row; count the effect of an accepted decision."""
        self.commands.append(command)
        if self.failure is not None:
            raise self.failure
        person = self.people.get(int(command.speaker.user_id))
        if person is None:
            raise self._refusal(ErrorCode.FORBIDDEN, "You are not a known person.")
        if person.role is Role.GUEST:
            raise self._refusal(ErrorCode.FORBIDDEN, "Only members decide.")
        before = await self.approval(command.approval_id)
        assert before is not None
        self._check_pin(person, before, command)
        if command.verb is Verb.SNOOZE:
            assert command.until is not None
            return await self._snooze(before, command.until)
        decision = Decision(
            verb=command.verb,
            person_id=person.id,
            person_name=person.name,
            via=command.speaker.front_end,
            at=self.clock.now(),
            option=command.option,
            label=self._label(before, command.option),
        )
        async with self.database.write(durable=True) as connection:
            is_won = await approvals.decide(
                connection, command.approval_id, STATUS[command.verb], decision, command.plan_hash
            )
        after = await self.approval(command.approval_id)
        assert after is not None
        if not is_won:
            raise self._refusal(self._why(after, command), "Not accepted.")
        self.effects.append(f"{after.id} {command.verb} {command.option}")
        self.changes.publish(RowKind.APPROVAL, after.id, after)
        return after

    # -- changes of incidents and requests ---------------------------------------------------

    async def ask(self, name: str = "a1", **changes: object) -> ApprovalRequest:
        """Store and publish a new request."""
        asked = request(name, **changes)  # type: ignore[arg-type]
        now = self.clock.now()
        asked = replace(asked, created_at=now, expires_at=now + (asked.expires_at - asked.created_at))
        await self.store(asked)
        self.incidents[asked.incident_id] = incident(asked)
        self.changes.publish(RowKind.APPROVAL, asked.id, asked)
        self.changes.publish(RowKind.INCIDENT, asked.incident_id, self.incidents[asked.incident_id])
        return asked

    async def store(self, asked: ApprovalRequest) -> None:
        async with self.database.write() as connection:
            if await incidents.incident(connection, asked.incident_id) is None:
                number = await incidents.next_number(connection)
                await incidents.save_incident(connection, incident(asked, number=number))
            await approvals.add(connection, asked)

    async def end(self, asked: ApprovalRequest, status: ApprovalStatus) -> None:
        """Close a request without a decision."""
        async with self.database.write() as connection:
            assert await approvals.close(connection, asked.id, status, self.clock.now())
        after = await self.approval(asked.id)
        self.changes.publish(RowKind.APPROVAL, asked.id, after)

    async def remind(self, asked: ApprovalRequest) -> None:
        async with self.database.write() as connection:
            await approvals.count_reminder(connection, asked.id, asked.reminders)
        self.changes.publish(RowKind.APPROVAL, asked.id, await self.approval(asked.id))

    def publish(self, about: Incident) -> None:
        """Publish a changed incident."""
        self.incidents[about.id] = about
        self.changes.publish(RowKind.INCIDENT, about.id, about)

    # -- messages ----------------------------------------------------------------------------

    async def card(self, topic: str = "Media", number: int = 0) -> Message:
        """Wait for a message of a topic."""

        def found() -> Message | None:
            names = [one.name for one in self.forum.topics]
            there = self.forum.in_topic(topic) if topic in (*names, "General") else []
            return there[number] if len(there) > number else None

        message = await self.forum.wait_for(found)
        assert message is not None
        return message

    async def text(self, message: Message, text: str) -> Message:
        """Wait until a message contains ``text``."""
        return (
            await self.forum.wait_for(
                lambda: (
                    self.forum.message(message.message_id)
                    if text in self.forum.message(message.message_id).text
                    else None
                )
            )
            or message
        )

    def fault(self, kind: FaultKind, path: str = "", **more: object) -> int:
        fault = Fault(service="telegram", kind=kind, path_prefix=path, **more)  # type: ignore[arg-type]
        return self.telegram.faults.arm(fault)

    def _note_messages(self) -> None:
        """Store the arrival time of each message of the bot."""
        while len(self.sent_at) < len(self.forum.messages):
            self.sent_at.append(self.clock.monotonic())

    def _check(self) -> None:
        if self.is_store_down:
            raise OSError("the store is down")

    def _refusal(self, code: ErrorCode, message: str) -> ContractError:
        """Count a refusal of the gate, which the real gate audits."""
        self.refusals.append(code)
        return ContractError(code, message)

    async def _snooze(self, before: ApprovalRequest, until: datetime) -> ApprovalRequest:
        now = self.clock.now()
        if until > now + timedelta(days=7):
            message = "A request can be snoozed for at most 7 days."
            raise self._refusal(ErrorCode.INVALID_ARGUMENT, message)
        async with self.database.write() as connection:
            await approvals.snooze(connection, before.id, now, until, until + timedelta(hours=1))
        after = await self.approval(before.id)
        assert after is not None
        self.changes.publish(RowKind.APPROVAL, after.id, after)
        return after

    def _check_pin(self, person: Person, before: ApprovalRequest, command: Decide) -> None:
        """Refuse a high risk without the right PIN."""
        chosen = before.proposal.option(command.option) if command.option is not None else None
        if chosen is None or chosen.risk is not Risk.HIGH:
            return
        if command.confirmation is not Confirmation.PIN:
            raise self._refusal(ErrorCode.PIN_NEEDED, "Send your PIN." if person.has_pin else NO_PIN)
        if command.pin != self.pins.get(int(command.speaker.user_id)):
            raise self._refusal(ErrorCode.PIN_NEEDED, "The PIN is wrong.")

    def _why(self, after: ApprovalRequest, command: Decide) -> ErrorCode:
        if after.status is not ApprovalStatus.PENDING:
            return ErrorCode.ALREADY_DECIDED
        chosen = after.proposal.option(command.option) if command.option is not None else None
        if chosen is not None and chosen.plan_hash != command.plan_hash:
            return ErrorCode.PLAN_CHANGED
        return ErrorCode.EXPIRED

    def _label(self, before: ApprovalRequest, number: int | None) -> str:
        chosen = before.proposal.option(number) if number is not None else None
        return chosen.label if chosen is not None else ""


@asynccontextmanager
async def open_rig(
    path: Path, *, speed: float = 1.0, messages_per_minute: int | None = None
) -> AsyncIterator[TelegramRig]:
    """Return a Telegram simulator with a store, without a front end."""
    world, faults = World(), Faults()
    telegram = TelegramSimulator(world, faults, messages_per_minute=messages_per_minute)
    await telegram.start()
    database = Database(f"sqlite+aiosqlite:///{path / 'steward.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield TelegramRig(database, FastClock(speed), telegram)
    finally:
        await database.close()
        await telegram.close()


@asynccontextmanager
async def open_front_end(
    of: TelegramRig, *, limits: Limits = FAST, mode: Mode = Mode.POLLING, **changes: object
) -> AsyncIterator[TelegramFrontEnd]:
    """Start a front end in the rig."""
    settings = TelegramSettings(
        token=of.telegram.token,
        chat_id=of.telegram.chat_id,
        signing_key=KEY,
        mode=mode,
        webhook_url="http://127.0.0.1:9/telegram" if mode is Mode.WEBHOOK else "",
        webhook_secret=SECRET if mode is Mode.WEBHOOK else "",
        api_base=of.telegram.url,
        limits=limits,
        own_topic_after=None,
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    assert settings.chat_id is not None
    trends = Trends(settings.catalogue, of.instances)
    trends.start(of.changes)
    made = TelegramFrontEnd(settings, settings.chat_id, of.database, of.changes, of.clock, of.ports(trends))
    await made.start()
    try:
        yield made
    finally:
        await made.close()
        await trends.close()
