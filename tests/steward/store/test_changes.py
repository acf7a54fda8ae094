"""Published rows reach all watchers in order, and no watcher delays the writer."""

import asyncio
import contextlib
import gc
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.protocol import Event, RowKind
from rig import records
from rig.agent_rig import opened_store
from rig.clocks import HANGING
from rig.inventory import NOW
from steward.clock import ManualClock
from steward.store import incidents
from steward.store.changes import QUEUED, REMEMBERED, Changes, Lost, Watch
from steward.store.store import Store

INCIDENT = RowKind.INCIDENT


def changes() -> Changes:
    return Changes(ManualClock(NOW))


def publish(made: Changes, count: int, kind: RowKind = INCIDENT) -> None:
    for _ in range(count):
        made.publish(kind, "i", records.incident())


async def test_event_contains_the_whole_row() -> None:
    made = changes()
    with made.watch() as watch:
        made.publish(INCIDENT, "incident", records.incident())
        made.publish(RowKind.PERSON, "olga", None)
        first, second = await watch.next(), await watch.next()
    assert first == Event(sequence=1, kind=INCIDENT, id="incident", at=NOW, incident=records.incident())
    assert second == Event(sequence=2, kind=RowKind.PERSON, id="olga", at=NOW, gone=True)
    assert made.sequence == 2


async def test_watch_gets_its_kinds_while_it_is_open() -> None:
    made = changes()
    publish(made, 1)
    with made.watch(INCIDENT) as watch, made.watch(RowKind.PERSON, INCIDENT) as other:
        made.publish(RowKind.PERSON, "olga", None)
        publish(made, 1)
        found = await watch.next()
        assert isinstance(found, Event)
        assert found.sequence == 3
        assert [(await other.next()).sequence for _ in range(2)] == [2, 3]  # type: ignore[union-attr]
    publish(made, 1)
    assert not watch._queue, "a closed watch gets no events"
    assert not made._watches


async def test_next_waits_for_an_event() -> None:
    made = changes()
    with made.watch(INCIDENT) as watch:
        waiting = asyncio.create_task(watch.next())
        await asyncio.sleep(0)
        made.publish(RowKind.PERSON, "olga", None)
        await asyncio.sleep(0)
        assert not waiting.done()
        publish(made, 1)
        assert isinstance(await waiting, Event)


async def test_iteration_yields_events() -> None:
    made = changes()
    seen: list[int] = []
    with made.watch() as watch:
        publish(made, 3)
        iterator = watch.__aiter__()
        async for event in iterator:
            assert isinstance(event, Event)
            seen.append(event.sequence)
            if event.sequence == 3:
                break
        await iterator.aclose()  # type: ignore[attr-defined]
    assert seen == [1, 2, 3]


async def test_overflow_yields_lost_once_and_continues() -> None:
    made = changes()
    with made.watch() as watch:
        publish(made, QUEUED)
        assert len(watch._queue) == QUEUED
        publish(made, 1)
        assert isinstance(await watch.next(), Lost)
        publish(made, 2)
        assert [(await watch.next()).sequence for _ in range(2)] == [QUEUED + 2, QUEUED + 3]  # type: ignore[union-attr]
        publish(made, QUEUED * 3)
        assert len(watch._queue) <= QUEUED, "memory is bounded"
        assert isinstance(await watch.next(), Lost)
        waiting = asyncio.create_task(watch.next())
        await asyncio.sleep(0)
        assert not waiting.done(), "Lost is returned once"
        publish(made, 1)
        assert isinstance(await waiting, Event)


async def test_slow_watcher_does_not_affect_others() -> None:
    made = changes()
    with made.watch(), made.watch() as quick:
        for number in range(1, QUEUED * 2):
            publish(made, 1)
            event = await quick.next()
            assert isinstance(event, Event)
            assert event.sequence == number


async def test_watchers_get_events_in_the_order_of_their_start() -> None:
    made = changes()
    received: list[int] = []

    async def receive(number: int, watch: Watch) -> None:
        await watch.next()
        received.append(number)

    with contextlib.ExitStack() as open_watches, made.watch() as short:
        watches = [open_watches.enter_context(made.watch(INCIDENT)) for _ in range(20)]
        tasks = [asyncio.create_task(receive(number, one)) for number, one in enumerate([*watches, short])]
        await asyncio.sleep(0)
        publish(made, 1)
        await asyncio.gather(*tasks)
    assert received == [20, *range(20)]


def test_events_since_a_sequence() -> None:
    made = changes()
    assert made.since(0) == ()
    assert made.since(1) is None
    publish(made, 5)
    found = made.since(2)
    assert found is not None
    assert [one.sequence for one in found] == [3, 4, 5]
    assert made.since(5) == ()
    assert made.since(6) is None
    assert len(made.since(0) or ()) == 5
    assert made.since(-1) is None


def test_events_that_are_no_longer_available() -> None:
    made = changes()
    publish(made, REMEMBERED + 10)
    assert len(made._recent) == REMEMBERED, "memory is bounded"
    assert made.since(9) is None
    assert len(made.since(10) or ()) == REMEMBERED
    assert [one.sequence for one in made.since(REMEMBERED + 9) or ()] == [REMEMBERED + 10]


def test_each_instance_has_its_own_stream() -> None:
    assert changes().stream != changes().stream
    assert len(changes().stream) == 16


def test_closed_watch_is_released() -> None:
    made = changes()
    with made.watch() as watch:
        gone = weakref.ref(watch)
    del watch
    gc.collect()
    assert gone() is None


@given(st.lists(st.sampled_from(["publish", "next"]), max_size=60), st.integers(1, 5))
def test_events_are_in_order_or_reported_as_lost(steps: list[str], bound: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("steward.store.changes.QUEUED", bound)
        asyncio.run(_watch_and_check(steps))


async def _watch_and_check(steps: list[str]) -> None:
    made = changes()
    received: list[Event | Lost] = []
    with made.watch() as watch:
        for step in steps:
            if step == "publish":
                publish(made, 1)
            elif watch._queue:
                received.append(await watch.next())
        while watch._queue:
            received.append(await watch.next())
    numbers = [one.sequence for one in received if isinstance(one, Event)]
    assert numbers == sorted(set(numbers))
    last = 0
    for one in received:
        if isinstance(one, Lost):
            last = -1
        else:
            assert last == -1 or one.sequence == last + 1, "a gap is always reported"
            last = one.sequence


async def test_rows_are_published_after_the_commit_in_commit_order(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        seen: list[tuple[int, int]] = []

        async def write(number: int) -> None:
            async with store.change(durable=number % 2 == 0) as unit:
                count = await incidents.next_number(unit.connection)
                row = records.incident(id=f"i{count}", number=count)
                await incidents.save_incident(unit.connection, row)
                unit.publish(INCIDENT, row.id, row)
                assert all(sequence < count for sequence, _ in seen)

        async def listen(watch: Watch) -> None:
            async for event in watch:
                assert isinstance(event, Event)
                assert event.incident is not None
                seen.append((event.sequence, event.incident.number))
                if len(seen) == 50:
                    return

        with store.changes.watch(INCIDENT) as watch:
            listening = asyncio.create_task(listen(watch))
            await asyncio.gather(*(write(number) for number in range(50)))
            async with asyncio.timeout(HANGING):
                await listening
        assert seen == [(number, number) for number in range(1, 51)]


async def test_rolled_back_row_is_not_published(store: Store) -> None:
    async def fail() -> None:
        async with store.change() as unit:
            unit.publish(INCIDENT, "i", records.incident())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert store.changes.sequence == 0
    async with store.change() as unit:
        unit.publish(INCIDENT, "i", None)
        assert store.changes.sequence == 0, "not before the commit"
    assert store.changes.sequence == 1
