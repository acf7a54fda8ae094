"""Webhooks: 200 means stored, every other response has the reason."""

import asyncio
import base64
import dataclasses
import hmac
import threading
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from rig.clocks import HANGING
from steward.api.http_exchange import is_one_of
from steward.api.webhooks import LONG
from steward.errors import StewardError
from steward.sdk.description import AlertSource, ChangeHook, Delivery, HmacSignature, IncomingAlert
from steward.services.alertmanager import SERVICE as ALERTMANAGER
from steward.settings.model import Limits
from steward.telegram.webhook_errors import WebhookMalformed, WebhookRefused

from .api_rig import BEARER, MONITOR, MONITOR_TOKEN, ApiRig, bytes_parse, service

PATH = "/api/webhooks/mon"


async def post(api: ApiRig, body: Any, path: str = PATH, **more: Any) -> tuple[int, dict[str, Any]]:
    options = {"headers": MONITOR} | more
    async with api.session.post(api.url + path, data=body, **options) as answer:
        assert answer.content_type == "application/json"
        return answer.status, await answer.json()


def test_empty_token_never_matches() -> None:
    assert not is_one_of(None, "", "")
    assert not is_one_of("", "")
    assert is_one_of("a", "", "a")


async def test_body_is_stored_before_the_answer() -> None:
    async with ApiRig() as api:
        assert await post(api, b"[1]") == (200, {"accepted": 0})
        assert api.stored == [("mon", ())]


async def test_accepted_and_refused_credentials() -> None:
    password = base64.b64encode(f"anybody:{MONITOR_TOKEN}".encode()).decode()
    wrong = base64.b64encode(b"anybody:wrong").decode()
    async with ApiRig() as api:
        for headers in (MONITOR, BEARER, {"Authorization": f"Basic {password}"}):
            assert (await post(api, b"[]", headers=headers))[0] == 200
        refused: tuple[dict[str, str], ...] = (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Bearer "},
            {"Authorization": f"Basic {wrong}"},
            {"Authorization": f"Basic {password}", "Origin": "http://192.168.1.66"},
            {"Authorization": "Basic not-base64!"},
            {"Authorization": f"Token {MONITOR_TOKEN}"},
            {"Authorization": MONITOR_TOKEN},
        )
        for headers in refused:
            status, body = await post(api, b"[]", headers=headers)
            assert (status, body["error"]["code"]) == (401, "unauthorized")
        status, _ = await post(api, b"[]", path=f"{PATH}?token={MONITOR_TOKEN}", headers={})
        assert status == 401
        assert len(api.stored) == 3


async def test_a_webhook_that_the_service_did_not_sign_is_refused() -> None:
    source = AlertSource[Any](parse=bytes_parse, verify=HmacSignature(header="X-Signature", secret="secret"))
    signature = hmac.new(b"the shared secret", b"[]", "sha256").hexdigest()
    async with ApiRig() as api:
        api.instances.services["mon"] = service(source)
        for wrong in ({}, {"X-Signature": "0" * 64}):
            status, body = await post(api, b"[]", headers=MONITOR | wrong)
            assert (status, body["error"]["code"]) == (401, "unauthorized")
        assert api.stored == []
        assert (await post(api, b"[]", headers=MONITOR | {"X-Signature": signature}))[0] == 200


async def test_a_signature_takes_the_place_of_the_token() -> None:
    """A forge cannot send a token of ours, and what it sends only causes a poll."""
    signature = hmac.new(b"the shared secret", b"{}", "sha256").hexdigest()
    hook = ChangeHook(
        verify=HmacSignature("X-Signature", "secret", prefix="sha256="),
        secret="secret",
        is_change=lambda delivery: delivery.headers.get("x-event") == "push",
    )
    async with ApiRig() as api:
        api.instances.services["forge"] = dataclasses.replace(service(None), hook=hook)
        path, right = "/api/webhooks/forge", {"X-Signature": f"sha256={signature}"}
        assert await post(api, b"{}", path, headers=right | {"X-Event": "push"}) == (200, {"accepted": 1})
        assert await post(api, b"{}", path, headers=right | {"X-Event": "ping"}) == (200, {"accepted": 0})
        for wrong in ({}, {"X-Signature": signature}, {"X-Signature": "sha256="}, MONITOR):
            assert (await post(api, b"{}", path, headers=wrong))[0] == 401
        assert (await post(api, b"{ }", path, headers=right))[0] == 401, "another body"
        assert api.stored == []


@pytest.mark.parametrize("path", ["/api/webhooks/unknown", "/api/webhooks/radarr"])
async def test_instance_that_takes_no_alerts(path: str) -> None:
    async with ApiRig() as api:
        status, body = await post(api, b"[]", path=path)
        assert (status, body["error"]["code"]) == (404, "not_found")
        assert (await post(api, b"[]", path=path, headers={}))[0] == 401, (
            "without a token the answer is always 401"
        )


async def test_malformed_body_is_answered_with_a_reason() -> None:
    async with ApiRig() as api:
        status, body = await post(api, b"<html>")
        assert (status, body["error"]) == (400, {"code": "malformed", "message": "The body is not a list"})
        assert api.stored == []


async def test_oversized_body_is_refused() -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        yield b"["
        for _ in range(100):
            yield b" " * 1000

    api = ApiRig()
    api.limits = dataclasses.replace(Limits(), webhook_bytes=2000)
    async with api:
        for body in (b"[" + b" " * 100_000, in_pieces(), b"[" + b" " * 2000):
            status, answer = await post(api, body)
            assert (status, answer["error"]["code"]) == (413, "too_large")
        assert (await post(api, b"[" + b" " * 1999))[0] == 200
    assert len(api.stored) == 1


async def test_slow_body_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.webhooks.READ_TIMEOUT", 0.1)
    async with ApiRig() as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {MONITOR_TOKEN}\r\n"
        writer.write(f"{head}Content-Length: 100\r\n\r\n[".encode())
        assert b" 408 " in await asyncio.wait_for(reader.readline(), HANGING)
        writer.close()
    assert api.stored == []


async def test_failed_store_is_answered_with_503() -> None:
    async with ApiRig() as api:
        api.problem = StewardError("The inbox is full")
        status, body = await post(api, b"[]")
        assert (status, body["error"]["code"]) == (503, "unavailable")


async def test_alert_with_two_hundred_labels_is_accepted() -> None:
    labels = {f"label_{number}": "x" * 50 for number in range(199)} | {"alertname": "Many"}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {},
        "startsAt": "2026-11-21T12:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": "0123456789abcdef",
    }
    body = {
        "version": "4",
        "groupKey": "{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "steward",
        "groupLabels": {},
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": [alert],
    }
    async with ApiRig() as api:
        api.instances.services["am"] = ALERTMANAGER
        assert await post(api, orjson.dumps(body), path="/api/webhooks/am") == (200, {"accepted": 1})
        for garbage in (b"", b"{}", b"[]", b"null", b'{"version": "4", "alerts": 3}', b"\xff" * 50):
            assert (await post(api, garbage, path="/api/webhooks/am"))[0] == 400
    assert [source for source, _ in api.stored] == ["am"]


class FakeTelegram:
    """Takes updates with the secret ``right``."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    def check_webhook(self, secret: str | None) -> None:
        if secret != "right":
            raise WebhookRefused("not Telegram")

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        self.check_webhook(secret)
        self.received.append(body)
        if body == b"?":
            raise WebhookMalformed("no update")
        if body == b"later":
            raise StewardError("not now")


async def test_telegram_webhook_needs_its_secret() -> None:
    path, right = "/api/telegram/webhook", {"X-Telegram-Bot-Api-Secret-Token": "right"}
    async with ApiRig() as api:
        assert (await post(api, b"{}", path=path, headers=right))[0] == 404
    api = ApiRig()
    api.limits = dataclasses.replace(Limits(), webhook_bytes=2000)
    api.telegram = telegram = FakeTelegram()
    async with api:
        assert (await post(api, b"{}", path=path, headers=right))[0] == 200
        assert (await post(api, b"{}", path=path, headers={}))[0] == 403
        assert (await post(api, b"?", path=path, headers=right))[0] == 400
        assert (await post(api, b"later", path=path, headers=right))[0] == 503
        assert (await post(api, b" " * 2001, path=path, headers=right))[0] == 413
    assert telegram.received == [b"{}", b"?", b"later"]


async def test_telegrams_secret_is_checked_before_the_body_arrives() -> None:
    api = ApiRig()
    api.telegram = FakeTelegram()
    async with api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"POST /api/telegram/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        async with asyncio.timeout(HANGING):
            assert (await reader.readline()).startswith(b"HTTP/1.1 403 ")
        writer.close()


async def test_a_long_body_is_parsed_beside_the_event_loop() -> None:
    threads: list[bool] = []

    def parse(delivery: Delivery) -> tuple[IncomingAlert, ...]:
        threads.append(threading.current_thread() is threading.main_thread())
        return bytes_parse(delivery)

    async with ApiRig() as api:
        api.instances.services["mon"] = service(AlertSource[Any](parse=parse))
        for body in (b"[]", b"[" + b" " * LONG + b"]"):
            assert (await post(api, body))[0] == 200
        assert threads == [True, False]
        status, answer = await post(api, b"{" + b" " * LONG)
        assert (status, answer["error"]["code"]) == (400, "malformed")
