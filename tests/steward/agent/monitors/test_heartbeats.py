"""What is meant to fire always opens no incident; its silence opens one, which ends when it is back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import AlertStatus, Incident, IncidentStatus, Severity
from homelab_steward.contract.state import InstanceStatus
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory, alert
from rig.toy import Toy
from steward.agent.incidents.correlator import Correlator
from steward.agent.monitors.silent_monitors import (
    MOST,
    is_for_nobody,
    is_heartbeat,
    is_heartbeat_silent,
    seen,
)
from steward.clock import ManualClock
from steward.inventory.ports import Completeness
from steward.sdk.description import IncomingAlert
from steward.store import heartbeats, incidents
from steward.store.heartbeats import Heartbeat
from steward.store.store import Store

RESOLVED = AlertStatus.RESOLVED
SECOND = timedelta(seconds=1)


@dataclass
class Rig:
    store: Store
    clock: ManualClock
    inventory: ToyInventory
    correlator: Correlator

    async def receive(self, *alerts: IncomingAlert, after: float = 30) -> None:
        self.clock.move(after)
        await self.correlator.take("toy1", alerts)

    async def wait(self, seconds: float) -> None:
        self.clock.move(seconds)
        await self.correlator.note_silence()

    async def incidents(self) -> list[Incident]:
        async with self.store.read() as connection:
            return list(await incidents.newest_incidents(connection, 100))

    async def stored(self) -> dict[str, Heartbeat]:
        async with self.store.read() as connection:
            return await heartbeats.of_source(connection, "toy1")


@asynccontextmanager
async def open_rig(folder: Path) -> AsyncIterator[Rig]:
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        inventory = ToyInventory(Toy())
        await inventory.poll_now("toy1")
        yield Rig(store, clock, inventory, Correlator(store, inventory, clock))


def beat(name: str = "Watchdog", status: AlertStatus = AlertStatus.FIRING, **labels: str) -> IncomingAlert:
    return replace(alert(name, status=status, summary=""), labels={"alertname": name} | labels)


@pytest.mark.parametrize(
    ("name", "severity", "text", "expected"),
    [
        ("Watchdog", "none", "", True),
        ("DeadMansSwitch", "critical", "", True),
        ("Dead Man's Snitch", "", "", True),
        ("PrometheusDeadmanSwitch", "warning", "", True),
        ("heartbeat", "info", "", True),
        ("AlwaysFiring", "", "", True),
        ("SiteB-E2E-DeadManSwitch", "critical", "", True),
        ("DeadMansSwitchMissing", "critical", "", False),
        ("Canary", "info", "An always-firing alert", True),
        ("PipelineTest", "", "Fires all the time to prove that mails arrive", True),
        ("Canary", "info", "This alert is always firing; its absence is the problem", True),
        ("Canary", "heartbeat", "", True),
        ("Canary", "info", "It is meant to always fire", True),
        ("HeartbeatMissing", "critical", "The dead man's switch was not received", False),
        ("DmsAlert", "critical", "The dead man's switch of site B has not been received", False),
        ("WatchdogTimeout", "critical", "The hardware watchdog has reset the machine", False),
        ("InfoInhibitor", "none", "", False),
        ("DiskFull", "critical", "The disk is full", False),
        ("SmokeDetected", "critical", "It fires always when there is smoke", False),
        ("SmokeDetected", "critical", "It always fires when there is smoke", False),
    ],
)
def test_what_is_meant_to_fire_always(name: str, severity: str, text: str, expected: bool) -> None:  # noqa: FBT001
    labels = {"severity": severity} if severity else {}
    assert is_heartbeat(replace(alert(name, summary=""), labels=labels, description=text)) is expected


def test_what_is_for_nobody() -> None:
    assert is_for_nobody(beat("InfoInhibitor", severity="warning"))
    assert is_for_nobody(beat("Anything", severity="None"))
    assert not is_for_nobody(beat("Anything"))


def test_the_interval_is_learned_from_pauses_while_the_app_runs() -> None:
    first = Heartbeat(source="a", fingerprint="f", name="Watchdog", seen_at=NOW)
    assert seen(None, first, NOW) is first
    again = seen(first, replace(first, seen_at=NOW + 60 * SECOND), NOW)
    assert again.interval == 60
    assert seen(again, replace(first, seen_at=NOW + 90 * SECOND), NOW).interval == 54
    assert seen(again, replace(first, seen_at=again.seen_at + SECOND), NOW) == again, "a poll and a webhook"
    late = replace(first, seen_at=NOW + 3600 * SECOND)
    assert seen(again, late, NOW + 1000 * SECOND).interval == 60, "the app did not run"
    assert seen(replace(again, silent_since=NOW), late, NOW).interval == 60, "it was silent"


@pytest.mark.parametrize(
    ("interval", "pause", "expected"),
    [
        (60, 359, False),
        (60, 361, True),
        (3600, 7199, False),
        (3600, 7201, True),
        (0, 90_000, False),
        (0, 94_000, True),
    ],
)
def test_a_silence_is_longer_than_the_interval(interval: int, pause: int, expected: bool) -> None:  # noqa: FBT001
    one = Heartbeat(source="a", fingerprint="f", name="Watchdog", seen_at=NOW, interval=interval)
    assert is_heartbeat_silent(one, NOW + pause * SECOND, NOW) is expected
    at = NOW + pause * SECOND
    assert not is_heartbeat_silent(one, at, at), "it could not be received before"


async def test_a_heartbeat_opens_nothing_and_its_silence_does(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        for _ in range(3):
            await at.receive(beat(), beat("InfoInhibitor"), beat("Quiet", severity="none"))
            await at.wait(0)
        assert await at.incidents() == []
        await at.wait(320)
        assert await at.incidents() == []
        await at.wait(60)
        await at.wait(60)
        (one,) = await at.incidents()
        assert one.title.startswith("Watchdog of Toy has been silent since Nov 20, 2026, 12:01")
        assert (one.severity, one.status) == (Severity.CRITICAL, IncidentStatus.OPEN)
        await at.wait(3_600)
        await at.wait(30)
        assert [one.stale_since for one in await at.incidents()] == [None], "it is still known to be silent"
        await at.correlator.take("toy1", (), Completeness.MONITOR)
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN], (
            "an empty list proves nothing"
        )
        await at.receive(beat())
        (one,) = await at.incidents()
        assert (one.status, one.resolution) == (
            IncidentStatus.RESOLVED,
            "Watchdog of Toy was received again.",
        )
        await at.wait(300)
        assert len(await at.incidents()) == 1


async def test_a_heartbeat_that_its_monitor_ended_is_silent_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.receive(beat(status=RESOLVED))
        assert await at.incidents() == [], "it was never seen"
        await at.receive(beat())
        await at.receive(beat(status=RESOLVED))
        await at.receive(beat(status=RESOLVED))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN]


async def test_while_its_source_cannot_be_read_nothing_is_said(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.receive(beat())
        await at.receive(beat())
        at.inventory.instance_row = replace(at.inventory.instance_row, status=InstanceStatus.UNREACHABLE)
        await at.wait(3600)
        at.inventory.instance_row = replace(at.inventory.instance_row, status=InstanceStatus.OK)
        await at.wait(300)
        assert await at.incidents() == []
        await at.wait(60)
        assert len(await at.incidents()) == 1


async def test_the_time_without_the_app_is_no_silence(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.receive(beat())
        await at.receive(beat())
        at.clock.move(86_400)
        at.correlator = Correlator(at.store, at.inventory, at.clock)
        await at.wait(300)
        assert await at.incidents() == []
        await at.wait(60)
        assert len(await at.incidents()) == 1


async def test_heartbeats_are_bounded_and_go_with_their_source(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.receive(*(beat(cluster=str(number)) for number in range(MOST * 2)))
        assert len(await at.stored()) == MOST
        await at.receive(beat(cluster="more"))
        assert len(await at.stored()) == MOST
        assert await at.incidents() == []
        await at.correlator.take("gone", [beat()])
        await at.correlator.note_silence()
        async with at.store.read() as connection:
            assert {one.source for one in await heartbeats.all_heartbeats(connection)} == {"toy1"}
