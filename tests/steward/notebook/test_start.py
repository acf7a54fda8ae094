"""The notebook as the app starts it: it is written, compared, and asked."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import override

from homelab_steward.contract.incidents import IncidentStatus
from rig.agent_rig import AgentRig
from rig.inventory import NOW, box
from steward.clock import ManualClock
from steward.conversation.note_answers import Notes
from steward.notebook.drift import EVERY
from steward.notebook.notebook import Lab
from steward.settings.documentation import Documentation
from steward.settings.model import Settings
from steward.wiring.notebook import build_notes, start_notebook

from .test_notebook import Files, lab


class Steps(ManualClock):
    """A clock on which a look begins when a test says so, and the notebook is written once."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.written = asyncio.Event()
        self.looks: asyncio.Queue[None] = asyncio.Queue()

    @override
    async def sleep(self, seconds: float) -> None:
        if seconds == EVERY:
            await self.looks.get()
            return
        self.written.set()
        await asyncio.Event().wait()


def settings(folder: Path, *, enabled: bool = True) -> Settings:
    return Settings(data_dir=folder, documentation=Documentation(enabled=enabled, every_minutes=10_080))


def notes(rig: AgentRig, folder: Path, *, enabled: bool = True) -> Notes:
    return build_notes(settings(folder, enabled=enabled), rig.store, rig.inventory.clean)


async def test_it_is_written_and_compared_until_the_app_ends(tmp_path: Path) -> None:
    async with lab(tmp_path) as (rig, _), AsyncExitStack() as opened:
        known, steps = Lab(rig.inventory, {}, Files()), Steps()
        start_notebook(
            settings(tmp_path), rig.store, steps, rig.inventory.clean, known, rig.agent.correlator, opened
        )
        await steps.written.wait()
        assert (tmp_path / "notebook" / "inventory" / "toy1.md").exists()
        rig.inventory.boxes["box/new"] = replace(box(), id="box/new", name="sonarr")
        await rig.inventory.poll_now("toy1")
        steps.looks.put_nowait(None)
        steps.looks.put_nowait(None)
        await rig.until(lambda one: "differs from the notebook" in one.title, 2)


async def test_what_is_turned_off_is_neither_written_nor_asked(tmp_path: Path) -> None:
    async with lab(tmp_path) as (rig, clock), AsyncExitStack() as opened:
        known, off = Lab(rig.inventory, {}, Files()), settings(tmp_path, enabled=False)
        start_notebook(off, rig.store, clock, rig.inventory.clean, known, rig.agent.correlator, opened)
        assert not (tmp_path / "notebook").exists()
        found = notes(rig, tmp_path, enabled=False)
        assert found.about is None
        assert len((await found.month(clock.now())).problems) == 1


async def test_what_was_reported_ends_when_it_is_turned_off(tmp_path: Path) -> None:
    async with lab(tmp_path) as (rig, _):
        known, steps = Lab(rig.inventory, {}, Files()), Steps()
        async with AsyncExitStack() as opened:
            start_notebook(
                settings(tmp_path), rig.store, steps, rig.inventory.clean, known, rig.agent.correlator, opened
            )
            await steps.written.wait()
            rig.inventory.boxes["box/new"] = replace(box(), id="box/new", name="sonarr")
            await rig.inventory.poll_now("toy1")
            steps.looks.put_nowait(None)
            steps.looks.put_nowait(None)
            await rig.until(lambda one: "differs from the notebook" in one.title, 2)
        off = settings(tmp_path, enabled=False)
        async with AsyncExitStack() as opened:
            start_notebook(off, rig.store, steps, rig.inventory.clean, known, rig.agent.correlator, opened)
            await rig.until(lambda one: one.status is IncidentStatus.RESOLVED, 2)


async def test_its_passages_are_masked(tmp_path: Path) -> None:
    place = tmp_path / "notebook" / "own.md"
    place.parent.mkdir()
    place.write_text("# Radarr\n\nIt has the password=hunter2secret9 and films.\n", "utf-8")
    async with lab(tmp_path) as (rig, _):
        about = notes(rig, tmp_path).about
        assert about is not None
        [one] = await about("radarr", 2)
        assert "films" in one.text
        assert "hunter2secret9" not in one.text
