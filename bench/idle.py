"""Memory and processor of an idle steward with nine services and with four, and the time of its start."""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.figures import TIMES, Figure, Goal, Result, number
from bench.process import cpu_seconds, memory
from bench.programs import output
from bench.progress import report
from bench.rig import FOUR, NINE, ROOT, BenchRig

WARM_UP: Final = 35.0
WINDOW: Final = 33.0
"""Seconds in which every instance is polled at least once."""

WINDOWS: Final = 3
STARTS: Final = 3
RESTARTS: Final = 3
IMPORTS: Final = 3
TOP: Final = 5
RATIO: Final = Goal(1.1)

IMPORT = "import time; began = time.perf_counter(); import steward.app; print(time.perf_counter() - began)"


@dataclass(frozen=True, slots=True)
class Idle:
    """An idle window: percent of a core, and resident MiB at its end."""

    share: float
    resident: float


@dataclass(frozen=True, slots=True)
class Pair[Measure]:
    """The same measurement with nine services and with four."""

    nine: Measure
    four: Measure


async def measure(*, window: float = WINDOW, windows: int = WINDOWS) -> Result:
    """Measure two idle stewards at the same time, then repeated starts and imports."""
    async with AsyncExitStack() as stack:
        report("starts two stewards")
        rigs = Pair(*[await stack.enter_async_context(BenchRig(services)) for services in (NINE, FOUR)])
        for rig in (rigs.nine, rigs.four):
            await rig.start_steward()
            await rig.connect_client()
            await rig.wait_until_polled()
        await asyncio.sleep(WARM_UP)
        idle: list[Pair[Idle]] = []
        for one in range(1, windows + 1):
            report(f"idle for {window:g} s, {one} of {windows}")
            idle.append(Pair(*await asyncio.gather(_idle(rigs.nine, window), _idle(rigs.four, window))))
        for rig in (rigs.nine, rigs.four):
            await rig.steward.close()
        again: list[Pair[float]] = []
        for one in range(1, RESTARTS + 1):
            again.append(Pair(await _start(rigs.nine), await _start(rigs.four)))
            report(f"start, data folder in use, {one} of {RESTARTS}")
    first: list[Pair[float]] = []
    for one in range(1, STARTS + 1):
        first.append(Pair(await _first_start(NINE), await _first_start(FOUR)))
        report(f"start, new data folder, {one} of {STARTS}")
    report("imports")
    imports = [await _import_seconds() for _ in range(IMPORTS)]
    return Result(
        name="idle",
        group="Start, memory and processor",
        title="Start and idle",
        how=HOW.format(
            warm_up=WARM_UP,
            window=window,
            windows=windows,
            starts=STARTS,
            restarts=RESTARTS,
            imports=IMPORTS,
            four=_listed(FOUR),
            more=_listed(NINE[len(FOUR) :]),
        ),
        figures=(
            *start_figures("new data folder", first),
            *start_figures("data folder in use", again),
            Figure.of("Import of `steward.app`", "s", imports, is_headline=True),
            *idle_figures(idle),
        ),
        remarks=await _import_remarks(),
    )


def start_figures(what: str, pairs: Sequence[Pair[float]]) -> tuple[Figure, ...]:
    """Return the figures of starts with nine services and with four."""
    return (
        Figure.of(
            f"Start, {what}, nine services to four", TIMES, [one.nine / one.four for one in pairs], RATIO
        ),
        Figure.of(f"Start, {what}, nine services", "s", [one.nine for one in pairs], is_headline=True),
        Figure.of(f"start, {what}, four services", "s", [one.four for one in pairs]),
    )


def idle_figures(pairs: Sequence[Pair[Idle]]) -> tuple[Figure, ...]:
    """Return the figures of idle windows; the processor time is also compared per service."""
    memory_ratios = [one.nine.resident / one.four.resident for one in pairs]
    per_service = [(one.nine.share / len(NINE)) / (one.four.share / len(FOUR)) for one in pairs]
    return (
        Figure.of("Memory, idle, nine services to four", TIMES, memory_ratios, RATIO),
        Figure.of(
            "Memory, idle, nine services", "MiB", [one.nine.resident for one in pairs], is_headline=True
        ),
        Figure.of("memory, idle, four services", "MiB", [one.four.resident for one in pairs]),
        Figure.of("Processor per service, idle, nine services to four", TIMES, per_service, RATIO),
        Figure.of(
            "Processor, idle, nine services",
            "% of a core",
            [one.nine.share for one in pairs],
            is_headline=True,
        ),
        Figure.of("processor, idle, four services", "% of a core", [one.four.share for one in pairs]),
    )


async def _idle(rig: BenchRig, seconds: float) -> Idle:
    """Measure the idle steward for ``seconds``."""
    pid = rig.program.pid
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


async def _first_start(services: Sequence[str]) -> float:
    async with BenchRig(services) as rig:
        began = time.perf_counter()
        await rig.start_steward()
        return time.perf_counter() - began


def _listed(services: Sequence[str]) -> str:
    return ", ".join(f"`{one}`" for one in services)


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
Four services are {four}. Nine are these and
{more}. Both run in the same run: the idle
windows at the same time, the starts in turns. The start is the time until `/ready` answers, polled every
50 ms: {starts} times with a new data folder, in which the databases and secrets are created, and {restarts}
times with one in use.
`steward.app` is imported {imports} times by a new Python process with cached bytecode.

Idle means that each instance is read at its default interval, with Telegram and one client. The Home
Assistant of the nine services is a simulator that replies over the client's websocket. There are {windows}
windows of {window:g} s, {warm_up:g} s after the start. The processor time includes all threads. Processor per
service is the processor time divided by the number of services."""
