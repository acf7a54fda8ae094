"""The wire protocol: hello, commands and answers, the first state, then events with complete rows."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from .autonomy import RunbookLevel
from .base import Many, Message, Timestamp
from .catalogue import Catalogue
from .changes import Change
from .doctor import DoctorReport
from .drill import DrillReport
from .errors import ErrorCode
from .foreign_tools import ForeignToolsReport
from .incidents import ApprovalRequest, Incident
from .maintenance import MaintenanceWindow
from .mode import StewardMode
from .preferences import Preference
from .records import RunbookStatistics
from .reports import WeeklyReport
from .restore_drill import RestoreReport
from .schedules import ScheduledMessage
from .state import FrontEndStatus, Instance, Person, Snapshot
from .usage import Usage

SCHEMA_VERSION: Final = 1
"""Raised with every change of the wire."""

MINIMUM_SCHEMA_VERSION: Final = 1
"""The oldest version of a partner that is supported."""

WEBSOCKET_PATH: Final = "/api/ws"
WEBHOOK_PATH: Final = "/api/webhooks/{instance_id}"
"""Path that monitors post the alerts of an instance to."""

MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Message):
    """First message of the app: its identity and the versions that it supports.

    ``stream`` identifies one process of the app: sequence numbers are valid within it only.
    """

    app_id: str
    app_version: str
    stream: str
    schema_version: int = SCHEMA_VERSION
    minimum_schema_version: int = MINIMUM_SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Message):
    """First message of a client: asks for all rows, or for the events after ``last_sequence``.

    ``home_id``: the client is the Home Assistant with this instance ID and replies to requests (see
    ``home``); None when it is something else. ``language`` is that of its household, such as "de",
    ``time_zone`` its time zone, and ``client_version`` the version of the integration.
    """

    schema_version: int = SCHEMA_VERSION
    minimum_schema_version: int = MINIMUM_SCHEMA_VERSION
    stream: str | None = None
    last_sequence: int = 0
    home_id: str | None = None
    language: str | None = None
    time_zone: str | None = None
    client_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialState(Message):
    """All rows at one time; events after ``sequence`` follow."""

    sequence: int
    catalogue: Catalogue
    instances: Many[Instance]
    snapshots: Many[Snapshot]
    incidents: Many[Incident]
    approvals: Many[ApprovalRequest]
    statistics: Many[RunbookStatistics]
    people: Many[Person]
    front_ends: Many[FrontEndStatus] = ()
    mode: StewardMode = field(default_factory=StewardMode)
    maintenance: Many[MaintenanceWindow] = ()
    preferences: Many[Preference] = ()
    report: WeeklyReport | None = None
    scheduled: Many[ScheduledMessage] = ()
    changes: Many[Change] = ()
    usage: Usage | None = None
    drill: DrillReport | None = None
    restores: RestoreReport | None = None
    foreign_tools: ForeignToolsReport | None = None
    doctor: DoctorReport | None = None


class RowKind(StrEnum):
    """The kind of row in an event."""

    CATALOGUE = "catalogue"
    INSTANCE = "instance"
    SNAPSHOT = "snapshot"
    INCIDENT = "incident"
    APPROVAL = "approval"
    STATISTICS = "statistics"
    PERSON = "person"
    FRONT_END = "front_end"
    MODE = "mode"
    MAINTENANCE = "maintenance"
    PREFERENCE = "preference"
    REPORT = "report"
    SCHEDULED = "scheduled"
    CHANGE = "change"
    USAGE = "usage"
    LEVEL = "level"
    DRILL = "drill"
    RESTORES = "restores"
    FOREIGN_TOOLS = "foreign_tools"
    DOCTOR = "doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    """One row as it is now; ``gone`` when it was removed.

    Exactly the field named by ``kind`` is set, unless the row is gone. The texts of ``level`` are in
    the language of the household.
    """

    sequence: int
    kind: RowKind
    id: str
    at: Timestamp
    gone: bool = False
    catalogue: Catalogue | None = None
    instance: Instance | None = None
    snapshot: Snapshot | None = None
    incident: Incident | None = None
    approval: ApprovalRequest | None = None
    statistics: RunbookStatistics | None = None
    person: Person | None = None
    front_end: FrontEndStatus | None = None
    mode: StewardMode | None = None
    maintenance: MaintenanceWindow | None = None
    preference: Preference | None = None
    report: WeeklyReport | None = None
    scheduled: ScheduledMessage | None = None
    change: Change | None = None
    usage: Usage | None = None
    level: RunbookLevel | None = None
    drill: DrillReport | None = None
    restores: RestoreReport | None = None
    foreign_tools: ForeignToolsReport | None = None
    doctor: DoctorReport | None = None


class FrameKind(StrEnum):
    """The kind of message in a websocket frame.

    ACCEPTED answers a question at once, before its first piece, which may take long. REQUEST (to
    Home Assistant), REPLY (with the id of the request) and HOME_REPORT (pushed) carry the messages
    of ``home``.
    """

    HELLO = "hello"
    SUBSCRIBE = "subscribe"
    INITIAL_STATE = "initial_state"
    RESUMED = "resumed"
    EVENT = "event"
    COMMAND = "command"
    RESULT = "result"
    ERROR = "error"
    ACCEPTED = "accepted"
    PIECE = "piece"
    CANCEL = "cancel"
    REQUEST = "request"
    REPLY = "reply"
    HOME_REPORT = "home_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Message):
    """One websocket text frame. ``body`` is the message named by ``kind``, as plain JSON."""

    kind: FrameKind
    id: int | None = None
    command: str | None = None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Message):
    """Why a command was refused."""

    code: ErrorCode
    message: str
    placeholders: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Message):
    """The answer of a command without a result."""


class Command(StrEnum):
    """The commands of clients; each has one request and one answer message.

    ``conversation.ask`` answers in pieces: frames of kind ``piece`` with the command's
    id, then a ``result`` with the END piece. A frame of kind ``cancel`` with the id
    cancels the answer.
    """

    DECIDE = "approvals.decide"
    REPORT_REFUSAL = "approvals.report_refusal"
    REQUEST_ACTION = "actions.request"
    RUN_RUNBOOK = "runbooks.run"
    LIST_RUNBOOK_TARGETS = "runbooks.targets"
    READ_TOOL = "tools.read"
    EXPECT_OFF = "targets.expect_off"
    REPORT_PLACES = "home.places"
    LIST_ALIASES = "aliases.list"
    ADD_ALIAS = "aliases.add"
    REMOVE_ALIAS = "aliases.remove"
    SAVE_INSTANCE = "instances.save"
    REMOVE_INSTANCE = "instances.remove"
    POLL_INSTANCE = "instances.poll"
    SAVE_PERSON = "people.save"
    REMOVE_PERSON = "people.remove"
    LIST_INCIDENTS = "incidents.list"
    GET_INCIDENT = "incidents.get"
    GET_TREND = "incidents.trend"
    COMMENT = "incidents.comment"
    SEND_NOTE = "front_ends.send"
    ASK = "conversation.ask"
    SET_PAUSE = "steward.pause"
    SET_VERBOSE = "steward.verbose"
    SET_ELEVATION = "steward.elevate"
    ADD_FENCE = "fences.add"
    REMOVE_FENCE = "fences.remove"
    ANSWER_FENCE_OFFERS = "fences.answer"
    ADD_MAINTENANCE = "maintenance.add"
    REMOVE_MAINTENANCE = "maintenance.remove"
    LIST_MAINTENANCE = "maintenance.list"
    LIST_PREFERENCES = "preferences.list"
    DECIDE_PREFERENCE = "preferences.decide"
    TAKE_BACK_PREFERENCE = "preferences.take_back"
    MARK_FALSE_ALARM = "incidents.false_alarm"
    LIST_COOL_DOWNS = "cool_downs.list"
    REMOVE_COOL_DOWN = "cool_downs.remove"
    WEEKLY_REPORT = "reports.weekly"
    LIST_SCHEDULES = "steward.schedules"
    RUN_DOCTOR = "steward.doctor"
    GET_VERSIONS = "steward.versions"
    RUN_SCHEDULE = "schedules.run"
    SWITCH_SCHEDULE = "schedules.switch"
    SAVE_SCHEDULE = "schedules.save"
    REMOVE_SCHEDULE = "schedules.remove"
    LIST_CHANGES = "changes.list"
    ASK_CHANGE = "changes.ask"
    DEFER_CHANGE = "changes.defer"
    REJECT_CHANGE = "changes.reject"
    OFFER_CHANGE = "changes.offer_again"
    LIST_POLLS = "instances.polls"
    VIEW_DEVICES = "devices.view"
    MATCH_DEVICES = "devices.match"
    LIST_NAMES = "catalogue.names"
    LIST_RUNBOOKS = "runbooks.list"
    LIST_LEVELS = "runbooks.levels"
    SET_LEVEL = "runbooks.set_level"
    GET_RUNBOOK = "runbooks.get"
    SAVE_RUNBOOK = "runbooks.save"
    SEARCH = "records.search"
    LIST_MODELS = "models.list"
    LIST_LEDGER = "models.ledger"
    GENERATE_DATA = "models.generate"
    RELEASE_TEXT = "privacy.release"
    RELEASE_TEXTS = "privacy.release_all"
    LIST_AUDIT = "audit.list"
    VERIFY_AUDIT = "audit.verify"
    REPORT_DRILL = "drill.report"
    RUN_RESTORE_DRILL = "restores.drill"
    DRILL_TARGETS = "drill.targets"
    ACCEPT_FOREIGN_TOOL = "foreign_tools.accept"
