"""Traces: what the app does as spans, in the model of OpenTelemetry.

Nothing is recorded before :func:`use` has set a tracer. The current span is a context variable, so that a
span of a service's client belongs to the poll or the step that called it.

A trace of an incident lasts for hours and survives restarts. So its id, and those of its spans that other
spans belong to, are computed from the ids of the rows.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from .clock import Clock

type Attribute = str | bool | int | float | tuple[str, ...]

LINKED: Final = 256
"""Incidents whose webhooks are remembered until their first span is recorded."""

_WHOLE: Final = 2**56
"""What the last 14 digits of a trace id are compared with, as in the W3C's consistent sampling."""


class SpanKind(IntEnum):
    """Role of a span, with the numbers of OTLP."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3


@dataclass(frozen=True, slots=True)
class SpanContext:
    """Which span something belongs to: 32 and 16 hexadecimal digits."""

    trace_id: str
    span_id: str
    is_sampled: bool = True


@dataclass(slots=True, kw_only=True)
class Span:
    """One span. Times are seconds since 1970; ``parent`` is a span id, empty for the first of a trace.

    ``error`` is the type of an error, empty for none: texts of errors may be private.
    """

    name: str
    context: SpanContext
    start: float
    kind: SpanKind = SpanKind.INTERNAL
    parent: str = ""
    end: float = 0.0
    attributes: dict[str, Attribute] = field(default_factory=dict)
    error: str = ""
    links: tuple[SpanContext, ...] = ()

    def set(self, key: str, value: Attribute) -> None:
        """Add an attribute that is known later."""
        self.attributes[key] = value


class Tracer:
    """Records spans of the sampled traces."""

    def __init__(self, clock: Clock, receive: Callable[[Span], None], sample_rate: float) -> None:
        """``receive`` gets each ended span and must not block; ``sample_rate`` is from 0 to 1."""
        self.clock = clock
        self._receive = receive
        self._least = round((1 - sample_rate) * _WHOLE)
        self._webhooks: OrderedDict[str, tuple[SpanContext, ...]] = OrderedDict()

    def is_sampled(self, trace_id: str) -> bool:
        """Return whether a trace is recorded: the same for all spans of it, in every process."""
        return int(trace_id[-14:], 16) >= self._least

    def record(self, span: Span) -> None:
        """Pass an ended span on, if its trace is sampled."""
        if span.context.is_sampled:
            self._receive(span)

    def remember_webhooks(self, incident_ids: Iterable[str], webhooks: tuple[SpanContext, ...]) -> None:
        """Remember the webhooks whose alerts are in incidents."""
        for one in incident_ids:
            self._webhooks[one] = webhooks
            if len(self._webhooks) > LINKED:
                self._webhooks.popitem(last=False)

    def webhooks_of(self, incident_id: str) -> tuple[SpanContext, ...]:
        """Return the spans of the webhooks whose alerts opened an incident, and forget them."""
        return self._webhooks.pop(incident_id, ())


_UNTRACED: Final = SpanContext("0" * 32, "0" * 16, is_sampled=False)
_current: ContextVar[SpanContext | None] = ContextVar("current_span", default=None)
_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> None:
    """Record spans with a tracer from now on; None records none."""
    global _tracer  # noqa: PLW0603 - one for the process, as the log
    _tracer = tracer


def tracer() -> Tracer | None:
    """Return the tracer, None while nothing is recorded."""
    return _tracer


def current() -> SpanContext | None:
    """Return the sampled span that runs now, None for none."""
    context = _current.get()
    return context if context is not None and context.is_sampled else None


def exemplar() -> dict[str, str] | None:
    """Return the labels that connect a measurement or a log line with the span that runs now."""
    return _labels(current())


def incident_exemplar(incident_id: str) -> dict[str, str] | None:
    """Return the labels that connect a measurement with the trace of an incident."""
    return None if _tracer is None else _labels(incident_span(_tracer, incident_id))


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, Attribute] | None = None,
    within: SpanContext | None = None,
) -> Iterator[Span]:
    """Record the block as a span of the current one or of ``within``; without both it begins a trace.

    Raises what the block raises. Ending a generator or a task early is no error.
    """
    active = _tracer
    if active is None:
        yield Span(name=name, context=_UNTRACED, start=0.0)
        return
    above, before = within or _current.get(), _current.get()
    made = _begin(active, name, kind, attributes, above)
    began = active.clock.monotonic()
    _current.set(made.context)
    try:
        yield made
    except Exception as err:
        made.error = type(err).__name__
        raise
    finally:
        # A generator may be closed in another context, where a token would not be valid.
        _current.set(before)
        made.end = made.start + active.clock.monotonic() - began
        active.record(made)


def _begin(
    active: Tracer,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, Attribute] | None,
    above: SpanContext | None,
) -> Span:
    trace_id = secrets.token_hex(16) if above is None else above.trace_id
    is_sampled = active.is_sampled(trace_id) if above is None else above.is_sampled
    return Span(
        name=name,
        context=SpanContext(trace_id, secrets.token_hex(8), is_sampled),
        start=active.clock.now().timestamp(),
        kind=kind,
        parent="" if above is None else above.span_id,
        attributes=dict(attributes or {}),
    )


def incident_span(active: Tracer, incident_id: str, kind: str = "incident", key: str = "") -> SpanContext:
    """Return a span in the trace of an incident; ``kind`` and ``key`` identify it there."""
    trace_id = _digest(f"trace {incident_id}")[:32]
    span_id = _digest(f"{kind} {incident_id} {key}")[:16]
    return SpanContext(trace_id, span_id, active.is_sampled(trace_id))


def _labels(context: SpanContext | None) -> dict[str, str] | None:
    if context is None or not context.is_sampled:
        return None
    return {"trace_id": context.trace_id, "span_id": context.span_id}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
