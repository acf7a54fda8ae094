"""Commands of front ends: one typed function for each, run to its end even when the front end disconnects."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from homelab_steward.contract.autonomy import LevelQuery, SetLevel
from homelab_steward.contract.base import Message
from homelab_steward.contract.changes import Change, ChangeCommand, ChangeQuery
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.commands import (
    ActionRequested,
    AddComment,
    Decide,
    ExpectOff,
    IncidentQuery,
    Incidents,
    InstanceId,
    PersonId,
    Reading,
    ReadTool,
    ReportRefusal,
    RequestAction,
    RunRunbook,
    SaveInstance,
    SavePerson,
    SendNote,
)
from homelab_steward.contract.devices import DevicesQuery, MatchDecision
from homelab_steward.contract.doctor import DoctorReport, RunDoctor, Versions
from homelab_steward.contract.drill import DrillTargets, ReportDrill, TargetDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import (
    CoolDownQuery,
    CoolDowns,
    MarkFalseAlarm,
    RemoveCoolDown,
)
from homelab_steward.contract.fences import AddFence, AnswerFenceOffers, RemoveFence
from homelab_steward.contract.foreign_tools import AcceptForeignTool, ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    MaintenanceWindows,
    RemoveMaintenance,
)
from homelab_steward.contract.mode import SetElevation, SetPause, SetVerbose, StewardMode
from homelab_steward.contract.model_tasks import TASK_SECONDS, GenerateData, GeneratedData
from homelab_steward.contract.preferences import (
    DecidePreference,
    Preference,
    PreferenceQuery,
    Preferences,
    TakeBackPreference,
)
from homelab_steward.contract.protocol import MAX_MESSAGE_BYTES, Command, Frame, FrameKind, Nothing
from homelab_steward.contract.records import (
    AuditQuery,
    IncidentId,
    IncidentRecord,
    LastPolls,
    LedgerQuery,
    ModelsQuery,
    NamesQuery,
    RunbookId,
    SaveRunbook,
    SearchQuery,
    SearchResult,
    TrendPicture,
)
from homelab_steward.contract.released_text import (
    ReleasedText,
    ReleasedTexts,
    ReleaseText,
    ReleaseTexts,
)
from homelab_steward.contract.reports import WeeklyDocument, WeeklyQuery
from homelab_steward.contract.restore_drill import RestoreReport, RunRestoreDrill
from homelab_steward.contract.schedules import (
    CheckedSchedule,
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    Schedule,
    ScheduleQuery,
    Schedules,
    SwitchSchedule,
)
from homelab_steward.contract.state import FrontEnd, Instance, Person, Speaker
from homelab_steward.contract.target_names import Aliases, AliasQuery, ChangeAlias, HomePlaces

from .error_frames import ErrorFrames, SpeakerRefused
from .frames import encode
from .ports import ChangePort, DevicePort, LevelPort, RecordPort

COMMAND_TIMEOUT: Final = 60.0
GENERATE_TIMEOUT: Final = TASK_SECONDS + 10
CONVERSATION_TIMEOUT: Final = 300.0
CLOSE_TIMEOUT: Final = 5.0

REMOTE_FRONT_ENDS: Final = frozenset({FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL, FrontEnd.ASSIST, FrontEnd.MCP})
"""Front ends whose users may send commands by websocket; Telegram calls the gate directly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The functions behind the commands; each may raise ContractError or StewardError."""

    decide: Callable[[Decide], Awaitable[ApprovalRequest]]
    request_action: Callable[[RequestAction], Awaitable[ActionRequested]]
    run_runbook: Callable[[RunRunbook], Awaitable[ApprovalRequest]]
    read_tool: Callable[[ReadTool], Awaitable[Reading]]
    report_refusal: Callable[[ReportRefusal], Awaitable[Nothing]]
    expect_off: Callable[[ExpectOff], Awaitable[Nothing]]
    report_places: Callable[[HomePlaces], Awaitable[Nothing]]
    list_aliases: Callable[[AliasQuery], Awaitable[Aliases]]
    add_alias: Callable[[ChangeAlias], Awaitable[Aliases]]
    remove_alias: Callable[[ChangeAlias], Awaitable[Aliases]]
    comment: Callable[[AddComment], Awaitable[Incident]]
    send_note: Callable[[SendNote], Awaitable[Nothing]]
    save_instance: Callable[[SaveInstance], Awaitable[Instance]]
    remove_instance: Callable[[InstanceId], Awaitable[Nothing]]
    poll_instance: Callable[[InstanceId], Awaitable[Nothing]]
    save_person: Callable[[SavePerson], Awaitable[Person]]
    remove_person: Callable[[PersonId], Awaitable[Nothing]]
    list_incidents: Callable[[IncidentQuery], Awaitable[Incidents]]
    doctor: Callable[[RunDoctor], Awaitable[DoctorReport]]
    versions: Callable[[Nothing], Awaitable[Versions]]
    last_polls: Callable[[Nothing], Awaitable[LastPolls]]
    get_incident: Callable[[IncidentId], Awaitable[IncidentRecord]]
    trend: Callable[[IncidentId], Awaitable[TrendPicture]]
    records: RecordPort
    levels: LevelPort
    devices: DevicePort
    search: Callable[[SearchQuery], Awaitable[SearchResult]]
    release_text: Callable[[ReleaseText], Awaitable[ReleasedText]]
    release_texts: Callable[[ReleaseTexts], Awaitable[ReleasedTexts]]
    generate_data: Callable[[GenerateData], Awaitable[GeneratedData]]
    set_pause: Callable[[SetPause], Awaitable[StewardMode]]
    set_verbose: Callable[[SetVerbose], Awaitable[StewardMode]]
    set_elevation: Callable[[SetElevation], Awaitable[StewardMode]]
    add_fence: Callable[[AddFence], Awaitable[StewardMode]]
    remove_fence: Callable[[RemoveFence], Awaitable[StewardMode]]
    answer_fence_offers: Callable[[AnswerFenceOffers], Awaitable[StewardMode]]
    add_maintenance: Callable[[AddMaintenance], Awaitable[MaintenanceWindow]]
    remove_maintenance: Callable[[RemoveMaintenance], Awaitable[Nothing]]
    list_maintenance: Callable[[MaintenanceQuery], Awaitable[MaintenanceWindows]]
    mark_false_alarm: Callable[[MarkFalseAlarm], Awaitable[Incident]]
    list_cool_downs: Callable[[CoolDownQuery], Awaitable[CoolDowns]]
    remove_cool_down: Callable[[RemoveCoolDown], Awaitable[Nothing]]
    list_preferences: Callable[[PreferenceQuery], Awaitable[Preferences]]
    decide_preference: Callable[[DecidePreference], Awaitable[Preference]]
    take_back_preference: Callable[[TakeBackPreference], Awaitable[Nothing]]
    weekly_report: Callable[[WeeklyQuery], Awaitable[WeeklyDocument]]
    schedules: Callable[[ScheduleQuery], Awaitable[Schedules]]
    run_schedule: Callable[[RunSchedule], Awaitable[Schedule]]
    switch_schedule: Callable[[SwitchSchedule], Awaitable[Schedule]]
    save_schedule: Callable[[SaveSchedule], Awaitable[CheckedSchedule]]
    remove_schedule: Callable[[RemoveSchedule], Awaitable[Nothing]]
    changes: ChangePort
    report_drill: Callable[[ReportDrill], Awaitable[Nothing]]
    run_restore_drill: Callable[[RunRestoreDrill], Awaitable[RestoreReport]]
    drill_targets: Callable[[DrillTargets], Awaitable[TargetDrill]]
    accept_foreign_tool: Callable[[AcceptForeignTool], Awaitable[ForeignToolsReport]]
    ask: Callable[[ChatQuestion], AsyncGenerator[ChatPiece]]

    async def run(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one case and one answer for each command
        self, command: Command, body: Mapping[str, Any], *, is_local: bool
    ) -> Message:
        """Return the answer to ``command``; ``is_local`` is true for a client on this machine.

        Raises MalformedMessage for a wrong body, and ContractError FORBIDDEN when the
        speaker's front end may not use the websocket.
        """
        match command:
            case Command.DECIDE:
                decide = _spoken(Decide.from_plain(body), is_local=is_local)
                return await self.decide(decide)
            case Command.REQUEST_ACTION:
                request = _spoken(RequestAction.from_plain(body), is_local=is_local)
                return await self.request_action(request)
            case Command.RUN_RUNBOOK:
                wanted = _spoken(RunRunbook.from_plain(body), is_local=is_local)
                return await self.run_runbook(wanted)
            case Command.READ_TOOL:
                question = ReadTool.from_plain(body)
                if question.speaker is not None:
                    _check_speaker(question.speaker, is_local=is_local)
                return await self.read_tool(question)
            case Command.REPORT_REFUSAL:
                refusal = _spoken(ReportRefusal.from_plain(body), is_local=is_local)
                return await self.report_refusal(refusal)
            case Command.EXPECT_OFF:
                expectation = _spoken(ExpectOff.from_plain(body), is_local=is_local)
                return await self.expect_off(expectation)
            case Command.REPORT_PLACES:
                return await self.report_places(HomePlaces.from_plain(body))
            case Command.LIST_ALIASES:
                return await self.list_aliases(AliasQuery.from_plain(body))
            case Command.ADD_ALIAS | Command.REMOVE_ALIAS:
                alias = _spoken(ChangeAlias.from_plain(body), is_local=is_local)
                change = self.add_alias if command is Command.ADD_ALIAS else self.remove_alias
                return await change(alias)
            case Command.COMMENT:
                comment = _spoken(AddComment.from_plain(body), is_local=is_local)
                return await self.comment(comment)
            case Command.SEND_NOTE:
                note = _spoken(SendNote.from_plain(body), is_local=is_local)
                return await self.send_note(note)
            case Command.SAVE_INSTANCE:
                return await self.save_instance(SaveInstance.from_plain(body))
            case Command.REMOVE_INSTANCE:
                return await self.remove_instance(InstanceId.from_plain(body))
            case Command.POLL_INSTANCE:
                return await self.poll_instance(InstanceId.from_plain(body))
            case Command.SAVE_PERSON:
                return await self.save_person(SavePerson.from_plain(body))
            case Command.REMOVE_PERSON:
                return await self.remove_person(PersonId.from_plain(body))
            case Command.LIST_INCIDENTS:
                return await self.list_incidents(IncidentQuery.from_plain(body))
            case Command.GET_INCIDENT:
                return await self.get_incident(IncidentId.from_plain(body))
            case Command.GET_TREND:
                return await self.trend(IncidentId.from_plain(body))
            case Command.LIST_CHANGES:
                return await self.changes.list(ChangeQuery.from_plain(body))
            case Command.ASK_CHANGE | Command.DEFER_CHANGE | Command.REJECT_CHANGE | Command.OFFER_CHANGE:
                about = _spoken(ChangeCommand.from_plain(body), is_local=is_local)
                return await self._change(command, about)
            case Command.RUN_DOCTOR:
                return await self.doctor(RunDoctor.from_plain(body))
            case Command.GET_VERSIONS:
                return await self.versions(Nothing.from_plain(body))
            case Command.LIST_POLLS:
                return await self.last_polls(Nothing.from_plain(body))
            case Command.VIEW_DEVICES:
                return await self.devices.view(DevicesQuery.from_plain(body))
            case Command.MATCH_DEVICES:
                _check_speaker((match := MatchDecision.from_plain(body)).speaker, is_local=is_local)
                return await self.devices.decide(match)
            case Command.LIST_RUNBOOKS:
                return await self.records.runbooks(Nothing.from_plain(body))
            case Command.LIST_LEVELS:
                return await self.levels.levels(LevelQuery.from_plain(body))
            case Command.SET_LEVEL:
                level = SetLevel.from_plain(body)
                _check_speaker(level.speaker, is_local=is_local)
                return await self.levels.set_level(level)
            case Command.LIST_NAMES:
                return await self.records.names(NamesQuery.from_plain(body))
            case Command.GET_RUNBOOK:
                return await self.records.runbook(RunbookId.from_plain(body))
            case Command.SAVE_RUNBOOK:
                runbook = _spoken(SaveRunbook.from_plain(body), is_local=is_local)
                return await self.records.save_runbook(runbook)
            case Command.SEARCH:
                return await self.search(SearchQuery.from_plain(body))
            case Command.LIST_MODELS:
                return await self.records.models(ModelsQuery.from_plain(body))
            case Command.LIST_LEDGER:
                return await self.records.ledger(LedgerQuery.from_plain(body))
            case Command.GENERATE_DATA:
                return await self.generate_data(GenerateData.from_plain(body))
            case Command.RELEASE_TEXT:
                return await self.release_text(ReleaseText.from_plain(body))
            case Command.RELEASE_TEXTS:
                return await self.release_texts(ReleaseTexts.from_plain(body))
            case Command.LIST_AUDIT:
                return await self.records.audit(AuditQuery.from_plain(body))
            case Command.VERIFY_AUDIT:
                return await self.records.verify_audit(Nothing.from_plain(body))
            case Command.SET_PAUSE:
                pause = _spoken(SetPause.from_plain(body), is_local=is_local)
                return await self.set_pause(pause)
            case Command.SET_VERBOSE:
                verbose = _spoken(SetVerbose.from_plain(body), is_local=is_local)
                return await self.set_verbose(verbose)
            case Command.SET_ELEVATION:
                elevation = _spoken(SetElevation.from_plain(body), is_local=is_local)
                return await self.set_elevation(elevation)
            case Command.ADD_FENCE:
                return await self.add_fence(_spoken(AddFence.from_plain(body), is_local=is_local))
            case Command.REMOVE_FENCE:
                return await self.remove_fence(_spoken(RemoveFence.from_plain(body), is_local=is_local))
            case Command.ANSWER_FENCE_OFFERS:
                answer = _spoken(AnswerFenceOffers.from_plain(body), is_local=is_local)
                return await self.answer_fence_offers(answer)
            case Command.ADD_MAINTENANCE:
                window = _spoken(AddMaintenance.from_plain(body), is_local=is_local)
                return await self.add_maintenance(window)
            case Command.REMOVE_MAINTENANCE:
                removal = _spoken(RemoveMaintenance.from_plain(body), is_local=is_local)
                return await self.remove_maintenance(removal)
            case Command.LIST_MAINTENANCE:
                return await self.list_maintenance(MaintenanceQuery.from_plain(body))
            case Command.MARK_FALSE_ALARM:
                marked = _spoken(MarkFalseAlarm.from_plain(body), is_local=is_local)
                return await self.mark_false_alarm(marked)
            case Command.LIST_COOL_DOWNS:
                return await self.list_cool_downs(CoolDownQuery.from_plain(body))
            case Command.REMOVE_COOL_DOWN:
                removed_one = _spoken(RemoveCoolDown.from_plain(body), is_local=is_local)
                return await self.remove_cool_down(removed_one)
            case Command.LIST_PREFERENCES:
                return await self.list_preferences(PreferenceQuery.from_plain(body))
            case Command.DECIDE_PREFERENCE:
                choice = _spoken(DecidePreference.from_plain(body), is_local=is_local)
                return await self.decide_preference(choice)
            case Command.TAKE_BACK_PREFERENCE:
                taken_back = _spoken(TakeBackPreference.from_plain(body), is_local=is_local)
                return await self.take_back_preference(taken_back)
            case Command.WEEKLY_REPORT:
                return await self.weekly_report(WeeklyQuery.from_plain(body))
            case Command.LIST_SCHEDULES:
                return await self.schedules(ScheduleQuery.from_plain(body))
            case Command.RUN_SCHEDULE:
                run_now = _spoken(RunSchedule.from_plain(body), is_local=is_local)
                return await self.run_schedule(run_now)
            case Command.SWITCH_SCHEDULE:
                switch = _spoken(SwitchSchedule.from_plain(body), is_local=is_local)
                return await self.switch_schedule(switch)
            case Command.SAVE_SCHEDULE:
                saved = _spoken(SaveSchedule.from_plain(body), is_local=is_local)
                return await self.save_schedule(saved)
            case Command.REMOVE_SCHEDULE:
                removed = _spoken(RemoveSchedule.from_plain(body), is_local=is_local)
                return await self.remove_schedule(removed)
            case Command.REPORT_DRILL:
                drill = ReportDrill.from_plain(body)
                _check_speaker(drill.speaker, is_local=is_local)
                return await self.report_drill(drill)
            case Command.RUN_RESTORE_DRILL:
                restore = RunRestoreDrill.from_plain(body)
                _check_speaker(restore.speaker, is_local=is_local)
                return await self.run_restore_drill(restore)
            case Command.DRILL_TARGETS:
                wanted_drill = DrillTargets.from_plain(body)
                _check_speaker(wanted_drill.speaker, is_local=is_local)
                return await self.drill_targets(wanted_drill)
            case Command.ACCEPT_FOREIGN_TOOL:
                accepted = _spoken(AcceptForeignTool.from_plain(body), is_local=is_local)
                return await self.accept_foreign_tool(accepted)
            case Command.ASK:
                raise ContractError(ErrorCode.MALFORMED, "This command is answered in pieces")

    async def _change(self, command: Command, about: ChangeCommand) -> Change:
        """Return an update after a command of a person about it."""
        match command:
            case Command.ASK_CHANGE:
                return await self.changes.ask(about)
            case Command.DEFER_CHANGE:
                return await self.changes.defer(about)
            case Command.REJECT_CHANGE:
                return await self.changes.reject(about)
            case _:
                return await self.changes.offer_again(about)

    def answer(self, body: Mapping[str, Any], *, is_local: bool) -> AsyncGenerator[ChatPiece]:
        """Return the pieces that answer ``conversation.ask``; raises as :meth:`run` does."""
        question = ChatQuestion.from_plain(body)
        _check_speaker(question.speaker, is_local=is_local)
        return self.ask(question)


class CommandRunner:
    """Running commands of all front ends."""

    def __init__(self, commands: Commands, errors: ErrorFrames) -> None:
        """``errors`` answers what fails."""
        self._commands = commands
        self._errors = errors
        self._running: set[asyncio.Task[bytes]] = set()

    async def answer(self, frame: Frame, *, is_local: bool) -> bytes:
        """Return the answer frame of a command.

        The command continues when the caller is cancelled, because a command that stops
        halfway could leave an inconsistent state.
        """
        task = asyncio.create_task(self._answer(frame, is_local=is_local), name=f"command {frame.command}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def pieces(self, frame: Frame, *, is_local: bool) -> AsyncGenerator[bytes]:
        """Yield the answer frames of ``conversation.ask``: pieces, then a result or an error.

        Closing the generator cancels the answer.
        """
        try:
            async with asyncio.timeout(CONVERSATION_TIMEOUT):
                async with contextlib.aclosing(
                    self._commands.answer(frame.body, is_local=is_local)
                ) as pieces:
                    async for piece in pieces:
                        is_last = piece.kind is ChatPieceKind.END
                        yield encode(FrameKind.RESULT if is_last else FrameKind.PIECE, piece, frame.id)
                        if is_last:
                            return
            raise ContractError(ErrorCode.INTERNAL, "The answer has no end piece")
        except Exception as err:  # noqa: BLE001 - the front end gets every failure
            yield await self._errors.of_command(err, frame)

    async def close(self) -> None:
        """Wait up to ``CLOSE_TIMEOUT`` seconds for running commands, then cancel them."""
        tasks = set(self._running)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, frame: Frame, *, is_local: bool) -> bytes:
        try:
            answer = await self._run(frame, is_local=is_local)
            encoded = encode(FrameKind.RESULT, answer, frame.id)
            if len(encoded) > MAX_MESSAGE_BYTES:
                raise ContractError(ErrorCode.TOO_LARGE, "The answer is too long to send")
        except Exception as err:  # noqa: BLE001 - the front end gets every failure
            return await self._errors.of_command(err, frame)
        return encoded

    async def _run(self, frame: Frame, *, is_local: bool) -> Message:
        try:
            command = Command(frame.command or "")
        except ValueError as err:
            raise ContractError(ErrorCode.UNKNOWN_COMMAND, "This app does not know the command") from err
        is_task = command is Command.GENERATE_DATA
        async with asyncio.timeout(GENERATE_TIMEOUT if is_task else COMMAND_TIMEOUT):
            return await self._commands.run(command, frame.body, is_local=is_local)


class _Spoken(Protocol):
    @property
    def speaker(self) -> Speaker: ...


def _spoken[M: _Spoken](command: M, *, is_local: bool) -> M:
    """Return a command whose speaker may send it."""
    _check_speaker(command.speaker, is_local=is_local)
    return command


def _check_speaker(speaker: Speaker, *, is_local: bool) -> None:
    allowed = REMOTE_FRONT_ENDS | {FrontEnd.COMMAND_LINE} if is_local else REMOTE_FRONT_ENDS
    if speaker.front_end not in allowed:
        raise SpeakerRefused(speaker)
