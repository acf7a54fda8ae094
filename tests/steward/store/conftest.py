"""Provides a migrated store for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from steward.store.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as made:
        yield made
