"""What Prometheus and servers that are compatible with it answer, typed.

Shapes: https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from ...errors import ServiceRefused
from ...sdk.coverage import Gaps
from ...sdk.format import brief
from ...sdk.http import plain
from ...sdk.parse import Item, Time, at, parse, parse_items
from ...sdk.readings import NotKnown
from ...sdk.state import Endpoint, State
from ...sdk.typed_calls import Parameter


class Envelope(Item):
    """What is around every answer. VictoriaMetrics says isPartial, Thanos and Mimir warn."""

    status: str
    data: Any = None
    error: str = ""
    error_type: str = ""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    is_partial: bool = False


def opened(answer: object, gaps: Gaps, part: str) -> object:
    """Return the data of an answer; what it warns of is a gap.

    Raises ServiceRefused with the server's own text when it is an error, or ServiceMalformed.
    """
    envelope = parse(Envelope, answer, part)
    if envelope.status != "success":
        raise ServiceRefused(f"{part}: {plain(f'{envelope.error_type}: {envelope.error}')}")
    partial = ("the answer is partial",) if envelope.is_partial else ()
    if texts := (*envelope.warnings, *envelope.infos, *partial):
        gaps.add(part, plain("; ".join(texts)))
    return envelope.data


def rows[T](
    kind: type[T], answer: object, gaps: Gaps, part: str, find: Callable[[object], object]
) -> tuple[T, ...]:
    """Return the items that ``find`` finds in the data of an answer. Raises as ``opened`` does."""
    return parse_items(kind, find(opened(answer, gaps, part)), gaps, part)


def _one[T](path: str, kind: type[T], **query: Parameter) -> Endpoint[T]:
    def understand(answer: object, gaps: Gaps, name: str) -> T:
        return parse(kind, opened(answer, gaps, name), name)

    return Endpoint(path, understand, optional=True, query=query)


def _many[T](path: str, kind: type[T], find: Callable[[object], object]) -> Endpoint[tuple[T, ...]]:
    def understand(answer: object, gaps: Gaps, name: str) -> tuple[T, ...]:
        return rows(kind, answer, gaps, name, find)

    return Endpoint(path, understand, optional=True, query={})


class Target(Item):
    """A target, identified by job and instance. Its health is up, down, or unknown before a scrape."""

    labels: dict[str, str]
    health: str
    last_error: str | None = None

    @property
    def id(self) -> str:
        """Its job and its instance."""
        return f"{self.labels.get('job', '')} {self.labels.get('instance', '')}"

    @property
    def rank(self) -> int:
        """How good its health is: 0 is down, 2 is up."""
        return {"down": 0, "up": 2}.get(self.health, 1)

    @property
    def is_up(self) -> bool:
        """Whether the last scrape succeeded. Raises NotKnown."""
        if self.rank == 1:
            raise NotKnown("Prometheus does not know yet whether the target is up")
        return self.health == "up"

    @property
    def error(self) -> str:
        """The error of the last scrape. Raises NotKnown."""
        if self.last_error is None:
            raise NotKnown("The server lists no targets: only whether they are up is known")
        return brief(self.last_error, 200)

    def __str__(self) -> str:
        return f"{self.id} is {self.health}" + (f": {self.error}" if self.last_error else "")


class Alert(Item):
    """An alert of a rule: firing or pending."""

    labels: dict[str, str]
    state: str
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    active_at: Time | None = None

    def __str__(self) -> str:
        text = self.annotations.get("summary") or self.annotations.get("description", "")
        since = f" since {self.active_at:%Y-%m-%d %H:%M:%S}" if self.active_at else ""
        where = f" on {self.labels['instance']}" if "instance" in self.labels else ""
        severity = self.labels.get("severity", "no severity")
        name = self.labels.get("alertname", "unnamed")
        return brief(f"{name} ({severity}, {self.state}){where}{since}: {text}")


class Rule(Item):
    """A rule and its last evaluation: ok, err, or unknown before the first."""

    name: str
    type: str = "alerting"
    health: str = "unknown"
    last_error: str = ""


class Build(Item):
    """The build that runs. VictoriaMetrics does not say which."""

    version: str | None = None


class Runtime(Item):
    """How the server runs. Corruptions are those of the write-ahead log since its start."""

    reload_config_success: bool | None = None
    corruption_count: int | None = None


class Tsdb(Item):
    """The newest block of the database, by name of its figure."""

    head_stats: dict[str, int] = msgspec.field(default_factory=dict)


class Group(Item):
    """A group of rules."""

    rules: tuple[Any, ...] = ()


def _rules(data: object) -> object:
    """Return the rules of all groups. Raises ServiceMalformed."""
    groups = parse(tuple[Group, ...], at(data, "groups"), "rules")
    return [rule for group in groups for rule in group.rules]


class PrometheusState(State):
    """Everything that one poll reads; only the targets are something that every server can answer."""

    alerts = _many("alerts", Alert, lambda data: at(data, "alerts"))
    rules = _many("rules", Rule, _rules)
    build = _one("status/buildinfo", Build)
    runtime = _one("status/runtimeinfo", Runtime)
    tsdb = _one("status/tsdb", Tsdb, limit=1)
    targets: tuple[Target, ...] = ()
    gaps = Gaps()

    def count(self, health: str) -> int:
        """Return how many targets have this health. Raises NotKnown when 0 is not certain."""
        found = sum(one.health == health for one in self.targets)
        waiting = any(one.rank == 1 for one in self.targets)
        return self._certain(found, "targets", "Some targets were not scraped yet" if waiting else None)

    @property
    def firing(self) -> int:
        """How many alerts fire. Raises NotKnown when 0 is not certain."""
        found = sum(one.state == "firing" for one in self.alerts)
        return self._certain(found, "alerts", self._unevaluated("alerting"))

    @property
    def failing(self) -> tuple[Rule, ...]:
        """The rules whose last evaluation failed. Raises NotKnown when none is not certain."""
        found = tuple(one for one in self.rules if one.health == "err")
        self._certain(len(found), "rules", self._unevaluated("alerting", "recording"))
        return found

    def _certain(self, found: int, part: str, reason: str | None) -> int:
        reason = self.gaps.of(part) or reason
        if not found and reason:
            raise NotKnown(reason)
        return found

    def _unevaluated(self, *types: str) -> str | None:
        """Return why the rules say nothing. VictoriaMetrics without vmalert always lists none."""
        try:
            rules = [one for one in self.rules if one.type in types]
        except NotKnown:
            return None
        if not rules:
            return f"The server lists no {' or '.join(types)} rules"
        waiting = any(one.health == "unknown" for one in rules)
        return "Some rules were not evaluated yet" if waiting else None
