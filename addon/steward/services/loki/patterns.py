"""Log patterns that a person configured: a line that matches one is an alert. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...errors import InvalidSetting
from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item
from ...sdk.monitors.watched import Watched

MOST: Final = 20
"""Patterns that are evaluated: each is two queries."""

SEPARATOR: Final = ";;"
ALERT: Final = "LogPattern"
BY: Final = "app, job, service_name, namespace, pod, container, host, hostname, unit"
"""Labels that say whose lines they are: each combination is an alert of its own."""

_SELECTOR: Final = re.compile(r'\{(?:[^"`}]|"(?:[^"\\]|\\.)*"|`[^`]*`)*\}')


@dataclass(frozen=True, slots=True)
class Pattern:
    """A LogQL log query with a name. ``selector`` is its part that chooses streams."""

    name: str
    query: str
    selector: str

    def counted(self, query: str, minutes: int) -> str:
        """Return the query that counts lines by whose they are."""
        return f"sum by ({BY}) (count_over_time({query} [{minutes}m]))"


def parse_patterns(text: str | None) -> Iterator[Pattern]:
    """Yield the patterns of a setting: ``name = {app="x"} |= "error" ;; …``. Raises InvalidSetting."""
    parts = [part.strip() for part in (text or "").split(SEPARATOR) if part.strip()]
    if len(parts) > MOST:
        raise InvalidSetting("patterns", f"has more than {MOST} patterns")
    for part in parts:
        name, _, query = (piece.strip() for piece in part.partition("="))
        selector = _SELECTOR.match(query)
        if not name or "{" in name or selector is None:
            raise InvalidSetting("patterns", 'must look like: Name = {app="x"} |= "error" ;; Other = …')
        yield Pattern(name, query, selector.group())


class Counted(Item):
    """A series of a query at one time: whose lines they are, and how many."""

    metric: dict[str, str]
    value: tuple[float, float]

    @property
    def key(self) -> str:
        """What identifies it."""
        return json.dumps(self.metric, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What a pattern found in the last minutes, by whose lines they are.

    ``lines`` are all lines of its streams; ``problem`` is why both are not known.
    """

    pattern: Pattern
    least: float
    minutes: int
    hits: tuple[Counted, ...] = ()
    lines: tuple[Counted, ...] = ()
    problem: str | None = None

    @property
    def count(self) -> float:
        """How many lines match."""
        return sum(one.value[1] for one in self.hits)

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that all lines of its streams have, which say what it is about."""
        found = [set(one.metric.items()) for one in self.lines]
        return dict(set.intersection(*found)) if found else {}

    def watched(self) -> Watched[Matches]:
        """Return it as something that is watched: without any line nothing is known."""
        is_hit = any(one.value[1] >= self.least for one in self.hits)
        status = Status.DOWN if is_hit else Status.UP if self.lines else Status.UNKNOWN
        silent = f"no line of {self.pattern.selector} in {self.minutes} minutes"
        text = {Status.DOWN: f"{self.count:g} lines match in {self.minutes} minutes", Status.UP: ""}
        return Watched(
            item=self,
            key=self.pattern.name,
            name=self.pattern.name,
            status=Status.UNKNOWN if self.problem else status,
            labels=self.labels,
            text=self.problem or text.get(status, silent),
        )

    def alarms(self) -> Iterator[Alarm]:
        """Yield an alarm for each source of lines; over when it writes lines and none matches."""
        hits = {one.key: one for one in self.hits}
        for key, one in {**{one.key: one for one in self.lines}, **hits}.items():
            found = hits[key].value[1] if key in hits else 0.0
            text = f"{found:g} lines match in {self.minutes} minutes"
            yield Alarm(
                key=f"{self.pattern.name}#{key}",
                name=ALERT,
                status=Status.DOWN if found and found >= self.least else Status.UP,
                labels={**one.metric, "pattern": self.pattern.name},
                summary=f"{self.pattern.name}: {text}",
            )
