"""Processor, memory and punctuality with forty services, and with ten dead, one slow and one lying."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, override

from bench.figures import TIMES, Figure, Goal, Result
from bench.process import cpu_seconds, memory
from bench.progress import report
from bench.rig import FORTY, BenchRig, forty_services
from bench.watched import Block, WatchedSteward
from lab.faults import Fault, FaultKind
from lab.fixtures import fixture_of
from lab.replay import ReplaySimulator
from lab.server import Seen
from steward.api.frames import short_catalogue
from steward.inventory.polling import JITTER
from steward.services.finder import catalogue, find_services

REFUSING: Final = 5
HANGING: Final = 5
SLOW_SECONDS: Final = 2.0
INTERVAL: Final = 30.0
WARM_UP: Final = 35.0
"""Seconds in which every instance is polled at least once."""

WINDOW: Final = 50.0
QUIET: Final = 8.0
"""Seconds without a request after which the next one begins a poll."""

GAP: Final = Goal(1.2)
START: Final = Goal(4)
LATE: Final = Goal(2000)
MEMORY: Final = Goal(260)
CATALOGUE: Final = Goal(400)


class Requests(deque[Seen]):
    """The requests of a simulator; ``polls`` is when polls began, in seconds of ``time.monotonic``."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        super().__init__(seen, maxlen=100)
        self.polls: list[float] = []
        self._last = -QUIET

    @override
    def append(self, request: Seen, /) -> None:
        super().append(request)
        now = time.monotonic()
        if now - self._last >= QUIET:
            self.polls.append(now)
        self._last = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was measured: percent of a core, MiB, and seconds between two polls of an instance.

    ``latest`` is the service with the longest time between two polls.
    """

    share: float
    resident: float
    block: Block
    gaps: tuple[float, ...]
    latest: str = ""


async def measure(*, window: float = WINDOW) -> Result:
    """Measure all instances, then again while some do not answer."""
    keys = forty_services()
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(BenchRig(keys))
        rig.steward = WatchedSteward(rig.session, rig.folder / "steward")
        rig.steward.child = rig.program
        for key in keys:
            if (prepare := fixture_of(key).prepare) is not None:
                await prepare(rig.lab)
        requests = watch_requests(rig.lab.served)
        report(f"starts the steward with {len(keys)} services")
        began = time.monotonic()
        await rig.start_steward(dict.fromkeys(keys, INTERVAL))
        start = time.monotonic() - began
        await rig.connect_client()
        await rig.wait_until_polled()
        polled = time.monotonic() - began
        await asyncio.sleep(WARM_UP)
        await rig.steward.longest_block(rig.program.pid)  # leaves out the start
        report(f"measures for {window:g} s")
        well = await _measured(rig, rig.steward, requests, window)
        replayed = [key for key, one in rig.lab.served.items() if isinstance(one, ReplaySimulator)]
        dead = replayed[: REFUSING + HANGING]
        slow, lying = replayed[len(dead) : len(dead) + 2]
        for number, key in enumerate(dead):
            kind = FaultKind.REFUSED if number < REFUSING else FaultKind.HANG
            rig.lab.faults.arm(Fault(service=key, kind=kind))
        rig.lab.faults.arm(Fault(service=slow, kind=FaultKind.SLOW, seconds=SLOW_SECONDS))
        rig.lab.faults.arm(Fault(service=lying, kind=FaultKind.HTML))
        report(f"measures for {window:g} s with {', '.join(dead)} dead, {slow} slow, {lying} lying")
        others = {key: one for key, one in requests.items() if key not in (*dead, slow, lying)}
        broken = await _measured(rig, rig.steward, others, window)
        rig.lab.faults.clear()
    size = len(short_catalogue(catalogue(find_services()))) / 1000
    return Result(
        name="instances",
        group="Start, memory and processor",
        title="Forty instances",
        how=HOW.format(
            count=FORTY,
            refusing=REFUSING,
            hanging=HANGING,
            slow=SLOW_SECONDS,
            warm_up=WARM_UP,
            window=window,
            services=len(find_services()),
        ),
        figures=(
            Figure.of("40 instances, start to ready", "s", [start], START, is_headline=True),
            Figure.of("40 instances, start to all polled", "s", [polled], is_headline=True),
            Figure.of("Catalogue of all services", "kB", [size], CATALOGUE, is_headline=True),
            *figures("", well),
            *figures(", broken lab", broken),
        ),
        remarks=remarks(well, broken),
    )


def watch_requests(served: Mapping[str, Any]) -> dict[str, Requests]:
    """Record when each simulator is polled from now on."""
    found: dict[str, Requests] = {}
    for key, one in served.items():
        found[key] = one.requests = Requests(one.requests)
    return found


def figures(suffix: str, window: Window) -> tuple[Figure, ...]:
    """Return the figures of one window."""
    late = sorted(max(0.0, gap - INTERVAL * (1 + JITTER)) * 1000 for gap in window.gaps)
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
        Figure.of(f"40 instances{suffix}, latest poll", "ms late", [late[-1]]),
        Figure.of(
            f"40 instances{suffix}, polls, p95",
            "ms late",
            [late[int(0.95 * (len(late) - 1))]],
            LATE,
            is_headline=True,
        ),
        Figure.of(f"40 instances{suffix}, processor", "% of a core", [window.share], is_headline=True),
        Figure.of(f"40 instances{suffix}, memory", "MiB", [window.resident], MEMORY, is_headline=True),
        Figure.of(f"40 instances{suffix}, longest block", "ms", [window.block.wall], is_headline=True),
        Figure.of(f"most processor time of a callback{suffix}", "ms", [window.block.cpu]),
    )


def gaps(polls: Sequence[float], begin: float, end: float) -> list[float]:
    """Return the seconds between polls that were due between two times, also when the last is missing."""
    before = max((one for one in polls if one <= begin), default=begin)
    times = [before, *(one for one in polls if begin < one <= end)]
    between = [after - one for one, after in pairwise(times)]
    return [*between, end - times[-1]] if end - times[-1] > INTERVAL else between


def remarks(well: Window, broken: Window) -> str:
    """Return what blocked the event loop longest, and which service was polled latest."""
    return (
        f"The longest blocks were `{well.block.callback}` and, in the broken lab, `{broken.block.callback}`. "
        f"Longest without a poll were {well.latest} and, in the broken lab, {broken.latest}."
    )


async def _measured(
    rig: BenchRig, steward: WatchedSteward, requests: Mapping[str, Requests], seconds: float
) -> Window:
    """Measure for some seconds; the polls are those in ``requests``."""
    pid = rig.program.pid
    cpu, begin = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    end = time.monotonic()
    share = 100 * (cpu_seconds(pid) - cpu) / (end - begin)
    found = {key: gaps(one.polls, begin, end) for key, one in requests.items()}
    return Window(
        share=share,
        resident=memory(pid).now,
        block=await steward.longest_block(pid),
        gaps=tuple(gap for one in found.values() for gap in one),
        latest=max(found, key=lambda key: max(found[key], default=0.0)),
    )


HOW: Final = """\
The steward polls {count} services every 30 s, one instance each, with one client and no incident. What they
answer is that of the tests. It is ready when `/ready` answers; the first polls go on after that, and clients
get their first state once all are over. It is measured for {window:g} s, {warm_up:g} s after the start. Then
{refusing} refuse connections, {hanging} accept requests without answering, one answers each request
{slow:g} s late and one answers with a web page, and it is measured again, from that moment, over the
others. The simulators record when a poll begins: a request after some seconds without one. The time between
two polls is a share of 30 s; the steward spreads polls by a tenth, so up to 1.1 is on time, and what is
longer is late. The longest block is the longest time that one callback kept the event loop busy. The
catalogue is the message with all {services} services that each client gets once."""
