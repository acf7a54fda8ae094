"""The messages of each command: its request and its answer."""

from dataclasses import dataclass
from typing import Final

from .autonomy import LevelAnswer, LevelQuery, RunbookLevels, SetLevel
from .base import Message
from .changes import Change, ChangeCommand, ChangeQuery, Changes
from .chat import ChatPiece, ChatQuestion
from .commands import (
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
    SaveInstance,
    SavePerson,
    SendNote,
)
from .devices import DevicesQuery, DevicesView, MatchDecision
from .doctor import DoctorReport, RunDoctor, Versions
from .drill import DrillTargets, ReportDrill, TargetDrill
from .false_alarms import CoolDownQuery, CoolDowns, MarkFalseAlarm, RemoveCoolDown
from .fences import AddFence, AnswerFenceOffers, RemoveFence
from .foreign_tools import AcceptForeignTool, ForeignToolsReport
from .incidents import ApprovalRequest, Incident
from .maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    MaintenanceWindows,
    RemoveMaintenance,
)
from .mode import SetElevation, SetPause, SetVerbose, StewardMode
from .model_tasks import GenerateData, GeneratedData
from .preferences import DecidePreference, Preference, PreferenceQuery, Preferences, TakeBackPreference
from .protocol import Command, Nothing
from .records import (
    AuditPage,
    AuditQuery,
    AuditVerification,
    IncidentId,
    IncidentRecord,
    LastPolls,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    Names,
    NamesQuery,
    RunbookId,
    RunbookRecord,
    RunbookRecords,
    RunbookSource,
    SaveRunbook,
    SearchQuery,
    SearchResult,
    TrendPicture,
)
from .released_text import ReleasedText, ReleasedTexts, ReleaseText, ReleaseTexts
from .reports import WeeklyDocument, WeeklyQuery
from .restore_drill import RestoreReport, RunRestoreDrill
from .runbook_runs import RunbookAnswer, RunbookTargets, RunbookTargetsQuery, RunRunbook
from .schedules import (
    CheckedSchedule,
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    Schedule,
    ScheduleQuery,
    Schedules,
    SwitchSchedule,
)
from .state import Instance, Person
from .target_names import Aliases, AliasQuery, ChangeAlias, HomePlaces


@dataclass(frozen=True, slots=True)
class Messages:
    """The request of a command, and its answer; each piece for ``conversation.ask``."""

    request: type[Message]
    answer: type[Message]


MESSAGES: Final[dict[Command, Messages]] = {
    Command.DECIDE: Messages(Decide, ApprovalRequest),
    Command.REPORT_REFUSAL: Messages(ReportRefusal, Nothing),
    Command.REQUEST_ACTION: Messages(RequestAction, ActionRequested),
    Command.RUN_RUNBOOK: Messages(RunRunbook, RunbookAnswer),
    Command.LIST_RUNBOOK_TARGETS: Messages(RunbookTargetsQuery, RunbookTargets),
    Command.READ_TOOL: Messages(ReadTool, Reading),
    Command.EXPECT_OFF: Messages(ExpectOff, Nothing),
    Command.REPORT_PLACES: Messages(HomePlaces, Nothing),
    Command.LIST_ALIASES: Messages(AliasQuery, Aliases),
    Command.ADD_ALIAS: Messages(ChangeAlias, Aliases),
    Command.REMOVE_ALIAS: Messages(ChangeAlias, Aliases),
    Command.SAVE_INSTANCE: Messages(SaveInstance, Instance),
    Command.REMOVE_INSTANCE: Messages(InstanceId, Nothing),
    Command.POLL_INSTANCE: Messages(InstanceId, Nothing),
    Command.SAVE_PERSON: Messages(SavePerson, Person),
    Command.REMOVE_PERSON: Messages(PersonId, Nothing),
    Command.LIST_INCIDENTS: Messages(IncidentQuery, Incidents),
    Command.GET_INCIDENT: Messages(IncidentId, IncidentRecord),
    Command.GET_TREND: Messages(IncidentId, TrendPicture),
    Command.COMMENT: Messages(AddComment, Incident),
    Command.SEND_NOTE: Messages(SendNote, Nothing),
    Command.ASK: Messages(ChatQuestion, ChatPiece),
    Command.SET_PAUSE: Messages(SetPause, StewardMode),
    Command.SET_VERBOSE: Messages(SetVerbose, StewardMode),
    Command.SET_ELEVATION: Messages(SetElevation, StewardMode),
    Command.ADD_FENCE: Messages(AddFence, StewardMode),
    Command.REMOVE_FENCE: Messages(RemoveFence, StewardMode),
    Command.ANSWER_FENCE_OFFERS: Messages(AnswerFenceOffers, StewardMode),
    Command.ADD_MAINTENANCE: Messages(AddMaintenance, MaintenanceWindow),
    Command.REMOVE_MAINTENANCE: Messages(RemoveMaintenance, Nothing),
    Command.LIST_MAINTENANCE: Messages(MaintenanceQuery, MaintenanceWindows),
    Command.LIST_PREFERENCES: Messages(PreferenceQuery, Preferences),
    Command.DECIDE_PREFERENCE: Messages(DecidePreference, Preference),
    Command.TAKE_BACK_PREFERENCE: Messages(TakeBackPreference, Nothing),
    Command.MARK_FALSE_ALARM: Messages(MarkFalseAlarm, Incident),
    Command.LIST_COOL_DOWNS: Messages(CoolDownQuery, CoolDowns),
    Command.REMOVE_COOL_DOWN: Messages(RemoveCoolDown, Nothing),
    Command.WEEKLY_REPORT: Messages(WeeklyQuery, WeeklyDocument),
    Command.LIST_SCHEDULES: Messages(ScheduleQuery, Schedules),
    Command.RUN_SCHEDULE: Messages(RunSchedule, Schedule),
    Command.SWITCH_SCHEDULE: Messages(SwitchSchedule, Schedule),
    Command.SAVE_SCHEDULE: Messages(SaveSchedule, CheckedSchedule),
    Command.REMOVE_SCHEDULE: Messages(RemoveSchedule, Nothing),
    Command.LIST_CHANGES: Messages(ChangeQuery, Changes),
    Command.ASK_CHANGE: Messages(ChangeCommand, Change),
    Command.DEFER_CHANGE: Messages(ChangeCommand, Change),
    Command.REJECT_CHANGE: Messages(ChangeCommand, Change),
    Command.OFFER_CHANGE: Messages(ChangeCommand, Change),
    Command.RUN_DOCTOR: Messages(RunDoctor, DoctorReport),
    Command.GET_VERSIONS: Messages(Nothing, Versions),
    Command.LIST_POLLS: Messages(Nothing, LastPolls),
    Command.VIEW_DEVICES: Messages(DevicesQuery, DevicesView),
    Command.MATCH_DEVICES: Messages(MatchDecision, Nothing),
    Command.LIST_NAMES: Messages(NamesQuery, Names),
    Command.LIST_RUNBOOKS: Messages(Nothing, RunbookRecords),
    Command.LIST_LEVELS: Messages(LevelQuery, RunbookLevels),
    Command.SET_LEVEL: Messages(SetLevel, LevelAnswer),
    Command.GET_RUNBOOK: Messages(RunbookId, RunbookSource),
    Command.SAVE_RUNBOOK: Messages(SaveRunbook, RunbookRecord),
    Command.SEARCH: Messages(SearchQuery, SearchResult),
    Command.LIST_MODELS: Messages(ModelsQuery, ModelRecords),
    Command.LIST_LEDGER: Messages(LedgerQuery, LedgerPage),
    Command.GENERATE_DATA: Messages(GenerateData, GeneratedData),
    Command.RELEASE_TEXT: Messages(ReleaseText, ReleasedText),
    Command.RELEASE_TEXTS: Messages(ReleaseTexts, ReleasedTexts),
    Command.LIST_AUDIT: Messages(AuditQuery, AuditPage),
    Command.VERIFY_AUDIT: Messages(Nothing, AuditVerification),
    Command.REPORT_DRILL: Messages(ReportDrill, Nothing),
    Command.RUN_RESTORE_DRILL: Messages(RunRestoreDrill, RestoreReport),
    Command.DRILL_TARGETS: Messages(DrillTargets, TargetDrill),
    Command.ACCEPT_FOREIGN_TOOL: Messages(AcceptForeignTool, ForeignToolsReport),
}
