"""Spans: which trace they belong to, and that nothing is recorded without a tracer."""

import asyncio
import contextvars
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from rig.spans import named, recorded
from steward import tracing
from steward.clock import ManualClock
from steward.tracing import LINKED, SpanContext, SpanKind, Tracer, incident_span

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_without_a_tracer_nothing_is_recorded_and_nothing_is_current() -> None:
    with tracing.span("poll") as made:
        made.set("key", "value")
        assert tracing.current() is None
        assert tracing.exemplar() is None
    assert tracing.incident_exemplar("i1") is None


def test_a_span_within_a_span_is_in_its_trace() -> None:
    clock = ManualClock(NOW)
    with recorded(clock) as spans:
        with tracing.span("poll", attributes={"steward.instance": "pve"}):
            clock.move(1.5)
            with tracing.span("GET", SpanKind.CLIENT) as call:
                call.set("http.response.status_code", 200)
                clock.move(0.5)
            assert tracing.exemplar() == {
                "trace_id": named(spans, "GET").context.trace_id,
                "span_id": named(spans, "GET").parent,
            }
        with tracing.span("other"):
            pass
    poll, get, other = named(spans, "poll"), named(spans, "GET"), named(spans, "other")
    assert get.parent == poll.context.span_id
    assert get.context.trace_id == poll.context.trace_id != other.context.trace_id
    assert (poll.parent, other.parent) == ("", "")
    assert (poll.start, poll.end) == (NOW.timestamp(), NOW.timestamp() + 2.0)
    assert (get.start, get.end) == (NOW.timestamp() + 1.5, NOW.timestamp() + 2.0)
    assert get.attributes == {"http.response.status_code": 200}
    assert get.kind is SpanKind.CLIENT


def test_an_error_is_named_by_its_type_only() -> None:
    with recorded() as spans, pytest.raises(ValueError, match="private"), tracing.span("poll"):
        raise ValueError("private")
    (span,) = spans
    assert span.error == "ValueError"
    assert tracing.current() is None


async def test_what_is_ended_early_is_no_error() -> None:
    async def pieces() -> AsyncGenerator[int]:
        with tracing.span("question"):
            yield 1
            yield 2

    with recorded() as spans:
        answer = pieces()
        assert await anext(answer) == 1
        # As when the event loop closes a generator that nobody closed.
        await asyncio.create_task(answer.aclose(), context=contextvars.Context())
    (span,) = spans
    assert span.error == ""


def test_all_spans_of_a_trace_are_sampled_or_none() -> None:
    with recorded(sample_rate=0.5) as spans:
        for _ in range(200):
            with tracing.span("outer"), tracing.span("inner"):
                pass
    outer = {one.context.trace_id for one in spans if one.name == "outer"}
    inner = {one.context.trace_id for one in spans if one.name == "inner"}
    assert outer == inner
    assert 40 < len(outer) < 160


@pytest.mark.parametrize(("rate", "is_sampled"), [(0.0, False), (1.0, True)])
def test_a_rate_of_none_and_of_all(rate: float, *, is_sampled: bool) -> None:
    tracer = Tracer(ManualClock(NOW), lambda _: None, rate)
    assert tracer.is_sampled("f" * 32) is is_sampled
    assert tracer.is_sampled("0" * 32) is is_sampled


def test_an_unsampled_trace_has_no_exemplar() -> None:
    with recorded(sample_rate=0.0) as spans:
        with tracing.span("poll"):
            assert tracing.exemplar() is None
        assert tracing.incident_exemplar("i1") is None
    assert spans == []


def test_the_trace_of_an_incident_is_the_same_in_every_process() -> None:
    one, other = (Tracer(ManualClock(NOW), lambda _: None, 1.0) for _ in range(2))
    assert incident_span(one, "i1") == incident_span(other, "i1")
    run = incident_span(one, "i1", "run", "r1")
    assert run.trace_id == incident_span(one, "i1").trace_id
    assert (
        len({run.span_id, incident_span(one, "i1").span_id, incident_span(one, "i1", "run", "r2").span_id})
        == 3
    )
    assert incident_span(one, "i2").trace_id != run.trace_id
    with recorded():
        assert tracing.incident_exemplar("i1") == {
            "trace_id": run.trace_id,
            "span_id": incident_span(one, "i1").span_id,
        }


def test_the_webhooks_of_an_incident_are_returned_once_and_bounded() -> None:
    tracer = Tracer(ManualClock(NOW), lambda _: None, 1.0)
    webhook = SpanContext("a" * 32, "b" * 16)
    tracer.remember_webhooks([f"i{number}" for number in range(LINKED + 1)], (webhook,))
    assert tracer.webhooks_of("i0") == ()
    assert tracer.webhooks_of("i1") == (webhook,)
    assert tracer.webhooks_of("i1") == ()
