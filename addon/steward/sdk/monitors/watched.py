"""What a monitor watches, as the monitor sees it now."""

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
"""While it has one of these, the monitor reports nothing about it."""


class Subject(Protocol):
    """What a monitor lists."""

    @property
    def key(self) -> str:
        """What never changes of it."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels by which its alerts name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched[Item]:
    """Something that a monitor watches. ``item`` is what the monitor lists.

    ``key`` is what never changes. ``labels`` name the subject in alerts; those without a value are
    left out. ``since`` is when it went down, ``text`` why. ``suppressed`` is why nobody is notified
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
        """Whether it is up. Raises NotKnown while the monitor does not say so."""
        if self.status not in DECIDED:
            raise NotKnown(f"{self.name} is {self.status}" + (f": {self.text}" if self.text else ""))
        return self.status is Status.UP

    def alarm(self, name: str) -> Alarm:
        """Return the alarm with this name about it."""
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
    """Return what a monitor lists with its status; ``since`` counts while it is down."""
    begun = since if status is Status.DOWN else None
    return Watched(
        item=item, key=item.key, name=item.title, status=status, labels=item.labels, since=begun, text=text
    )


@dataclass(frozen=True, slots=True)
class Overview[Item]:
    """Everything that a monitor watches. ``missing`` is why something may not be listed."""

    watched: tuple[Watched[Item], ...]
    missing: str | None = None

    def count(self, status: Status) -> int:
        """Return how many have it. Raises NotKnown when 0 is not certain."""
        unknown = [one.name for one in self.watched if one.status is Status.UNKNOWN and status in DECIDED]
        missing = self.missing or (f"Nothing is known of {unknown[0]}" if unknown else None)
        return certain(sum(one.status is status for one in self.watched), missing)

    def by_key(self) -> Mapping[str, Watched[Item]]:
        """Return what is watched by its key."""
        return {one.key: one for one in self.watched}

    def worst_first(self) -> list[Watched[Item]]:
        """Return what is down, then what is not known, then the rest; each by name."""
        by_name = sorted(self.watched, key=lambda one: one.name)
        return worst_first(by_name, lambda one: not one.is_up)


class MonitorState(State):
    """What one poll of a monitor reads."""

    @property
    def overview(self) -> Overview[Any]:
        """All that it watches. Raises NotKnown."""
        raise NotImplementedError


def count_sensors(what: str, title: str) -> tuple[Sensor[Any], ...]:
    """Return how many are up, down and paused, and of how many nothing is known.

    ``what`` is the beginning of their keys, ``title`` of their names.
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
    """Return the check that finds a monitor that reports nothing at all."""

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
    """Return the check that finds a blind monitor by its own signs."""
    return warning("monitor_blind", "Monitor blind", problem)


def _counted(statuses: Iterable[Status]) -> str:
    found = list(statuses)
    return ", ".join(f"{found.count(one)} {one}" for one in Status if one in found)
