"""The phone shows, replaces, clears and presses as the companion app does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from lab.faults import Fault, FaultKind, Faults
from lab.phone import Phone, PhoneError
from lab.world import World

ACTIONS = [
    {"action": "A_1", "title": "1 Increase memory"},
    {"action": "A_2", "title": "2 Restart", "authenticationRequired": True},
    {"action": "A_3", "title": "3 Investigate"},
    {"action": "A_4", "title": "Ignore", "destructive": True},
]


@dataclass
class HomeAssistant:
    """Answers as `mobile_app` does: registrations for known tokens, then events by webhook."""

    url: str = ""
    registrations: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def register(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer token-of-alex":
            return web.Response(status=401, text="401: Unauthorized")
        self.registrations.append(await request.json())
        answer = {"cloudhook_url": None, "remote_ui_url": None, "secret": None, "webhook_id": "w" * 64}
        return web.json_response(answer, status=201)

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.match_info["id"] != "w" * 64 or body["type"] != "fire_event":
            return web.Response(status=410)
        self.events.append(body["data"])
        return web.json_response({})


@pytest.fixture
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    home_assistant = HomeAssistant()
    app = web.Application()
    app.router.add_post("/api/mobile_app/registrations", home_assistant.register)
    app.router.add_post("/api/webhook/{id}", home_assistant.webhook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    home_assistant.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield home_assistant
    await runner.cleanup()


async def _push(
    session: ClientSession, phone: Phone, message: str, **data: Any
) -> tuple[int, dict[str, Any]]:
    body = {
        "message": message,
        "title": "Homelab",
        "data": data,
        "push_token": phone.push_token,
        "registration_info": {"app_id": "x", "app_version": "1", "webhook_id": "w"},
    }
    async with session.post(phone.push_url, json=body) as response:
        return response.status, await response.json()


async def test_it_registers_as_home_assistant_expects(phone: Phone, home_assistant: HomeAssistant) -> None:
    assert await phone.register(home_assistant.url, "token-of-alex") == "w" * 64
    (body,) = home_assistant.registrations
    needed = {"app_id", "app_name", "app_version", "device_name", "manufacturer", "model", "os_name"}
    assert needed < set(body)
    assert body["supports_encryption"] is False
    assert body["app_data"] == {"push_url": phone.push_url, "push_token": phone.push_token}
    with pytest.raises(PhoneError, match="401"):
        await phone.register(home_assistant.url, "token-of-nobody")


async def test_a_push_is_shown_and_answered_with_limits(session: ClientSession, phone: Phone) -> None:
    status, answer = await _push(session, phone, "95 % of 2 GiB", tag="i1", actions=ACTIONS)
    assert status == 201
    assert set(answer["rateLimits"]) >= {"successful", "maximum", "errors", "resetsAt"}
    (shown,) = phone.notifications
    assert (shown.title, shown.message, shown.tag, shown.revision) == ("Homelab", "95 % of 2 GiB", "i1", 1)
    assert [action.title for action in shown.actions][3] == "Ignore"
    assert (shown.action("2").needs_unlock, shown.action("A_4").is_destructive) == (True, True)
    with pytest.raises(LookupError, match="no action 'Explode'"):
        shown.action("Explode")


async def test_a_tag_replaces_and_clears(session: ClientSession, phone: Phone) -> None:
    await _push(session, phone, "first", tag="i1", actions=ACTIONS)
    await _push(session, phone, "other", tag="i2")
    await _push(session, phone, "untagged")
    await _push(session, phone, "decided by Sam via Telegram", tag="i1")
    assert [n.message for n in phone.notifications] == ["other", "untagged", "decided by Sam via Telegram"]
    assert (phone.notification("i1").revision, phone.notification("i1").actions) == (2, ())
    await _push(session, phone, "clear_notification", tag="i1")
    await _push(session, phone, "clear_notification", tag="never there")
    assert [n.message for n in phone.notifications] == ["other", "untagged"]
    assert len(phone.received) == 6


async def test_a_press_fires_the_event_of_an_iphone(
    session: ClientSession, phone: Phone, home_assistant: HomeAssistant
) -> None:
    await phone.register(home_assistant.url, "token-of-alex")
    await _push(session, phone, "95 %", tag="i1", actions=ACTIONS, action_data={"id": "r1"})
    shown = phone.notification("i1")
    await phone.press(shown, "1")
    assert home_assistant.events == [
        {
            "event_type": "mobile_app_notification_action",
            "event_data": {"action": "A_1", "action_data": {"id": "r1"}},
        }
    ]
    assert phone.notifications == []
    with pytest.raises(PhoneError, match="not on the screen"):
        await phone.press(shown, "1")
    assert len(home_assistant.events) == 1


async def test_android_shows_three_actions_and_flattens_what_it_tells(
    session: ClientSession, world: World, faults: Faults, home_assistant: HomeAssistant
) -> None:
    phone = Phone(world, faults, platform="android")
    await phone.start()
    await phone.register(home_assistant.url, "token-of-alex")
    await _push(session, phone, "95 %", tag="i1", actions=ACTIONS)
    shown = phone.notification("i1")
    assert len(shown.actions) == 3
    with pytest.raises(LookupError):
        await phone.press(shown, "Ignore")
    await phone.press(shown, "A_2", reply_text="now")
    data = home_assistant.events[0]["event_data"]
    assert (data["action"], data["reply_text"], data["tag"]) == ("A_2", "now", "i1")
    assert data["action_1_key"] == "A_1"
    await phone.close()


async def test_any_app_can_fire_any_event(phone: Phone, home_assistant: HomeAssistant) -> None:
    with pytest.raises(PhoneError, match="not registered"):
        await phone.fire_event("anything", {})
    await phone.register(home_assistant.url, "token-of-alex")
    await phone.fire_event("mobile_app_notification_action", {"action": "FORGED"})
    assert home_assistant.events[0]["event_data"] == {"action": "FORGED"}


async def test_pushes_that_fail(session: ClientSession, phone: Phone, faults: Faults) -> None:
    phone.push_token, token = "other", phone.push_token
    async with session.post(phone.push_url, json={"push_token": token}) as response:
        assert response.status == 404
    faults.arm(Fault(service="phone", kind=FaultKind.STATUS, status=429, times=1))
    status, answer = await _push(session, phone, "too many")
    assert (status, answer["rateLimits"]["remaining"], answer["message"][:9]) == (429, 0, "The given")
    faults.arm(Fault(service="phone", kind=FaultKind.STATUS, times=1))
    assert (await _push(session, phone, "broken"))[0] == 500
    faults.arm(Fault(service="phone", kind=FaultKind.REFUSED))
    with pytest.raises(ClientConnectionError):
        await _push(session, phone, "refused")
    assert phone.notifications == []


async def test_a_swipe_takes_a_notification_away(session: ClientSession, phone: Phone) -> None:
    await _push(session, phone, "hello", tag="i1")
    phone.dismiss(phone.notification("i1"))
    assert phone.notifications == []
