"""Ends the app at every point of every scenario, and prints what was doubled, lost, or said falsely."""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from unittest.mock import patch

import orjson

from real.postgresql import find_programs, running
from rig.databases import SERVER

from .excuses import EXCUSED
from .forks import Forks
from .matrix import KINDS, Matrix, Totals
from .process import warm_up
from .scan import places, wrong
from .scenarios import SCENARIOS

MOST_SHOWN: Final = 3
"""So many deaths of a kind are shown at the end."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
"""Here a commit waits for no disk."""


def shown(totals: Totals, seconds: float) -> str:
    """Return the figures as text."""
    fates = ", ".join(f"{count} {fate}" for fate, count in sorted(totals.deaths.items()))
    counts = ", ".join(f"{kind} {len(totals.wrong[kind])}" for kind in KINDS)
    lines = [
        f"{totals.points.total()} points in {len(totals.points)} scenarios, {totals.deaths.total()} deaths",
        f"deaths: {fates}",
        counts,
        f"{seconds:.0f} s, {totals.seconds:.0f} s of them on a core",
        *(f"UNVISITED {one}" for one in totals.unvisited),
        # Again: a reader of the end of a log sees them.
        *(f"{kind.upper()} {text}" for kind in KINDS for text in totals.wrong[kind][:MOST_SHOWN]),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when nothing is doubled, lost, or said falsely."""
    parser = argparse.ArgumentParser(prog="script/crash-matrix", description=__doc__)
    parser.add_argument("--deaths", type=int, help="so many first deaths, chosen by the seed (all)")
    parser.add_argument("--stops", type=int, default=20, help="stops at an await, for each scenario (20)")
    parser.add_argument("--seed", type=int, default=1, help="repeats a choice (1)")
    parser.add_argument("--scenario", action="append", choices=[*SCENARIOS], help="only this one")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, by killing processes")
    parser.add_argument("--killed", action="store_true", help="by killing processes instead of by images")
    parser.add_argument("--at-once", type=int, default=6, help="processes at once (6)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    if options.postgresql:
        programs = find_programs()
        if programs is None:
            print("There is no PostgreSQL on this machine: script/test-real fetches it.")  # noqa: T201
            return 2
        with running(programs) as server, patch.dict(os.environ, {SERVER: server.url}):
            return _run(options)
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    begin, scenarios = time.monotonic(), options.scenario or [*SCENARIOS]
    warm_up()
    memory = MEMORY if MEMORY.exists() else None
    with tempfile.TemporaryDirectory(prefix="steward-crash-", dir=memory) as name:
        is_killed = options.killed or options.postgresql
        matrix = Matrix(Path(name), Forks(options.at_once), options.seed, is_killed=is_killed)
        deaths = matrix.record(scenarios)
        deaths += matrix.stops(scenarios, options.stops)
        random.Random(options.seed).shuffle(deaths)  # noqa: S311 - repeatable, not secret
        matrix.die(deaths[: options.deaths])
        seconds = time.monotonic() - begin
    totals = matrix.totals
    if options.scenario is None:
        totals.unvisited = [*wrong(places(), totals.visited, EXCUSED, is_whole=options.deaths is None)]
    print(shown(totals, seconds))  # noqa: T201
    if options.json:
        figures = {
            "points": totals.points,
            "deaths": totals.deaths,
            "seconds": round(seconds),
            "wrong": totals.wrong,
        }
        options.json.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    # What comes at times of its own is visited by some runs only: a sample tells, the whole run fails.
    is_visited = options.deaths is not None or not totals.unvisited
    return 0 if totals.is_good and is_visited else 1


if __name__ == "__main__":
    sys.exit(main())
