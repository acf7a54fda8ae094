"""What Jaeger's query service answers, typed. Times and durations are in microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from ...sdk.answers import Item, NotKnown
from ...sdk.format import brief

MOST: Final = 20
"""Failed traces of a service that are read; with more, the number is not known."""

MESSAGES: Final = ("otel.status_description", "error.message", "exception.message", "message", "event")
"""Tags and fields that say what went wrong. Others may hold secrets."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Tag(Item):
    """A tag of a span, or a field of its log."""

    key: str
    value: Any = None


class Log(Item):
    """An event within a span."""

    fields: tuple[Tag, ...] = ()


class Process(Item):
    """The program that a span ran in."""

    service_name: str


class Span(Item):
    """One operation."""

    span_id: str = msgspec.field(name="spanID")
    operation_name: str
    start_time: int
    duration: int
    process_id: str = msgspec.field(name="processID", default="")
    tags: tuple[Tag, ...] = ()
    logs: tuple[Log, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether it says that it failed."""
        return any(one.key == "error" and one.value in (True, "true") for one in self.tags)

    @property
    def message(self) -> str:
        """What went wrong, "" when it does not say that."""
        fields = [*self.tags, *(one for log in self.logs for one in log.fields)]
        found = {one.key: one.value for one in reversed(fields) if isinstance(one.value, str)}
        return brief(next((found[key] for key in MESSAGES if found.get(key)), ""), 150)


class Trace(Item):
    """One request through all services."""

    trace_id: str = msgspec.field(name="traceID")
    spans: tuple[Span, ...]
    processes: dict[str, Process] = msgspec.field(default_factory=dict)

    @property
    def begin(self) -> int:
        """When it began."""
        return min((one.start_time for one in self.spans), default=0)

    @property
    def duration(self) -> int:
        """How long it took in all."""
        return max((one.start_time + one.duration for one in self.spans), default=0) - self.begin

    def service(self, span: Span) -> str:
        """Return the service that a span ran in."""
        process = self.processes.get(span.process_id)
        return process.service_name if process else "unknown"

    def __str__(self) -> str:
        in_order = sorted(self.spans, key=lambda one: one.start_time)
        names = [one.operation_name for one in in_order[:1]]
        # The span that failed and began last is nearest to the cause.
        failed = [
            f"failed in {self.service(one)}, {one.operation_name}: {one.message or 'no message'}"
            for one in in_order
            if one.has_failed
        ]
        parts = (" ".join((at(self.begin), milliseconds(self.duration), *names)), *failed[-1:])
        return brief(f"{'; '.join(parts)} [{self.trace_id}]")

    def lines(self) -> list[str]:
        """Return its spans in their order."""
        return [
            brief(
                f"+{milliseconds(one.start_time - self.begin)} {self.service(one)} {one.operation_name}"
                f" {milliseconds(one.duration)}{f' FAILED {one.message}' if one.has_failed else ''}"
            )
            for one in sorted(self.spans, key=lambda one: one.start_time)
        ]


def at(microseconds: int) -> str:
    """Return a time."""
    try:
        return f"{EPOCH + timedelta(microseconds=microseconds):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return "at an unknown time"


def milliseconds(microseconds: int) -> str:
    """Return a duration."""
    return f"{microseconds / 1000:.4g} ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedService:
    """A service whose traces are watched. ``problem`` is why nothing is known of them.

    ``has_traces`` is whether there were any at all in the last ``minutes``.
    """

    name: str
    minutes: int
    least: int
    failed: tuple[Trace, ...] = ()
    has_traces: bool = False
    problem: str | None = None

    @property
    def labels(self) -> Mapping[str, str]:
        """How monitors name it."""
        return {"service": self.name, "container": self.name}

    @property
    def count(self) -> int:
        """How many traces failed. Raises NotKnown, also when there are more than are read."""
        if self.problem or not (self.failed or self.has_traces):
            raise NotKnown(self.problem or f"There is no trace in {self.minutes} minutes")
        if len(self.failed) >= MOST:
            raise NotKnown(t"At least {MOST} traces failed")
        return len(self.failed)

    @property
    def is_failing(self) -> bool:
        """Whether too many traces failed. Raises NotKnown."""
        return len(self.failed) >= self.least or self.count >= self.least

    def problem_text(self) -> str | None:
        """Return that too many traces failed. Raises NotKnown."""
        many = f"{len(self.failed)} or more" if len(self.failed) >= MOST else str(len(self.failed))
        newest = f", the newest: {self.failed[0]}" if self.failed else ""
        return brief(f"{many} traces failed in {self.minutes} minutes{newest}") if self.is_failing else None
