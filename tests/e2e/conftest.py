"""A fixture with a running steward and the lab. Prints the end of the steward's log."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import Steward
from e2e.rig import E2eRig
from lab.lab import Lab

LONGEST = 900.0
"""Seconds until a test times out, long enough for a busy machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set the timeout of the tests in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[E2eRig]:
    """Yield a running steward that is connected to the lab, without alerts."""
    async with ClientSession() as session, Lab() as lab:
        rig = E2eRig(session, lab, Steward(session, tmp_path / "steward"))
        try:
            await rig.start()
            yield rig
        finally:
            await rig.close()
            print(rig.steward.child.tail(60))  # noqa: T201 - shown when a test fails
