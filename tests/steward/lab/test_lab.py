"""The whole lab: the story from memory to webhook and back, and the page that shows it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web

from lab.alertmanager import Timing
from lab.changes import Changes
from lab.faults import FaultKind
from lab.lab import Lab, NotConnectedError
from lab.page import LabPage
from rig.clocks import HANGING


@dataclass
class Steward:
    """A webhook that keeps the requests it received."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    async def hook(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.tokens.append(request.headers.get("Authorization"))
        self.changes.notify()
        return web.json_response({"accepted": True}, status=202)


@pytest.fixture
async def steward() -> AsyncIterator[Steward]:
    steward = Steward()
    app = web.Application()
    app.router.add_post("/hook", steward.hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    steward.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield steward
    await runner.cleanup()


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab(
        real_alertmanager=False,
        task_seconds=0.1,
        boot_seconds=0.05,
        alert_timing=Timing(group_wait=0.05, group_interval=0.2),
    ) as lab:
        yield lab


@pytest.fixture
async def page(lab: Lab) -> AsyncIterator[LabPage]:
    async with LabPage(lab) as page:
        yield page


async def test_the_story(lab: Lab, steward: Steward) -> None:
    await lab.connect_steward(steward.url, "token-of-the-steward")
    await lab.start_story(climb_seconds=0.2)
    await lab.wait_for_pressure()
    await steward.changes.wait_for(lambda: steward.bodies)
    (alert,) = steward.bodies[0]["alerts"]
    assert alert["labels"]["alertname"] == "ContainerMemoryHigh"
    assert alert["annotations"]["summary"] == "Memory of radarr is nearly used up"
    assert steward.tokens == ["Bearer token-of-the-steward"]
    lab.world.set_config(105, {"memory": 3072})
    await steward.changes.wait_for(lambda: len(steward.bodies) > 1)
    assert steward.bodies[1]["status"] == "resolved"


async def test_the_story_with_the_alertmanager_that_can_be_had(steward: Steward) -> None:
    async with Lab(alert_timing=Timing(group_wait=0.05, group_interval=0.2)) as lab:
        await lab.connect_steward(steward.url, "token-of-the-steward")
        await lab.start_story(climb_seconds=0.2)
        await steward.changes.wait_for(lambda: steward.bodies, timeout=HANGING)
    assert steward.bodies[0]["alerts"][0]["labels"]["vmid"] == "105"


async def test_payloads_by_hand(lab: Lab, steward: Steward) -> None:
    with pytest.raises(NotConnectedError):
        await lab.send_alertmanager_payload({"version": "4"})
    await lab.connect_steward(steward.url, "t")
    assert await lab.send_alertmanager_payload({"version": "4"}) == (202, '{"accepted": true}')
    assert steward.bodies == [{"version": "4"}]
    await lab.send_alertmanager_payload([{"labels": {"alertname": "ByHand"}}])
    await steward.changes.wait_for(lambda: len(steward.bodies) == 2)
    assert steward.bodies[1]["commonLabels"] == {"alertname": "ByHand"}


async def _next(socket: ClientWebSocketResponse, section: str) -> Any:
    while True:
        event = await socket.receive_json(timeout=HANGING)
        if event.get("name") == section:
            return event["value"]


async def test_the_page_sends_a_snapshot_and_then_what_changes(
    lab: Lab, page: LabPage, session: ClientSession
) -> None:
    async with session.ws_connect(f"{page.url}/ws") as socket:
        snapshot = await socket.receive_json(timeout=HANGING)
        assert snapshot["type"] == "snapshot"
        assert set(snapshot["sections"]) == {"phone", "telegram", "services", "world", "effects"}
        assert snapshot["sections"]["effects"] == []
        lab.world.record("proxmox", "PUT", "/x", {"memory": 3072})
        assert (await _next(socket, "effects"))[0]["body"] == {"memory": 3072}
        lab.telegram.forum.send_text("family", "hello")
        assert (await _next(socket, "telegram"))["messages"][-1]["text"] == "hello"
        await lab.start_story(climb_seconds=0.3)
        first = await _next(socket, "world")
        second = await _next(socket, "world")
        assert _radarr(first)["share"] < _radarr(second)["share"]


def _radarr(world: dict[str, Any]) -> dict[str, Any]:
    guests = [guest for node in world["nodes"] for guest in node["guests"]]
    return next(guest for guest in guests if guest["vmid"] == 105)


async def _do(session: ClientSession, page: LabPage, command: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with session.post(f"{page.url}/api/{command}", json=body) as response:
        return response.status, await response.json()


async def test_the_pages_buttons_work(
    lab: Lab, page: LabPage, session: ClientSession, steward: Steward
) -> None:
    await lab.connect_steward(steward.url, "t")
    status, answer = await _do(session, page, "arm", service="radarr", kind="status", times=2)
    assert (status, lab.faults.armed("radarr")[0].fault.kind) == (200, FaultKind.STATUS)
    await _do(session, page, "disarm", number=answer["number"])
    assert lab.faults.armed() == ()
    assert (await _do(session, page, "send-text", user="owner", text="hi"))[0] == 200
    assert lab.telegram.forum.messages[-1].text == "hi"
    assert (await _do(session, page, "send-payload", text='{"version": "4"}')) == (
        200,
        {"status": 202, "text": '{"accepted": true}'},
    )
    assert (await _do(session, page, "power", vmid=101, action="stop"))[0] == 200
    assert lab.world.guest(101).lock == "stop"
    assert (await _do(session, page, "start-story", climb_seconds=0))[0] == 200
    assert lab.world.is_under_pressure(105)


@pytest.mark.parametrize(
    ("command", "body", "text"),
    [
        ("explode", {}, "no command 'explode'"),
        ("press-button", {"message_id": 1, "data": "x", "user": "owner"}, "missing or unknown"),
        ("press-phone", {"number": 1, "action": "x"}, "not on the screen any more"),
        ("arm", {"service": "radarr", "kind": "melt"}, "'melt' is not a valid FaultKind"),
        ("arm", {"service": "radarr", "kind": "refused", "times": 1}, "whole service"),
        ("send-text", {"user": "owner", "text": "  "}, "nothing to send"),
        ("send-payload", {"text": "{"}, "Expecting property name"),
        ("send-payload", {"text": "{}"}, "no steward is connected"),
        ("power", {"vmid": 105, "action": "start"}, "already running"),
    ],
)
async def test_what_a_visitor_cannot_do_is_said(
    page: LabPage, session: ClientSession, command: str, body: dict[str, Any], text: str
) -> None:
    status, answer = await _do(session, page, command, **body)
    assert (status, text in answer["error"]) == (400, True)


async def test_the_page_answers_to_this_machine_only(page: LabPage, session: ClientSession) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        async with session.get(page.url, headers=headers) as response:
            assert response.status == 403
    async with session.post(f"{page.url}/api/clear-faults", data="{}") as response:
        assert response.status == 415
    async with session.get(page.url) as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
    for asset in ("/static/app.js", "/static/style.css", "/static/icon.svg"):
        assert asset in text
        async with session.get(page.url + asset) as response:
            assert response.status == 200
