"""When what instances offer is read again."""

import asyncio
from dataclasses import replace

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, InstanceStatus, Origin
from steward.changes.answering import Answering, either
from steward.clock import SystemClock
from steward.store.changes import Changes

OK = Instance(id="home", service="x", name="X", origin=Origin.FILE, settings={}, status=InstanceStatus.OK)
AWAY = replace(OK, status=InstanceStatus.UNREACHABLE)


async def ends(answering: Answering, changes: Changes, *rows: Instance | None) -> bool:
    """Return whether the wait ends with the last of these rows, and not before."""
    waiting = asyncio.ensure_future(answering.next())
    for row in rows:
        assert not waiting.done()
        changes.publish(RowKind.INSTANCE, OK.id, row)
        for _ in range(3):
            await asyncio.sleep(0)
    is_over = waiting.done()
    waiting.cancel()
    return is_over


async def test_an_instance_that_answers_again_is_read_at_once_and_one_that_goes_on_is_not() -> None:
    changes = Changes(SystemClock())
    with changes.watch(RowKind.INSTANCE) as watch:
        answering = Answering(watch)
        assert await ends(answering, changes, AWAY, OK)
        assert not await ends(answering, changes, OK, OK)
        assert await ends(answering, changes, AWAY, OK)
        assert await ends(answering, changes, None, OK)


async def test_what_is_not_waited_for_any_more_is_cancelled() -> None:
    slow = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            slow.set()

    await either(asyncio.sleep(0), wait())
    assert slow.is_set()
