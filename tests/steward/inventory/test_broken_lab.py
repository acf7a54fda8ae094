"""Forty instances, ten of them dead, one slow and one lying: the others do not notice."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import InstanceStatus
from lab.faults import Fault, FaultKind
from lab.fixtures import JoinsApp, fixture_of
from lab.lab import Lab
from lab.replay import ReplaySimulator
from rig.clocks import HANGING
from rig.incident_player import ClientClock, ScenarioClock, all_services
from steward.api.home_connections import HomeConnections
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService, Client
from steward.settings.model import ConfiguredInstance

from .fakes import InventoryRig, World

COUNT = 40
DUE = 33.1
"""Seconds after which every instance that answers is polled again: its interval and a tenth."""

NEVER = 1_000.0
"""Seconds: longer than a test may take, so that what hangs does so until the end."""

LONGEST = 30
"""Seconds: the most that the setting of a service may be."""

ROUNDS = 5
GROWTH = 1.02
"""How many times as many objects there may be after the rounds as after the first of them."""


@dataclass
class Polls:
    """How many polls of each instance have begun and ended."""

    begun: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, keys: set[str], count: int) -> None:
        """Wait until so many polls of each of these have ended."""
        try:
            async with asyncio.timeout(HANGING):
                while any(self.ended[key] < count for key in keys):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            late = {key: self.ended[key] for key in keys if self.ended[key] < count}
            raise AssertionError(f"not polled {count} times: {late}") from None

    def watched(self, service: AnyService, clock: ScenarioClock) -> AnyService:
        """Return a service whose polls are counted, and whose clients move the clock when they sleep."""

        def connect(access: Access) -> Client:
            client: Client = service.connect(replace(access, clock=ClientClock(clock)))
            return client

        async def poll(client: Any, gaps: Gaps) -> Any:
            self.begun[service.key] += 1
            try:
                return await service.poll(client, gaps)
            finally:
                self.ended[service.key] += 1
                self.changed.set()

        return replace(service, connect=connect, poll=poll, interval=30.0, listen=None)


def patient(settings: Mapping[str, Value]) -> dict[str, Value]:
    """Return settings of a service that waits for an answer for as long as a busy machine takes."""
    return {**settings, **({"timeout": LONGEST} if "timeout" in settings else {})}


@asynccontextmanager
async def forty(tmp_path: Path) -> AsyncIterator[tuple[Lab, InventoryRig, Polls, ScenarioClock]]:
    """Yield a lab of forty services, each configured once and polled once."""
    clock, polls, home = ScenarioClock(), Polls(), HomeConnections(lambda text: text)
    keys = sorted(all_services())[:COUNT]
    assert len(keys) == COUNT
    async with Lab(services=keys, clock=clock, real_alertmanager=False, is_alerting=False) as lab:
        for key in keys:
            if (prepare := fixture_of(key).prepare) is not None:
                await prepare(lab)
        for served in lab.served.values():
            if isinstance(served, JoinsApp):
                served.join(home)
        rig = InventoryRig(
            tmp_path,
            World(),
            {key: polls.watched(all_services()[key], clock) for key in keys},
            tuple(
                ConfiguredInstance(
                    id=key, service=key, name=key, settings=patient(fixture_of(key).settings(lab.served[key]))
                )
                for key in keys
            ),
            clock=clock,
            poll_timeout=NEVER,
            home=home,
        )
        async with rig:
            await polls.until(set(keys), 1)
            yield lab, rig, polls, clock


async def test_the_others_are_polled_on_time_and_memory_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.sdk.connection.TIMEOUT", NEVER)
    monkeypatch.setattr("steward.sdk.connection.CALL_TIMEOUT", NEVER)
    async with forty(tmp_path) as (lab, rig, polls, clock):
        replayed = [key for key, served in lab.served.items() if isinstance(served, ReplaySimulator)]
        refusing, hanging, (slow, lying) = replayed[:5], replayed[5:10], replayed[10:12]
        for key, kind in (
            *((key, FaultKind.REFUSED) for key in refusing),
            *((key, FaultKind.HANG) for key in hanging),
            (slow, FaultKind.SLOW),
            (lying, FaultKind.HTML),
        ):
            lab.faults.arm(Fault(service=key, kind=kind, seconds=0.05))
        healthy = {*lab.served} - {*refusing, *hanging, lying, slow}
        sizes: list[tuple[int, int]] = []
        await clock.until_asleep(COUNT)
        for number in range(2, ROUNDS + 2):
            await clock.step(DUE)
            await polls.until(healthy, number)
            assert {key: polls.begun[key] for key in hanging} == dict.fromkeys(hanging, 2)
            assert {key: polls.ended[key] for key in hanging} == dict.fromkeys(hanging, 1), "they hang"
            await polls.until({slow}, number)
            # A poll that has not ended has objects of its own.
            await clock.until_asleep(COUNT - len(hanging))
            gc.collect()
            sizes.append((len(gc.get_objects()), len(asyncio.all_tasks())))
        statuses = {one.id: one.status for one in rig.inventory.instances()}
        assert {statuses[key] for key in (*healthy, slow)} == {InstanceStatus.OK}
        assert {statuses[key] for key in refusing} == {InstanceStatus.UNREACHABLE}
        assert statuses[lying] is InstanceStatus.FAILING
        assert sizes[-1][0] < sizes[0][0] * GROWTH, sizes
        assert sizes[-1][1] <= sizes[0][1] + len(hanging), sizes
