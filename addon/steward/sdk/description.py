"""The frozen objects that describe a service; each folder of ``services/`` declares one."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, Self, TypedDict, Unpack, cast

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import (
    ActionOffer,
    Category,
    ControlKind,
    ControlOffer,
    Field,
    Platform,
    ResourceOffer,
    RightOffer,
    Risk,
    SensorOffer,
    ServiceOffer,
    SettingKind,
    ToolOffer,
)
from homelab_steward.contract.incidents import AlertStatus, CheckResult, Difference, Severity
from homelab_steward.contract.state import ResourceKey, TargetRef

from ..errors import ServiceUnauthorized
from .access import Access
from .coverage import Gaps
from .outputs import Output
from .readings import Unknown

RUNS_ON: Final = "runs_on"
POLL_SECONDS: Final = "poll_seconds"

COMMON_SETTINGS: Final = (
    Field(
        key=RUNS_ON,
        kind=SettingKind.TEXT,
        name="Runs on",
        description="Name or ID of the container, virtual machine or node that it runs in",
        required=False,
    ),
    Field(
        key=POLL_SECONDS,
        kind=SettingKind.NUMBER,
        name="Poll interval",
        description="Seconds between two polls, when you do not want the service's own interval",
        required=False,
        minimum=1,
        maximum=3600,
        unit="s",
    ),
)
"""Settings of every instance, whatever its service."""


class Client(Protocol):
    """What every service's client offers besides its own calls."""

    async def close(self) -> None:
        """Release connections and threads."""


class Role(StrEnum):
    """What a service or a kind of resource is to others; runbooks refer to it."""

    APPLICATION = "application"
    HOST = "host"
    STORAGE = "storage"
    MONITOR = "monitor"


type Available = Callable[[Any], str | None]
"""Takes the service's state; returns why something is not available, None when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right that the credentials may have or lack, as the service names it."""

    key: str
    name: str
    needed_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor[Item]:
    """One reading of an item (the whole state, or one resource) and how it is shown.

    ``value`` may raise NotKnown or return Unknown; None means that it is not reported.
    """

    key: str
    name: str
    value: Callable[[Item], Value | Unknown]
    platform: Platform = Platform.SENSOR
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    diagnostic: bool = False
    enabled_by_default: bool = True
    icon: str | None = None
    precision: int | None = None
    options: tuple[str, ...] = ()
    available: Available | None = None

    def offer(self, scope: str | None) -> SensorOffer:
        """Return its catalogue entry."""
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
class ResourceKind[S, Item]:
    """A kind of thing inside an instance: how to list it, name it and read it.

    ``id`` is what never changes (a guest's number, a pod's uid). ``parent`` names the
    resource it is in or on. ``labels`` gives the label values by which monitors name the
    item, so that an alert finds its target. ``is_device`` gives each item a device of its
    own in Home Assistant. ``part`` names the endpoint of the state that lists the items:
    a gap there means that items may be missing.
    """

    key: str
    name: str
    items: Callable[[S], Iterable[Item]]
    id: Callable[[Item], str]
    title: Callable[[Item], str]
    labels: Callable[[Item], Mapping[str, str]] = lambda _: {}
    parent: Callable[[Item], ResourceKey | None] = lambda _: None
    sensors: tuple[Sensor[Item], ...] = ()
    role: Role | None = None
    is_device: bool = False
    part: str | None = None
    icon: str | None = None

    def offer(self) -> ResourceOffer:
        """Return its catalogue entry."""
        return ResourceOffer(
            kind=self.key, name=self.name, role=self.role, is_device=self.is_device, icon=self.icon
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check[Item]:
    """A named health test of the state or, with ``scope``, of every resource of that kind.

    ``problem`` returns what is wrong, None when nothing is, and raises NotKnown when that
    cannot be judged now: then nothing begins and nothing ends.
    """

    key: str
    name: str
    severity: Severity
    problem: Callable[[Item], str | None]
    scope: str | None = None


async def _note_nothing(_: Mapping[str, Value]) -> None:
    """Keep nothing: outside of a run there is no journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One resolved use of a tool or an action: its target and its checked arguments.

    ``note`` adds plain values to the step's journaled baseline before it returns, such as
    the handle of a job that was just started: a probe after a crash finds them there.
    """

    target: TargetRef
    arguments: Mapping[str, Value] = field(default_factory=dict)
    note: Callable[[Mapping[str, Value]], Awaitable[None]] = field(default=_note_nothing, compare=False)

    def number(self, key: str) -> float:
        """Return a number argument (already checked against its field)."""
        value = self.arguments[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{key} is not a number"
            raise TypeError(message)
        return float(value)

    def text(self, key: str) -> str:
        """Return an argument as text (already checked against its field)."""
        return str(self.arguments[key])

    def flag(self, key: str) -> bool:
        """Return a boolean argument (already checked against its field)."""
        return self.arguments[key] is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a tool read. The text is for people and models, never for executable fields."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool[C: Client]:
    """A question answered by reading only.

    ``capability`` is the name by which runbooks ask any service for it (``health``,
    ``logs``, ``queue``, ``status``, ``tasks``).
    """

    key: str
    name: str
    description: str
    read: Callable[[C, Call], Awaitable[Answer]]
    scope: str | None = None
    arguments: tuple[Field, ...] = ()
    capability: str | None = None
    needs: tuple[str, ...] = ()
    available: Available | None = None

    def offer(self) -> ToolOffer:
        """Return its catalogue entry."""
        return ToolOffer(
            key=self.key,
            name=self.name,
            description=self.description,
            scope=self.scope,
            arguments=self.arguments,
            capability=self.capability,
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
class Undo[C: Client]:
    """How an action is taken back: an action with a dry run of its own.

    ``dry_run`` returns what undoing would change now (nothing when it is undone already) and
    raises PreconditionFailed when somebody else changed it since. ``execute`` does it and
    returns a sentence.
    """

    dry_run: Callable[[C, Call, Mapping[str, Value]], Awaitable[tuple[Difference, ...]]]
    execute: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action[C: Client]:
    """A change to the world. Only the executor calls anything here but ``dry_run``.

    * ``dry_run`` reads and returns what would change. It raises PreconditionFailed for what
      the precheck would refuse: such an action is not offered, and the reason is shown.
    * ``precheck`` raises PreconditionFailed when it must not be done now.
    * ``execute`` does it once and returns a sentence. Raises ServiceRefused,
      PreconditionFailed, ServiceUnreachable or ServiceUnauthorized when nothing changed for
      certain, EffectUnknown when that is not known.
    * ``probe`` reads whether an earlier ``execute`` took effect.
    * ``verify`` reads the goal back; its result may be unknown.
    * ``undo`` brings the baseline back; None means that it cannot be undone.

    ``interrupts``: what runs in the target is interrupted. The risk is then high for the
    guest that Home Assistant or the app runs in. ``capability`` is the name by which runbooks
    ask any service for it. ``needs`` names the rights (see Service.rights) it cannot do without.
    ``outputs`` are values for later steps: ``execute`` notes each of them with ``Call.note``.
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
    undo: Undo[C] | None = None
    idempotent: bool = False
    scope: str | None = None
    arguments: tuple[Field, ...] = ()
    outputs: tuple[Output, ...] = ()
    blast_radius: str = ""
    button: bool = False
    icon: str | None = None
    capability: str | None = None
    interrupts: bool = False
    needs: tuple[str, ...] = ()
    available: Available | None = None

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return self.undo is not None

    def offer(self) -> ActionOffer:
        """Return its catalogue entry."""
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
            capability=self.capability,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A reading plus an action: a switch, select, number, update or button entity.

    Using it asks at the gate. ``action`` gets ``argument`` from the entity's new value (number
    and select); a switch has ``off_action`` too. For an update, ``reading`` is the installed
    version and ``latest`` the sensor with the newest one.
    """

    key: str
    name: str
    kind: ControlKind
    action: str
    reading: str | None = None
    off_action: str | None = None
    argument: str | None = None
    latest: str | None = None
    scope: str | None = None
    icon: str | None = None

    @classmethod
    def switch(
        cls, key: str, name: str, reading: str, *, on: str, off: str, scope: str | None = None
    ) -> Self:
        """Return a switch of a binary reading by two actions."""
        return cls(
            key=key,
            name=name,
            kind=ControlKind.SWITCH,
            reading=reading,
            action=on,
            off_action=off,
            scope=scope,
        )

    @classmethod
    def number(
        cls, key: str, name: str, reading: str, *, action: str, argument: str, scope: str | None = None
    ) -> Self:
        """Return a number set by one argument of an action."""
        return cls(
            key=key,
            name=name,
            kind=ControlKind.NUMBER,
            reading=reading,
            action=action,
            argument=argument,
            scope=scope,
        )

    def offer(self) -> ControlOffer:
        """Return its catalogue entry."""
        return ControlOffer(
            key=self.key,
            name=self.name,
            kind=self.kind,
            action=self.action,
            reading=self.reading,
            off_action=self.off_action,
            argument=self.argument,
            latest=self.latest,
            scope=self.scope,
            icon=self.icon,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAlert:
    """One alert as a monitor sends it. Every text in it comes from outside.

    ``suppressed`` is why the monitor notifies nobody of it now; ``silenced_until`` is when a
    silence of it ends, None when that is not known. A suppressed alert still fires.
    """

    name: str
    status: AlertStatus
    severity: Severity
    starts_at: datetime
    labels: Mapping[str, str]
    ends_at: datetime | None = None
    summary: str = ""
    description: str = ""
    fingerprint: str | None = None
    suppressed: str | None = None
    silenced_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook request: header names in lower case, the raw body, and when it arrived."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Verification(Protocol):
    """How a service's webhook proves where it comes from, besides the webhook's own token."""

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Raise ServiceUnauthorized when the delivery is not from the service."""


@dataclass(frozen=True, slots=True)
class HmacSignature:
    """The body is signed: ``header`` holds the hex HMAC, after an optional ``prefix``."""

    header: str
    secret: str
    algorithm: str = "sha256"
    prefix: str = ""

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        key = settings.get(self.secret)
        sent = delivery.headers.get(self.header.lower(), "")
        if not isinstance(key, str) or not key:
            raise ServiceUnauthorized(f"The setting {self.secret} is missing")
        expected = self.prefix + hmac.new(key.encode(), delivery.body, self.algorithm).hexdigest()
        if not hmac.compare_digest(expected.encode(), sent.encode()):
            raise ServiceUnauthorized("The signature of the webhook does not match")


@dataclass(frozen=True, slots=True)
class HeaderToken:
    """A fixed token is sent in ``header``; ``secret`` names the setting that holds it."""

    header: str
    secret: str

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        expected = settings.get(self.secret)
        sent = delivery.headers.get(self.header.lower(), "")
        if not isinstance(expected, str) or not expected:
            raise ServiceUnauthorized(f"The setting {self.secret} is missing")
        digests = (hashlib.sha256(one.encode()).digest() for one in (expected, sent))
        if not hmac.compare_digest(*digests):
            raise ServiceUnauthorized("The token of the webhook does not match")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAlerts:
    """All alerts that a monitor has now, suppressed ones included.

    ``missing`` is why an alert that is absent may still fire (the monitor has just started,
    the list is not whole); None when its absence proves that it does not.
    """

    alerts: tuple[IncomingAlert, ...]
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource[C: Client]:
    """How a monitor reports its alerts: sent to our webhook, and read as a safety net.

    ``parse`` is pure and raises ServiceMalformed; ``read`` returns all that fire now.
    """

    parse: Callable[[Delivery], tuple[IncomingAlert, ...]] | None = None
    read: Callable[[C], Awaitable[ReadAlerts]] | None = None
    verify: Verification | None = None


class Changed(StrEnum):
    """What a listener yields when something changed that the next poll will show."""

    POLL_NOW = "poll_now"


type Push = Changed | IncomingAlert
"""What a long-lived listener yields."""


class More[C: Client, S](TypedDict, total=False):
    """What a relative adds to its family's description."""

    sensors: tuple[Sensor[S], ...]
    resources: tuple[ResourceKind[S, Any], ...]
    checks: tuple[Check[Any], ...]
    tools: tuple[Tool[C], ...]
    actions: tuple[Action[C], ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service[C: Client, S]:
    """One kind of homelab program: connection, readings, checks, tools, actions, controls."""

    key: str
    name: str
    category: Category
    settings: tuple[Field, ...]
    connect: Callable[[Access], C]
    poll: Callable[[C, Gaps], Awaitable[S]]
    version: Callable[[S], str | None]
    interval: float = 30.0
    role: Role = Role.APPLICATION
    sensors: tuple[Sensor[S], ...] = ()
    resources: tuple[ResourceKind[S, Any], ...] = ()
    checks: tuple[Check[Any], ...] = ()
    tools: tuple[Tool[C], ...] = ()
    actions: tuple[Action[C], ...] = ()
    controls: tuple[Control, ...] = ()
    alerts: AlertSource[C] | None = None
    listen: Callable[[C], AsyncIterator[Push]] | None = None
    rights: tuple[Right, ...] = ()
    granted: Callable[[S], frozenset[str]] | None = None
    understood: str = ""
    manufacturer: str | None = None
    icon: str | None = None

    def offer(self) -> ServiceOffer:
        """Return its catalogue entry."""
        sensors = [sensor.offer(None) for sensor in self.sensors]
        for kind in self.resources:
            sensors.extend(sensor.offer(kind.key) for sensor in kind.sensors)
        return ServiceOffer(
            key=self.key,
            name=self.name,
            category=self.category.key,
            settings=(*self.settings, *COMMON_SETTINGS),
            sensors=tuple(sensors),
            actions=tuple(action.offer() for action in self.actions),
            tools=tuple(tool.offer() for tool in self.tools),
            controls=tuple(control.offer() for control in self.controls),
            resources=tuple(kind.offer() for kind in self.resources),
            rights=tuple(
                RightOffer(key=one.key, name=one.name, needed_for=one.needed_for) for one in self.rights
            ),
            manufacturer=self.manufacturer,
            icon=self.icon,
        )

    def extended(self, **more: Unpack[More[C, S]]) -> Service[C, S]:
        """Return the service with more sensors, resources, checks, tools, actions and controls."""
        entries = cast("dict[str, tuple[Any, ...]]", more)
        joined: dict[str, Any] = {key: (*getattr(self, key), *added) for key, added in entries.items()}
        return replace(self, **joined)

    def kind(self, key: str) -> ResourceKind[S, Any] | None:
        """Return the kind of resource with this key."""
        return next((one for one in self.resources if one.key == key), None)

    def missing(self, state: S) -> tuple[Right, ...]:
        """Return the rights that the credentials lack; none when the service cannot say.

        Raises NotKnown when the state does not hold them this time.
        """
        if self.granted is None:
            return ()
        granted = self.granted(state)
        return tuple(one for one in self.rights if one.key not in granted)


type AnyService = Service[Any, Any]
