"""The description of one kind of service as a whole."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypedDict, Unpack, cast

from homelab_steward.contract.catalogue import Category, Field, RightOffer, ServiceOffer
from homelab_steward.contract.fences import FenceRole

from ..access import Access
from ..coverage import Gaps
from ..format import in_words
from .actions import Action
from .alerts import AlertSource, Push
from .client import Client
from .controls import Control
from .preserves import Preserves
from .proposals import NewFile
from .resources import Check, ResourceKind, Role, Sensor
from .restore_drills import RestoreDrill
from .settings import COMMON_SETTINGS
from .tools import Tool
from .versions import Versions
from .webhooks import ChangeHook

AWAY_AFTER: Final = 20.0
"""Seconds without an answer after which a program counts as away; a restart takes less."""


NAME: Final = ""
"""The value of ``manufacturer`` that means the name of the service."""

NOT_STATED: Final = Versions()
"""No versions are stated, so that none is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right that the credentials may have or lack, as the service names it."""

    key: str
    name: str
    needed_for: str

    @classmethod
    def each(cls, needed_for: Mapping[str, str]) -> tuple[Self, ...]:
        """Return rights that the service names by their keys, with what each is needed for."""
        return tuple(cls(key=key, name=key, needed_for=use) for key, use in needed_for.items())


class More[C: Client, S](TypedDict, total=False):
    """The fields that a service adds to the description of its family."""

    sensors: tuple[Sensor[S], ...]
    resources: tuple[ResourceKind[S, Any], ...]
    checks: tuple[Check[Any], ...]
    tools: tuple[Tool[C], ...]
    actions: tuple[Action[C], ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service[C: Client, S]:
    """One kind of homelab program: connection, readings, checks, tools, actions, controls.

    ``away_after`` is how long it may not answer before that is a problem, in seconds. ``identity``
    returns what distinguishes this running program from all others; with it, the same service cannot be
    added under two addresses. ``understood`` are the versions whose answers are known, and
    ``tested`` what it was tested with: a real program with its version, or recorded answers.
    ``product`` is its name at endoflife.date, and ``package`` its ecosystem and name at OSV.dev, such as
    "PyPI:homeassistant", if its versions there are those that ``version`` returns.
    ``hook`` declares webhooks about changes.
    ``preserves`` declares how the program copies its own data before an update, ``restore_drill`` how backups
    are restored in isolation.
    ``propose_file`` opens a pull request with a new file, once, and returns its number as text.
    ``essential`` is the function that the whole home depends on: people are asked whether to fence it.
    ``essential_kind`` is the kind of resource that this is about, "" for the whole instance.
    ``suite`` names an MCP server that offers the service beside that of its category, such as "arr-suite".
    ``watches`` are kinds of items that only report about devices: they are no targets and not listed.
    ``home_integrations`` are integrations of Home Assistant that read the same program, beside the one that
    has its key as domain: the states of their entities are no second vote.
    ``reports_on`` is the key of another service that it reports about, such as "plex" for its statistics.
    ``name`` is by default the key in words, ``manufacturer`` the name, None when it is not known. A sensor
    with the ``version`` is added, unless there is one. Without ``is_addable`` its instances are in the
    settings file only.
    """

    key: str
    category: Category
    settings: tuple[Field, ...]
    connect: Callable[[Access], C]
    poll: Callable[[C, Gaps], Awaitable[S]]
    version: Callable[[S], str | None]
    name: str = ""
    interval: float = 30.0
    role: Role = Role.APPLICATION
    sensors: tuple[Sensor[S], ...] = ()
    resources: tuple[ResourceKind[S, Any], ...] = ()
    watches: tuple[ResourceKind[S, Any], ...] = ()
    checks: tuple[Check[Any], ...] = ()
    tools: tuple[Tool[C], ...] = ()
    actions: tuple[Action[C], ...] = ()
    controls: tuple[Control, ...] = ()
    alerts: AlertSource[C] | None = None
    listen: Callable[[C], AsyncIterator[Push]] | None = None
    hook: ChangeHook | None = None
    preserves: Preserves[S] | None = None
    restore_drill: RestoreDrill[C] | None = None
    propose_file: Callable[[C, NewFile], Awaitable[str]] | None = None
    rights: tuple[Right, ...] = ()
    granted: Callable[[S], frozenset[str]] | None = None
    identity: Callable[[S], str] | None = None
    understood: Versions = NOT_STATED
    tested: str = "recorded answers"
    away_after: float = AWAY_AFTER
    manufacturer: str | None = NAME
    icon: str | None = None
    essential: FenceRole | None = None
    essential_kind: str = ""
    suite: str | None = None
    home_integrations: tuple[str, ...] = ()
    product: str = ""
    package: str = ""
    is_addable: bool = True
    reports_on: str = ""

    def __post_init__(self) -> None:
        """Derive a missing name from the key, and add the sensor with the version if there is none."""
        object.__setattr__(self, "name", self.name or in_words(self.key))
        if all(one.key != "version" for one in self.sensors):
            shown = Sensor[S](key="version", name="Version", value=self.version, diagnostic=True)
            object.__setattr__(self, "sensors", (*self.sensors, shown))

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
            resources=tuple(kind.offer(self.icon) for kind in self.resources),
            rights=tuple(
                RightOffer(key=one.key, name=one.name, needed_for=one.needed_for) for one in self.rights
            ),
            manufacturer=self.name if self.manufacturer == NAME else self.manufacturer,
            icon=self.icon,
            takes_webhooks=self.hook is not None
            or (self.alerts is not None and self.alerts.parse is not None),
            suite=self.suite,
            is_addable=self.is_addable,
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

        Raises NotKnown when this state has no information about rights.
        """
        if self.granted is None:
            return ()
        granted = self.granted(state)
        return tuple(one for one in self.rights if one.key not in granted)


type AnyService = Service[Any, Any]
