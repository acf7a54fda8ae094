"""One process: it opens the app in a folder, plays a scenario until it ends, and writes what it found."""

import asyncio
import gc
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, override
from unittest.mock import patch

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from rig.agent_rig import TaskEngine
from rig.databases import is_postgresql
from rig.earned import earn
from steward.changes import back_questions
from steward.store import approvals, audit, database, incidents, runs, single_hop_sqlite, tables
from steward.store.mode import read_mode

from .disk import STORE, Disk, cut_power, restored_world
from .life import LIMITS, Life, opened
from .oracle import Found, Record, judge
from .points import Points, hooked
from .scenarios import SCENARIOS, Scenario

ASKED_EVERY: Final = 0.3
"""Seconds until it is looked again whether a question before data goes back is answered."""

PLAYED: Final = 100.0
"""Seconds after which what monitors and people do hangs."""

RESULT: Final = "result.json"
STORE_URL: Final = f"sqlite+aiosqlite:///{STORE}"
LOG: Final = "log.txt"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one process does in ``folder``.

    ``images`` gets a copy of the disk at each point, or at the numbers ``wanted``. ``late``: what was under
    way arrives after so many requests. ``loses_power``: what was not synced is lost. ``stop_at``: it is
    stopped in that turn of the event loop; ``only_presses``: then only presses are cancelled.
    """

    scenario: str
    folder: Path
    images: Path | None = None
    wanted: frozenset[int] | None = None
    kill: int | None = None
    late: int | None = None
    loses_power: bool = False
    stop_at: int | None = None
    only_presses: bool = False


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts its turns. In turn ``at`` it calls ``call``, so everything can be cancelled at each await."""

    turns = 0
    at: int | None = None
    call: Callable[[], object] = staticmethod(lambda: None)

    @override
    def _run_once(self) -> None:  # type: ignore[misc]  # asyncio has no public hook for a turn
        if self.at is not None:
            self.turns += 1
            if self.turns == self.at:
                self.call()
        super()._run_once()  # type: ignore[misc]


def warm_up() -> None:
    """Play a scenario once without the workflow engine: what is made at first use is there in each process.

    Also the database engine with its compiled statements is used again; its file is that of the working
    directory.
    """
    if not is_postgresql():
        engine = create_async_engine(
            STORE_URL,
            module=single_hop_sqlite.DRIVER,
            connect_args={"async_creator_fn": _connect_here},
            pool_reset_on_return=None,
        )

        def warm(url: str) -> AsyncEngine:
            return engine

        database._sqlite = warm
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        scenario = SCENARIOS["repair"]
        points = Points(Disk(Path(folder), scenario.world()))
        asyncio.run(_warm_up(scenario, points))
        os.chdir(before)
    # A collection in a forked process would visit, and so copy, all that was made before.
    gc.freeze()


def _connect_here(file: str, **options: Any) -> single_hop_sqlite.SingleHopConnection:
    """Connect to the file of this name in the working directory."""
    return single_hop_sqlite.connect(Path(file).name, **options)


async def _warm_up(scenario: Scenario, points: Points) -> None:
    async with opened(points, answer=scenario.answer, engine=TaskEngine) as life:
        await _play(life, scenario)
        await _record(life, is_settled=True)


def start(job: Job) -> int:
    """Fork a process; return its id. Its folder is its working directory."""
    job.folder.mkdir(parents=True, exist_ok=True)
    pid = os.fork()
    if pid:
        return pid
    code = 0
    with (job.folder / LOG).open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            os.chdir(job.folder)
            _run(job)
        except BaseException:  # noqa: BLE001 - the log is the only output of this process
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run(job: Job) -> None:
    scenario = SCENARIOS[job.scenario]
    world = restored_world(job.folder)
    is_first = world is None
    if job.loses_power:
        cut_power(job.folder)
    disk = Disk(job.folder, scenario.world() if is_first else world)
    wanted = job.wanted
    points = Points(
        disk,
        images=job.images,
        is_wanted=(lambda _: True) if wanted is None else wanted.__contains__,
        kill=job.kill,
        armed=not is_first,
    )
    with (
        hooked(points),
        patch.object(back_questions, "POLL", ASKED_EVERY),
        asyncio.Runner(loop_factory=CountingLoop) as runner,
    ):
        runner.run(_live(job, scenario, points, is_first=is_first))


async def _live(job: Job, scenario: Scenario, points: Points, *, is_first: bool) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, CountingLoop)
    source = scenario.source()
    limits = replace(LIMITS, expiry=scenario.expiry)
    async with opened(
        points,
        late=None if job.kill is not None else job.late,
        answer=scenario.answer,
        source=source,
        limits=limits,
    ) as life:
        if is_first:
            await _prepare(life, scenario)
            points.armed = True
        playing = asyncio.create_task(_play(life, scenario))
        loop.turns, loop.at = 0, job.stop_at or 0
        loop.call = life.lose_clients if job.only_presses else playing.cancel
        await asyncio.wait([playing])
        if not playing.cancelled():
            points.end()
        if not playing.cancelled():
            is_settled = playing.result()
            life.server.deliver()
            found = judge(await _record(life, is_settled=is_settled), points.disk.world, scenario.incidents)
            found.lost += await scenario.missing(life) if scenario.missing is not None else ()
            _write(job, points, found, loop.turns, is_settled=True)
            os._exit(0)
    points.disk.keep_world()
    _write(job, points, Found(), loop.turns, is_settled=False)
    os._exit(0)


async def _prepare(life: Life, scenario: Scenario) -> None:
    """Let the app be idle before the first point."""
    if scenario.level is not None:
        await earn(life.rig, scenario.good, scenario.level)
        # What was earned long ago is on the disk: this commit is synced.
        await life.rig.store.check()


async def _play(life: Life, scenario: Scenario) -> bool:
    people = asyncio.create_task(life.people())
    try:
        async with asyncio.timeout(PLAYED):
            await scenario.play(life)
        return await life.until_settled(scenario.incidents)
    except TimeoutError:
        return False
    finally:
        people.cancel()
        await asyncio.gather(people, return_exceptions=True)


async def _record(life: Life, *, is_settled: bool) -> Record:
    """Return what is stored, all read at one instant."""
    async with life.rig.store.read() as connection:
        ids = (await connection.scalars(select(tables.runs.c.id))).all()
        asked = (await connection.scalars(select(tables.approvals.c.id))).all()
        return Record(
            requests=[*(await approvals.requests(connection, set(asked)))],
            runs={
                one: (await runs.existing(connection, one), await runs.entries(connection, one))
                for one in ids
            },
            incidents=await incidents.newest_incidents(connection, 100),
            leases=(await connection.scalars(select(tables.leases.c.target))).all(),
            broken_at=(await audit.verify(connection)).broken_at,
            is_settled=is_settled,
            is_paused=(await read_mode(connection)).pause is not None,
        )


def _write(job: Job, points: Points, found: Found, turns: int, *, is_settled: bool) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    result: dict[str, Any] = {
        "passed": points.passed,
        "turns": turns,
        "settled": is_settled,
        "visited": sorted(points.visited),
        "found": asdict(found),
        "seconds": used.ru_utime + used.ru_stime,
    }
    (job.folder / RESULT).write_bytes(orjson.dumps(result))
