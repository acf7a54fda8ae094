"""The service `uptime_kuma` reads a real Uptime Kuma, pauses its monitors and understands its webhooks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, web

from homelab_steward.contract.incidents import AlertStatus
from homelab_steward.contract.state import CoverageStatus, Resource, Snapshot, TargetRef
from real import uptime_kuma
from real.conftest import Record
from real.uptime_kuma import PASSWORD, USER, Examples, Status, UptimeKuma
from steward.clock import SystemClock
from steward.errors import ServiceRefused, ServiceUnauthorized, ServiceUnreachable
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Changed, Delivery, Effect, IncomingAlert
from steward.sdk.snapshot import snapshot
from steward.services.uptime_kuma import SERVICE
from steward.services.uptime_kuma.client import UptimeKumaClient, poll, read_alerts
from steward.services.uptime_kuma.webhook import parse_webhook

ACTIONS = {one.key: one for one in SERVICE.actions}
TOOLS = {one.key: one for one in SERVICE.tools}


@pytest.fixture(scope="module")
def kuma(record_testsuite_property: Record) -> Iterator[UptimeKuma]:
    reason = uptime_kuma.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with uptime_kuma.running() as kuma:
        text = f"{kuma.info['version']}, HTTP and Socket.IO on loopback"
        record_testsuite_property("Uptime Kuma service", text)
        yield kuma


@pytest.fixture(scope="module")
def examples(kuma: UptimeKuma) -> Examples:
    return kuma.add_examples()


def connect(kuma: UptimeKuma, session: ClientSession, **changed: str) -> UptimeKumaClient:
    settings = {"url": kuma.url, "username": USER, "password": PASSWORD, **changed}
    return SERVICE.connect(Access(settings=settings, session=session, clock=SystemClock()))


@pytest.fixture
async def client(
    kuma: UptimeKuma,
    examples: Examples,
    session: ClientSession,
) -> AsyncIterator[UptimeKumaClient]:
    client = connect(kuma, session)
    yield client
    await client.close()


async def read(client: UptimeKumaClient) -> Snapshot:
    gaps = Gaps()
    return snapshot(SERVICE, "i", await poll(client, gaps), gaps, datetime.now(UTC))


async def monitor(client: UptimeKumaClient, number: int) -> Resource:
    return next(one for one in (await read(client)).resources if one.id == str(number))


def call(number: int, name: str = "Web page") -> Call:
    return Call(target=TargetRef(instance_id="i", kind="monitor", id=str(number), name=name))


async def test_every_example_is_read(client: UptimeKumaClient, examples: Examples) -> None:
    found = await read(client)
    assert found.coverage.status is CoverageStatus.COMPLETE
    assert found.version
    assert found.values["monitors_down"] == found.values["monitors_paused"] == 1
    up, down, paused = [await monitor(client, one) for one in (examples.up, examples.down, examples.paused)]
    assert (up.values["up"], up.values["status"]) == (True, "up")
    assert isinstance(up.values["response_time"], float)
    assert (down.values["up"], down.unknown["response_time"]) == (False, "It is down")
    assert (paused.values["active"], paused.unknown["up"]) == (False, "Paused in Uptime Kuma")


async def test_tools(client: UptimeKumaClient, examples: Examples) -> None:
    monitors = (await TOOLS["monitors"].read(client, call(0))).text
    assert monitors.startswith("Broken page: down; last: ")
    assert "Guest network: paused" in monitors
    assert examples.push_token not in monitors
    history = await TOOLS["monitor_history"].read(client, call(examples.up))
    assert "200 - OK" in history.text


async def test_it_is_paused_and_resumed(client: UptimeKumaClient, examples: Examples) -> None:
    pause, target = ACTIONS["pause_monitor"], call(examples.up)
    before = await pause.dry_run(client, target)
    await pause.precheck(client, target, before.baseline)
    assert await pause.probe(client, target, before.baseline) is Effect.NOT_SEEN
    await pause.execute(client, target, before.baseline)
    assert (await pause.verify(client, target, before.baseline)).ok is True
    assert await pause.probe(client, target, before.baseline) is Effect.DONE
    assert (await monitor(client, examples.up)).values["status"] == "paused"
    assert pause.undo is not None
    assert await pause.undo.dry_run(client, target, before.baseline)
    await pause.undo.execute(client, target, before.baseline)
    assert await pause.undo.dry_run(client, target, before.baseline) == ()
    with pytest.raises(ServiceRefused, match="You do not own this monitor"):
        await pause.execute(client, call(999), {})


async def test_what_is_paused_while_it_is_down_still_fires(
    client: UptimeKumaClient, kuma: UptimeKuma, examples: Examples
) -> None:
    (before,) = (await read_alerts(client)).alerts
    assert (before.labels["name"], before.suppressed) == ("Broken page", None)
    await asyncio.to_thread(kuma.change, "pauseMonitor", examples.down)
    (paused,) = (await read_alerts(client)).alerts
    assert (paused.suppressed, paused.starts_at) == ("paused in Uptime Kuma", before.starts_at)
    await asyncio.to_thread(kuma.change, "resumeMonitor", examples.down)
    await asyncio.to_thread(kuma.wait_for_status, examples.down, Status.DOWN)
    assert (await read_alerts(client)).alerts == (before,)


async def test_the_monitors_of_a_paused_group_are_paused(client: UptimeKumaClient, kuma: UptimeKuma) -> None:
    group = await asyncio.to_thread(kuma.add_monitor, "Media", type="group")
    child = await asyncio.to_thread(kuma.add_monitor, "Film", type="push", pushToken="film", parent=group)
    await asyncio.to_thread(kuma.change, "pauseMonitor", group)
    found = await monitor(client, child)
    assert found.parent is not None
    assert (found.parent.kind, found.parent.id, found.values["active"]) == ("monitor", str(group), False)
    with pytest.raises(Exception, match="The group of Film is paused"):
        await ACTIONS["resume_monitor"].dry_run(client, call(child, "Film"))
    for one in (child, group):
        await asyncio.to_thread(kuma.change, "deleteMonitor", one)


async def test_a_maintenance_is_neither_up_nor_down(client: UptimeKumaClient, kuma: UptimeKuma) -> None:
    number, token = await asyncio.to_thread(kuma.add_push_monitor, "Nightly")
    await asyncio.to_thread(kuma.push, token)
    assert (await monitor(client, number)).values["up"] is True
    plan = {
        "title": "Update",
        "description": "",
        "strategy": "manual",
        "active": True,
        "intervalDay": 1,
        "dateRange": ["2026-01-01 00:00", "2099-01-01 00:00"],
        "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}],
        "weekdays": [],
        "daysOfMonth": [],
        "timezoneOption": "UTC",
    }
    maintenance = (await asyncio.to_thread(kuma.change, "addMaintenance", plan))["maintenanceID"]
    await asyncio.to_thread(kuma.change, "addMonitorMaintenance", maintenance, [{"id": number}])
    assert (await monitor(client, number)).unknown["up"] == "In maintenance in Uptime Kuma"
    await asyncio.to_thread(kuma.change, "deleteMonitor", number)


async def test_the_listener_yields_alerts(
    client: UptimeKumaClient, kuma: UptimeKuma, examples: Examples
) -> None:
    await read(client)
    pushes = aiter(client.listen())
    await asyncio.to_thread(kuma.push, examples.push_token, "down", "disk full")
    down = await next_alert(pushes)
    assert (down.status, down.summary) == (AlertStatus.FIRING, "Backup job is down: disk full")
    assert down in (await read_alerts(client)).alerts
    await asyncio.to_thread(kuma.push, examples.push_token)
    up = await next_alert(pushes)
    assert (up.status, up.starts_at) == (AlertStatus.RESOLVED, down.starts_at)


async def next_alert(pushes: AsyncIterator[Any]) -> IncomingAlert:
    async with asyncio.timeout(60):
        async for push in pushes:
            if isinstance(push, IncomingAlert):
                return push
            assert push is Changed.POLL_NOW
    raise AssertionError("the listener ended")


async def test_webhooks_and_reads_are_the_same_alert(client: UptimeKumaClient, kuma: UptimeKuma) -> None:
    sent: asyncio.Queue[tuple[IncomingAlert, ...]] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        delivery = Delivery(headers={}, body=await request.read(), received_at=datetime.now(UTC))
        sent.put_nowait(parse_webhook(delivery))
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", receive)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        url = f"http://{host}:{port}/"
        await asyncio.to_thread(kuma.add_webhook, url)
        settings = {"name": "steward", "type": "webhook", "webhookURL": url, "webhookContentType": "json"}
        await asyncio.to_thread(kuma.change, "testNotification", settings)
        assert await asyncio.wait_for(sent.get(), 60) == ()
        tagged = {"notificationIDList": {"1": True}, "type": "push", "pushToken": "hook"}
        number = await asyncio.to_thread(kuma.add_monitor, "Hooked", **tagged)
        await asyncio.to_thread(kuma.push, "hook")
        await asyncio.to_thread(kuma.push, "hook", "down", "no disk")
        (down,) = await asyncio.wait_for(sent.get(), 60)
        await asyncio.to_thread(kuma.wait_for_status, number, Status.DOWN)
        assert down in (await read_alerts(client)).alerts
        await asyncio.to_thread(kuma.push, "hook")
        (up,) = await asyncio.wait_for(sent.get(), 60)
        assert (up.status, up.fingerprint) == (AlertStatus.RESOLVED, down.fingerprint)
        await asyncio.to_thread(kuma.change, "deleteMonitor", number)
    finally:
        await runner.cleanup()


async def test_a_restart_is_survived(client: UptimeKumaClient, kuma: UptimeKuma, examples: Examples) -> None:
    before = await read_alerts(client)
    await asyncio.to_thread(kuma.stop)
    with pytest.raises(ServiceUnreachable):
        await read(client)
    kuma.start()  # in this thread: the program ends with the thread that started it
    assert (await read_alerts(client)).alerts == before.alerts
    assert (await monitor(client, examples.up)).values["up"] is True


async def test_wrong_credentials_are_refused(kuma: UptimeKuma, session: ClientSession) -> None:
    stranger = connect(kuma, session, password="Wrong-horse-8")
    with pytest.raises(ServiceUnauthorized, match="refused the user name or the password"):
        await poll(stranger, Gaps())
    await stranger.close()
