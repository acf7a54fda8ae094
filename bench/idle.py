"""Memory and processor of an idle steward, and the time of its start."""

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
class Idle:
    """An idle window: percent of a core, and resident MiB at its end."""

    share: float
    resident: float


async def measure(*, window: float = WINDOW, windows: int = WINDOWS) -> Result:
    """Measure an idle steward, then repeated starts and imports."""
    async with BenchRig() as rig:
        await rig.start_steward()
        await rig.connect_client()
        await asyncio.sleep(WARM_UP)
        pid = rig.program.pid
        idle = [await _idle(pid, window) for _ in range(windows)]
        await rig.steward.close()
        again = [await _start(rig) for _ in range(STARTS)]
    first = [await _first_start() for _ in range(STARTS)]
    imports = [await _import_seconds() for _ in range(IMPORTS)]
    return Result(
        name="idle",
        group="Start, memory and processor",
        title="Start and idle",
        how=HOW.format(warm_up=WARM_UP, window=window, windows=windows, starts=STARTS, imports=IMPORTS),
        figures=(
            Figure.of("Start, new data folder", "s", first, is_headline=True),
            Figure.of("Start, data folder in use", "s", again, is_headline=True),
            Figure.of("Import of `steward.app`", "s", imports, is_headline=True),
            Figure.of("Memory, idle", "MiB", [one.resident for one in idle], is_headline=True),
            Figure.of("Processor, idle", "% of a core", [one.share for one in idle], is_headline=True),
        ),
        remarks=await _import_remarks(),
    )


async def _idle(pid: int, seconds: float) -> Idle:
    """Measure the idle steward for ``seconds``."""
    before, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    share = 100 * (cpu_seconds(pid) - before) / (time.perf_counter() - began)
    return Idle(share=share, resident=memory(pid).now)


async def _start(rig: BenchRig) -> float:
    """Start and stop the steward, and return the seconds until it was ready."""
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
    """Return the packages that take the most time of an import of the app."""
    command = (sys.executable, "-X", "importtime", "-c", "import steward.app")
    reports = [import_costs((await output(*command, folder=ROOT))[1]) for _ in range(IMPORTS)]
    costs = {name: median(one.get(name, 0.0) for one in reports) for name in reports[0]}
    slowest = sorted(costs.items(), key=lambda one: -one[1])[:TOP]
    listed = ", ".join(f"{name} {number(seconds * 1000)} ms" for name, seconds in slowest)
    return f"Slowest packages of the import: {listed} (medians with `-X importtime`, which is slower itself)."


def import_costs(report: str) -> dict[str, float]:
    """Return the seconds by top-level package, from the report of ``-X importtime``.

    The time of a module does not include the modules it imports.
    """
    costs: dict[str, float] = defaultdict(float)
    for line in report.splitlines():
        before, _, rest = line.partition("import time:")
        own, _, module = rest.split("|") if not before and rest.count("|") == 2 else ("", "", "")  # noqa: PLR2004
        if own.strip().isdecimal():
            costs[module.strip().partition(".")[0]] += int(own) / 1e6
    return dict(costs)


HOW = """\
The start is the time until `/ready` answers, polled every 50 ms: {starts} times with a new data folder, in
which the databases and secrets are created, and {starts} times with one in use. `steward.app` is imported
{imports} times by a new Python process with cached bytecode.

Idle means four instances read at their default intervals, Telegram, one client, and no incident, in
{windows} windows of {window:g} s, {warm_up:g} s after the start. The processor time includes all threads."""
