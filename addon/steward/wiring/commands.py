"""Connects each command of front ends with its function."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from homelab_steward.contract.autonomy import LevelQuery, SetLevel
from homelab_steward.contract.changes import ChangeCommand, ChangeQuery
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
from homelab_steward.contract.devices import DevicesQuery, MatchDecision
from homelab_steward.contract.doctor import RunDoctor
from homelab_steward.contract.drill import DrillTargets, ReportDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import (
    CoolDownQuery,
    MarkFalseAlarm,
    RemoveCoolDown,
)
from homelab_steward.contract.fences import AddFence, AnswerFenceOffers, RemoveFence
from homelab_steward.contract.foreign_tools import AcceptForeignTool
from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    RemoveMaintenance,
)
from homelab_steward.contract.mode import SetElevation, SetPause, SetVerbose
from homelab_steward.contract.model_tasks import GenerateData
from homelab_steward.contract.preferences import (
    DecidePreference,
    PreferenceQuery,
    TakeBackPreference,
)
from homelab_steward.contract.protocol import Command, Nothing
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
from homelab_steward.contract.released_text import (
    ReleaseText,
    ReleaseTexts,
)
from homelab_steward.contract.reports import WeeklyQuery
from homelab_steward.contract.restore_drill import RunRestoreDrill
from homelab_steward.contract.runbook_runs import RunbookTargetsQuery, RunRunbook
from homelab_steward.contract.schedules import (
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    ScheduleQuery,
    SwitchSchedule,
)
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.target_names import AliasQuery, ChangeAlias, HomePlaces

from ..agent.decisions.speakers import Authors
from ..api.commands import Commands, handler
from ..api.configuration_commands import ConfigurationCommands
from ..api.error_frames import LONGEST_ID
from ..api.record_queries import ModelChoice, RecordQueries
from ..conversation.alias_commands import AliasCommands
from ..schedules.editing import ScheduleEditor
from ..store.storable_text import storable
from ..trends.pictures import TrendPictures

if TYPE_CHECKING:
    pass

from .server_parts import ServerParts


def build_commands(parts: ServerParts) -> Commands:
    """Return the functions behind all commands of front ends."""
    requests = parts.agent.requests
    configuration = ConfigurationCommands(parts.inventory, parts.people)

    async def report_refusal(report: ReportRefusal) -> Nothing:
        speaker = report.speaker
        user = storable(speaker.user_id, LONGEST_ID)
        body = {
            "approval": storable(report.approval_id, LONGEST_ID),
            "press": storable(report.press, LONGEST_ID),
            "via": speaker.front_end,
            "user": user,
            "reason": storable(report.reason, LONGEST_ID),
            "pressed_at": report.at,
        }
        await parts.store.refused(parts.clock.now(), "press.refused", f"{speaker.front_end} {user}", body)
        return Nothing()

    editor = ScheduleEditor(parts.schedules, parts.clock)
    authors = Authors(parts.store, parts.people, parts.clock)

    aliases = AliasCommands(
        parts.aliases, parts.store, parts.people.by_speaker, parts.clock, parts.conversation.understood
    )

    async def send_note(note: SendNote) -> Nothing:
        body = {"front_end": note.front_end, "place": storable(note.place, LONGEST_ID)}
        await authors.require(note.speaker, "note.refused", body)
        if parts.telegram is None or note.front_end is not FrontEnd.TELEGRAM:
            raise ContractError(ErrorCode.UNAVAILABLE, "This front end takes no texts.")
        await parts.telegram.send(note)
        return Nothing()

    records = RecordQueries(
        parts.store,
        parts.library,
        parts.own_runbooks,
        parts.shown_names,
        parts.people.by_speaker,
        parts.settings.models,
        parts.clock,
        ModelChoice(routing=parts.settings.routing, currency=parts.settings.spending.currency),
    )
    pictures = TrendPictures(parts.trends, ZoneInfo(parts.settings.time_zone), parts.queries.incident)
    return Commands(
        parts.conversation.ask,
        (
            handler(Command.DECIDE, Decide, parts.agent.gate.decide),
            handler(Command.REPORT_REFUSAL, ReportRefusal, report_refusal),
            handler(Command.REQUEST_ACTION, RequestAction, requests.request),
            handler(Command.RUN_RUNBOOK, RunRunbook, parts.agent.runbook_requests.run),
            handler(Command.LIST_RUNBOOK_TARGETS, RunbookTargetsQuery, parts.agent.runbook_targets.list),
            handler(Command.READ_TOOL, ReadTool, requests.read),
            handler(Command.EXPECT_OFF, ExpectOff, parts.agent.expectations.set),
            handler(Command.REPORT_PLACES, HomePlaces, parts.places.report),
            handler(Command.LIST_ALIASES, AliasQuery, aliases.list),
            handler(Command.ADD_ALIAS, ChangeAlias, aliases.add),
            handler(Command.REMOVE_ALIAS, ChangeAlias, aliases.remove),
            handler(Command.SAVE_INSTANCE, SaveInstance, configuration.save_instance),
            handler(Command.REMOVE_INSTANCE, InstanceId, configuration.remove_instance),
            handler(Command.POLL_INSTANCE, InstanceId, configuration.poll_instance),
            handler(Command.SAVE_PERSON, SavePerson, configuration.save_person),
            handler(Command.REMOVE_PERSON, PersonId, configuration.remove_person),
            handler(Command.LIST_INCIDENTS, IncidentQuery, parts.queries.list_incidents),
            handler(Command.GET_INCIDENT, IncidentId, parts.queries.incident_record),
            handler(
                Command.GET_TREND,
                IncidentId,
                pictures.of,
            ),
            handler(Command.COMMENT, AddComment, parts.agent.comments.add),
            handler(Command.SEND_NOTE, SendNote, send_note),
            handler(Command.SET_PAUSE, SetPause, parts.agent.mode.set_pause),
            handler(Command.SET_VERBOSE, SetVerbose, parts.agent.mode.set_verbose),
            handler(Command.SET_ELEVATION, SetElevation, parts.agent.elevations.set),
            handler(Command.ADD_FENCE, AddFence, parts.agent.fences.add),
            handler(Command.REMOVE_FENCE, RemoveFence, parts.agent.fences.remove),
            handler(Command.ANSWER_FENCE_OFFERS, AnswerFenceOffers, parts.agent.fences.answer),
            handler(Command.ADD_MAINTENANCE, AddMaintenance, parts.agent.maintenance.add),
            handler(Command.REMOVE_MAINTENANCE, RemoveMaintenance, parts.agent.maintenance.remove),
            handler(Command.LIST_MAINTENANCE, MaintenanceQuery, parts.agent.maintenance.list),
            handler(Command.LIST_PREFERENCES, PreferenceQuery, parts.agent.preferences.list),
            handler(Command.DECIDE_PREFERENCE, DecidePreference, parts.agent.preferences.decide),
            handler(Command.TAKE_BACK_PREFERENCE, TakeBackPreference, parts.agent.preferences.take_back),
            handler(Command.MARK_FALSE_ALARM, MarkFalseAlarm, parts.agent.false_alarms.mark),
            handler(Command.LIST_COOL_DOWNS, CoolDownQuery, parts.agent.false_alarms.list),
            handler(Command.REMOVE_COOL_DOWN, RemoveCoolDown, parts.agent.false_alarms.remove),
            handler(Command.WEEKLY_REPORT, WeeklyQuery, parts.reports.weekly),
            handler(Command.LIST_SCHEDULES, ScheduleQuery, parts.schedules.list),
            handler(Command.RUN_SCHEDULE, RunSchedule, parts.schedules.run),
            handler(Command.SWITCH_SCHEDULE, SwitchSchedule, parts.schedules.switch),
            handler(Command.SAVE_SCHEDULE, SaveSchedule, editor.save),
            handler(Command.REMOVE_SCHEDULE, RemoveSchedule, editor.remove),
            handler(Command.LIST_CHANGES, ChangeQuery, parts.changes.list),
            handler(Command.ASK_CHANGE, ChangeCommand, parts.changes.ask),
            handler(Command.DEFER_CHANGE, ChangeCommand, parts.changes.defer),
            handler(Command.REJECT_CHANGE, ChangeCommand, parts.changes.reject),
            handler(Command.OFFER_CHANGE, ChangeCommand, parts.changes.offer_again),
            handler(Command.RUN_DOCTOR, RunDoctor, parts.doctor.take),
            handler(Command.GET_VERSIONS, Nothing, parts.doctor.versions),
            handler(Command.LIST_POLLS, Nothing, parts.queries.last_polls),
            handler(Command.VIEW_DEVICES, DevicesQuery, parts.agent.devices.view),
            handler(Command.MATCH_DEVICES, MatchDecision, parts.agent.devices.decide),
            handler(Command.LIST_NAMES, NamesQuery, records.names),
            handler(Command.LIST_RUNBOOKS, Nothing, records.runbooks),
            handler(Command.LIST_LEVELS, LevelQuery, parts.agent.levels.levels),
            handler(Command.SET_LEVEL, SetLevel, parts.agent.levels.set_level),
            handler(Command.GET_RUNBOOK, RunbookId, records.runbook),
            handler(Command.SAVE_RUNBOOK, SaveRunbook, records.save_runbook),
            handler(Command.SEARCH, SearchQuery, parts.agent.search.find),
            handler(Command.LIST_MODELS, ModelsQuery, records.models),
            handler(Command.LIST_LEDGER, LedgerQuery, records.ledger),
            handler(Command.GENERATE_DATA, GenerateData, parts.models.data_tasks.generate),
            handler(Command.RELEASE_TEXT, ReleaseText, parts.models.text_release.release),
            handler(Command.RELEASE_TEXTS, ReleaseTexts, parts.models.text_release.release_all),
            handler(Command.LIST_AUDIT, AuditQuery, records.audit),
            handler(Command.VERIFY_AUDIT, Nothing, records.verify_audit),
            handler(Command.REPORT_DRILL, ReportDrill, parts.report_drill),
            handler(Command.RUN_RESTORE_DRILL, RunRestoreDrill, parts.restore_drills.take),
            handler(Command.DRILL_TARGETS, DrillTargets, parts.agent.target_drills.take),
            handler(Command.ACCEPT_FOREIGN_TOOL, AcceptForeignTool, parts.foreign_tools.accept),
        ),
    )
