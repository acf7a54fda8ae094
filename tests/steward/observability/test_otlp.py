"""Requests to a collector are those of OpenTelemetry's protocol, and have no secrets."""

from rig.spans import parsed, spans_of
from steward.observability.otlp import LONGEST, encode
from steward.observability.redaction import Redactor
from steward.tracing import Attribute, Span, SpanContext, SpanKind

CONTEXT = SpanContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
SECRET = "canary-5d1c-secret"


def clean(text: str) -> str:
    redactor = Redactor()
    redactor.register(SECRET)
    return redactor.clean(text)


def test_a_span() -> None:
    span = Span(
        name="GET",
        context=CONTEXT,
        start=1_764_417_600.25,
        end=1_764_417_600.5,
        kind=SpanKind.CLIENT,
        parent="00f067aa0ba902b7",
        attributes={"port": 8006, "share": 0.5, "ok": True, "list": ("a", "b"), "path": "/api"},
        error="ServiceUnreachable",
        links=(SpanContext("1" * 32, "2" * 16),),
    )
    request = parsed(encode([span], {"service.name": "homelab-steward", "service.version": "1.2"}, clean))
    (resource,) = request.resource_spans
    named = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert named == {"service.name": "homelab-steward", "service.version": "1.2"}
    assert (resource.scope_spans[0].scope.name, resource.scope_spans[0].scope.version) == (
        "homelab-steward",
        "1.2",
    )
    (made,) = spans_of(request)
    assert made.trace_id.hex() == CONTEXT.trace_id
    assert made.span_id.hex() == CONTEXT.span_id
    assert made.parent_span_id.hex() == "00f067aa0ba902b7"
    assert made.kind == made.SPAN_KIND_CLIENT
    assert made.start_time_unix_nano == 1_764_417_600_250_000_000
    assert made.end_time_unix_nano == 1_764_417_600_500_000_000
    values = {one.key: one.value for one in made.attributes}
    assert values["port"].int_value == 8006
    assert values["share"].double_value == 0.5
    assert values["ok"].bool_value is True
    assert [one.string_value for one in values["list"].array_value.values] == ["a", "b"]
    assert values["error.type"].string_value == "ServiceUnreachable"
    assert (made.status.code, made.status.message) == (made.status.STATUS_CODE_ERROR, "ServiceUnreachable")
    assert [one.span_id.hex() for one in made.links] == ["2" * 16]


def test_texts_have_no_secrets_and_are_bounded() -> None:
    attributes: dict[str, Attribute] = {
        "url.path": f"/login/{SECRET}",
        "list": (SECRET,),
        "long": "x " * LONGEST,
    }
    span = Span(name=f"step {SECRET}", context=CONTEXT, start=2.0, end=1.0, attributes=attributes)
    body = encode([span], {}, clean)
    assert SECRET.encode() not in body
    (made,) = spans_of(parsed(body))
    assert made.name == "step ***"
    assert len(made.attributes[2].value.string_value) == LONGEST
    assert made.end_time_unix_nano == made.start_time_unix_nano, "the clock was set back"
    assert not made.parent_span_id
    assert made.status.code == made.status.STATUS_CODE_UNSET
