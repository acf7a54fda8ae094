"""The programs of .tools/lab: started on loopback, stopped at the end."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.processes import Child
from demo.waiting import becomes
from homelab_steward.contract.base import Value
from lab.visit import load
from steward.clock import SystemClock
from steward.errors import ServiceError
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps

TOOLS = Path(__file__).parents[2] / ".tools"
FETCHED = TOOLS / "lab"
DEADLINE = 60.0


def program(path: str, folder: Path = FETCHED) -> Path:
    """Return a program, the machine's own if it has it. Skips the test when there is none."""
    own = shutil.which(Path(path).name)
    found = Path(own) if own else folder / path
    if not found.is_file():
        pytest.skip(f"no {found.name} is installed, and it cannot be fetched")
    return found


@asynccontextmanager
async def running(
    folder: Path,
    path: str,
    *arguments: str | Path,
    env: Mapping[str, str] | None = None,
    fetched: Path = FETCHED,
) -> AsyncIterator[Child]:
    """Run a program until the end of the block."""
    command = [program(path, fetched), *arguments]
    libraries = [str(one) for one in FETCHED.glob("**/*-linux-gnu") if one.parent.name == "lib"]
    child = Child(Path(path).name, folder / f"{Path(path).name}.log")
    variables = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(libraries), **(env or {})}
    await child.start(command, variables, folder)
    try:
        yield child
    finally:
        await child.stop()


class Connected:
    """A service connected to a real program: polls, and reads what the tools say."""

    def __init__(self, key: str, session: aiohttp.ClientSession, settings: Mapping[str, Value]) -> None:
        self.service = load(key)
        self.clock: Any = SystemClock()
        self.client = self.service.connect(Access(settings=settings, session=session, clock=self.clock))

    async def poll(self) -> Any:
        """Return the state; nothing may be missing from it. Raises ServiceError."""
        gaps = Gaps()
        state = await self.service.poll(self.client, gaps)
        assert not gaps.coverage.gaps, gaps.coverage.gaps
        return state

    async def started(self) -> Any:
        """Return the state once the program answers completely."""

        async def look() -> Any:
            try:
                return await self.poll()
            except ServiceError, AssertionError:
                return None

        return await becomes(look, DEADLINE, f"{self.service.name} answers")
