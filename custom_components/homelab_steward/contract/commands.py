"""What clients ask for, and the answers that are no rows."""

from dataclasses import dataclass, field
from enum import StrEnum

from .base import Many, Message, Timestamp, Value
from .incidents import Incident, IncidentStatus, Severity, Verb
from .later import Later
from .proposals import Option
from .state import Authority, FrontEnd, Role, Speaker


class Confirmation(StrEnum):
    """How a person showed that it is them, beside their account.

    SIGNED_IN is a session of a browser or app, UNLOCKED a phone that was unlocked for the press.
    """

    NONE = "none"
    SIGNED_IN = "signed_in"
    UNLOCKED = "unlocked"
    PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Message):
    """``approvals.decide``: a person's decision about an approval request.

    ``option`` is required to approve; ``plan_hash`` is that of the plan the person saw. ``until``
    is required to snooze. ``pin`` belongs to the confirmation PIN; it is never stored or logged.
    """

    approval_id: str
    verb: Verb
    speaker: Speaker
    option: int | None = None
    plan_hash: str | None = None
    until: Timestamp | None = None
    confirmation: Confirmation = Confirmation.NONE
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(Message):
    """``incidents.comment``: a person's comment on an incident.

    A comment with the ``key`` of another one of the incident is the same one, sent again: it is
    stored once. Without a key each is another one.
    """

    incident_id: str
    speaker: Speaker
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNote(Message):
    """``front_ends.send``: a text for a place of a front end.

    The speaker is a person who may decide, or an automation of Home Assistant: front end
    ``home_assistant`` with an empty user id.
    """

    front_end: FrontEnd
    place: str
    speaker: Speaker
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAction(Message):
    """``actions.request``: asks for one action; it becomes a proposal that a person decides.

    ``is_automation``: an automation of Home Assistant asks; its speaker has an empty user id.
    ``only_dry_run``: the answer has what would change, and nobody is asked. ``later`` is when it is
    executed after the approval, None for at once.
    """

    instance_id: str
    action: str
    speaker: Speaker
    target_id: str | None = None
    arguments: dict[str, Value] = field(default_factory=dict)
    is_automation: bool = False
    only_dry_run: bool = False
    later: Later | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequested(Message):
    """The answer: the pending request, or None with the reason in ``message``.

    ``instead`` is why the request is for something else than what was asked for. If only the dry run was
    wanted, ``option`` is what people would be asked, and ``categories`` are those of its targets.
    """

    approval_id: str | None
    incident_id: str
    message: str = ""
    instead: str = ""
    option: Option | None = None
    categories: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRefusal(Message):
    """``approvals.report_refusal``: a client refused a press itself, and the app audits it.

    ``press`` is what was pressed, ``reason`` the key of the answer that the person got.
    """

    approval_id: str
    speaker: Speaker
    press: str
    reason: str
    at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectOff(Message):
    """``targets.expect_off``: says that a target is meant to be off, or (``off`` False) to run.

    Without a ``kind`` the target is the instance itself. After ``until`` it is meant to run again.
    """

    instance_id: str
    speaker: Speaker
    off: bool
    kind: str | None = None
    target_id: str | None = None
    until: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveInstance(Message):
    """``instances.save``: add (``id`` None) or change an instance, after a test of the connection.

    A missing secret keeps the stored one. With ``ask_first`` nothing is stored when not everything
    works, such as when the credentials lack rights: a person confirms it first.
    """

    service: str
    name: str
    settings: dict[str, Value]
    id: str | None = None
    ask_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceId(Message):
    """``instances.remove`` and ``instances.poll``: names the instance."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePerson(Message):
    """``people.save``: add or change a known person. The fields are those of Person.

    ``pin`` None keeps the stored PIN, and an empty one removes it.
    """

    id: str
    name: str
    role: Role
    ha_user_id: str | None = None
    telegram_user_id: int | None = None
    language: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    authority: dict[str, Authority] = field(default_factory=dict)
    asked_after_minutes: int = 0
    critical_alerts: bool = False
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonId(Message):
    """``people.remove``: names the person."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentQuery(Message):
    """``incidents.list``: the newest incidents, at most ``limit``.

    With ``open_only`` they are the open ones without the requests of people. ``before`` is the number
    below which the next page begins. ``statuses`` and ``severities`` are those that are wanted, all if
    empty; ``text`` must be in the title. ``brief`` leaves out diagnosis, proposal, and report.
    """

    open_only: bool = False
    limit: int = 50
    before: int | None = None
    statuses: Many[IncidentStatus] = ()
    severities: Many[Severity] = ()
    category: str = ""
    text: str = ""
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents(Message):
    """The answer of ``incidents.list``, newest first. ``total`` counts all that match, on every page."""

    incidents: Many[Incident]
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTool(Message):
    """``tools.read``: use one tool of one instance. ``speaker`` is None when it is not known who asks."""

    instance_id: str
    tool: str
    speaker: Speaker | None = None
    target_id: str | None = None
    arguments: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Message):
    """The answer of ``tools.read``. The text comes from outside and is only displayed."""

    title: str
    text: str
    ok: bool = True
