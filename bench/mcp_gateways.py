"""A tool of another MCP server as an OpenAPI endpoint: the app, and mcpo with the same server, in turns."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp
import orjson

from bench.figures import TIMES, Figure, Goal, Result
from bench.load import Address
from bench.mcp_server import TEXT
from bench.pipe_server import TOOL
from bench.process import Program
from bench.programs import NotAvailableError, until_listening
from bench.rig import ROOT
from bench.tool_calls import Pairs, Server, details, pairs
from demo.processes import plain_environment
from demo.steward import Steward
from demo.waiting import becomes
from lab.ports import free_port
from lab.wire import JsonObject

ROUNDS: Final = 3
CALLS: Final = {1: 200, 16: 240, 64: 320}
"""Calls of a round, by the number of clients."""

PACKAGES: Final = ROOT / ".tools" / "real" / "mcpo"
PIPE_SERVER: Final = ROOT / "bench" / "pipe_server.py"
SERVER: Final = "bench"
TOKEN: Final = "token-of-the-bench"  # noqa: S105 - only for these servers
START_SECONDS: Final = 60.0
SETTLE: Final = 8.0
"""Seconds until the work of the start of the app is done."""

RATE: Final = Goal(2, at_least=True)
BODY: Final = orjson.dumps({"target": "box-5"})


async def measure(*, rounds: int = ROUNDS, settle: float = SETTLE) -> Result:
    """Run both gateways and call the tool through them in turns. Raises NotAvailableError."""
    if not PACKAGES.is_dir():
        raise NotAvailableError("mcpo is missing, and it cannot be fetched")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="homelab-steward-bench-")))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        steward = await stack.enter_async_context(_steward(session, folder / "steward"))
        mcpo = await stack.enter_async_context(_mcpo(session, folder))
        await asyncio.sleep(settle)
        found = await pairs(steward, mcpo, rounds=rounds, calls=CALLS)
    return Result(
        name="mcp_gateways",
        group="Home Assistant, Assist and MCP",
        title="Tool of another server over OpenAPI",
        how=HOW.format(rounds=rounds, calls=", ".join(map(str, CALLS.values()))),
        figures=figures(found),
    )


@asynccontextmanager
async def _steward(session: aiohttp.ClientSession, folder: Path) -> AsyncIterator[Server]:
    steward = Steward(session, folder)
    program = Program("steward", folder / "steward.log")
    steward.child = program
    await steward.write_settings(_settings())
    try:
        await steward.start()
        address = _address(f"{steward.url}/openapi/all/foreign_{SERVER}_{TOOL}")
        await _answers(session, program, address)
        yield Server(name="steward", pid=program.pid, address=address, body=_body)
    finally:
        await steward.close()


@asynccontextmanager
async def _mcpo(session: aiohttp.ClientSession, folder: Path) -> AsyncIterator[Server]:
    port, program = free_port(), Program("mcpo", folder / "mcpo.log")
    environment = plain_environment(PYTHONPATH=str(PACKAGES), PYTHONDONTWRITEBYTECODE="1")
    options = ["--host", "127.0.0.1", "--port", str(port), "--api-key", TOKEN, "--strict-auth"]
    command = [sys.executable, "-c", "from mcpo import app; app()", *options, "--log-level", "WARNING"]
    await program.start([*command, "--", sys.executable, PIPE_SERVER, TEXT], environment, folder)
    try:
        await until_listening(program, port)
        address = _address(f"http://127.0.0.1:{port}/{TOOL}")
        await _answers(session, program, address)
        yield Server(name="mcpo", pid=program.pid, address=address, body=_body)
    finally:
        await program.stop()


async def _answers(session: aiohttp.ClientSession, program: Program, address: Address) -> None:
    """Wait until a gateway answers a call. Raises ChildEndedError, Expected."""

    async def does_answer() -> bool:
        program.check()
        async with session.post(address.url, headers=address.headers, data=BODY) as response:
            return response.ok and address.expected in await response.read()

    await becomes(does_answer, START_SECONDS, f"{program.name} answers a call")


def _address(url: str) -> Address:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return Address(url, headers, TEXT.encode())


def _settings() -> JsonObject:
    server: JsonObject = {
        "name": SERVER,
        "kind": "stdio",
        "command": sys.executable,
        "arguments": [str(PIPE_SERVER), TEXT],
        "tools": [{"name": TOOL, "access": "read"}],
    }
    return {
        "people": [{"id": "alex", "name": "Alex", "role": "owner", "telegram_user_id": 123456}],
        "mcp": {"tokens": [{"person": "alex", "token": TOKEN, "reader": "home"}]},
        "foreign_tools": {"servers": [server]},
    }


def _body(_: int) -> bytes:
    """Return the body of a call."""
    return BODY


def figures(found: Pairs) -> tuple[Figure, ...]:
    """Return the ratios, which are above 1 if the steward is faster, and the figures of both gateways."""
    return (
        *(
            Figure.of(
                f"OpenAPI calls of a tool, {clients} client{'s' if clients > 1 else ''}",
                TIMES,
                [one.steward.rate / one.peer.rate for one in many],
                RATE,
            )
            for clients, many in found.items()
        ),
        *(
            one
            for clients, many in found.items()
            for one in (
                *details("steward", clients, [pair.steward for pair in many]),
                *details("mcpo", clients, [pair.peer for pair in many]),
            )
        ),
    )


HOW: Final = """\
An MCP server over pipes has one tool and answers at once. The app and
[mcpo](https://github.com/open-webui/mcpo) each start it and offer the tool as an OpenAPI endpoint with a
token. The app has no services. It also checks the host, whether the definition is the accepted one, and what
the client may read, and removes secrets and hidden characters. The client has the reader `home`. mcpo is
installed from PyPI with the newest MCP library and FastAPI that it works with, and logs no requests. Both run
in {rounds} rounds of alternating order for 1, 16, and 64 clients, each with one connection and one call at a
time: {calls} calls in a round. Every answer is checked. The ratio of the calls per second is the steward
divided by mcpo. The ranges are those of the rounds."""
