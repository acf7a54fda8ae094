"""Connects each command of front ends with its function."""

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

from ..agent.agent import Agent
from ..agent.decisions.speakers import Authors
from ..api.commands import Commands, Handler, handler
from ..api.configuration_commands import ConfigurationCommands
from ..api.error_frames import LONGEST_ID
from ..api.record_queries import ModelChoice, RecordQueries
from ..conversation.alias_commands import AliasCommands
from ..schedules.editing import ScheduleEditor
from ..store.storable_text import storable
from ..trends.pictures import TrendPictures
from .model_stack import ModelStack
from .server_parts import ServerParts


def build_commands(parts: ServerParts) -> Commands:
    """Return the functions behind all commands of front ends."""
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
    return Commands(
        parts.conversation.ask,
        (
            *_requests(parts),
            *_configuration(parts),
            *_incidents(parts),
            *_rules(parts.agent),
            *_schedules_and_changes(parts),
            *_checks(parts),
            *_records(parts.agent, records),
            *_models(parts.models, records),
        ),
    )


def _requests(parts: ServerParts) -> tuple[Handler, ...]:
    """Return the functions of the commands about what people request and decide."""
    requests = parts.agent.requests

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

    return (
        handler(Command.DECIDE, Decide, parts.agent.gate.decide),
        handler(Command.REPORT_REFUSAL, ReportRefusal, report_refusal),
        handler(Command.REQUEST_ACTION, RequestAction, requests.request),
        handler(Command.RUN_RUNBOOK, RunRunbook, parts.agent.runbook_requests.run),
        handler(Command.LIST_RUNBOOK_TARGETS, RunbookTargetsQuery, parts.agent.runbook_targets.list),
        handler(Command.READ_TOOL, ReadTool, requests.read),
        handler(Command.EXPECT_OFF, ExpectOff, parts.agent.expectations.set),
        handler(Command.LIST_LEVELS, LevelQuery, parts.agent.levels.levels),
        handler(Command.SET_LEVEL, SetLevel, parts.agent.levels.set_level),
    )


def _configuration(parts: ServerParts) -> tuple[Handler, ...]:
    """Return the functions of the commands about instances, people and names."""
    configuration = ConfigurationCommands(parts.inventory, parts.people)
    aliases = AliasCommands(
        parts.aliases, parts.store, parts.people.by_speaker, parts.clock, parts.conversation.understood
    )
    return (
        handler(Command.SAVE_INSTANCE, SaveInstance, configuration.save_instance),
        handler(Command.REMOVE_INSTANCE, InstanceId, configuration.remove_instance),
        handler(Command.POLL_INSTANCE, InstanceId, configuration.poll_instance),
        handler(Command.SAVE_PERSON, SavePerson, configuration.save_person),
        handler(Command.REMOVE_PERSON, PersonId, configuration.remove_person),
        handler(Command.REPORT_PLACES, HomePlaces, parts.places.report),
        handler(Command.LIST_ALIASES, AliasQuery, aliases.list),
        handler(Command.ADD_ALIAS, ChangeAlias, aliases.add),
        handler(Command.REMOVE_ALIAS, ChangeAlias, aliases.remove),
        handler(Command.ACCEPT_FOREIGN_TOOL, AcceptForeignTool, parts.foreign_tools.accept),
    )


def _incidents(parts: ServerParts) -> tuple[Handler, ...]:
    """Return the functions of the commands about incidents and what is said about them."""
    authors = Authors(parts.store, parts.people, parts.clock)
    pictures = TrendPictures(parts.trends, ZoneInfo(parts.settings.time_zone), parts.queries.incident)

    async def send_note(note: SendNote) -> Nothing:
        body = {"front_end": note.front_end, "place": storable(note.place, LONGEST_ID)}
        await authors.require(note.speaker, "note.refused", body)
        if parts.telegram is None or note.front_end is not FrontEnd.TELEGRAM:
            raise ContractError(ErrorCode.UNAVAILABLE, "This front end takes no texts.")
        await parts.telegram.send(note)
        return Nothing()

    return (
        handler(Command.LIST_INCIDENTS, IncidentQuery, parts.queries.list_incidents),
        handler(Command.GET_INCIDENT, IncidentId, parts.queries.incident_record),
        handler(Command.GET_TREND, IncidentId, pictures.of),
        handler(Command.COMMENT, AddComment, parts.agent.comments.add),
        handler(Command.SEND_NOTE, SendNote, send_note),
        handler(Command.MARK_FALSE_ALARM, MarkFalseAlarm, parts.agent.false_alarms.mark),
        handler(Command.LIST_COOL_DOWNS, CoolDownQuery, parts.agent.false_alarms.list),
        handler(Command.REMOVE_COOL_DOWN, RemoveCoolDown, parts.agent.false_alarms.remove),
    )


def _rules(agent: Agent) -> tuple[Handler, ...]:
    """Return the functions of the commands about what the steward may do, and about what it asks."""
    return (
        handler(Command.SET_PAUSE, SetPause, agent.mode.set_pause),
        handler(Command.SET_VERBOSE, SetVerbose, agent.mode.set_verbose),
        handler(Command.SET_ELEVATION, SetElevation, agent.elevations.set),
        handler(Command.ADD_FENCE, AddFence, agent.fences.add),
        handler(Command.REMOVE_FENCE, RemoveFence, agent.fences.remove),
        handler(Command.ANSWER_FENCE_OFFERS, AnswerFenceOffers, agent.fences.answer),
        handler(Command.ADD_MAINTENANCE, AddMaintenance, agent.maintenance.add),
        handler(Command.REMOVE_MAINTENANCE, RemoveMaintenance, agent.maintenance.remove),
        handler(Command.LIST_MAINTENANCE, MaintenanceQuery, agent.maintenance.list),
        handler(Command.LIST_PREFERENCES, PreferenceQuery, agent.preferences.list),
        handler(Command.DECIDE_PREFERENCE, DecidePreference, agent.preferences.decide),
        handler(Command.TAKE_BACK_PREFERENCE, TakeBackPreference, agent.preferences.take_back),
    )


def _schedules_and_changes(parts: ServerParts) -> tuple[Handler, ...]:
    """Return the functions of the commands about schedules, reports and updates."""
    editor = ScheduleEditor(parts.schedules, parts.clock)
    return (
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
    )


def _checks(parts: ServerParts) -> tuple[Handler, ...]:
    """Return the functions of the commands about the checks of the set-up, devices and drills."""
    return (
        handler(Command.RUN_DOCTOR, RunDoctor, parts.doctor.take),
        handler(Command.GET_VERSIONS, Nothing, parts.doctor.versions),
        handler(Command.LIST_POLLS, Nothing, parts.queries.last_polls),
        handler(Command.VIEW_DEVICES, DevicesQuery, parts.agent.devices.view),
        handler(Command.MATCH_DEVICES, MatchDecision, parts.agent.devices.decide),
        handler(Command.REPORT_DRILL, ReportDrill, parts.report_drill),
        handler(Command.RUN_RESTORE_DRILL, RunRestoreDrill, parts.restore_drills.take),
        handler(Command.DRILL_TARGETS, DrillTargets, parts.agent.target_drills.take),
    )


def _records(agent: Agent, records: RecordQueries) -> tuple[Handler, ...]:
    """Return the functions of the commands about runbooks and what is stored."""
    return (
        handler(Command.LIST_NAMES, NamesQuery, records.names),
        handler(Command.LIST_RUNBOOKS, Nothing, records.runbooks),
        handler(Command.GET_RUNBOOK, RunbookId, records.runbook),
        handler(Command.SAVE_RUNBOOK, SaveRunbook, records.save_runbook),
        handler(Command.SEARCH, SearchQuery, agent.search.find),
        handler(Command.LIST_AUDIT, AuditQuery, records.audit),
        handler(Command.VERIFY_AUDIT, Nothing, records.verify_audit),
        handler(Command.LIST_LEDGER, LedgerQuery, records.ledger),
    )


def _models(models: ModelStack, records: RecordQueries) -> tuple[Handler, ...]:
    """Return the functions of the commands about models."""
    return (
        handler(Command.LIST_MODELS, ModelsQuery, records.models),
        handler(Command.GENERATE_DATA, GenerateData, models.data_tasks.generate),
        handler(Command.RELEASE_TEXT, ReleaseText, models.text_release.release),
        handler(Command.RELEASE_TEXTS, ReleaseTexts, models.text_release.release_all),
    )
