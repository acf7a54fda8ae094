"""Records spans, and reads what a collector gets with the messages of OpenTelemetry's protocol."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from steward import tracing
from steward.clock import Clock, SystemClock
from steward.tracing import Span, Tracer


@contextmanager
def recorded(clock: Clock | None = None, sample_rate: float = 1.0) -> Iterator[list[Span]]:
    """Record spans during the block."""
    spans: list[Span] = []
    tracing.use(Tracer(clock or SystemClock(), spans.append, sample_rate))
    try:
        yield spans
    finally:
        tracing.use(None)


def named(spans: list[Span], name: str) -> Span:
    """Return the only span with a name."""
    (found,) = [one for one in spans if one.name == name]
    return found


def parsed(body: bytes) -> ExportTraceServiceRequest:
    """Return a request. Raises ParseError for what the protocol does not know.

    JSON of protocol buffers has bytes in Base64, but OTLP has ids in hexadecimal.
    """
    plain = orjson.loads(body)
    for resource in plain["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                _decode_ids(span)
                for link in span["links"]:
                    _decode_ids(link)
    request = ExportTraceServiceRequest()
    ParseDict(plain, request)
    return request


def spans_of(request: ExportTraceServiceRequest) -> list[OtlpSpan]:
    """Return all spans of a request."""
    return [
        one for resource in request.resource_spans for scope in resource.scope_spans for one in scope.spans
    ]


def _decode_ids(plain: dict[str, str]) -> None:
    for key in ("traceId", "spanId", "parentSpanId"):
        if key in plain:
            plain[key] = base64.b64encode(bytes.fromhex(plain[key])).decode()
