"""Time of an MCP call: the bridge, and the same tool served by FastMCP alone, in turns."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import orjson

from bench.figures import TIMES, Figure, Goal, Result, quantile
from bench.mcp_server import ARGUMENTS, TEXT, TOKEN, TOOL
from bench.process import memory
from bench.progress import report
from bench.rig import ROOT

ROUNDS: Final = 7
CALLS: Final = 300
WARM_UP: Final = 150
AT_ONCE: Final = 8
BURST: Final = 600
PROTOCOL: Final = "2025-06-18"
RATIO: Final = Goal(1.3)


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of sequential calls, and calls per second of concurrent calls."""

    calls: tuple[float, ...]
    rate: float

    def ms(self, share: float) -> float:
        """Return a quantile of the calls in milliseconds."""
        return quantile(self.calls, share) * 1000


class Served:
    """One of the two servers."""

    def __init__(self, session: aiohttp.ClientSession, process: Process, port: int) -> None:
        self.process = process
        self._session = session
        self._url = f"http://127.0.0.1:{port}/mcp/all"
        self._number = 0

    async def call(self) -> None:
        """Call the tool once. Raises AssertionError for a wrong answer."""
        self._number += 1
        request = {
            "jsonrpc": "2.0",
            "id": self._number,
            "method": "tools/call",
            "params": {"name": TOOL, "arguments": ARGUMENTS},
        }
        async with self._session.post(self._url, data=orjson.dumps(request)) as response:
            answer = orjson.loads(await response.read())
        assert answer["result"]["structuredContent"]["text"] == TEXT, answer

    async def round(self) -> Round:
        """Measure one round."""
        calls = []
        for _ in range(CALLS):
            began = time.perf_counter()
            await self.call()
            calls.append(time.perf_counter() - began)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._burst(BURST // AT_ONCE))
        return Round(tuple(calls), BURST / (time.perf_counter() - began))

    async def warm_up(self) -> None:
        """Make calls that are not measured."""
        await self._burst(WARM_UP)

    async def _burst(self, number: int) -> None:
        for _ in range(number):
            await self.call()


async def measure() -> Result:
    """Run both servers in processes of their own and call them in turns."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=_headers()))
        bridge = await stack.enter_async_context(_served(session, "bridge"))
        plain = await stack.enter_async_context(_served(session, "plain"))
        before = memory(bridge.process.pid).now
        began = time.perf_counter()
        await bridge.call()
        first = time.perf_counter() - began
        after = memory(bridge.process.pid).now
        await bridge.warm_up()
        await plain.warm_up()
        rounds = [await _both(bridge, plain, swapped=bool(number % 2)) for number in range(ROUNDS)]
    return Result(
        name="mcp",
        group="Home Assistant, Assist and MCP",
        title="MCP call",
        how=HOW.format(rounds=ROUNDS, calls=CALLS, burst=BURST, at_once=AT_ONCE),
        figures=_figures(rounds),
        remarks="The server of this measurement imports FastMCP with its first request; the app does it "
        f"after its start. It took {first:.1f} s, and memory grew from {before:.0f} to {after:.0f} MiB.",
    )


async def _both(bridge: Served, plain: Served, *, swapped: bool) -> tuple[Round, Round]:
    """Return one round of each, in alternating order."""
    report(f"{CALLS + BURST} calls of each server")
    if swapped:
        beside = await plain.round()
        return await bridge.round(), beside
    return await bridge.round(), await plain.round()


@asynccontextmanager
async def _served(session: aiohttp.ClientSession, kind: str) -> AsyncIterator[Served]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mcp_server", kind, cwd=ROOT, stdout=PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            port = int(await process.stdout.readline())
        yield Served(session, process, port)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _headers() -> dict[str, str]:
    return {
        "Authorization": f"Bearer {TOKEN}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": PROTOCOL,
    }


def _figures(rounds: list[tuple[Round, Round]]) -> tuple[Figure, ...]:
    steward, plain = [one for one, _ in rounds], [other for _, other in rounds]
    return (
        Figure.of("MCP call, p50", TIMES, [a.ms(0.5) / b.ms(0.5) for a, b in rounds], RATIO),
        Figure.of("MCP call, p95", TIMES, [a.ms(0.95) / b.ms(0.95) for a, b in rounds], RATIO),
        Figure.of("MCP calls per second", TIMES, [b.rate / a.rate for a, b in rounds], RATIO),
        Figure.of("steward, p50", "ms", [one.ms(0.5) for one in steward]),
        Figure.of("steward, p95", "ms", [one.ms(0.95) for one in steward]),
        Figure.of("steward, calls per second", "/s", [one.rate for one in steward]),
        Figure.of("FastMCP, p50", "ms", [one.ms(0.5) for one in plain]),
        Figure.of("FastMCP, p95", "ms", [one.ms(0.95) for one in plain]),
        Figure.of("FastMCP, calls per second", "/s", [one.rate for one in plain]),
    )


HOW = """\
The peer is FastMCP alone with the same tool as a function. The bridge also checks the token, the host, and
every argument. Both run as processes of their own behind uvicorn, in {rounds} rounds of alternating order:
{calls} sequential calls for the quantiles, then {burst} calls, {at_once} at a time, for the calls per
second, whose ratio is FastMCP divided by the steward. The ranges are those of the rounds."""
