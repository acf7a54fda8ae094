"""A real app in its own process, for tests with the real Home Assistant."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
STARTED, STOPPED = 100, 60
"""Seconds after which the app should have started, and ended, on a busy machine."""

PROGRAM = Path(__file__).with_name("steward_with_lab.py")


@dataclass
class RunningSteward:
    """A real app in its own process, connected to a simulated homelab."""

    process: asyncio.subprocess.Process
    port: int = 0
    token: str = ""
    client_token: str = ""

    @classmethod
    async def start(cls, watch_seconds: int, speed: float) -> Self:
        process = await asyncio.create_subprocess_exec(
            PYTHON,
            PROGRAM,
            str(watch_seconds),
            str(speed),
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "addon"), str(ROOT / "tests")])},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        running = cls(process)
        async with asyncio.timeout(STARTED):
            ready = await running._heard()
        running.port, running.token = ready["port"], ready["token"]
        running.client_token = ready["client_token"]
        return running

    async def effects(self) -> list[str]:
        """Return all changes in the lab so far."""
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        effects: list[str] = await self._heard()
        return effects

    async def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        async with asyncio.timeout(STOPPED):
            assert await self.process.wait() == 0

    def url(self, token: str) -> str:
        return f"http://homeassistant:{token}@127.0.0.1:{self.port}/mcp/infrastructure"

    async def _heard(self) -> Any:
        assert self.process.stdout
        return json.loads(await self.process.stdout.readline())


@asynccontextmanager
async def running_steward(watch_seconds: int = 10, speed: float = 1) -> AsyncIterator[RunningSteward]:
    """Run an app, or skip the test where its environment is missing.

    Updates are watched for so many seconds of its clock, which runs ``speed`` times as fast.
    """
    if not PYTHON.exists():
        pytest.skip("the app's environment (.venv) is not there: script/setup makes it")
    running = await RunningSteward.start(watch_seconds, speed)
    yield running
    await running.stop()
