"""Readings of a service: sensors, kinds of resources, and checks."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform, ResourceOffer, SensorOffer
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import ResourceKey

from ...texts import Text
from ..format import in_words
from ..readings import Unknown
from .client import Available
from .deploys import Deploys
from .measures import Measure
from .outages import Outage
from .preserves import Preserves
from .testimonies import Testifies
from .updates import Updates

DRILL_MARK: Final = "homelab-steward-drill"
"""The label or tag with which an owner allows drills to try the actions of a resource and undo them."""


class Role(StrEnum):
    """The role of a service or of a kind of resource, which runbooks refer to."""

    APPLICATION = "application"
    HOST = "host"
    STORAGE = "storage"
    MONITOR = "monitor"


class Work(StrEnum):
    """Kinds of work that can be under way; a request can wait for their end."""

    STREAMING = "streaming"
    DOWNLOADING = "downloading"
    SCANNING = "scanning"
    ANSWERING = "answering"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Activity:
    """The work that a reading shows. ``idle`` is the value of the reading while no such work is under way.

    The reading for the work BACKUP is the time of the last backup instead.
    """

    work: Work
    idle: Value = None


_BY_DEVICE_CLASS: Final[Mapping[str | None, Measure]] = {
    "timestamp": Measure.AGE,
    "duration": Measure.DURATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor[Item]:
    """One reading of an item (the whole state, or one resource) and how it is shown.

    ``value`` may raise NotKnown or return Unknown; None means that it is not reported. ``activity`` is
    set when the reading shows whether work is under way that a change would interrupt. ``measure`` is
    the meaning of its number for health, by default derived from unit and device class (:attr:`measures`).
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
    activity: Activity | None = None
    measure: Measure | None = None

    @property
    def measures(self) -> Measure | None:
        """The meaning of the number for health, None when it has none."""
        if self.platform is not Platform.SENSOR:
            return None
        if self.measure is not None or self.diagnostic:
            return self.measure
        if self.device_class in _BY_DEVICE_CLASS:
            return _BY_DEVICE_CLASS[self.device_class]
        if self.unit == "%":
            return Measure.SHARE
        is_count = self.state_class == "measurement" and self.unit is None and self.device_class is None
        return Measure.COUNT if is_count else None

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
    """A kind of resource of a service: how its items are listed, named and read.

    ``name`` is by default the key in words. ``id`` returns what never changes (a guest's number, a pod's
    uid); without ``title`` it is the name of the item too.
    ``parent`` returns the resource that the item is in or on. ``labels`` returns the label values by which
    monitors name the item, so that the target of an alert is found. With ``is_device`` each item is a device
    of its own in Home Assistant. ``about`` returns labels that identify what an item of a monitor watches:
    the outage of the item is part of the outage of that target. ``part`` is for a state that is no State: the
    part whose gap means that items may be missing. The ``icon`` is by default the service's.
    ``updates`` declares how newer versions of its items are found and installed, ``deploys`` how its items
    deploy from Git repositories, ``preserves`` how their data is copied before an update, ``testifies`` how
    its items report about devices that other monitors may watch too. ``marks`` returns the labels or tags
    that the owner gave the item: items with DRILL_MARK may be used by drills.
    """

    key: str
    items: Callable[[S], Iterable[Item]]
    id: Callable[[Item], str]
    name: str = ""
    title: Callable[[Item], str] | None = None
    labels: Callable[[Item], Mapping[str, str]] = lambda _: {}
    parent: Callable[[Item], ResourceKey | None] = lambda _: None
    about: Callable[[Item], Mapping[str, str]] = lambda _: {}
    sensors: tuple[Sensor[Item], ...] = ()
    role: Role | None = None
    is_device: bool = False
    part: str | None = None
    icon: str | None = None
    updates: Updates[Item] | None = None
    deploys: Deploys[S, Item] | None = None
    preserves: Preserves[Item] | None = None
    testifies: tuple[Testifies[Item], ...] = ()
    marks: Callable[[Item], Collection[str]] = lambda _: ()

    def __post_init__(self) -> None:
        """Derive a missing name from the key."""
        object.__setattr__(self, "name", self.name or in_words(self.key))

    def name_of(self, item: Item) -> str:
        """Return the name of an item for people."""
        return (self.title or self.id)(item)

    def offer(self, icon: str | None = None) -> ResourceOffer:
        """Return its catalogue entry; ``icon`` is that of the service."""
        return ResourceOffer(
            kind=self.key, name=self.name, role=self.role, is_device=self.is_device, icon=self.icon or icon
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check[Item]:
    """A named health test of the state or, with ``scope``, of every resource of that kind.

    ``problem`` returns the text of the problem, None without one, and raises NotKnown when that is not
    known now: then no alert begins or ends. ``outage`` is set when the problem is that the item does not
    run at all.
    """

    key: str
    name: str
    severity: Severity
    problem: Callable[[Item], Text | None]
    scope: str | None = None
    outage: Outage[Any] | None = None
