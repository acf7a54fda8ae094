"""Alertmanager, real and simulated: the same tests for both."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from lab.alertmanager import (
    Alertmanager,
    AlertmanagerSimulator,
    RealAlertmanager,
    Timing,
    choose_alertmanager,
    find_alertmanager,
)
from lab.alertmanager_store import fingerprint
from lab.changes import Changes
from lab.faults import Fault, FaultKind, Faults
from lab.wire import Json, JsonObject, rfc3339
from lab.world import World
from rig.clocks import HANGING

TIMING = Timing(group_wait=0.05, group_interval=0.2)


@dataclass
class Receiver:
    """A webhook that keeps what it was sent; it answers with `status`."""

    url: str = ""
    status: int = 200
    bodies: list[JsonObject] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.tokens.append(request.headers.get("Authorization"))
        self.changes.notify()
        return web.Response(status=self.status)

    async def wait(self, count: int) -> JsonObject:
        await self.changes.wait_for(lambda: len(self.bodies) >= count, timeout=HANGING)
        return self.bodies[count - 1]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture(params=["simulator", "real"])
async def alertmanager(
    request: pytest.FixtureRequest, world: World, faults: Faults, receiver: Receiver
) -> AsyncIterator[Alertmanager]:
    wants_real = request.param == "real"
    if wants_real and find_alertmanager() is None:
        pytest.skip("the real Alertmanager is neither on the PATH nor in .tools/alertmanager")
    alertmanager = choose_alertmanager(
        world, faults, receiver.url, "bearer-for-tests", prefer_real=wants_real, timing=TIMING
    )
    await alertmanager.start()
    yield alertmanager
    await alertmanager.close()


def _alert(name: str, instance: str = "pve1", **labels: str) -> JsonObject:
    own: JsonObject = {"alertname": name, "instance": instance, **labels}
    return {"labels": own, "annotations": {"summary": f"{name} on {instance}"}}


def _ended(alert: JsonObject) -> JsonObject:
    return {**alert, "endsAt": rfc3339(time.time())}


async def test_the_kind_says_which_it_is(alertmanager: Alertmanager) -> None:
    if isinstance(alertmanager, AlertmanagerSimulator):
        assert alertmanager.kind == "simulator"
    else:
        assert isinstance(alertmanager, RealAlertmanager)
        assert alertmanager.kind.startswith("real 0.")


async def test_firing_then_resolved_reach_the_webhook(alertmanager: Alertmanager, receiver: Receiver) -> None:
    await alertmanager.post_alerts([_alert("A", vmid="105")])
    firing = await receiver.wait(1)
    assert receiver.tokens == ["Bearer bearer-for-tests"]
    assert (firing["version"], firing["status"], firing["receiver"]) == ("4", "firing", "steward")
    assert firing["groupLabels"] == {"alertname": "A", "instance": "pve1"}
    assert firing["groupKey"] == '{}:{alertname="A", instance="pve1"}'
    (row,) = _rows(firing)
    assert row["fingerprint"] == fingerprint((("alertname", "A"), ("instance", "pve1"), ("vmid", "105")))
    assert row["endsAt"] == "0001-01-01T00:00:00Z"
    assert set(row) == {
        "status",
        "labels",
        "annotations",
        "startsAt",
        "endsAt",
        "generatorURL",
        "fingerprint",
    }
    await alertmanager.post_alerts([_ended(_alert("A", vmid="105"))])
    resolved = await receiver.wait(2)
    assert (resolved["status"], _rows(resolved)[0]["status"]) == ("resolved", "resolved")
    if not alertmanager.kind.startswith("real 0.2"):
        assert firing["notification_reason"] == "first notification"
        assert resolved["notification_reason"] == "all alerts resolved"


async def test_alerts_of_a_group_come_together_and_new_ones_are_sent(
    alertmanager: Alertmanager, receiver: Receiver
) -> None:
    await alertmanager.post_alerts(
        [_alert("A", vmid="1"), _alert("A", vmid="2"), _alert("A", "pve2", vmid="3")]
    )
    groups = [await receiver.wait(1), await receiver.wait(2)]
    assert sorted(len(_rows(group)) for group in groups) == [1, 2]
    await alertmanager.post_alerts([_alert("A", vmid="4")])
    later = await receiver.wait(3)
    assert {row["labels"]["vmid"] for row in _rows(later)} == {"1", "2", "4"}


async def test_an_alert_posted_again_is_not_sent_again(
    alertmanager: Alertmanager, receiver: Receiver
) -> None:
    for _ in range(3):
        await alertmanager.post_alerts([_alert("A")])
    await receiver.wait(1)
    with pytest.raises(TimeoutError):
        await receiver.changes.wait_for(lambda: len(receiver.bodies) > 1, timeout=0.7)


async def test_what_the_webhook_refuses_for_now_is_sent_again(
    alertmanager: Alertmanager, receiver: Receiver
) -> None:
    receiver.status = 503
    await alertmanager.post_alerts([_alert("A")])
    await receiver.wait(2)
    receiver.status = 200
    seen = len(receiver.bodies)
    await receiver.changes.wait_for(lambda: len(receiver.bodies) > seen, timeout=HANGING)
    assert receiver.bodies[-1]["status"] == "firing"


async def test_the_webhook_can_be_changed(alertmanager: Alertmanager, receiver: Receiver) -> None:
    await alertmanager.set_webhook(receiver.url, "another-token")
    await alertmanager.post_alerts([_alert("A")])
    await receiver.wait(1)
    assert receiver.tokens == ["Bearer another-token"]


async def test_reading_and_silencing(
    alertmanager: Alertmanager, receiver: Receiver, session: ClientSession, world: World
) -> None:
    await alertmanager.post_alerts([_alert("A", severity="warning"), _alert("B", severity="critical")])
    await receiver.wait(2)
    api = f"{alertmanager.url}/api/v2"
    assert await _names(session, f"{api}/alerts") == {"A", "B"}
    assert await _names(session, f"{api}/alerts", filter='severity="warning"') == {"A"}
    assert await _names(session, f"{api}/alerts", filter='alertname=~"B|C"') == {"B"}
    async with session.get(f"{api}/alerts/groups") as response:
        assert sorted(group["labels"]["alertname"] for group in await response.json()) == ["A", "B"]
    silence = {
        "matchers": [{"name": "alertname", "value": "A", "isRegex": False}],
        "startsAt": rfc3339(time.time()),
        "endsAt": rfc3339(time.time() + 3600),
        "createdBy": "a test",
        "comment": "for a while",
    }
    async with session.post(f"{api}/silences", json=silence) as response:
        number = (await response.json())["silenceID"]
    assert await _names(session, f"{api}/alerts", silenced="false") == {"B"}
    async with session.get(f"{api}/silence/{number}") as response:
        body = await response.json()
    assert (body["status"]["state"], body["matchers"][0]["isEqual"]) == ("active", True)
    async with session.delete(f"{api}/silence/{number}") as response:
        assert response.status == 200
    assert await _names(session, f"{api}/alerts", silenced="false") == {"A", "B"}
    async with session.get(f"{api}/silences") as response:
        assert [row["status"]["state"] for row in await response.json()] == ["expired"]
    assert [effect.method for effect in world.effects_of("alertmanager")] == ["POST", "DELETE"]


async def test_a_restart_forgets_alerts_and_keeps_silences(
    alertmanager: Alertmanager, receiver: Receiver, session: ClientSession
) -> None:
    await alertmanager.post_alerts([_alert("A")])
    await receiver.wait(1)
    api = f"{alertmanager.url}/api/v2"
    silence = {
        "matchers": [{"name": "alertname", "value": "B", "isRegex": False}],
        "startsAt": rfc3339(time.time()),
        "endsAt": rfc3339(time.time() + 3600),
        "createdBy": "a test",
        "comment": "for a while",
    }
    async with session.post(f"{api}/silences", json=silence) as response:
        assert response.status == 200
    before = await _started_at(session, api)
    await alertmanager.restart()
    assert await _started_at(session, api) > before
    assert await _names(session, f"{api}/alerts") == set()
    await alertmanager.post_alerts([_alert("A"), _alert("B"), _alert("C")])
    assert await _names(session, f"{api}/alerts", silenced="false") == {"A", "C"}
    body: dict[str, Any] = await receiver.wait(2)
    assert [alert["labels"]["alertname"] for alert in body["alerts"]] == ["C"]


async def test_a_silenced_alert_is_not_sent(
    alertmanager: Alertmanager, receiver: Receiver, session: ClientSession
) -> None:
    silence = {
        "matchers": [{"name": "alertname", "value": "Quiet.*", "isRegex": True}],
        "startsAt": rfc3339(time.time()),
        "endsAt": rfc3339(time.time() + 3600),
        "createdBy": "a test",
        "comment": "for a while",
    }
    async with session.post(f"{alertmanager.url}/api/v2/silences", json=silence) as response:
        assert response.status == 200
    await alertmanager.post_alerts([_alert("QuietOne"), _alert("Loud")])
    await receiver.wait(1)
    with pytest.raises(TimeoutError):
        await receiver.changes.wait_for(lambda: len(receiver.bodies) > 1, timeout=0.4)
    assert _rows(receiver.bodies[0])[0]["labels"]["alertname"] == "Loud"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("alerts", {"labels": {}}),
        ("alerts", [{"labels": {}}]),
        (
            "alerts",
            [{"labels": {"a": "b"}, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}],
        ),
        ("silences", {"matchers": [], "createdBy": "x", "comment": "y"}),
    ],
)
async def test_wrong_bodies_are_400(
    alertmanager: Alertmanager, session: ClientSession, path: str, body: Json
) -> None:
    async with session.post(f"{alertmanager.url}/api/v2/{path}", json=body) as response:
        assert 400 <= response.status < 500


async def test_unknown_silences_are_404(alertmanager: Alertmanager, session: ClientSession) -> None:
    url = f"{alertmanager.url}/api/v2/silence/00000000-0000-0000-0000-000000000000"
    async with session.get(url) as response:
        assert response.status == 404


async def test_faults_strike_either(
    alertmanager: Alertmanager, session: ClientSession, faults: Faults
) -> None:
    faults.arm(Fault(service="alertmanager", kind=FaultKind.STATUS, times=1))
    async with session.get(f"{alertmanager.url}/-/healthy") as response:
        assert response.status == 500
    async with session.get(f"{alertmanager.url}/-/healthy") as response:
        assert response.status == 200
    faults.arm(Fault(service="alertmanager", kind=FaultKind.REFUSED))
    with pytest.raises(ClientError):
        await session.get(f"{alertmanager.url}/-/healthy")


async def test_the_fingerprint_is_the_one_prometheus_programs_share() -> None:
    labels = {"alertname": "TargetDown", "instance": "proxmox02", "job": "deadhost"}
    more = {"severity": "critical", "site": "testlab"}
    assert fingerprint(tuple((labels | more).items())) == "4d72321a4a5cb6ca"


async def _started_at(session: ClientSession, api: str) -> str:
    async with session.get(f"{api}/status") as response:
        return str((await response.json())["uptime"])


async def _names(session: ClientSession, url: str, **params: str) -> set[str]:
    async with session.get(url, params=params) as response:
        assert response.status == 200
        return {row["labels"]["alertname"] for row in await response.json()}


def _rows(body: JsonObject) -> list[Any]:
    alerts = body["alerts"]
    assert isinstance(alerts, list)
    return alerts
