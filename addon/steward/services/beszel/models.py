"""What the hub of Beszel answers, typed. Source: its collections, which PocketBase serves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

import msgspec

from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item, NotKnown, Time, known, many
from ...sdk.monitors.watched import MonitorState, Overview, Watched, watch

RECORDS: Final = partial(many, below="items", total="totalItems", perPage=500)
LATE: Final = 300.0
"""Seconds after which the readings of a system that is up are too old: it reports each minute."""

ALERTS: Final = {
    "CPU": "HighCPU",
    "Memory": "HighMemory",
    "Disk": "HighDiskUsage",
    "Temperature": "HighTemperature",
    "GPU": "HighGPU",
    "Bandwidth": "HighBandwidth",
    **dict.fromkeys(("LoadAvg1", "LoadAvg5", "LoadAvg15"), "HighLoad"),
}
"""How the alerts about a system's load are called here."""


class Info(Item, rename=None):
    """The newest readings of a system: shares in percent, uptime in seconds, temperature in °C."""

    cpu: float | None = None
    memory: float | None = msgspec.field(name="mp", default=None)
    disk: float | None = msgspec.field(name="dp", default=None)
    uptime: float | None = msgspec.field(name="u", default=None)
    temperature: float | None = msgspec.field(name="dt", default=None)
    agent: str | None = msgspec.field(name="v", default=None)


class System(Item, rename=None):
    """A system with an agent. Its id becomes part of a path."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+\Z")] = msgspec.field(name="id")
    title: str = msgspec.field(name="name")
    status: str
    updated: Time
    host: str = ""
    info: Info = Info()

    @property
    def labels(self) -> Mapping[str, str]:
        """How its alerts name it; an agent that connects by a socket has no address."""
        address = {} if not self.host or self.host.startswith("/") else {"instance": self.host}
        return {"host": self.title, **address}

    def watched(self, now: datetime) -> Watched[System]:
        """Return it as the hub sees it now."""
        status = next((one for one in Status if one == self.status), Status.UNKNOWN)
        is_late = status is Status.UP and (now - self.updated).total_seconds() > LATE
        since = f"{self.updated:%Y-%m-%d %H:%M} UTC"
        text = f"no readings since {since}" if is_late or status is Status.DOWN else ""
        return watch(self, Status.UNKNOWN if is_late else status, since=self.updated, text=text)


class Rule(Item, rename=None):
    """An alert that a person configured for a system, and whether it fires."""

    id: str
    system: str
    name: str
    triggered: bool
    updated: Time
    value: float | None = None

    def alarm(self, system: Watched[Any]) -> Alarm:
        """Return its alarm; while the system is not up nothing is known of it."""
        over = Status.UP if system.status is Status.UP else Status.UNKNOWN
        limit = f" (limit {self.value:g})" if self.value is not None else ""
        return Alarm(
            key=f"{self.system}#{self.name}",
            name=ALERTS.get(self.name, self.name),
            status=Status.DOWN if self.triggered else over,
            labels={**system.labels, "alert": self.name},
            summary=f"{self.name} of {system.name} is {'high' if self.triggered else 'not high'}{limit}",
            since=self.updated if self.triggered else None,
        )


def now_of(value: Callable[[Info], float | None]) -> Callable[[Watched[System]], float]:
    """Return the reading of a system that is up. It raises NotKnown for others."""

    def read(one: Watched[System]) -> float:
        if one.status is not Status.UP:
            raise NotKnown(t"{one.name} is {one.status}")
        return known(value(one.item.info))

    return read


class BeszelState(MonitorState):
    """Everything that one poll reads. ``role`` is that of the user."""

    systems = RECORDS("collections/systems/records", System)
    rules = RECORDS("collections/alerts/records", Rule, optional=True)
    role: str | None = None
    version: str | None = None

    @property
    def overview(self) -> Overview[System]:
        """All systems. Raises NotKnown."""
        return Overview(tuple(one.watched(self.now) for one in self.systems), self.gaps.of("systems"))
