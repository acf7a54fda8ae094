"""The items of a monitor with their current status."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from homelab_steward.contract.incidents import Severity

from ..alarms import DECIDED, Alarm, Status
from ..answers import NotKnown, State, certain
from ..description import Check, Sensor
from ..display import Text, brief, count, served, warning, worst_first

SILENT = frozenset({Status.PAUSED, Status.MAINTENANCE, Status.UNKNOWN})
"""The statuses in which a monitor sends no alerts about an item."""


class Subject(Protocol):
    """An item of the list of a monitor."""

    @property
    def key(self) -> str:
        """The id of the item, which never changes."""

    @property
    def title(self) -> str:
        """The name of the item."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that name the item in alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched[Item]:
    """An item of a monitor with its status. ``item`` is the item as the monitor lists it.

    ``key`` is its id, which never changes. ``labels`` name the subject in alerts; those without a value
    are left out. ``since`` is when it went down, ``text`` why. ``suppressed`` is why nobody is notified
    while it is down.
    """

    item: Item
    key: str
    name: str
    status: Status
    labels: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.WARNING
    since: datetime | None = None
    text: str = ""
    suppressed: str | None = None

    def __post_init__(self) -> None:
        """Leave out the labels without a value."""
        object.__setattr__(self, "labels", {key: value for key, value in self.labels.items() if value})

    @property
    def is_up(self) -> bool:
        """Whether the item is up. Raises NotKnown while the monitor does not report that."""
        if self.status not in DECIDED:
            raise NotKnown(f"{self.name} is {self.status}" + (f": {self.text}" if self.text else ""))
        return self.status is Status.UP

    def alarm(self, name: str) -> Alarm:
        """Return the alarm with this name about the item."""
        reason = f": {self.text}" if self.text and self.status is not Status.UP else ""
        return Alarm(
            key=self.key,
            name=name,
            status=self.status,
            labels=dict(self.labels),
            severity=self.severity,
            summary=f"{self.name} is {self.status}{reason}",
            since=self.since,
            suppressed=self.suppressed,
        )

    def __str__(self) -> str:
        parts = (self.text, self.suppressed)
        return brief(f"{self.name}: {': '.join(filter(None, (self.status, *parts)))}")


def watch[Item: Subject](
    item: Item, status: Status, *, since: datetime | None = None, text: str = ""
) -> Watched[Item]:
    """Return an item with its status; ``since`` is used only while the item is down."""
    begun = since if status is Status.DOWN else None
    return Watched(
        item=item, key=item.key, name=item.title, status=status, labels=item.labels, since=begun, text=text
    )


@dataclass(frozen=True, slots=True)
class Overview[Item]:
    """All items of a monitor. ``missing`` is why items may be missing, None when all are listed."""

    watched: tuple[Watched[Item], ...]
    missing: str | None = None

    def count(self, status: Status) -> int:
        """Return the number of items with a status. Raises NotKnown when 0 is not certain."""
        unknown = [one.name for one in self.watched if one.status is Status.UNKNOWN and status in DECIDED]
        missing = self.missing or (f"Nothing is known of {unknown[0]}" if unknown else None)
        return certain(sum(one.status is status for one in self.watched), missing)

    def by_key(self) -> Mapping[str, Watched[Item]]:
        """Return the items by their keys."""
        return {one.key: one for one in self.watched}

    def worst_first(self) -> list[Watched[Item]]:
        """Return the items that are down, then those that are not known, then the others; each by name."""
        by_name = sorted(self.watched, key=lambda one: one.name)
        return worst_first(by_name, lambda one: not one.is_up)


class MonitorState(State):
    """The state of a monitor that one poll reads."""

    @property
    def overview(self) -> Overview[Any]:
        """All items of the monitor. Raises NotKnown."""
        raise NotImplementedError


def count_sensors(what: str, title: str) -> tuple[Sensor[Any], ...]:
    """Return the sensors with the numbers of items that are up, down, paused and unknown.

    ``what`` is the prefix of their keys, ``title`` that of their names.
    """

    def counted(status: Status, icon: str) -> Sensor[Any]:
        sensor = served if status is Status.UP else count
        return sensor(
            f"{what}_{status}", f"{title} {status}", lambda state: state.overview.count(status), icon
        )

    return (
        counted(Status.UP, "mdi:check-circle"),
        counted(Status.DOWN, "mdi:alert-circle"),
        counted(Status.PAUSED, "mdi:pause-circle"),
        counted(Status.UNKNOWN, "mdi:help-circle"),
    )


def blind_check(monitor: str) -> Check[Any]:
    """Return the check for a monitor all of whose items are paused, in maintenance or unknown."""

    def problem(state: Any) -> Text | None:
        seen: Overview[Any] = state.overview
        silent = [one.status for one in seen.watched if one.status in SILENT]
        if len(silent) < len(seen.watched) or not silent:
            return None
        if seen.missing:
            raise NotKnown(seen.missing)
        return t"{monitor} reports nothing: {_counted(silent)}"

    return blind(problem)


def blind[S](problem: Callable[[S], Text | None]) -> Check[S]:
    """Return the check for a monitor that reports nothing, with a ``problem`` of its own."""
    return warning("monitor_blind", "Monitor blind", problem)


def _counted(statuses: Iterable[Status]) -> str:
    found = list(statuses)
    return ", ".join(f"{found.count(one)} {one}" for one in Status if one in found)
