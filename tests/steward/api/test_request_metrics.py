"""Requests are counted by route, so that clients cannot make up values without end."""

import pytest

from .api_rig import ApiRig
from .test_http import MONITOR

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
