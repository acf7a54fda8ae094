"""A service, said once: the frozen object each folder of ``services/`` holds."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import aiohttp

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import (
    ActionOffer,
    Category,
    Field,
    Platform,
    Risk,
    SensorOffer,
    ServiceOffer,
    SettingKind,
    ToolOffer,
)
from homelab_steward.contract.incidents import (
    AlertStatus,
    CheckResult,
    Difference,
    Severity,
)
from homelab_steward.contract.state import TargetRef

from .clock import Clock
from .errors import InvalidSetting

RUNS_ON: Final = "runs_on"
POLL_SECONDS: Final = "poll_seconds"

COMMON_SETTINGS: Final = (
    Field(
        key=RUNS_ON,
        kind=SettingKind.TEXT,
        name="Runs on",
        description="Name or id of the container, virtual machine or node it runs in",
        required=False,
    ),
    Field(
        key=POLL_SECONDS,
        kind=SettingKind.NUMBER,
        name="Poll interval",
        description="Seconds between two readings, when the service's own is not wanted",
        required=False,
        minimum=1,
        maximum=3600,
        unit="s",
    ),
)
"""Settings every instance knows, whatever its service."""


class Client(Protocol):
    """What every service's client can do beside its own calls."""

    async def close(self) -> None:
        """Let go of connections and threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a client is made of. ``settings`` hold the secrets: never log them."""

    settings: Mapping[str, Value] = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)
    clock: Clock = field(repr=False)

    def text(self, key: str) -> str:
        """Return a text setting. Raises InvalidSetting when it is missing or empty."""
        value = self.settings.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidSetting(key, "is missing")
        return value.strip()

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean setting. Raises InvalidSetting when it is something else."""
        value = self.settings.get(key, default)
        if not isinstance(value, bool):
            raise InvalidSetting(key, "must be true or false")
        return value

    def number(self, key: str, *, default: float) -> float:
        """Return a number setting. Raises InvalidSetting when it is something else."""
        value = self.settings.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidSetting(key, "must be a number")
        return float(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor[Item]:
    """One reading of an item (the whole state, or one resource) and how it is shown."""

    key: str
    name: str
    value: Callable[[Item], Value]
    platform: Platform = Platform.SENSOR
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    diagnostic: bool = False
    enabled_by_default: bool = True
    icon: str | None = None
    precision: int | None = None
    options: tuple[str, ...] = ()

    def offer(self, scope: str | None) -> SensorOffer:
        """Return what the catalogue says of it."""
        return SensorOffer(
            key=self.key,
            name=self.name,
            platform=self.platform,
            scope=scope,
            unit=self.unit,
            device_class=self.device_class,
            state_class=self.state_class,
            diagnostic=self.diagnostic,
            enabled_by_default=self.enabled_by_default,
            icon=self.icon,
            precision=self.precision,
            options=self.options,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind[State, Item]:
    """A kind of thing inside an instance: how to list it, name it and read it.

    ``labels`` gives the label values by which monitors name the item, so that an
    alert finds its target (for example ``{"id": "lxc/105", "name": "radarr"}``).
    """

    key: str
    name: str
    items: Callable[[State], Iterable[Item]]
    id: Callable[[Item], str]
    title: Callable[[Item], str]
    labels: Callable[[Item], Mapping[str, str]]
    sensors: tuple[Sensor[Item], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check found wrong. ``target_id`` None means the instance itself."""

    text: str
    kind: str | None = None
    target_id: str | None = None
    target_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check[State]:
    """A named health test over one state; each finding becomes a firing alert."""

    key: str
    name: str
    severity: Severity
    find: Callable[[State], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One resolved use of a tool or an action: on what, with which checked arguments."""

    target: TargetRef
    arguments: Mapping[str, Value] = field(default_factory=dict)

    def number(self, key: str) -> float:
        """Return a number argument (already checked against its field)."""
        value = self.arguments[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{key} is no number"
            raise TypeError(message)
        return float(value)

    def text(self, key: str) -> str:
        """Return an argument as text (already checked against its field)."""
        return str(self.arguments[key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a tool read. The text is for eyes and models, never for executable fields."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool[C: Client]:
    """A question answered by reading only."""

    key: str
    name: str
    description: str
    read: Callable[[C, Call], Awaitable[Answer]]
    scope: str | None = None
    arguments: tuple[Field, ...] = ()

    def offer(self) -> ToolOffer:
        """Return what the catalogue says of it."""
        return ToolOffer(
            key=self.key,
            name=self.name,
            description=self.description,
            scope=self.scope,
            arguments=self.arguments,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an action would change, and what must be known to probe or undo it later.

    ``baseline`` is kept in the journal: small, plain values without secrets.
    """

    differences: tuple[Difference, ...]
    baseline: Mapping[str, Value]
    note: str = ""


class Effect(StrEnum):
    """What a probe found out about a change whose answer was lost."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action[C: Client]:
    """A change to the world. Only the executor calls anything here but ``dry_run``.

    * ``dry_run`` reads and says what would change.
    * ``precheck`` raises PreconditionFailed when it must not be done now.
    * ``execute`` does it once and returns the service's own word for it. Raises
      ServiceRefused / PreconditionFailed / ServiceUnreachable / ServiceUnauthorized
      when nothing changed for certain, EffectUnknown when that is not known.
    * ``probe`` looks whether an earlier ``execute`` took effect.
    * ``verify`` reads the goal back.
    * ``undo`` brings the baseline back; None means it cannot be undone.
    """

    key: str
    name: str
    description: str
    risk: Risk
    dry_run: Callable[[C, Call], Awaitable[DryRun]]
    precheck: Callable[[C, Call, Mapping[str, Value]], Awaitable[None]]
    execute: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]]
    probe: Callable[[C, Call, Mapping[str, Value]], Awaitable[Effect]]
    verify: Callable[[C, Call, Mapping[str, Value]], Awaitable[CheckResult]]
    undo: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]] | None = None
    idempotent: bool = False
    scope: str | None = None
    arguments: tuple[Field, ...] = ()
    blast_radius: str = ""
    button: bool = False
    icon: str | None = None

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return self.undo is not None

    def offer(self) -> ActionOffer:
        """Return what the catalogue says of it."""
        return ActionOffer(
            key=self.key,
            name=self.name,
            description=self.description,
            risk=self.risk,
            reversible=self.reversible,
            scope=self.scope,
            arguments=self.arguments,
            button=self.button,
            icon=self.icon,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAlert:
    """One alert as a monitor tells it. Every text in it comes from outside."""

    name: str
    status: AlertStatus
    severity: Severity
    starts_at: datetime
    labels: Mapping[str, str]
    ends_at: datetime | None = None
    summary: str = ""
    description: str = ""
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource[C: Client]:
    """How a monitor tells its alerts: pushed to our webhook, and read as a safety net.

    ``parse`` is pure and raises ServiceMalformed; ``read`` returns all that fire now.
    """

    parse: Callable[[bytes], tuple[IncomingAlert, ...]]
    read: Callable[[C], Awaitable[tuple[IncomingAlert, ...]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service[C: Client, State]:
    """One kind of homelab program we know: connection, readings, checks, tools, actions."""

    key: str
    name: str
    category: Category
    settings: tuple[Field, ...]
    connect: Callable[[Access], C]
    poll: Callable[[C], Awaitable[State]]
    version: Callable[[State], str | None]
    interval: float = 30.0
    sensors: tuple[Sensor[State], ...] = ()
    resources: tuple[ResourceKind[State, Any], ...] = ()
    checks: tuple[Check[State], ...] = ()
    tools: tuple[Tool[C], ...] = ()
    actions: tuple[Action[C], ...] = ()
    alerts: AlertSource[C] | None = None
    manufacturer: str | None = None
    icon: str | None = None

    def offer(self) -> ServiceOffer:
        """Return what the catalogue says of it."""
        readings = [sensor.offer(None) for sensor in self.sensors]
        for kind in self.resources:
            readings.extend(sensor.offer(kind.key) for sensor in kind.sensors)
        return ServiceOffer(
            key=self.key,
            name=self.name,
            category=self.category,
            settings=(*self.settings, *COMMON_SETTINGS),
            sensors=tuple(readings),
            actions=tuple(action.offer() for action in self.actions),
            tools=tuple(tool.offer() for tool in self.tools),
            manufacturer=self.manufacturer,
            icon=self.icon,
        )


type AnyService = Service[Any, Any]
