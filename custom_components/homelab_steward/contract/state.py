"""Instances, their readings, and people."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp, Value


class InstanceStatus(StrEnum):
    """The result of the last poll of an instance."""

    PENDING = "pending"
    OK = "ok"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    FAILING = "failing"


class Origin(StrEnum):
    """Where an instance was configured; only that place may change it."""

    FILE = "file"
    FRONT_END = "front_end"


class CoverageStatus(StrEnum):
    """How much of an instance one poll could read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Message):
    """One part that a poll could not read, and why."""

    part: str
    reason: str


MOST_GAPS: Final = 20
"""The most gaps that a coverage names. With as many, any other part may be missing too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Message):
    """What a snapshot covers. What is missing from it is not known: neither good nor bad."""

    status: CoverageStatus = CoverageStatus.COMPLETE
    gaps: Many[Gap] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKey(Message):
    """Names a resource within its instance. ``id`` does not change when the resource moves."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRef(Message):
    """The one thing an alert, a step or a lease is about, identified by (instance, kind, id).

    The instance itself is the target of kind ``instance`` with its own id. ``name`` is
    for people and identifies nothing.
    """

    instance_id: str
    kind: str
    id: str
    name: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what identifies the target: instance, kind, id."""
        return self.instance_id, self.kind, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Message):
    """One thing inside an instance (a container, a disk) with its readings by sensor key.

    A reading that is not known is None in ``values`` and has its reason in ``unknown``.
    ``expected_off`` is why it is off and meant to be, None when it runs or is meant to run. ``for_drills``:
    its owner marked it, so that a drill may try its actions and undo them.
    """

    kind: str
    id: str
    name: str
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    parent: ResourceKey | None = None
    expected_off: str | None = None
    for_drills: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Message):
    """All readings of one instance at one time, by sensor key, and what they cover.

    A reading that is not known is None in ``values`` and has its reason in ``unknown``.
    ``unavailable`` gives the reason why a tool or an action (``action.restart``) is not offered.
    ``missing_rights`` names the rights that the credentials lack.
    """

    instance_id: str
    taken_at: Timestamp
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    resources: Many[Resource] = ()
    version: str | None = None
    coverage: Coverage = field(default_factory=Coverage)
    unavailable: dict[str, str] = field(default_factory=dict)
    missing_rights: Many[str] = ()

    def resource(self, kind: str, resource_id: str) -> Resource | None:
        """Return the resource with this kind and id."""
        return next((one for one in self.resources if one.kind == kind and one.id == resource_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Message):
    """One configured service. Settings hold no secret: those never leave the app.

    ``expected_off`` is why it does not answer and need not, None when it answers or should.
    ``notices`` say what does not work with it: rights that its credentials lack, and a version
    whose answers are not known.
    """

    id: str
    service: str
    name: str
    origin: Origin
    settings: dict[str, Value] = field(default_factory=dict)
    status: InstanceStatus = InstanceStatus.PENDING
    error: str | None = None
    polled_at: Timestamp | None = None
    version: str | None = None
    expected_off: str | None = None
    notices: Many[str] = ()


class Role(StrEnum):
    """What a person may decide as a rule: everything, low and medium risk, or nothing."""

    OWNER = "owner"
    MEMBER = "member"
    GUEST = "guest"


class Authority(StrEnum):
    """The highest risk that a person may decide about."""

    NOTHING = "nothing"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


BY_ROLE: Final = {Role.OWNER: Authority.HIGH, Role.MEMBER: Authority.MEDIUM, Role.GUEST: Authority.NOTHING}


NO_PIN: Final = "You have no PIN. Add one in Home Assistant: Homelab Steward, your name, Reconfigure."
"""Why a person cannot confirm a high risk in Telegram, as text for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Message):
    """One known person, with their ids in each client.

    ``authority`` has the categories in which a person may decide more or less than the role says.
    From ``quiet_from`` until ``quiet_until`` ("22:00", local time) only what is critical makes a
    sound. ``asked_after_minutes`` is how long a request waits for others before this person is
    asked. With ``critical_alerts`` a critical request breaks through a phone that is silent.
    ``language`` is a code such as "de", None for that of Home Assistant. ``has_pin`` tells whether
    the person can confirm a high risk in Telegram.
    """

    id: str
    name: str
    role: Role
    ha_user_id: str | None = None
    telegram_user_id: int | None = None
    origin: Origin = Origin.FRONT_END
    language: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    authority: dict[str, Authority] = field(default_factory=dict)
    asked_after_minutes: int = 0
    critical_alerts: bool = False
    has_pin: bool = False

    def may_decide(self, category: str) -> Authority:
        """Return the highest risk that this person may decide about in a category."""
        return self.authority.get(category, BY_ROLE[self.role])

    def is_quiet(self, at: time) -> bool:
        """Return whether a local time of day is in the quiet time of this person."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        begin, end = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        # A quiet time such as 22:00 to 06:00 includes midnight.
        return begin <= at < end if begin <= end else at >= begin or at < end

    @property
    def decides(self) -> bool:
        """Whether this person may decide anything at all."""
        return any(one is not Authority.NOTHING for one in (BY_ROLE[self.role], *self.authority.values()))


class FrontEnd(StrEnum):
    """The client that a request came from. STEWARD is the app itself, without a person."""

    HOME_ASSISTANT = "home_assistant"
    TELEGRAM = "telegram"
    PANEL = "panel"
    ASSIST = "assist"
    MCP = "mcp"
    COMMAND_LINE = "command_line"
    STEWARD = "steward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker(Message):
    """Who sent a request, by the id in the client: the HA user id, the Telegram user id."""

    front_end: FrontEnd
    user_id: str


class FrontEndState(StrEnum):
    """Whether messages of the app reach the people of a front end."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEndPlace(Message):
    """A place in a front end that takes texts, such as a topic of Telegram."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEndStatus(Message):
    """The state of a front end that the app serves itself, and its problems, the worst first.

    ``places`` are where texts can be sent to.
    """

    front_end: FrontEnd
    state: FrontEndState
    problems: Many[str] = ()
    places: Many[FrontEndPlace] = ()

    @property
    def reason(self) -> str:
        """The worst problem and what to do, empty without one."""
        return self.problems[0] if self.problems else ""
