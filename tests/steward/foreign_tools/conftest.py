"""Provides a migrated store, and a registry with a fake server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from steward.store.store import Store

from .rig import Foreign


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as made:
        yield made


@pytest.fixture
async def foreign(store: Store) -> AsyncIterator[Foreign]:
    made = Foreign(store)
    try:
        yield made
    finally:
        await made.registry.close()
