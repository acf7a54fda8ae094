"""Runs the app in forked processes, several at once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

AT_ONCE: Final = 6
"""Mostly they wait for the workflow engine, which looks for its own every second."""

LONGEST_PROCESS: Final = 60.0
TESTS: Final = Path(__file__).parent.parent


@dataclass(frozen=True)
class ProcessRun:
    """How a process ended: whether it was killed, else its report."""

    was_killed: bool
    report: dict[str, object]


class ForkServer:
    """A process that has imported everything and forks itself on demand."""

    def __init__(self, process: asyncio.subprocess.Process, at_once: int) -> None:
        self._process = process
        self._places = asyncio.Semaphore(at_once)
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._number = 0

    async def listen(self) -> None:
        """Note how forked processes end, until the fork server itself ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            number, code = map(int, line.split())
            self._ends.pop(number).set_result(code)
        for end in self._ends.values():
            end.set_exception(RuntimeError("the fork server ended: see its standard error"))

    async def run_process(
        self, folder: Path, scenario: str, kill: str | None, *, is_first: bool
    ) -> ProcessRun:
        """Return how a forked process ended. One that fails raises with its log."""
        async with self._places:
            name = "first" if is_first else "second"
            code = await self._end(
                folder=str(folder), scenario=scenario, kill=kill, is_first=is_first, name=name
            )
        if code == -signal.SIGKILL:
            return ProcessRun(was_killed=True, report={})
        log = (folder / f"{name}.log").read_text(encoding="utf-8")
        assert code == 0, f"{scenario}, killed {kill}: {log[-4000:]}"
        report = folder / "report.json"
        found = orjson.loads(report.read_bytes())
        report.unlink()
        return ProcessRun(was_killed=False, report=found)

    async def _end(self, **asked: object) -> int:
        assert self._process.stdin is not None
        self._number += 1
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ends[self._number] = end
        self._process.stdin.write(orjson.dumps(asked | {"number": self._number}) + b"\n")
        async with asyncio.timeout(LONGEST_PROCESS):
            await self._process.stdin.drain()
            return await end


@asynccontextmanager
async def start_fork_server(at_once: int = AT_ONCE) -> AsyncIterator[ForkServer]:
    """Yield a fork server; its process ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rig.killed_app",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent / "addon")))},
    )
    made = ForkServer(process, at_once)
    listening = asyncio.create_task(made.listen())
    try:
        yield made
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening
