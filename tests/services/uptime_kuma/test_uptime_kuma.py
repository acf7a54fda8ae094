"""Uptime Kuma: what its beats mean, its alerts, its one connection, and its webhook."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import CoverageStatus, Instance, Origin, TargetRef
from lab.clock import SteppedClock
from lab.faults import FaultKind, Faults
from lab.socket_io import EMIT
from lab.visit import Visit, visit
from lab.wire import Json, JsonObject, dumps
from lab.world import World
from services.uptime_kuma.simulator import PASSWORD, USER, Result, UptimeKumaSimulator
from steward.errors import (
    CertificateNotTrusted,
    EffectUnknown,
    PreconditionFailed,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.inventory.topology import Place, Topology, places
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Changed, Delivery, IncomingAlert, ReadAlerts
from steward.sdk.tls import fetch_fingerprint
from steward.services.uptime_kuma import client as client_module
from steward.services.uptime_kuma import session as session_module
from steward.services.uptime_kuma.client import UptimeKumaClient, poll
from steward.services.uptime_kuma.webhook import parse_webhook

RADARR, NAS, BACKUP, UPDATE, GUESTS = "2", "3", "4", "5", "6"


@pytest.fixture
async def here() -> AsyncIterator[Visit]:
    async with visit("uptime_kuma") as visited:
        yield visited


def kuma(here: Visit) -> UptimeKumaSimulator:
    served: UptimeKumaSimulator = here.served
    return served


async def reading(here: Visit, monitor: str, key: str) -> object:
    """Return a reading of a monitor, or why it is not known."""
    found = next(one for one in (await here.snapshot()).resources if one.id == monitor)
    return found.unknown.get(key, found.values[key])


async def alerts(here: Visit) -> ReadAlerts:
    assert here.service.alerts is not None
    assert here.service.alerts.read is not None
    return await here.service.alerts.read(here.client)


def target(monitor: str, name: str) -> Call:
    return Call(target=TargetRef(instance_id="i", kind="monitor", id=monitor, name=name))


@pytest.mark.parametrize(
    ("monitor", "up", "status"),
    [
        (RADARR, True, "up"),
        (NAS, False, "down"),
        (BACKUP, "Uptime Kuma tries again before it decides", "pending"),
        (UPDATE, "In maintenance in Uptime Kuma", "maintenance"),
        (GUESTS, "Paused in Uptime Kuma", "paused"),
    ],
)
async def test_only_up_and_down_are_readings(here: Visit, monitor: str, up: object, status: str) -> None:
    assert await reading(here, monitor, "up") == up
    assert await reading(here, monitor, "status") == status


@pytest.mark.parametrize(("latest", "shown"), [("2.0.2", "2.0.2"), (None, None), (7, None)])
async def test_the_newest_version_is_what_it_looked_up(here: Visit, latest: Json, shown: str | None) -> None:
    kuma(here).latest = latest
    assert (await here.snapshot()).values["latest_version"] == shown


async def test_a_beat_that_is_too_old_says_nothing(here: Visit) -> None:
    here.clock.advance(2 * 60 + 58)
    assert await reading(here, RADARR, "up") is True
    here.clock.advance(2)
    assert str(await reading(here, RADARR, "up")).startswith("Not checked since ")
    kuma(here).beat(2, Result.UP, "200 - OK", 9)
    assert await reading(here, RADARR, "response_time") == 9


async def test_a_monitor_that_was_never_checked_is_not_known(here: Visit) -> None:
    new = str(kuma(here).add("New"))
    assert await reading(here, new, "up") == "Not checked yet"
    assert (await here.snapshot()).values["monitors_down"] == 1


async def test_nothing_secret_is_shown(here: Visit) -> None:
    shown = str((await here.snapshot()).to_json()) + str((await alerts(here)).alerts)
    for tool in here.service.tools:
        shown += str(await tool.read(here.client, target(RADARR, "Radarr")))
    kuma(here).beat(2, Result.DOWN, "503")
    down = next(one for one in (await alerts(here)).alerts if one.labels["name"] == "Radarr")
    assert down.labels == {"name": "Radarr", "instance": "radarr.example.org:7878", "service": "radarr"}
    assert not any(one in shown + str(down) for one in ("heron", "push-me-not", "ping?"))


async def test_a_monitor_that_is_down_is_an_alert_since_its_first_beat(here: Visit) -> None:
    await here.poll()
    (alert,) = (await alerts(here)).alerts
    assert (alert.name, alert.status, alert.severity) == (
        "MonitorDown",
        AlertStatus.FIRING,
        Severity.WARNING,
    )
    assert alert.labels == {"name": "nas", "instance": "nas"}
    assert alert.summary == "nas is down: no reply"
    assert 119 < (here.clock.now() - alert.starts_at).total_seconds() < 125
    kuma(here).beat(3, Result.UP)
    await here.poll()
    assert (await alerts(here)).alerts == ()


@pytest.mark.parametrize(
    ("change", "suppressed"),
    [
        ({"active": False}, "paused in Uptime Kuma"),
        ({"maintenance": True}, "in maintenance in Uptime Kuma"),
        (Result.MAINTENANCE, "in maintenance in Uptime Kuma"),
        (Result.PENDING, None),
    ],
)
async def test_what_was_down_is_not_resolved_without_being_up(
    here: Visit, change: JsonObject | Result, suppressed: str | None
) -> None:
    since = (await alerts(here)).alerts[0].starts_at
    if isinstance(change, Result):
        kuma(here).beat(3, change)
    else:
        kuma(here).monitors[3] |= change
    (alert,) = (await alerts(here)).alerts
    assert (alert.suppressed, alert.starts_at) == (suppressed, since)


async def test_absence_proves_nothing_while_beats_are_missing(
    here: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "HISTORY", 0.05)
    kuma(here).beats_after = 60
    found, snapshot = await alerts(here), await here.snapshot()
    assert (found.alerts, found.missing) == ((), "the beats of 6 monitors have not come yet")
    assert snapshot.coverage.status is CoverageStatus.PARTIAL
    assert snapshot.unknown["monitors_down"] == "the beats of 6 monitors have not come yet"


async def test_the_first_poll_waits_for_the_beats(here: Visit) -> None:
    kuma(here).beats_after = 0.05
    assert (await here.snapshot()).coverage.status is CoverageStatus.COMPLETE


async def test_a_list_that_is_not_understood_is_an_error(here: Visit) -> None:
    await here.poll()
    kuma(here).alter = lambda where, sent: [] if where == "EVENT monitorList" else sent
    with pytest.raises(ServiceMalformed, match="monitorList"):
        await here.poll()


async def test_absence_proves_nothing_for_a_monitor_that_was_only_pending(here: Visit) -> None:
    assert (await alerts(here)).missing == "Whether Backup job was up or down is not known"
    for monitor in (4, 5):
        kuma(here).beat(monitor, Result.UP)
    assert (await alerts(here)).missing is None


async def test_an_alert_points_at_what_the_monitor_checks(here: Visit) -> None:
    state, _ = await here.poll()
    container = TargetRef(instance_id="p", kind="container", id="105", name="radarr")
    named = Place(ref=container, labels={"name": "radarr", "node": "pve"})
    kuma(here).beat(2, Result.DOWN, "503")
    down = next(one for one in (await alerts(here)).alerts if one.labels["name"] == "Radarr")
    instances = [Instance(id=one, service=one, name=one, origin=Origin.FILE) for one in ("i", "p")]
    topology = Topology(instances, [*places(here.service, "i", state), named], {})
    assert topology.locate(down.labels) == container


async def test_a_group_has_no_alert_of_its_own(here: Visit) -> None:
    kuma(here).beat(1, Result.DOWN, "Child inaccessible")
    await here.poll()
    assert [one.labels["name"] for one in (await alerts(here)).alerts] == ["nas"]


async def test_odd_monitors_and_beats_are_gaps(here: Visit) -> None:
    kuma(here).monitors[2]["name"] = 7
    snapshot = await here.snapshot()
    assert [gap.part for gap in snapshot.coverage.gaps] == ["monitors", "monitor"]
    assert len(snapshot.resources) == 5
    kuma(here).monitors[2]["name"] = "Radarr"
    kuma(here).send("heartbeat", {"monitorID": 2, "status": 9, "time": "2026-11-20 12:00:00.000"})
    assert [gap.part for gap in (await here.snapshot()).coverage.gaps] == ["beats"]
    assert (await alerts(here)).missing


async def test_everybody_shares_one_login(here: Visit) -> None:
    await asyncio.gather(here.poll(), here.poll(), alerts(here), here.client.session())
    assert kuma(here).logins == 1


async def test_a_lost_connection_is_opened_again(here: Visit) -> None:
    await here.poll()
    kuma(here).disconnect()
    await here.poll()
    assert kuma(here).logins == 2


async def test_a_connection_that_is_closing_is_opened_again(here: Visit) -> None:
    await here.poll()
    session = await here.client.session()
    transport = session._socket._writer.transport
    transport.close()
    assert not session.is_closed, "the reader has not noticed it"
    await here.poll()
    assert session.is_closed
    assert kuma(here).logins == 2


async def test_a_change_is_not_sent_again(here: Visit) -> None:
    await here.poll()
    here.arm(FaultKind.RESET, EMIT, "/pauseMonitor")
    with pytest.raises(EffectUnknown, match="the connection was lost"):
        await here.action("pause_monitor").execute(here.client, target(RADARR, "Radarr"), {})
    assert len([one for one in kuma(here).requests if one.path == "/pauseMonitor"]) == 1


async def test_no_password_is_sent_to_a_certificate_that_is_not_trusted() -> None:
    class Secure(UptimeKumaSimulator):
        tls_name = "kuma"

    served, clock = Secure(World(), Faults()), SteppedClock()
    served.add("Radarr")
    await served.start()
    settings = {"url": served.url, "username": USER, "password": PASSWORD}
    fingerprint = await fetch_fingerprint("127.0.0.1", served.port)
    async with ClientSession() as session:
        strange = UptimeKumaClient(Access(settings=settings, session=session, clock=clock))
        with pytest.raises(CertificateNotTrusted):
            await poll(strange, Gaps())
        assert served.logins == 0
        settings["fingerprint"] = fingerprint
        trusted = UptimeKumaClient(Access(settings=settings, session=session, clock=clock))
        assert len((await poll(trusted, Gaps())).monitors) == 1
        await trusted.close()
    await served.close()


async def test_no_more_than_five_logins_a_minute() -> None:
    async with visit("uptime_kuma", changed={"password": "Grey-heron-43"}) as here:
        for _ in range(8):
            with pytest.raises(ServiceUnauthorized, match="refused the user name or the password"):
                await here.poll()
        assert kuma(here).logins == client_module.LOGINS
        here.clock.advance(61)
        with pytest.raises(ServiceUnauthorized):
            await here.poll()
        assert kuma(here).logins == client_module.LOGINS + 1


async def test_what_a_login_may_be_answered(here: Visit) -> None:
    kuma(here).asks_for_token = True
    with pytest.raises(ServiceUnauthorized, match="two-factor"):
        await here.poll()
    kuma(here).logins = 20
    with pytest.raises(ServiceUnreachable, match="no logins for a minute"):
        await here.poll()


async def test_the_listener_yields_what_changes(here: Visit) -> None:
    pushes = here.service.listen(here.client) if here.service.listen else None
    assert pushes is not None
    assert await anext(pushes) is Changed.POLL_NOW
    await here.poll()
    kuma(here).beat(2, Result.UP, "200 - OK", 14)
    kuma(here).beat(2, Result.DOWN, "503")
    assert await anext(pushes) is Changed.POLL_NOW
    down: Any = await anext(pushes)
    assert (down.status, down.summary) == (AlertStatus.FIRING, "Radarr is down: 503")
    here.clock.advance(30)
    kuma(here).beat(2, Result.UP)
    assert await anext(pushes) is Changed.POLL_NOW
    up: Any = await anext(pushes)
    assert (up.status, up.fingerprint, up.starts_at) == (
        AlertStatus.RESOLVED,
        down.fingerprint,
        down.starts_at,
    )
    kuma(here).beat(1, Result.DOWN, "Child inaccessible")
    await here.poll()
    assert await anext(pushes) is Changed.POLL_NOW
    kuma(here).monitors[2]["active"] = False
    await here.poll()
    assert await anext(pushes) is Changed.POLL_NOW
    kuma(here).disconnect()
    with pytest.raises(ServiceUnreachable):
        await anext(pushes)


async def test_a_monitor_of_a_paused_group_is_not_resumed_alone(here: Visit) -> None:
    kuma(here).monitors[2] |= {"active": False, "forceInactive": True}
    with pytest.raises(PreconditionFailed, match="The group of Radarr is paused"):
        await here.action("resume_monitor").dry_run(here.client, target(RADARR, "Radarr"))


async def test_a_monitor_that_was_deleted_is_refused(here: Visit) -> None:
    action, gone = here.action("pause_monitor"), target("99", "Gone")
    with pytest.raises(PreconditionFailed, match="Gone is not there any more"):
        await action.dry_run(here.client, gone)
    with pytest.raises(ServiceRefused, match="You do not own this monitor"):
        await action.execute(here.client, gone, {})


async def test_only_our_open_windows_of_the_monitor_count(here: Visit) -> None:
    nas = Call(target=target(NAS, "nas").target, arguments={"hours": 2})
    action = here.action("maintain_monitor")
    baseline = (await action.dry_run(here.client, nas)).baseline
    ours: JsonObject = {
        "title": "Homelab Steward",
        "description": f"Requested through Homelab Steward ({baseline['mark']})",
        "status": "under-maintenance",
        "dateRange": ["2026-11-20 12:00:00", "2026-11-20 14:00:00"],
        "monitors": [{"id": int(NAS), "name": "nas"}],
    }
    others: tuple[JsonObject, ...] = (
        {"title": "Updates", "description": ""},
        {"status": "ended"},
        {"monitors": [{"id": int(RADARR), "name": "Radarr"}]},
    )
    for number, changed in enumerate(others, 1):
        kuma(here).windows[number] = {**ours, "id": number, **changed}
    await action.precheck(here.client, nas, baseline)
    assert not (await action.verify(here.client, nas, baseline)).ok
    kuma(here).windows[9] = {**ours, "id": 9}
    assert (await action.verify(here.client, nas, baseline)).text == "silenced until Nov 20, 2026, 14:00"
    with pytest.raises(PreconditionFailed, match="nas is already silenced"):
        await action.precheck(here.client, nas, baseline)
    kuma(here).windows[9]["dateRange"] = []
    with pytest.raises(ServiceMalformed, match="a window of ours has no end"):
        await action.verify(here.client, nas, baseline)


ARRIVED = datetime(2026, 11, 20, 12, 0, 9, tzinfo=UTC)


def notification(status: int, **monitor: Json) -> JsonObject:
    row: JsonObject = {"id": 2, "name": "Radarr", "active": True, "maintenance": False, "interval": 60}
    beat: JsonObject = {"monitorID": 2, "status": status, "time": "2026-11-20 12:00:00.250", "msg": "503"}
    tag: Json = {"name": "severity", "value": "Critical"}
    return {
        "msg": "[Radarr]",
        "heartbeat": beat,
        "monitor": {**row, "type": "http", "tags": [tag], **monitor},
    }


def delivered(body: Json) -> tuple[IncomingAlert, ...]:
    return parse_webhook(Delivery(headers={}, body=dumps(body).encode(), received_at=ARRIVED))


def test_a_webhook_is_the_same_alert() -> None:
    (down,) = delivered(notification(0))
    (up,) = delivered(notification(1))
    assert (down.name, down.status, down.severity) == (
        "MonitorDown",
        AlertStatus.FIRING,
        Severity.CRITICAL,
    )
    assert down.starts_at == datetime(2026, 11, 20, 12, 0, 0, 250_000, UTC)
    assert (up.status, up.ends_at) == (AlertStatus.RESOLVED, down.starts_at)
    assert up.fingerprint == down.fingerprint == "monitor-2"


@pytest.mark.parametrize(
    "body",
    [
        {"heartbeat": None, "monitor": None, "msg": "steward Testing"},
        notification(0, type="group"),
        notification(2),
        notification(3),
    ],
)
def test_webhooks_without_an_alert(body: Json) -> None:
    assert delivered(body) == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"port": "imap"},
        {"tags": "none"},
        {"url": 5},
        {"interval": None, "active": None, "maintenance": None},
        {"parent": "x", "docker_container": []},
    ],
)
def test_an_odd_value_of_a_webhook_costs_itself(odd: dict[str, Json]) -> None:
    [down] = delivered(notification(0, **odd))
    assert (down.name, down.status, down.fingerprint) == ("MonitorDown", AlertStatus.FIRING, "monitor-2")


@pytest.mark.parametrize("time", ["soon", None, 5])
def test_a_beat_without_a_time_is_as_old_as_its_webhook(time: Json) -> None:
    body = notification(0)
    heartbeat = body["heartbeat"]
    assert isinstance(heartbeat, dict)
    heartbeat.update(time=time, ping="fast")
    [down] = delivered(body)
    assert down.starts_at == ARRIVED


@pytest.mark.parametrize("body", [{}, [], {"alerts": []}, notification(7), "data"])
def test_other_webhooks_are_refused(body: Json) -> None:
    with pytest.raises(ServiceMalformed):
        delivered(body)


async def test_a_monitor_deleted_while_down_keeps_its_alert(here: Visit) -> None:
    await alerts(here)
    del kuma(here).monitors[3]
    for _ in range(2):
        (kept,) = (await alerts(here)).alerts
        assert (kept.fingerprint, kept.suppressed) == ("monitor-3", "not listed by Uptime Kuma")
        kuma(here).disconnect()


async def test_an_empty_list_proves_nothing(here: Visit) -> None:
    kuma(here).monitors.clear()
    found = await alerts(here)
    assert (found.alerts, found.missing) == ((), "Uptime Kuma lists no monitors")


async def test_live_beats_count_as_they_come_when_the_clock_was_set_back(here: Visit) -> None:
    await here.poll()
    kuma(here).beat(3, Result.UP, "the clock is a day ahead", ago=-86400)
    kuma(here).beat(3, Result.DOWN, "no reply again")
    assert await reading(here, NAS, "message") == "no reply again"
    assert [one.fingerprint for one in (await alerts(here)).alerts] == ["monitor-3"]


async def test_a_history_that_ends_in_the_future_decides_nothing(here: Visit) -> None:
    for monitor in (2, 3):
        kuma(here).beat(monitor, Result.UP, ago=-86400)
    future = "The newest beat is dated in the future"
    assert await reading(here, RADARR, "up") == future
    assert (await alerts(here)).missing == "Whether Radarr was up or down is not known"
    kuma(here).beat(3, Result.DOWN, "no reply")
    assert await reading(here, NAS, "up") is False


async def test_an_odd_beat_costs_its_monitor_until_its_next_beat(here: Visit) -> None:
    for monitor in (4, 5, 6):
        kuma(here).beat(monitor, Result.UP)
    await alerts(here)
    kuma(here).beat(3, Result.UP)
    assert await reading(here, NAS, "up") is True
    odd: JsonObject = {"monitorID": 2, "status": 9, "time": "2026-11-20 12:00:00.000"}
    kuma(here).send("heartbeat", odd)
    kuma(here).send("heartbeat", {**odd, "monitorID": 99})
    assert (await alerts(here)).missing
    assert "status" in str(await reading(here, RADARR, "up"))
    assert await reading(here, NAS, "up") is True
    kuma(here).beat(2, Result.UP)
    assert await reading(here, RADARR, "up") is True
    assert (await alerts(here)).missing is None
    assert (await here.snapshot()).coverage.status is CoverageStatus.COMPLETE


async def test_a_history_that_is_no_list_costs_its_monitor(here: Visit) -> None:
    kuma(here).alter = lambda where, sent: 7 if where == "EVENT heartbeatList 2" else sent
    assert "expected a list" in str(await reading(here, RADARR, "up"))
    assert await reading(here, NAS, "up") is False


async def test_a_login_that_ended_is_made_again(here: Visit) -> None:
    await here.poll()
    kuma(here).log_out()
    await here.poll()
    assert kuma(here).logins == 2
