"""Processor, memory, event loop and punctuality with 40 instances, and with 10 of them dead."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, override

from aiohttp import web

from bench.figures import TIMES, Figure, Goal, Result
from bench.process import cpu_seconds, memory
from bench.progress import report
from bench.rig import BenchRig
from bench.watched import Block, WatchedSteward
from lab.faults import Fault, FaultKind
from lab.radarr import RadarrSimulator
from lab.replay import Replay, ReplaySimulator
from lab.server import Simulator
from lab.wire import Json, JsonObject
from services import sonarr
from services._servarr import API_KEY
from steward.inventory.polling import JITTER

EACH: Final = 20
"""Radarr instances, and as many of Sonarr."""

REFUSING: Final = 5
HANGING: Final = 5
INTERVAL: Final = 30.0
WARM_UP: Final = 35.0
"""Seconds in which every instance is polled at least once."""

WINDOW: Final = 50.0

ONCE_A_POLL: Final = "/system/status"
GAP: Final = Goal(1.2)


class Timed(Simulator):
    """A simulator that records when its instance is polled, in seconds of ``time.monotonic``."""

    polls: list[float]

    @override
    def fault_path(self, request: web.Request) -> str:
        if request.path.endswith(ONCE_A_POLL):
            self.polls.append(time.monotonic())
        return super().fault_path(request)


class TimedRadarr(Timed, RadarrSimulator):
    """A Radarr."""


class TimedSonarr(Timed, ReplaySimulator):
    """A Sonarr with recorded answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was measured: percent of a core, MiB, and seconds between two polls of an instance."""

    share: float
    resident: float
    block: Block
    gaps: tuple[float, ...]


async def measure(*, window: float = WINDOW) -> Result:
    """Measure all instances, then again while some do not answer."""
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(BenchRig())
        rig.steward = WatchedSteward(rig.session, rig.folder / "steward")
        rig.steward.child = rig.program
        simulators = await _start_simulators(rig, stack)
        rows: list[Json] = [_instance(one, f"i{number}") for number, one in enumerate(simulators)]
        report(f"starts the steward with {len(simulators)} instances")
        await rig.start_steward(more={"instances": rows})
        await rig.connect_client()
        await rig.wait_until_polled()
        await asyncio.sleep(WARM_UP)
        await rig.steward.longest_block(rig.program.pid)  # leaves out the start
        report(f"measures for {window:g} s")
        well = await _measured(rig, rig.steward, simulators, window)
        dead = simulators[: REFUSING + HANGING]
        for number, one in enumerate(dead):
            kind = FaultKind.REFUSED if number < REFUSING else FaultKind.HANG
            rig.lab.faults.arm(Fault(service=one.service, kind=kind))
        report(f"measures for {window:g} s with {len(dead)} instances dead")
        some_dead = await _measured(rig, rig.steward, simulators[len(dead) :], window)
        rig.lab.faults.clear()
    return Result(
        name="instances",
        group="Start, memory and processor",
        title="Forty instances",
        how=HOW.format(each=EACH, refusing=REFUSING, hanging=HANGING, warm_up=WARM_UP, window=window),
        figures=(*figures("", well), *figures(f", {len(dead)} dead", some_dead)),
        remarks=remarks(well.block, some_dead.block),
    )


def figures(suffix: str, window: Window) -> tuple[Figure, ...]:
    """Return the figures of one window."""
    longest = max(window.gaps)
    late = max(0.0, longest - INTERVAL * (1 + JITTER))
    ratios = [gap / INTERVAL for gap in window.gaps]
    return (
        Figure(
            name=f"40 instances{suffix}, longest time between two polls",
            unit=TIMES,
            value=max(ratios),
            least=min(ratios),
            most=max(ratios),
            goal=GAP,
            is_headline=True,
        ),
        Figure.of(f"40 instances{suffix}, latest poll", "ms late", [late * 1000]),
        Figure.of(f"40 instances{suffix}, processor", "% of a core", [window.share], is_headline=True),
        Figure.of(f"40 instances{suffix}, memory", "MiB", [window.resident], is_headline=True),
        Figure.of(f"40 instances{suffix}, longest block", "ms", [window.block.wall], is_headline=True),
        Figure.of(f"most processor time of a callback{suffix}", "ms", [window.block.cpu]),
    )


def gaps(polls: Sequence[float], begin: float, end: float) -> list[float]:
    """Return the seconds between polls that were due between two times, also when the last is missing."""
    before = max((one for one in polls if one <= begin), default=begin)
    times = [before, *(one for one in polls if begin < one <= end)]
    between = [after - one for one, after in pairwise(times)]
    return [*between, end - times[-1]] if end - times[-1] > INTERVAL else between


def remarks(well: Block, some_dead: Block) -> str:
    """Return what blocked the event loop longest."""
    return f"The longest blocks were `{well.callback}` and, with dead instances, `{some_dead.callback}`."


async def _measured(
    rig: BenchRig, steward: WatchedSteward, simulators: Sequence[Timed], seconds: float
) -> Window:
    """Measure for some seconds; the polls are those of ``simulators``."""
    pid = rig.program.pid
    cpu, begin = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    end = time.monotonic()
    share = 100 * (cpu_seconds(pid) - cpu) / (end - begin)
    return Window(
        share=share,
        resident=memory(pid).now,
        block=await steward.longest_block(pid),
        gaps=tuple(gap for one in simulators for gap in gaps(one.polls, begin, end)),
    )


async def _start_simulators(rig: BenchRig, stack: AsyncExitStack) -> list[Timed]:
    """Start the simulators; those of Sonarr are the first, each with a name of its own for faults."""
    world, faults, replay = rig.lab.world, rig.lab.faults, sonarr.FIXTURE.simulator
    assert isinstance(replay, Replay)
    simulators: list[Timed] = [
        *(TimedSonarr(f"sonarr{number}", replay, world, faults) for number in range(EACH)),
        *(TimedRadarr(world, faults, api_key=API_KEY, slow_seconds=0) for _ in range(EACH)),
    ]
    for one in simulators:
        one.polls = []
        await one.start()
        stack.push_async_callback(one.close)
    return simulators


def _instance(simulator: Timed, key: str) -> JsonObject:
    service = "radarr" if isinstance(simulator, RadarrSimulator) else "sonarr"
    settings: JsonObject = {"url": simulator.url, "api_key": API_KEY, "poll_seconds": INTERVAL}
    return {"id": f"{service}-{key}", "service": service, "name": f"{service} {key}", "settings": settings}


HOW: Final = """\
The steward polls {each} Radarr and {each} Sonarr instances every 30 s, with one client and no incident. It is
measured for {window:g} s, {warm_up:g} s after the start. Then {refusing} instances refuse connections and
{hanging} accept requests without answering, and it is measured again, from that moment. The simulators
record when an instance is polled. The time between two polls is a share of 30 s, over the instances that
answer; the steward spreads polls by a tenth, so up to 1.1 is on time. The longest block is the longest
time that one callback kept the event loop busy."""
