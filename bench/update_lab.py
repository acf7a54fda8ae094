"""A simulated homelab in which one container is updated: what it reads as at each second around the update.

Written from reports of updates that went wrong, before the code that judges them, and without its limits.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.base import Value
from steward.changes.learning import EVERY
from steward.changes.observations import CheckReads, Relation, Sample, Thing, thing_of
from steward.sdk.description import Sensor
from steward.sdk.sensors import count, duration, flag, percentage, served, time
from steward.services._docker.readings import CONTAINER

UPDATED_AT: Final = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
LAST_SAMPLE: Final = 10.0
OFTEN: Final = 120.0
SHOWN_LINES: Final = 50
"""How many lines a read of the log returns, as the tools of the services do."""

type Number = Callable[[float], float]
"""A reading by the seconds since the update."""


@dataclass(frozen=True, slots=True)
class App:
    """What is normal for an app. ``period`` is how often its task runs, in seconds; 0 is never."""

    memory: float
    cpu: float
    response: float = 0
    served: int = 0
    queue: int = 0
    period: float = 0
    lines: float = 6
    has_health: bool = True
    is_read: bool = True
    start: float = 10


APPS: Final[Mapping[str, App]] = {
    "series": App(280, 3, response=0.04, served=120, queue=6, period=900, start=15),
    "broker": App(14, 1, served=36, lines=20, has_health=False, start=2),
    "hub": App(720, 9, response=0.12, served=840, has_health=False, start=45),
    "database": App(400, 5, served=14, lines=3, start=5),
    "proxy": App(64, 2, response=0.006, served=22, lines=30, start=3),
    "photos": App(1500, 12, response=0.2, served=9, queue=20, start=35),
    "documents": App(520, 4, response=0.09, served=5, period=600, start=40),
    "names": App(95, 2, response=0.004, served=19, lines=40, start=4),
    "plain": App(150, 2, lines=4, has_health=False, is_read=False, start=6),
    "worker": App(210, 8, lines=15, has_health=True, is_read=False, start=8),
}

_APP_SENSORS: Final[tuple[Sensor[None], ...]] = (
    duration("response", "Response time", lambda _: None),
    served("served", "Served", lambda _: None),
    count("queue", "Queue", lambda _: None),
    time("last_task", "Last sync", lambda _: None),
    duration("clock_offset", "Clock offset", lambda _: None),
    flag("connected", "Connected", lambda _: None, "connectivity"),
)
_HOST_SENSORS: Final[tuple[Sensor[None], ...]] = (
    percentage("disk_share", "Disk usage", lambda _: None),
    percentage("cpu", "CPU usage", lambda _: None),
    percentage("memory_share", "Memory usage", lambda _: None),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a log: the first at ``begin`` seconds, then one every ``every`` seconds until ``end``."""

    begin: float
    every: float
    text: Callable[[int], str]
    end: float = math.inf

    def until(self, at: float) -> Iterator[tuple[float, str]]:
        """Yield the last lines up to a time."""
        last = math.floor((min(at, self.end) - self.begin) / self.every)
        for number in range(max(0, last - SHOWN_LINES), last + 1):
            yield self.begin + number * self.every, self.text(number)


@dataclass
class Lab:
    """One update of one app. Scenarios replace its courses.

    ``bad_since`` is when the failure is there, in seconds since the update; None for a good update.
    """

    seed: int
    app: App
    noise: random.Random = field(init=False)
    bad_since: float | None = None
    learned: float = 86_400
    """For how many seconds before the update it was read."""

    def __post_init__(self) -> None:
        app, draw = self.app, random.Random(self.seed)  # noqa: S311 - a simulation
        self.noise = draw
        self.phase = draw.uniform(0, 86_400)
        self.wobble = draw.uniform(0.02, 0.12)
        self.season = draw.uniform(0, 0.15)
        self.ready = app.start * draw.uniform(0.7, 1.4)
        self.neighbours = tuple(f"neighbour {number}" for number in range(draw.randint(1, 5)))
        self.unread_share = draw.choice((0, 0, 0, 0.05, 0.1))
        self.task_offset = draw.uniform(0, app.period or 1)
        self.memory: Number = lambda at: app.memory * min(1, 0.45 + 0.55 * _since(at, 0) / (6 * app.start))
        self.cpu: Number = lambda at: app.cpu + (25 if 0 <= at < self.ready else 0)
        self.response: Number = lambda _: app.response
        self.served: Number = lambda at: app.served * _returning(at, self.ready, 20)
        self.queue: Number = self._usual_queue
        self.task: Number = self._usual_task
        self.clock_offset: Number = lambda _: 0.02
        self.disk: Number = lambda at: 48 + at / 86_400
        self.running: Callable[[float], bool | None] = lambda _: True
        self.answers: Callable[[float], bool | None] = lambda at: not 0 <= at < self.ready
        self.healthy: Callable[[float], str] = lambda at: "starting" if 0 <= at < self.ready else "healthy"
        self.starts: tuple[float, ...] = (0.0,)
        """When the new container was started; all but the first are counted as restarts."""
        self.restarts: Number = lambda at: sum(0 < one <= at for one in self.starts[1:])
        self.sick: Mapping[str, Callable[[float], bool]] = {}
        self.own_problem: Callable[[float], bool | None] = lambda _: False
        self.host_read: Callable[[float], bool] = lambda _: True
        self.app_read: Callable[[float], bool] = lambda _: True
        self.listed: Callable[[float], bool] = lambda _: True
        self.before: list[Lines] = [self.usual_lines(-self.learned - 7200, 0)]
        self.after: list[Lines] = [*self.start_lines(0), self.usual_lines(self.ready, math.inf)]

    def at(self, at: float) -> Sample:
        """Return what is read at a time, in seconds since the update."""
        now = UPDATED_AT + timedelta(seconds=at)
        things = {"container": self._container(at, now), "host": self._host(at, now)}
        if self.app.is_read:
            things["app"] = self._app(at, now)
        things |= {name: self._neighbour(name, at, now) for name in self.neighbours}
        return Sample(at=now, things=things, lines=self._lines(at))

    def _container(self, at: float, now: datetime) -> Thing:
        running = self.running(at)
        is_known = self._is_read("container", at) and self.host_read(at)
        health = self.healthy(at) if self.app.has_health else "none"
        started = max((one for one in self.starts if one <= at), default=-self.learned - 5000)
        values: dict[str, Value] = {
            "running": running,
            "restart_count": self.restarts(at),
            "started_at": (UPDATED_AT + timedelta(seconds=started)).isoformat(),
        }
        if running:
            values |= {
                "memory_used": round(self._noisy("memory", at, self.memory(at))),
                "cpu": min(100.0, round(self._noisy("cpu", at, self.cpu(at), 0.4), 1)),
            }
        checks = {
            "container_exited": bool(running),
            "container_unhealthy": None if health == "starting" else health != "unhealthy",
        }
        return thing_of(
            "app",
            Relation.ITSELF,
            CONTAINER.sensors,
            values,
            CheckReads(checks if is_known else {}),
            now,
            answers=self.listed(at) if is_known else None,
        )

    def _app(self, at: float, now: datetime) -> Thing:
        app = self.app
        is_known = self._is_read("app", at) and self.app_read(at)
        answers = bool(self.answers(at) and self.running(at) and self.host_read(at)) if is_known else None
        values: dict[str, Value] = {"connected": True, "clock_offset": self.clock_offset(at)}
        if app.response:
            values["response"] = round(self._noisy("response", at, self.response(at), 0.25), 4)
        if app.served:
            values["served"] = round(self.served(at))
        if app.queue:
            values["queue"] = round(self.queue(at))
        if app.period:
            values["last_task"] = (now - timedelta(seconds=self.task(at))).isoformat()
        problem = self.own_problem(at)
        return thing_of(
            "App",
            Relation.APPLICATION,
            _APP_SENSORS,
            values if answers else {},
            CheckReads({"health": None if problem is None else not problem} if answers else {}),
            now,
            answers=answers,
        )

    def _host(self, at: float, now: datetime) -> Thing:
        values: dict[str, Value] = {
            "disk_share": round(self.disk(at), 1),
            "cpu": round(self._noisy("host cpu", at, 15, 0.3), 1),
            "memory_share": round(self._noisy("host memory", at, 55, 0.05), 1),
        }
        is_known = self.host_read(at)
        return thing_of(
            "Host",
            Relation.HOST,
            _HOST_SENSORS,
            values if is_known else {},
            CheckReads(),
            now,
            answers=is_known,
        )

    def _neighbour(self, name: str, at: float, now: datetime) -> Thing:
        is_known = self._is_read(name, at) and self.host_read(at)
        is_sick = name in self.sick and self.sick[name](at)
        checks = {"container_exited": not is_sick, "container_unhealthy": True}
        values: dict[str, Value] = {"running": not is_sick, "restart_count": 0}
        return thing_of(
            name,
            Relation.NEIGHBOUR,
            CONTAINER.sensors,
            values,
            CheckReads(checks if is_known else {}),
            now,
            answers=True if is_known else None,
        )

    def _is_read(self, what: str, at: float) -> bool:
        return self.draw(f"read {what}", at).random() >= self.unread_share

    def _noisy(self, what: str, at: float, value: float, wobble: float | None = None) -> float:
        draw = self.draw(what, at)
        day = 1 + self.season * math.sin(2 * math.pi * (at + self.phase) / 86_400)
        return max(0.0, value * day * (1 + draw.gauss(0, wobble or self.wobble / 3)))

    def draw(self, what: str, at: float) -> random.Random:
        """Return random numbers that are the same at each read of the same time."""
        return random.Random(f"{self.seed} {what} {at:.0f}")  # noqa: S311 - a simulation

    def _usual_queue(self, at: float) -> float:
        return (
            abs(math.sin((at + self.phase) / 700)) * self.app.queue * (0.3 + self.draw("queue", at).random())
        )

    def _usual_task(self, at: float) -> float:
        return (at + self.task_offset) % (self.app.period or 1)

    def usual_lines(self, begin: float, end: float) -> Lines:
        """Return the lines that it writes all the time."""
        names = ("sync of feed", "request from", "saved record", "checked item", "session of client")
        return Lines(
            begin,
            60 / self.app.lines,
            lambda number: (
                f"INFO {names[number % len(names)]} {number * 7919 % 9973} done in {number % 83} ms"
            ),
            end,
        )

    def start_lines(self, at: float) -> list[Lines]:
        """Return the lines of a start at a time."""
        texts = (
            "Starting version 2.4.1",
            "Reading configuration",
            "Opening database",
            "Listening on port 8989",
        )
        step = self.ready / len(texts)
        return [once(at + step * number, f"INFO {text}") for number, text in enumerate(texts)]

    def _lines(self, at: float) -> list[str] | None:
        if not self.host_read(at) or not self._is_read("log", at):
            return None
        sources: Sequence[Lines] = self.before if at < 0 else self.after
        found = sorted(line for one in sources if one.begin <= at for line in one.until(at))[-SHOWN_LINES:]
        return [f"{UPDATED_AT + timedelta(seconds=when):%Y-%m-%dT%H:%M:%S} {text}" for when, text in found]


def sample_times(lab: Lab) -> Iterator[float]:
    """Yield when samples are taken before the update, the last just before it."""
    draw = random.Random(f"samples {lab.seed}")  # noqa: S311 - a simulation
    at = -lab.learned
    while at < -LAST_SAMPLE:
        yield at
        at += (EVERY if lab.learned > EVERY else OFTEN) * (0.5 + draw.random())
    yield -LAST_SAMPLE


def once(at: float, text: str) -> Lines:
    """Return one line at a time."""
    return Lines(at, 1, always(text), at)


def always(text: str) -> Callable[[int], str]:
    """Return a text that is the same for each line."""
    return lambda _: text


def _since(at: float, begin: float) -> float:
    """Return the seconds since a time, endless before it."""
    return at - begin if at >= begin else math.inf


def _returning(at: float, ready: float, seconds: float) -> float:
    """Return the share of clients that are back after a restart."""
    return 1.0 if at < 0 else min(1.0, max(0.0, (at - ready) / seconds))
