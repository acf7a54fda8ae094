"""The health of the app in the report of the doctor: published when a part begins or ends to work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from homelab_steward.contract.doctor import DOCTOR_ID, DoctorReport, HealthPart, Versions
from homelab_steward.contract.protocol import Event, RowKind
from rig.agent_rig import opened_store
from rig.inventory import NOW
from steward.clock import ManualClock
from steward.settings.model import Settings
from steward.store.changes import Watch
from steward.store.store import Store
from steward.wiring.live_doctor import LOOK_AT_HEALTH, LiveDoctor, LiveParts, begin

GOOD = HealthPart(key="disk", ok=True, value=9.0)
BAD = HealthPart(key="disk", ok=False, value=1.0, reasons=("full",))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as made:
        yield made


class NotingClock(ManualClock):
    """A clock that says when somebody began to wait."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.waits = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.set()
        await super().sleep(seconds)


def doctor_of(store: Store, clock: ManualClock) -> LiveDoctor:
    nothing = cast("Any", None)
    parts = LiveParts(
        settings=Settings(),
        store=store,
        session=nothing,
        clock=clock,
        inventory=nothing,
        home=nothing,
        list_models=nothing,
        wrong_services={},
    )
    doctor = LiveDoctor(parts)
    versions = Versions(app="1", contract=1, database=None, python="3.14")
    doctor.report = DoctorReport(at=NOW, versions=versions)
    return doctor


async def published(watch: Watch) -> tuple[HealthPart, ...]:
    change = await watch.next()
    assert isinstance(change, Event)
    assert change.id == DOCTOR_ID
    assert change.doctor is not None
    return tuple(change.doctor.health)


async def test_a_part_that_fails_is_published_and_a_value_is_only_kept(store: Store) -> None:
    doctor = doctor_of(store, ManualClock(NOW))
    with store.changes.watch(RowKind.DOCTOR) as watch:
        doctor.note_health((GOOD,))
        assert await published(watch) == (GOOD,)
        fuller = HealthPart(key="disk", ok=True, value=8.0)
        doctor.note_health((fuller,))
        assert doctor.report is not None
        assert doctor.report.health == (fuller,), "who asks gets the value"
        doctor.note_health((BAD,))
        assert await published(watch) == (BAD,), "and nothing in between"


async def test_the_parts_are_looked_at_every_minute(store: Store) -> None:
    clock = NotingClock()
    doctor = doctor_of(store, clock)
    found = iter([(GOOD,), (BAD,)])

    async def read() -> tuple[HealthPart, ...]:
        return next(found)

    async with AsyncExitStack() as opened:
        with store.changes.watch(RowKind.DOCTOR) as watch:
            begin(doctor.follow(read), "health", opened)
            assert await published(watch) == (GOOD,)
            await clock.waits.wait()
            clock.move(LOOK_AT_HEALTH)
            assert await published(watch) == (BAD,)
