"""Several replicas on one PostgreSQL: one leader works, and any of them is killed, or stopped and resumed.

A replica asks and presses while it is the leader. A former leader ends, and is replaced.
"""

import asyncio
import os
import random
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import orjson
import psycopg

from rig.agent_rig import AgentRig, open_rig, opened_store
from rig.databases import store_url, workflow_url
from steward.agent.runs.dbos_engine import DbosEngine
from steward.errors import LeadershipLost
from steward.store.changes import Changes
from steward.store.database import Database, StoreUnavailable
from steward.store.leader import Leader
from steward.store.leader_election import leading
from steward.store.store import Store

from . import world
from .app_process import LIMITS, AppProcess, ask_forever, start, write_report
from .check import Totals, compare
from .service import RUNBOOKS, Client, TortureInventory

LASTS: Final = 2.0
"""Seconds that a lease lasts."""

REPLICAS: Final = 3
TAKEN_OVER: Final = 3
"""The status of a process that is not the leader any more."""

LEADER: Final = 0.7
"""How often the leader is chosen, and not any replica."""

STOPPED: Final = 0.4
"""How often a replica is stopped past its lease, and not killed."""

ENDED: Final = (-signal.SIGKILL, TAKEN_OVER)


async def follow_and_lead(process: AppProcess) -> None:
    """Wait as standby; ask and press as the leader. The last process waits and writes the report."""
    database = Database(store_url(process.folder))
    try:
        async with (
            leading(database, str(process.number), stand_by=_wait, lasts=LASTS) as leader,
            aiohttp.ClientSession() as session,
            _opened(process, session, leader) as rig,
        ):
            if process.seconds is None:
                await write_report(rig, process.folder)
                os._exit(0)
            lost = asyncio.create_task(_end_when_lost(leader))
            await ask_forever(rig, session, process)
            await lost
    except LeadershipLost, StoreUnavailable:
        # The server ends the session of a process that was stopped while it wrote.
        os._exit(TAKEN_OVER)


async def _end_when_lost(leader: Leader) -> None:
    await leader.lost.wait()
    os._exit(TAKEN_OVER)


@asynccontextmanager
async def _wait() -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _opened(
    process: AppProcess, session: aiohttp.ClientSession, leader: Leader
) -> AsyncIterator[AgentRig]:
    def make(database: Database, changes: Changes) -> Store:
        database.leader = leader
        return Store(database, changes)

    async with open_rig(
        process.folder,
        inventory=TortureInventory(Client(session, process.url)),
        limits=LIMITS,
        runbooks=RUNBOOKS,
        engine=lambda stages: DbosEngine(workflow_url(process.folder), stages, leader=leader),
        store=make,
    ) as rig:
        yield rig


@dataclass
class Replicas:
    """The processes of one world, by their number.

    ``stopped`` is how often one was stopped past its lease, ``taken_over`` how many ended for another leader.
    """

    folder: Path
    url: str
    seed: int
    pids: dict[int, int] = field(default_factory=dict)
    started: int = 0
    killed: int = 0
    stopped: int = 0
    taken_over: int = 0

    def fill(self) -> None:
        """Replace the processes that have ended. Raises RuntimeError for one that failed."""
        for number, pid in list(self.pids.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._note_end(number, status)
        while len(self.pids) < REPLICAS:
            self.pids[self.started] = self._start(seconds=1e6)

    def choose(self, chance: random.Random) -> int:
        """Return the number of the leader, mostly, or of any replica."""
        leader = _leader(self.folder)
        if leader in self.pids and chance.random() < LEADER:
            return leader
        return chance.choice(sorted(self.pids))

    def kill(self, number: int) -> None:
        """Kill a replica."""
        os.kill(self.pids[number], signal.SIGKILL)
        self.killed += 1
        self._note_end(number, os.waitpid(self.pids[number], 0)[1])

    def stop_past_lease(self, number: int, seconds: float) -> None:
        """Stop a replica for so long, then let it go on."""
        os.kill(self.pids[number], signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.pids[number], signal.SIGCONT)
        self.stopped += 1

    def finish(self) -> None:
        """Kill all, and let a last process end everything and report. Raises RuntimeError."""
        for number in list(self.pids):
            self.kill(number)
        number = self.started
        self.pids[number] = self._start(seconds=None)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pids.pop(number), 0)[1])
        if status != 0:
            raise RuntimeError(f"the last process failed: {self._log(number)}")

    def close(self) -> None:
        """Kill what is left after a failure."""
        for pid in self.pids.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _start(self, seconds: float | None) -> int:
        number = self.started
        self.started += 1
        one = AppProcess(
            folder=self.folder, url=self.url, number=number, seed=self.seed + number, seconds=seconds
        )
        return start(one, follow_and_lead)

    def _note_end(self, number: int, status: int) -> None:
        del self.pids[number]
        code = os.waitstatus_to_exitcode(status)
        self.taken_over += code == TAKEN_OVER
        if code not in ENDED:
            raise RuntimeError(f"a replica ended by itself ({code}): {self._log(number)}")

    def _log(self, number: int) -> str:
        return (self.folder / f"{number}.log").read_text(encoding="utf-8")[-3000:]


def torture_replicas(seconds: float, seed: int) -> tuple[Totals, Replicas]:
    """Kill and stop replicas for so long; return the totals, and what was done to the replicas."""
    with tempfile.TemporaryDirectory(prefix="steward-replicas-") as name:
        folder = Path(name)
        asyncio.run(_migrate(folder))
        workflow_url(folder)
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        service = os.fork()
        if not service:
            world.serve(listener, seed)
            os._exit(0)
        listener.close()
        replicas = Replicas(folder, url, seed * 1_000)
        try:
            _harm(replicas, seconds, random.Random(seed))  # noqa: S311 - repeatable, not secret
            replicas.finish()
            totals = compare(orjson.loads((folder / "report.json").read_bytes()), world.effects_of(url))
        finally:
            replicas.close()
            os.kill(service, signal.SIGKILL)
            os.waitpid(service, 0)
    totals.kills = replicas.killed
    return totals, replicas


def _harm(replicas: Replicas, seconds: float, chance: random.Random) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        replicas.fill()
        time.sleep(chance.uniform(0.5, 2 * LASTS))
        replicas.fill()
        number = replicas.choose(chance)
        if chance.random() < STOPPED:
            replicas.stop_past_lease(number, chance.uniform(1.2, 2.5) * LASTS)
        else:
            replicas.kill(number)


async def _migrate(folder: Path) -> None:
    async with opened_store(folder):
        pass


def _leader(folder: Path) -> int:
    """Return the number of the leader, -1 when there was none."""
    with psycopg.connect(store_url(folder).replace("+psycopg", "")) as connection:
        table = connection.execute("SELECT to_regclass('leader')").fetchone()
        row = connection.execute("SELECT owner FROM leader").fetchone() if table and table[0] else None
    return int(row[0]) if row else -1
