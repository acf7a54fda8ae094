"""Health, metrics and JSON errors of the HTTP API."""

import asyncio
import json

import aiohttp
import pytest

from homelab_steward.contract.state import FrontEnd, FrontEndState, FrontEndStatus
from lab.changes import Changes as LabChanges
from rig.clocks import HANGING
from steward.errors import StewardError

from .api_rig import API_TOKEN, BEARER, MONITOR, ApiRig


async def get(api: ApiRig, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    async with api.session.get(api.url + path, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_health_does_not_need_the_database() -> None:
    async with ApiRig() as api:
        api.problem = StewardError("The database does not answer")
        api.instances.is_started = False
        assert await get(api, "/health") == (200, '{"status":"ok"}')


async def test_ready_when_the_database_answers_and_the_inventory_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("steward.api.health_endpoints.READY_TIMEOUT", 0.05)
    async with ApiRig() as api:
        assert (await get(api, "/ready"))[0] == 200
        api.instances.is_started = False
        assert (await get(api, "/ready"))[0] == 503
        api.instances.is_started = True
        api.problem = StewardError("The database does not answer")
        status, text = await get(api, "/ready")
        assert (status, "The database does not answer" in text) == (503, True)
        api.problem = None
        api.is_database_stalled = True
        assert (await get(api, "/ready"))[0] == 503


async def test_ready_names_the_problems_of_front_ends() -> None:
    async with ApiRig() as api:
        assert "front_ends" not in (await get(api, "/ready"))[1]
        api.front_ends = (
            FrontEndStatus(
                front_end=FrontEnd.TELEGRAM, state=FrontEndState.DEGRADED, problems=("Media is closed",)
            ),
        )
        status, text = await get(api, "/ready")
        assert (status, json.loads(text)["front_ends"]) == (200, {"telegram": {"state": "degraded"}})
        _, text = await get(api, "/ready", headers=MONITOR)
        assert json.loads(text)["front_ends"]["telegram"]["problems"] == ["Media is closed"]


async def test_metrics_need_a_token() -> None:
    async with ApiRig() as api:
        assert (await get(api, "/metrics"))[0] == 401
        assert (await get(api, f"/metrics?token={API_TOKEN}"))[0] == 401
        async with api.session.get(f"{api.url}/metrics") as answer:
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="steward"'
        for headers in (BEARER, MONITOR):
            status, text = await get(api, "/metrics", headers)
            assert status == 200
            assert "steward_incidents_open 0.0" in text
            assert "process_resident_memory_bytes" in text


async def test_the_details_of_the_health_need_a_token() -> None:
    async with ApiRig() as api:
        assert (await get(api, "/health/details"))[0] == 401
        for headers in (BEARER, MONITOR):
            assert await get(api, "/health/details", headers) == (200, '{"ok":true}')


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("GET", "/api/webhooks/mon", 405, "method_not_allowed"),
        ("GET", "/api/ws", 404, "not_found"),
    ],
)
async def test_errors_are_json(method: str, path: str, status: int, code: str) -> None:
    async with ApiRig() as api, api.session.request(method, api.url + path) as answer:
        assert answer.status == status
        assert answer.content_type == "application/json"
        assert (await answer.json())["error"]["code"] == code


async def test_unexpected_error_contains_no_details() -> None:
    async with ApiRig() as api:
        api.problem = RuntimeError("canary of a defect")
        async with api.session.post(api.url + "/api/webhooks/mon", data=b"[]", headers=MONITOR) as answer:
            assert answer.status == 500
            text = await answer.text()
        assert '"code":"internal"' in text
        assert "canary" not in text
        assert (await get(api, "/health"))[0] == 200


async def test_invalid_http_is_answered_with_400() -> None:
    async with ApiRig() as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00garbage\r\n\r\n")
        await writer.drain()
        assert b"400" in await asyncio.wait_for(reader.read(1000), HANGING)
        writer.close()
        assert (await get(api, "/health"))[0] == 200


async def test_the_server_header_is_not_sent() -> None:
    async with ApiRig() as api, api.session.get(api.url + "/health") as answer:
        assert aiohttp.hdrs.SERVER not in answer.headers


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/metrics", {}, 401),
        ("/metrics", {"Authorization": "Bearer wrong"}, 401),
        ("/api/ws", {}, 401),
    ],
)
async def test_refused_requests_are_audited(path: str, headers: dict[str, str], status: int) -> None:
    async with ApiRig() as api:
        if path == "/api/ws":
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await api.session.ws_connect(api.url + path, headers=headers)
        else:
            assert (await get(api, path, headers=headers))[0] == status
        await LabChanges().wait_for(lambda: api.refused)
        ((event, who, body),) = api.refused
        assert (event, who) == ("http.refused", "127.0.0.1")
        assert (body["path"], body["status"]) == (path, status)


async def test_a_refusal_that_cannot_be_audited_is_still_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ApiRig() as api:
        monkeypatch.setattr(api, "refused", Failing())
        assert (await get(api, "/metrics"))[0] == 401
        assert (await get(api, "/health"))[0] == 200


class Failing(list[object]):
    """A list that nothing can be added to."""

    def append(self, _: object) -> None:
        raise OSError("the disk is full")


async def test_accepted_requests_are_not_audited() -> None:
    async with ApiRig() as api:
        assert (await get(api, "/metrics", headers=MONITOR))[0] == 200
        assert (await get(api, "/nowhere"))[0] == 404
        assert api.refused == []
