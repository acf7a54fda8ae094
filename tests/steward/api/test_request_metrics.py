"""Requests are counted by route, so that clients cannot make up values without end."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from rig.spans import recorded
from steward.observability.metrics import OPEN_CONTENT_TYPE
from steward.tracing import SpanKind

from .api_rig import MONITOR, ApiRig

NAME = "steward_http_request_seconds_count"


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/health", "/health", 200),
        ("GET", "/metrics", "/metrics", 401),
        ("POST", "/api/webhooks/mon", "/api/webhooks/{instance_id}", 401),
        ("GET", "/api/webhooks/mon", "/api/webhooks/{instance_id}", 405),
        ("GET", "/a/path/of/the/client", "unknown", 404),
    ],
)
async def test_route_method_and_status(method: str, path: str, route: str, status: int) -> None:
    async with ApiRig() as api:
        async with api.session.request(method, f"{api.url}{path}") as answer:
            assert answer.status == status
        labels = {"route": route, "method": method, "status": str(status)}
        assert api.metrics.registry.get_sample_value(NAME, labels) == 1


async def test_a_method_that_a_client_makes_up() -> None:
    async with ApiRig() as api:
        async with api.session.request("MADEUP", f"{api.url}/health") as answer:
            status = answer.status
        labels = {"route": "/health", "method": "unknown", "status": str(status)}
        assert api.metrics.registry.get_sample_value(NAME, labels) == 1


async def test_a_websocket_is_not_measured() -> None:
    async with ApiRig() as api:
        await api.connect()
        assert "steward_http_request_seconds_count{" not in api.metrics.text().decode()


async def test_the_metrics_are_not_those_of_their_own_request() -> None:
    async with ApiRig() as api, api.session.get(f"{api.url}/metrics", headers=MONITOR) as answer:
        assert "steward_http_request_seconds_count{" not in await answer.text()


async def test_a_measurement_is_connected_with_its_trace() -> None:
    accept = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"}
    with recorded() as spans:
        async with ApiRig() as api:
            async with api.session.post(f"{api.url}/api/webhooks/mon") as answer:
                assert answer.status == 401
            async with api.session.get(f"{api.url}/metrics", headers=MONITOR | accept) as answer:
                assert answer.headers["Content-Type"] == OPEN_CONTENT_TYPE
                text = await answer.text()
    (span,) = spans
    assert span.name == "POST /api/webhooks/{instance_id}"
    assert span.kind is SpanKind.SERVER
    assert span.attributes["http.response.status_code"] == 401
    found = [
        sample.exemplar.labels
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.exemplar is not None
    ]
    assert found == [{"trace_id": span.context.trace_id, "span_id": span.context.span_id}]


async def test_prometheus_text_format_has_no_exemplars() -> None:
    with recorded():
        async with ApiRig() as api:
            async with api.session.post(f"{api.url}/api/webhooks/mon"):
                pass
            async with api.session.get(f"{api.url}/metrics", headers=MONITOR) as answer:
                assert answer.headers["Content-Type"].startswith("text/plain")
                assert "trace_id" not in await answer.text()
