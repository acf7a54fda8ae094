"""The probe of a crash: a process of the scratch app is killed at the effect of a step, and started again."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import orjson

from homelab_steward.contract.incidents import Incident, Outcome

from ..agent.runs.dbos_engine import DbosEngine
from ..agent.runs.workflow import Stages
from ..observability.logs import Logs
from ..observability.redaction import Redactor
from ..sdk import http
from ..settings.model import LogLevel, Settings
from ..store import incidents
from ..store.database import Database
from ..texts import english
from ..wiring.conversation import read_sentences
from .attempts import approve, ask
from .cast import Cast
from .execution_probes import CHANGED
from .pace import DrillClock
from .probe import Probe
from .results import require
from .scratch import STORE, Workshop
from .world import World

APP: Final = "killed"
WORLD: Final = "world.json"
LONGEST: Final = 120.0
"""Seconds that one process may take."""


async def _kill_at_effect(shop: Workshop) -> None:
    """Kill the process when the change is made and not journaled; after a restart it is not made again."""
    code = await _process(shop, kills=True)
    require(code == -signal.SIGKILL, f"the process was not killed at the effect: it ended with {code}")
    world = shop.folder / WORLD
    effects = orjson.loads(await asyncio.to_thread(world.read_bytes))["effects"]
    require(effects == [CHANGED], f"before the restart the effects were {effects}")
    code = await _process(shop, kills=False)
    require(code == 0, "the run did not come to an end after the restart")
    effects = orjson.loads(await asyncio.to_thread(world.read_bytes))["effects"]
    require(effects == [CHANGED], f"after the restart the effects are {effects}")
    incident = await _incident(shop.folder / APP / STORE)
    verdict = incident.run.verdict if incident and incident.run else None
    require(
        verdict is not None and verdict.outcome is Outcome.FIXED,
        f"after the restart the verdict is {verdict.outcome if verdict else None}",
    )


async def _incident(file: Path) -> Incident | None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    try:
        async with database.read() as connection:
            return next(iter(await incidents.newest_incidents(connection, 1)), None)
    finally:
        await database.close()


async def _process(shop: Workshop, *, kills: bool) -> int | None:
    """Run the scratch app in a process of its own; return its exit code, None when it was ended."""
    process = multiprocessing.get_context("spawn").Process(
        target=ENTRY, args=(shop.settings, shop.installed, shop.folder, shop.cast, kills), daemon=True
    )
    await asyncio.to_thread(process.start)
    try:
        await asyncio.to_thread(process.join, LONGEST)
        return process.exitcode
    finally:
        process.kill()


def _run(settings: Settings, installed: Settings, folder: Path, cast: Cast, kills: bool) -> None:  # noqa: FBT001 - called by the process
    logs = Logs(Redactor(), sys.stderr, level=LogLevel.ERROR, as_json=False)
    logs.open()
    asyncio.run(_work(settings, installed, folder, cast, kills=kills))


async def _work(settings: Settings, installed: Settings, folder: Path, cast: Cast, *, kills: bool) -> None:
    """Approve a change and be killed at its effect, or continue the run until its end."""
    world = World(file=folder / WORLD)
    world.load()
    if kills:
        world.at_effect = partial(os.kill, os.getpid(), signal.SIGKILL)
    async with http.session() as session:
        shop = Workshop(
            settings=settings,
            installed=installed,
            folder=folder,
            cast=cast,
            session=session,
            sentences=read_sentences(installed),
        )
        async with shop.open(world, name=APP, engine=_engine(folder / "killed-dbos.db")) as scratch:
            if kills:
                await approve(scratch, await ask(scratch))
            await scratch.ended()


class _DurableEngine(DbosEngine):
    """The engine of the app: the run must continue in another process. It is never held."""

    is_held = False


def _engine(file: Path) -> Callable[[Stages, DrillClock], _DurableEngine]:
    return lambda stages, _: _DurableEngine(f"sqlite:///{file}", stages, "drill")


ENTRY = _run
"""What the process begins with."""

PROBES = (
    Probe(
        id="kill-at-effect",
        title=english("After a crash nothing is done twice"),
        run=_kill_at_effect,
        seconds=2 * LONGEST,
    ),
)
