"""Instances, their readings, and the people of the house."""

from dataclasses import dataclass, field
from enum import StrEnum

from .base import Many, Message, Timestamp, Value


class InstanceStatus(StrEnum):
    """What the last poll of an instance came to."""

    PENDING = "pending"
    OK = "ok"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    FAILING = "failing"


class Origin(StrEnum):
    """Where an instance was configured; only that place may change it."""

    FILE = "file"
    FRONT_END = "front_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRef(Message):
    """The one thing an alert, a step or a lease is about.

    ``id`` is unique within the instance (``pve1/lxc/105``); the instance itself
    is the target of kind ``instance`` with its own id.
    """

    instance_id: str
    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Message):
    """One thing inside an instance (a container, a disk) with its readings by sensor key."""

    kind: str
    id: str
    name: str
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Message):
    """All readings of one instance at one moment, by sensor key."""

    instance_id: str
    taken_at: Timestamp
    values: dict[str, Value] = field(default_factory=dict)
    resources: Many[Resource] = ()
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Message):
    """One configured service. Settings hold no secret: those never leave the app."""

    id: str
    service: str
    name: str
    origin: Origin
    settings: dict[str, Value] = field(default_factory=dict)
    status: InstanceStatus = InstanceStatus.PENDING
    error: str | None = None
    polled_at: Timestamp | None = None
    version: str | None = None


class Role(StrEnum):
    """What a person may do: decide everything, decide low and medium risk, or only look."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Message):
    """One known person and how each face names them."""

    id: str
    name: str
    role: Role
    ha_user_id: str | None = None
    telegram_user_id: int | None = None
    origin: Origin = Origin.FRONT_END


class FrontEnd(StrEnum):
    """The way a word came in."""

    HOME_ASSISTANT = "home_assistant"
    TELEGRAM = "telegram"
    PANEL = "panel"
    MCP = "mcp"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker(Message):
    """Who spoke, as the face knows them: the HA user id, the Telegram user id."""

    front_end: FrontEnd
    user_id: str
