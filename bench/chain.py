"""Starts the bare chain with two receivers, and measures a request through it."""

import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

from bench.process import Program
from bench.programs import until_listening
from bench.rig import ROOT
from demo.processes import plain_environment
from lab.ports import free_port


class BareChain:
    """`async with BareChain(session, folder) as chain:` starts the chain as a process of its own."""

    def __init__(self, session: ClientSession, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._port = free_port()
        self._received: dict[str, float] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            receivers = [await self._receiver(stack) for _ in range(2)]
            child = Program("bare chain", self._folder / "bare-chain.log")
            database = self._folder / "bare-chain.db"
            program = ROOT / "bench" / "bare_chain.py"
            # -P: the folder of the program has modules named like packages.
            command: list[str | Path] = [sys.executable, "-P", program, database, str(self._port), *receivers]
            await child.start(command, plain_environment(), self._folder)
            stack.push_async_callback(child.stop)
            await until_listening(child, self._port)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(self, body: bytes) -> float:
        """Return the milliseconds from sending a body until both receivers have it."""
        self._received.clear()
        began = time.perf_counter()
        async with self._session.post(f"http://127.0.0.1:{self._port}/", data=body) as response:
            response.raise_for_status()
        assert len(self._received) == 2, "the chain answers after both receivers did"  # noqa: PLR2004
        return (max(self._received.values()) - began) * 1000

    async def _receiver(self, stack: AsyncExitStack) -> str:
        """Start one receiver and return its address."""

        async def receive(request: web.Request) -> web.Response:
            await request.json()
            self._received[request.host] = time.perf_counter()
            return web.json_response({})

        app = web.Application()
        app.add_routes([web.post("/", receive)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/"
