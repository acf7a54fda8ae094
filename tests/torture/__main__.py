"""Kills the app at random instants, and prints approvals, effects and reported results.

Each world is a service with a store of its own; its app is started and killed many times while
it asks, acts, looks for lost effects and undoes. The last process of a world is not killed.
"""

import argparse
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg
from psycopg.sql import SQL, Identifier

from real.postgresql import find_programs, running
from rig.databases import SERVER, store_url, workflow_url

from . import app_process, update_process, update_world, world
from .check import Totals, compare
from .replicas import torture_replicas
from .update_check import compare_updates

KILLS_OF_A_WORLD: Final = 25
KILLED: Final = (-signal.SIGALRM, -signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What the app does, in which world, and how its report is compared with what happened.

    A process is killed after ``longest`` seconds at the latest. It needs about one to start.
    """

    serve: Callable[[socket.socket, int], None]
    work: app_process.Work
    compare: Callable[[Mapping[str, Any], Mapping[str, Any]], Totals]
    longest: float


ACTIONS: Final = Scenario(serve=world.serve, work=app_process.ask_and_press, compare=compare, longest=3.0)
UPDATES: Final = Scenario(
    serve=lambda listener, _seed: update_world.serve(listener),
    work=update_process.update,
    compare=compare_updates,
    longest=6.0,
)


def torture(kills: int, seed: int, scenario: Scenario = ACTIONS) -> Totals:
    """Kill the app ``kills`` times, in one world after the other, and return the totals."""
    totals, number = Totals(), 0
    while totals.kills < kills:
        size = min(KILLS_OF_A_WORLD, kills - totals.kills)
        with tempfile.TemporaryDirectory(prefix="steward-torture-") as name:
            totals.add(_world(Path(name), size, seed * 1_000 + number, scenario))
        number += 1
    return totals


def _world(folder: Path, kills: int, seed: int, scenario: Scenario) -> Totals:
    """Play one world. Its folder and databases are removed by the caller."""
    # On PostgreSQL this creates the databases: a kill must not leave half of that to the next process.
    store_url(folder), workflow_url(folder)
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    service = os.fork()
    if not service:
        scenario.serve(listener, seed)
        os._exit(0)
    listener.close()
    killed = 0
    try:
        for number in range(kills):
            seconds = chance.uniform(0.3, scenario.longest)
            one = app_process.AppProcess(
                folder=folder, url=url, number=number, seed=seed + number, seconds=seconds
            )
            status = os.waitstatus_to_exitcode(os.waitpid(app_process.start(one, scenario.work), 0)[1])
            if status not in KILLED:
                log = (folder / f"{number}.log").read_text(encoding="utf-8")
                raise RuntimeError(f"a process ended by itself ({status}): {log[-3000:]}")
            killed += 1
        last = app_process.AppProcess(folder=folder, url=url, number=kills, seed=seed, seconds=None)
        status = os.waitstatus_to_exitcode(os.waitpid(app_process.start(last, scenario.work), 0)[1])
        if status != 0:
            log = (folder / f"{kills}.log").read_text(encoding="utf-8")
            raise RuntimeError(f"the last process failed: {log[-3000:]}")
        totals = scenario.compare(orjson.loads((folder / "report.json").read_bytes()), world.effects_of(url))
    finally:
        os.kill(service, signal.SIGKILL)
        os.waitpid(service, 0)
        _drop_databases(folder)
    totals.kills = killed
    return totals


def _drop_databases(folder: Path) -> None:
    server = os.environ.get(SERVER)
    if not server:
        return
    with psycopg.connect(server, autocommit=True) as connection:
        for url in (store_url(folder), workflow_url(folder)):
            name = url.rsplit("/", 1)[1]
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def shown(totals: Totals, *, seconds: float, database: str) -> str:
    """Return the figures as text."""
    lines = [
        f"{totals.kills} kills on {database} in {seconds:.0f} s",
        f"approvals {totals.approvals}, effects {totals.effects}, undone {totals.undone}",
        "reported: " + ", ".join(f"{count} {status}" for status, count in sorted(totals.reported.items())),
        f"doubled effects {len(totals.doubled)}, false statements {len(totals.false)}",
        f"other problems {len(totals.other)}",
        *(f"DOUBLED {one}" for one in totals.doubled),
        *(f"FALSE {one}" for one in totals.false),
        *(f"OTHER {one}" for one in totals.other),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when nothing happened twice and nothing false was reported."""
    parser = argparse.ArgumentParser(prog="script/torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how often the app is killed (500)")
    parser.add_argument("--seed", type=int, default=1, help="repeats a run as far as the machine allows (1)")
    parser.add_argument("--updates", action="store_true", help="while updates are applied and taken back")
    parser.add_argument(
        "--replicas", type=float, metavar="SECONDS", help="three replicas on PostgreSQL, for so long"
    )
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    begin = time.monotonic()
    with ExitStack() as opened:
        is_postgresql = options.postgresql or options.replicas is not None
        if is_postgresql and not os.environ.get(SERVER):
            programs = find_programs()
            if programs is None:
                print("There is no PostgreSQL on this machine: script/test-real fetches it.")  # noqa: T201
                return 2
            os.environ[SERVER] = opened.enter_context(running(programs)).url
        if options.replicas is not None:
            totals, replicas = torture_replicas(options.replicas, options.seed)
            print(f"replicas stopped {replicas.stopped}, taken over {replicas.taken_over}")  # noqa: T201
        else:
            totals = torture(options.kills, options.seed, UPDATES if options.updates else ACTIONS)
    figures: dict[str, Any] = {**vars(totals), "seconds": round(time.monotonic() - begin)}
    database = "PostgreSQL" if is_postgresql else "SQLite"
    print(shown(totals, seconds=figures["seconds"], database=database))  # noqa: T201
    if options.json:
        options.json.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    return 0 if totals.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
