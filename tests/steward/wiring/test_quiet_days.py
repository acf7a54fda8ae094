"""The whole app on quiet days: no model is asked without a problem, and once for each problem."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.incidents import Incident, IncidentStatus
from lab.model import Script, ScriptedModel, Turn
from rig.clocks import HANGING
from rig.counted_service import BROKEN, polled
from steward.app import App
from steward.clock import ManualClock
from steward.llm.messages import Tier
from steward.llm.settings import Deployment
from steward.settings.model import ConfiguredInstance, Listen
from steward.settings.reader import keep_secrets, read_settings
from steward.store import incidents
from steward.store.database import Database

NAMES: Final = tuple(f"service{number}" for number in range(40))
STEP: Final = 24 * 3600
POLL: Final = 30.0
ANSWER: Final = '{"text": "Stuck.", "nothing_wrong": false, "claims": [{"text": "s", "evidence": ["e0"]}]}'


class Days:
    """The app, its clock and its model."""

    def __init__(self, database: Database, clock: ManualClock, model: ScriptedModel) -> None:
        self._database, self._clock, self.model = database, clock, model

    async def pass_by(self, days: int) -> None:
        """Let at least this many days pass; every service is polled once a day or more."""
        for _ in range(days * 24 * 3600 // STEP):
            waiting = asyncio.ensure_future(polled(NAMES))
            while not waiting.done():
                # Who is not asleep yet sleeps until the next move.
                self._clock.move(STEP)
                await asyncio.wait([waiting], timeout=0.01)
            await waiting

    async def until(self, fits: Callable[[Incident], bool], number: int) -> Incident:
        """Return an incident as soon as it fits, while time passes slowly."""
        async with asyncio.timeout(HANGING):
            while True:
                self._clock.move(POLL)
                async with self._database.read() as connection:
                    found = await incidents.incidents_in(connection, list(IncidentStatus))
                for one in found:
                    if one.number == number and fits(one):
                        return one
                await asyncio.sleep(0.01)


@asynccontextmanager
async def days(folder: Path) -> AsyncIterator[Days]:
    own = folder / "services" / "counted"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("from rig.counted_service import SERVICE\n__all__ = ['SERVICE']\n")
    clock = ManualClock(datetime(2026, 11, 2, 6, tzinfo=UTC))
    async with ScriptedModel(Script([Turn(pieces=(ANSWER,))])) as model:
        settings = replace(
            read_settings({"STEWARD_DATA_DIR": str(folder / "data")}, None, None),
            services_dir=folder / "services",
            listen=Listen(port=0),
            instances=tuple(
                ConfiguredInstance(id=one, service="counted", name=one, settings={"name": one})
                for one in NAMES
            ),
            models=(Deployment(id="home", tier=Tier.LOCAL, url=f"{model.url}/v1", model="m"),),
        )
        database = Database(settings.database_url)
        app = App(keep_secrets(settings), clock)
        try:
            await app.start()
            yield Days(database, clock, model)
        finally:
            BROKEN.clear()
            await app.close()
            await database.close()


def is_explained(incident: Incident) -> bool:
    return incident.diagnosis is not None and incident.diagnosis.explanation is not None


@pytest.mark.timeout(900)
async def test_thirty_days_with_forty_services(tmp_path: Path) -> None:
    async with days(tmp_path) as rig:
        await rig.pass_by(10)
        assert rig.model.bodies == [], "nothing is asked on a quiet day"
        BROKEN.add("service7")
        first = await rig.until(is_explained, 1)
        assert first.target is not None
        assert first.target.name == "service7", "no incident before"
        await rig.pass_by(10)
        assert len(rig.model.bodies) == 1, "once, however long it lasts and whatever expires"
        BROKEN.clear()
        await rig.until(lambda one: one.status.is_closed, 1)
        await rig.pass_by(5)
        BROKEN.add("service8")
        assert first.target != (await rig.until(is_explained, 2)).target
        await rig.pass_by(5)
        assert len(rig.model.bodies) == 2
