"""A session to connect with."""

from collections.abc import AsyncIterator

import aiohttp
import pytest


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The session services share."""
    async with aiohttp.ClientSession() as session:
        yield session
