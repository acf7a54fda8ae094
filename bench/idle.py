"""What the steward costs when nothing happens, and how long it takes to start."""

import asyncio
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from bench.figures import Figure, Result, number
from bench.process import cpu_seconds, memory
from bench.programs import output
from bench.rig import ROOT, BenchRig

WARM_UP = 45.0
WINDOW = 60.0
WINDOWS = 3
STARTS = 5
IMPORTS = 5
TOP = 5

IMPORT = "import time; began = time.perf_counter(); import steward.app; print(time.perf_counter() - began)"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Some time in which nothing happened: percent of a core, MiB resident at its end."""

    share: float
    resident: float


async def measure(*, window: float = WINDOW, windows: int = WINDOWS) -> Result:
    """Leave the steward alone for some minutes, then start it and import it again and again."""
    async with BenchRig() as rig:
        await rig.start_steward()
        await rig.connect_client()
        await asyncio.sleep(WARM_UP)
        pid = rig.program.pid
        quiet = [await _quiet(pid, window) for _ in range(windows)]
        await rig.steward.close()
        again = [await _start(rig) for _ in range(STARTS)]
    first = [await _first_start() for _ in range(STARTS)]
    imports = [await _import_seconds() for _ in range(IMPORTS)]
    return Result(
        name="idle",
        title="Idle, import and start",
        how=HOW.format(warm_up=WARM_UP, window=window, windows=windows, starts=STARTS, imports=IMPORTS),
        figures=(
            Figure.of("resident memory, idle", "MiB", [one.resident for one in quiet]),
            Figure.of("processor, idle", "% of a core", [one.share for one in quiet]),
            Figure.of("start to ready, new data folder", "s", first),
            Figure.of("start to ready, data folder in use", "s", again),
            Figure.of("import of steward.app", "s", imports),
        ),
        remarks=await _import_remarks(),
    )


async def _quiet(pid: int, seconds: float) -> Quiet:
    """Look at the steward for so many seconds."""
    before, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    share = 100 * (cpu_seconds(pid) - before) / (time.perf_counter() - began)
    return Quiet(share=share, resident=memory(pid).now)


async def _start(rig: BenchRig) -> float:
    """Start the steward in its folder, stop it again, and return the seconds until it was ready."""
    began = time.perf_counter()
    await rig.steward.start()
    seconds = time.perf_counter() - began
    await rig.steward.close()
    return seconds


async def _first_start() -> float:
    async with BenchRig() as rig:
        began = time.perf_counter()
        await rig.start_steward()
        return time.perf_counter() - began


async def _import_seconds() -> float:
    out, _ = await output(sys.executable, "-c", IMPORT, folder=ROOT)
    return float(out)


async def _import_remarks() -> str:
    """Return which packages an import of the app spends its time in."""
    command = (sys.executable, "-X", "importtime", "-c", "import steward.app")
    reports = [import_costs((await output(*command, folder=ROOT))[1]) for _ in range(IMPORTS)]
    costs = {name: median(one.get(name, 0.0) for one in reports) for name in reports[0]}
    dearest = sorted(costs.items(), key=lambda one: -one[1])[:TOP]
    listed = ", ".join(f"{name} {number(seconds * 1000)} ms" for name, seconds in dearest)
    return f"The import spends most in: {listed} (medians with `-X importtime`, which itself costs time)."


def import_costs(report: str) -> dict[str, float]:
    """Return seconds by top-level package, from the report of ``-X importtime``.

    Each module counts for itself, without what it imports.
    """
    costs: dict[str, float] = defaultdict(float)
    for line in report.splitlines():
        said, _, rest = line.partition("import time:")
        own, _, module = rest.split("|") if not said and rest.count("|") == 2 else ("", "", "")  # noqa: PLR2004
        if own.strip().isdecimal():
            costs[module.strip().partition(".")[0]] += int(own) / 1e6
    return dict(costs)


HOW = """\
The steward with its four instances read at their default intervals, Telegram and one face connected, \
and no trouble anywhere: {windows} windows of {window:g} s, {warm_up:g} s after the start, processor \
time of all threads. Then it is started {starts} times with a new data folder (databases and secrets \
are made) and {starts} times with one in use, until `/ready` answers (asked every 50 ms), and \
`steward.app` is imported {imports} times by a new Python with its bytecode cached."""
