"""What Prometheus and servers that are compatible with it answer, typed.

Shapes: https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

from collections.abc import Container, Mapping
from typing import Any, Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, Time, certain, many, one
from ...sdk.description import IncomingAlert
from ...sdk.display import Text, brief
from .._prometheus.models import Rule, RuleAlert, without_replicas
from .series import Series, shown

UP: Final = 2
_RANKS: Final = {"down": 0, "up": UP}

type Place = tuple[str, str]
"""Job and instance: what identifies a target."""


def place_of(labels: Mapping[str, str]) -> Place:
    """Return the target that labels name, empty texts for what they leave out."""
    return labels.get("job", ""), labels.get("instance", "")


class Envelope(Item):
    """What is around every answer. VictoriaMetrics says isPartial, Thanos and Mimir warn."""

    status: str
    data: Any = None
    error: str = ""
    error_type: str = ""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    is_partial: bool = False


class Target(Item):
    """A target, identified by job and instance. Its health is up, down, or unknown before a scrape."""

    labels: dict[str, str]
    health: str
    last_error: str | None = None

    @property
    def id(self) -> str:
        """Its job and its instance."""
        return " ".join(place_of(self.labels))

    @property
    def rank(self) -> int:
        """How good its health is: 0 is down, 1 is not known, 2 is up."""
        return _RANKS.get(self.health, 1)

    @property
    def is_up(self) -> bool:
        """Whether the last scrape succeeded. Raises NotKnown."""
        if self.rank == 1:
            raise NotKnown(t"Prometheus does not know yet whether the target is up")
        return self.health == "up"

    @property
    def error(self) -> str:
        """The error of the last scrape. Raises NotKnown."""
        if self.last_error is None:
            raise NotKnown(t"The server lists no targets: only whether they are up is known")
        return brief(self.last_error, 200)

    def problem(self) -> Text | None:
        """Return that it is down. Raises NotKnown."""
        return None if self.is_up else t"Target {self}"

    def __str__(self) -> str:
        return f"{self.id} is {self.health}" + (f": {self.error}" if self.last_error else "")


class Build(Item):
    """The build that runs. VictoriaMetrics does not say which."""

    version: str | None = None


class Runtime(Item):
    """How the server runs. Corruptions are those of the write-ahead log since its start."""

    start_time: Time | None = None
    reload_config_success: bool | None = None
    corruption_count: int | None = None


class Tsdb(Item):
    """The newest block of the database, by name of its figure."""

    head_stats: dict[str, int] = msgspec.field(default_factory=dict)


class PrometheusState(State):
    """Everything that one poll reads; only queries are something that every server can answer.

    ``missing`` is why an alert that is absent may still fire.
    """

    up = many("query", Series, below="result", query="up")
    targets = many(
        "targets", Target, below="activeTargets", optional=True, may_be_absent=True, state="active"
    )
    alerts = many("alerts", RuleAlert, below="alerts", optional=True)
    rules = many("rules", Rule, below="groups.*.rules", optional=True)
    build = one("status/buildinfo", Build, optional=True)
    runtime = one("status/runtimeinfo", Runtime, optional=True)
    tsdb = one("status/tsdb", Tsdb, optional=True, limit=1)
    missing: Text | None = None

    @property
    def watched(self) -> tuple[Target, ...]:
        """One target for each job and instance, the worst first and the worst of several.

        What a server does not list (others may scrape for it) is taken from the metric ``up``.
        """
        found = self.read_or(PrometheusState.targets, ()) or tuple(_target(one) for one in self.up)
        best_first = sorted(found, key=lambda one: (one.rank, one.id), reverse=True)
        return tuple(reversed({one.id: one for one in best_first}.values()))

    def count(self, health: str) -> int:
        """Return how many targets have this health. Raises NotKnown when 0 is not certain."""
        found = sum(one.health == health for one in self.watched)
        waiting = any(one.rank == 1 for one in self.watched)
        return certain(found, "Some targets were not scraped yet" if waiting else None)

    @property
    def firing(self) -> tuple[RuleAlert, ...]:
        """The alerts that fire, the worst first. Raises NotKnown."""
        return without_replicas(one for one in self.alerts if one.state == "firing")

    @property
    def failing(self) -> tuple[Rule, ...]:
        """The rules whose last evaluation failed. Raises NotKnown when none is not certain."""
        found = tuple(one for one in self.rules if one.is_failing)
        certain(len(found), self.unevaluated("alerting", "recording"))
        return found

    def has_ended(self, alert: IncomingAlert, targets: Container[Place]) -> bool:
        """Return whether an alert that is not listed any more has ended.

        Not when its rule is gone or fails, nor when what it is about is one of the ``targets`` that
        were seen and cannot be scraped now: a rule also finds nothing where there is no data.
        """
        rules, place = self.read_or(PrometheusState.rules, None), place_of(alert.labels)
        is_judged = rules is None or any(one.name == alert.name and one.health == "ok" for one in rules)
        is_scraped = any(place_of(one.labels) == place and one.rank == UP for one in self.watched)
        return is_judged and (is_scraped or place not in targets)

    def unevaluated(self, *types: str) -> Text | None:
        """Return why the rules say nothing. VictoriaMetrics without vmalert always lists none."""
        try:
            rules = [one for one in self.rules if one.type in types]
        except NotKnown:
            return None
        if not rules:
            return t"The server lists no {' or '.join(types)} rules"
        waiting = any(one.health == "unknown" for one in rules)
        return t"Some rules were not evaluated yet" if waiting else None


def _target(up: Series) -> Target:
    health = {"1": "up", "0": "down"}.get(shown(up.samples[-1]) if up.samples else "", "unknown")
    return Target(labels=up.metric, health=health)
