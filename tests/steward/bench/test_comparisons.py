"""The figures that compare the steward with a peer, or with fewer services, are computed correctly."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from bench import decision, ha_start, idle, instances, latency, panel
from bench.chain import BareChain
from bench.figures import Figure
from bench.loop_watch import LoopWatch
from bench.rig import FOUR, forty_services
from bench.watched import Block

from lab.server import Seen


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {one.name: one for one in figures}


def sample(both: float, bare: float, *, is_story: bool = True) -> latency.Sample:
    steps = dict.fromkeys(("accepted", "opened", "asked", "telegram"), 1.0)
    return latency.Sample(is_story=is_story, bare=bare, phone=both, **steps)


def test_decisions_are_compared_by_direction() -> None:
    samples = [decision.Sample(one % 2 == 0, 10.0 * one) for one in range(40)]
    found = by_name(decision.figures(samples))
    assert found["Decision in Telegram to phone, p50"].value == 180
    late = found["Decision on the phone to Telegram, p95"]
    assert (late.value, late.is_met, late.is_headline) == (370, False, True)
    assert (late.least, late.most) == (190, 390)


def test_the_ratio_of_the_steward_to_the_bare_chain_is_one_of_medians() -> None:
    samples = [sample(30, 5), sample(40, 10), sample(90, 100)]

    assert latency.ratio(samples, 0.5) == 4
    assert latency.ratio(samples, 0.95) == pytest.approx(0.9)


def test_only_the_ratio_of_the_alert_path_has_a_goal() -> None:
    blocks = [
        [sample(20, 10), sample(10, 5, is_story=False)],
        [sample(60, 10), sample(40, 10, is_story=False)],
    ]

    found = by_name(latency.figures(blocks))

    ratio = found["Webhook to phone and Telegram, p50"]
    assert (ratio.unit, ratio.value, ratio.least, ratio.most) == ("\N{MULTIPLICATION SIGN}", 2, 2, 4)
    assert [one.name for one in found.values() if one.goal is not None] == [ratio.name]
    assert found["Webhook to phone and Telegram, time, p95"].is_headline
    assert found["ratio, an unknown host, p50"].most == 4


async def test_the_bare_chain_commits_a_body_and_posts_it_to_both_receivers(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session, BareChain(session, tmp_path) as chain:
        first, second = await chain.send(b'{"a": 1}'), await chain.send(b'{"a": 2}')
        with closing(sqlite3.connect(tmp_path / "bare-chain.db")) as database:
            rows = database.execute("SELECT body FROM bodies").fetchall()

    assert min(first, second) > 0
    assert rows == [(b'{"a": 1}',), (b'{"a": 2}',)]


def test_the_processor_time_is_compared_per_service() -> None:
    pair = idle.Pair(nine=idle.Idle(share=1.8, resident=210), four=idle.Idle(share=0.8, resident=200))

    found = by_name(idle.idle_figures([pair]))

    assert found["Processor per service, idle, nine services to four"].value == pytest.approx(1.0)
    memory = found["Memory, idle, nine services to four"]
    assert memory.value == pytest.approx(1.05)
    assert memory.is_met


def test_starts_with_nine_services_are_compared_in_pairs() -> None:
    ratio, nine, four = idle.start_figures(
        "new", [idle.Pair(2.0, 1.0), idle.Pair(3.0, 2.0), idle.Pair(4.0, 4.0)]
    )

    assert (ratio.value, ratio.is_met, nine.value, four.value) == (1.5, False, 3.0, 2.0)


def test_the_start_of_home_assistant_has_a_goal_for_the_setup_only() -> None:
    starts = [ha_start.Start(with_entry=5.0, without=4.5, setup=0.1)]

    setup, entities, *rest = ha_start.figures(starts, 201, 24)

    assert (setup.is_met, entities.value, entities.is_headline) == (True, 201, True)
    assert [(one.value, one.goal) for one in rest] == [
        (24, None),
        (5.0, None),
        (4.5, None),
        (0.5, None),
    ]


def test_gaps_begin_with_the_poll_before_the_window() -> None:
    assert instances.gaps([70.0, 99.0, 130.0, 160.0], begin=100.0, end=165.0) == [31.0, 30.0]


def test_a_poll_that_never_came_is_a_gap() -> None:
    assert instances.gaps([99.0, 130.0], begin=100.0, end=190.0) == [31.0, 60.0]
    assert instances.gaps([], begin=100.0, end=166.0) == [66.0]


@pytest.mark.parametrize(("longest", "is_met", "late"), [(32.0, True, 0.0), (37.0, False, 4000.0)])
def test_a_poll_is_late_after_the_interval_and_its_spread(longest: float, is_met: bool, late: float) -> None:  # noqa: FBT001
    block = Block(wall=12.0, cpu=3.0, callback="poll")
    window = instances.Window(share=1.0, resident=150.0, block=block, gaps=(30.0, longest))

    ratio, latest, p95, *_ = instances.figures("", window)

    assert [ratio.value, latest.value] == pytest.approx([longest / 30, late])
    assert ratio.is_met is is_met
    assert (p95.value, p95.is_met) == (0.0, True), "one of two is not among the latest 5 %"


def test_a_poll_begins_with_the_first_request_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((100.0, 100.2, 107.0, 130.0, 131.0))
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    requests = instances.Requests([Seen("GET", "/", 200)])
    for _ in range(5):
        requests.append(Seen("GET", "/status", 200))
    assert requests.polls == [100.0, 130.0]
    assert len(requests) == 6


def test_forty_services_include_those_that_the_rig_needs() -> None:
    found = forty_services()
    assert len(set(found)) == len(found) == 40
    assert set(FOUR) <= set(found)


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Watch the event loop during a test; yields the file of the record."""
    monkeypatch.setattr(asyncio.Handle, "_run", asyncio.Handle._run)
    before = signal.getsignal(signal.SIGUSR1)
    LoopWatch(tmp_path / "loop.json").install()
    yield tmp_path / "loop.json"
    signal.signal(signal.SIGUSR1, before)


async def test_the_longest_callback_is_recorded_with_its_name(watch: Path) -> None:
    async def blocks() -> None:
        time.sleep(0.2)  # noqa: ASYNC251 - blocks on purpose

    await asyncio.create_task(blocks())
    os.kill(os.getpid(), signal.SIGUSR1)
    block = Block.read(watch)

    assert block.wall >= 200
    assert block.cpu < block.wall
    assert block.callback.endswith("blocks")


def test_the_paints_of_all_pages_count_and_the_rows_are_shown_by_page() -> None:
    loads = {
        "inbox": [{"paint": 0.2, "rows": 0.6}, {"paint": 0.4, "rows": 1.4}, {"paint": 0.3, "rows": 1.2}],
        "incidents": [{"paint": 0.9, "rows": 0.8}, {"paint": 0.5, "rows": 1.0}],
    }
    found = by_name(panel.figures(loads))

    paint, rows = found["Panel, first paint, 1,000 incidents"], found["Panel, first rows, 1,000 incidents"]
    assert (paint.value, paint.most, paint.is_met) == (0.4, 0.9, True)
    assert (rows.value, rows.is_met) == (1.0, True)
    assert found["first rows, inbox"].value == pytest.approx(1.2)
