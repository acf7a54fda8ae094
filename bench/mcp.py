"""Time of an MCP call: the bridge, and the same tool served by FastMCP alone, in turns."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import orjson

from bench.figures import TIMES, Figure, Goal, Result
from bench.load import Address
from bench.mcp_server import ARGUMENTS, TEXT, TOKEN, TOOL
from bench.process import memory
from bench.rig import ROOT
from bench.tool_calls import Pairs, Server, call, details, pairs

ROUNDS: Final = 5
CALLS: Final = {1: 300, 16: 480, 64: 640}
"""Calls of a round, by the number of clients."""

PROTOCOL: Final = "2025-06-18"
TIME: Final = Goal(1.3)
RATE: Final = Goal(1.1)
HEADERS: Final = {
    "Authorization": f"Bearer {TOKEN}",
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": PROTOCOL,
}


async def measure(*, rounds: int = ROUNDS) -> Result:
    """Run both servers in processes of their own and call them in turns."""
    async with AsyncExitStack() as stack:
        bridge = await stack.enter_async_context(_served("bridge"))
        plain = await stack.enter_async_context(_served("plain"))
        before = memory(bridge.pid).now
        began = time.perf_counter()
        await call(bridge, 1, 1)
        first = time.perf_counter() - began
        after = memory(bridge.pid).now
        found = await pairs(bridge, plain, rounds=rounds, calls=CALLS)
    return Result(
        name="mcp",
        group="Home Assistant, Assist and MCP",
        title="MCP call",
        how=HOW.format(rounds=rounds, calls=", ".join(map(str, CALLS.values()))),
        figures=figures(found),
        remarks="The server of this measurement imports FastMCP with its first request; the app does it "
        f"after its start. It took {first:.1f} s, and memory grew from {before:.0f} to {after:.0f} MiB.",
    )


@asynccontextmanager
async def _served(kind: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mcp_server", kind, cwd=ROOT, stdout=PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            port = int(await process.stdout.readline())
        address = Address(f"http://127.0.0.1:{port}/mcp/all", HEADERS, TEXT.encode())
        yield Server(name=kind, pid=process.pid, address=address, body=_body)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _body(number: int) -> bytes:
    """Return the body of a call."""
    params = {"name": TOOL, "arguments": ARGUMENTS}
    return orjson.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})


def figures(found: Pairs) -> tuple[Figure, ...]:
    """Return the ratios, which are below 1 if the bridge is faster, and the figures of both servers."""
    times = {
        name: [one.steward.ms(share) / one.peer.ms(share) for one in found[1]]
        for name, share in (("p50", 0.5), ("p95", 0.95))
    }
    return (
        *(Figure.of(f"MCP call, {name}", TIMES, values, TIME) for name, values in times.items()),
        *(
            Figure.of(
                f"MCP calls per second, {clients} client{'s' if clients > 1 else ''}",
                TIMES,
                [one.peer.rate / one.steward.rate for one in many],
                RATE,
            )
            for clients, many in found.items()
        ),
        *(
            one
            for clients, many in found.items()
            for one in (
                *details("steward", clients, [pair.steward for pair in many]),
                *details("FastMCP", clients, [pair.peer for pair in many]),
            )
        ),
    )


HOW: Final = """\
The peer is FastMCP alone with the same tool as a function, in the version that the bridge uses. The bridge
also checks the token, the host, and every argument. Both run as processes of their own behind uvicorn, in
{rounds} rounds of alternating order for 1, 16, and 64 clients, each with one connection and one call at a
time: {calls} calls in a round. Every answer is checked. The times are those of one client. The ratio of the
calls per second is FastMCP divided by the steward. The ranges are those of the rounds."""
