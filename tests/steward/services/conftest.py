"""The lab, and a session to reach it with."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from lab.lab import Lab


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    """Every simulator, with short tasks; alerts come only when a test posts them."""
    async with Lab(real_alertmanager=False, is_alerting=False, task_seconds=0.2, boot_seconds=0.2) as lab:
        yield lab


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The session services share."""
    async with aiohttp.ClientSession() as session:
        yield session
