"""Waits find what lasts for one change only."""

import asyncio

import pytest

from lab.changes import Changes


async def test_a_state_that_the_next_change_replaces_at_once_is_seen() -> None:
    changes, states = Changes(), ["asked"]
    waiting = asyncio.create_task(changes.wait_for(lambda: states[-1] == "went back" and len(states)))
    await asyncio.sleep(0)
    for state in ("applying", "went back", "blocked"):
        states.append(state)
        changes.notify()
    assert await waiting == 3


async def test_what_only_time_changes_is_polled() -> None:
    loop = asyncio.get_running_loop()
    soon = loop.time() + 0.05
    assert await Changes().wait_for(lambda: loop.time() > soon)


async def test_what_a_condition_raises_is_raised_where_it_is_waited_for() -> None:
    changes, rows = Changes(), {"a": "row"}
    waiting = asyncio.create_task(changes.wait_for(lambda: rows["a"] == "another"))
    await asyncio.sleep(0)
    rows.clear()
    changes.notify()
    with pytest.raises(KeyError):
        await waiting
    assert not changes._listeners


async def test_what_does_not_happen_ends_the_wait() -> None:
    changes = Changes()
    with pytest.raises(TimeoutError):
        await changes.wait_for(lambda: False, timeout=0.01, poll_seconds=None)
    assert not changes._listeners
