"""The steward as a process before the lab; whatever happens, its last words are shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import Steward
from e2e.rig import Home
from lab.lab import Lab


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """Everything up and introduced to each other, nothing wrong yet."""
    async with ClientSession() as session, Lab() as lab:
        home = Home(session, lab, Steward(session, tmp_path / "steward"))
        try:
            await home.start()
            yield home
        finally:
            await home.close()
            print(home.steward.child.tail(60))  # noqa: T201 - shown when a test fails
