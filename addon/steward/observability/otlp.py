"""Encodes spans as an OTLP request in JSON. Pure.

The format is that of ``ExportTraceServiceRequest`` in OpenTelemetry's protocol 1.x: ids in hexadecimal,
64-bit integers as texts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from ..tracing import Attribute, Span

type Clean = Callable[[str], str]

LONGEST: Final = 500
"""Characters of an attribute or a name."""

NANOSECONDS: Final = 1_000_000_000
ERROR: Final = 2
"""``STATUS_CODE_ERROR``."""


def encode(spans: Iterable[Span], resource: Mapping[str, Attribute], clean: Clean) -> bytes:
    """Return the body of one request; ``clean`` masks secrets in every text of a span."""
    scope = {"name": "homelab-steward", "version": str(resource.get("service.version", ""))}
    return orjson.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": _attributes(resource, clean)},
                    "scopeSpans": [{"scope": scope, "spans": [_span(one, clean) for one in spans]}],
                }
            ]
        }
    )


def _span(span: Span, clean: Clean) -> dict[str, Any]:
    attributes = dict(span.attributes)
    if span.error:
        attributes["error.type"] = span.error
    return {
        "traceId": span.context.trace_id,
        "spanId": span.context.span_id,
        **({"parentSpanId": span.parent} if span.parent else {}),
        "name": clean(span.name)[:LONGEST],
        "kind": int(span.kind),
        "startTimeUnixNano": _nanoseconds(span.start),
        "endTimeUnixNano": _nanoseconds(max(span.start, span.end)),
        "attributes": _attributes(attributes, clean),
        "links": [{"traceId": one.trace_id, "spanId": one.span_id} for one in span.links],
        "status": {"code": ERROR, "message": span.error} if span.error else {},
    }


def _attributes(attributes: Mapping[str, Attribute], clean: Clean) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(one, clean)} for key, one in attributes.items()]


def _value(value: Attribute, clean: Clean) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, tuple):
        return {"arrayValue": {"values": [_value(one, clean) for one in value]}}
    return {"stringValue": clean(value)[:LONGEST]}


def _nanoseconds(seconds: float) -> str:
    return str(round(seconds * 1_000_000) * (NANOSECONDS // 1_000_000))
