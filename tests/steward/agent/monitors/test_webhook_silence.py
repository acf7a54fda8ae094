"""Webhooks that came regularly and stop while something fires are said once, at low severity."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import AlertStatus, Incident, IncidentStatus, Severity
from homelab_steward.contract.state import InstanceStatus
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory, alert
from rig.toy import Toy
from steward.agent.incidents.correlator import Correlator
from steward.agent.monitors.silent_monitors import (
    FEWEST_PAUSES,
    WEBHOOKS_SILENT,
    are_webhooks_silent,
    arrived,
)
from steward.clock import ManualClock
from steward.inventory.ports import CHECK
from steward.sdk.description import IncomingAlert
from steward.store import incidents, webhook_rhythms
from steward.store.store import Store
from steward.store.webhook_rhythms import WebhookRhythm

HOUR = 3_600
REPORTED = "No webhook of Toy has arrived since "


@dataclass
class Rig:
    store: Store
    clock: ManualClock
    inventory: ToyInventory
    correlator: Correlator

    async def webhook(self, *alerts: IncomingAlert, after: float = HOUR) -> None:
        """Receive a webhook some seconds after the last one."""
        self.clock.move(after)
        async with self.store.change() as unit:
            await self.correlator.take_webhook(unit, "toy1", alerts)

    async def regular(self, *alerts: IncomingAlert) -> None:
        """Receive as many regular webhooks as are needed."""
        for _ in range(FEWEST_PAUSES + 1):
            await self.webhook(*alerts)

    async def wait(self, seconds: float) -> None:
        self.clock.move(seconds)
        await self.correlator.note_silence()

    async def said(self) -> list[Incident]:
        async with self.store.read() as connection:
            found = await incidents.newest_incidents(connection, 100)
        return [
            one for one in found if any(alert.labels.get(CHECK) == WEBHOOKS_SILENT for alert in one.alerts)
        ]


@asynccontextmanager
async def open_rig(folder: Path) -> AsyncIterator[Rig]:
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        inventory = ToyInventory(Toy())
        await inventory.poll_now("toy1")
        yield Rig(store, clock, inventory, Correlator(store, inventory, clock))


FIRING = alert("DiskFull")
RESOLVED = alert("DiskFull", status=AlertStatus.RESOLVED)


def rhythm(pauses: list[int]) -> WebhookRhythm:
    """Return the rhythm of webhooks with these pauses in seconds."""
    now, one = NOW, arrived(None, "toy1", NOW, NOW)
    for pause in pauses:
        now += timedelta(seconds=pause)
        one = arrived(one, "toy1", now, NOW)
    return one


@pytest.mark.parametrize(
    ("pauses", "interval", "regular"),
    [
        ([], 0, 0),
        ([600], 600, 1),
        ([600, 600, 600, 600], 600, 4),
        ([600, 700, 500, 610], 610, 4),
        ([600, 1, 600, 2, 600], 600, 3),
        ([600, 600, 600, 86_400], 86_400, 1),
        ([600, 3_600, 600, 3_600, 600], 600, 1),
    ],
)
def test_only_regular_pauses_are_a_rhythm(pauses: list[int], interval: int, regular: int) -> None:
    found = rhythm(pauses)
    assert (found.interval, found.pauses) == (interval, regular)


@given(st.lists(st.integers(0, 10**6), max_size=FEWEST_PAUSES - 1), st.integers(0, 10**9))
def test_fewer_than_five_webhooks_are_never_silent(pauses: list[int], wait: int) -> None:
    found = rhythm(pauses)
    assert not are_webhooks_silent(found, found.seen_at + timedelta(seconds=wait), NOW)


@given(st.integers(61, 10**6), st.integers(0, 10**8))
def test_a_silence_is_longer_than_ten_intervals_and_an_hour(interval: int, wait: int) -> None:
    found = rhythm([interval] * FEWEST_PAUSES)
    now = found.seen_at + timedelta(seconds=wait)
    assert are_webhooks_silent(found, now, NOW) is (wait > max(10 * interval, HOUR))
    assert not are_webhooks_silent(found, now, now)


async def test_webhooks_that_stop_are_said_once_until_they_come_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.regular(FIRING)
        await at.wait(10 * HOUR)
        assert await at.said() == []
        for _ in range(3):
            await at.wait(HOUR)
        (one,) = await at.said()
        assert one.title.startswith(REPORTED)
        assert (one.severity, one.status) == (Severity.INFO, IncidentStatus.OPEN)
        await at.webhook(FIRING)
        (one,) = await at.said()
        assert (one.status, one.resolution) == (IncidentStatus.RESOLVED, "Webhooks arrive again.")
        await at.wait(9 * HOUR)
        assert len(await at.said()) == 1


@pytest.mark.parametrize(
    "last",
    [RESOLVED, replace(FIRING, suppressed="Silenced in the monitor"), None],
    ids=["over", "silenced", "none"],
)
async def test_silence_is_normal_when_nothing_is_to_be_repeated(
    tmp_path: Path, last: IncomingAlert | None
) -> None:
    async with open_rig(tmp_path) as at:
        await at.regular(*([] if last is None else [FIRING]))
        if last is not None:
            await at.webhook(last)
        await at.wait(100 * HOUR)
        assert await at.said() == []


async def test_what_fires_only_since_the_last_webhook_proves_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.regular(RESOLVED)
        at.clock.move(HOUR)
        await at.correlator.take("toy1", [FIRING])
        await at.wait(100 * HOUR)
        assert await at.said() == []


async def test_it_ends_when_nothing_fires_any_more(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.regular(FIRING)
        await at.wait(11 * HOUR)
        await at.correlator.take("toy1", [RESOLVED])
        await at.wait(30)
        await at.wait(30)
        (one,) = await at.said()
        assert (one.status, one.resolution) == (IncidentStatus.RESOLVED, "Nothing fires there any more.")


async def test_the_time_without_the_app_or_the_instance_is_no_silence(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        await at.regular(FIRING)
        at.clock.move(100 * HOUR)
        at.correlator = Correlator(at.store, at.inventory, at.clock)
        await at.wait(HOUR)
        at.inventory.instance_row = replace(at.inventory.instance_row, status=InstanceStatus.UNREACHABLE)
        await at.wait(100 * HOUR)
        at.inventory.instance_row = replace(at.inventory.instance_row, status=InstanceStatus.OK)
        await at.wait(10 * HOUR)
        assert await at.said() == []
        await at.wait(HOUR)
        assert len(await at.said()) == 1


async def test_the_rhythm_goes_with_its_source(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as at:
        async with at.store.change() as unit:
            await at.correlator.take_webhook(unit, "gone", ())
        await at.webhook()
        await at.wait(0)
        async with at.store.read() as connection:
            assert [one.source for one in await webhook_rhythms.all_rhythms(connection)] == ["toy1"]
