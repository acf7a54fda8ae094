"""What the benches say must be right even where how fast they are is not tested."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench.document import page, sections_of
from bench.figures import Figure, Goal, Result, number, quantile
from bench.idle import import_costs
from bench.load import NotTakenError, post_all
from bench.machine import file_system, machine
from bench.payloads import body, host_out_of_memory, storm
from bench.process import Program, cpu_seconds, memory

from demo.processes import ChildEndedError
from homelab_steward.contract.incidents import AlertStatus
from steward.services.alertmanager.webhook import parse_webhook

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def result(title: str, *figures: Figure) -> Result:
    return Result(name="one", title=title, how="How it was done.", figures=figures)


def test_a_quantile_is_a_measured_value() -> None:
    values = [float(value) for value in range(1, 21)]

    assert quantile(values, 0.5) == 10
    assert quantile(values, 0.95) == 19
    assert quantile(values, 1.0) == 20
    assert quantile([7.0], 0.95) == 7


def test_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        quantile([], 0.5)


def test_a_figure_is_the_median_with_its_spread() -> None:
    figure = Figure.of("speed", "alerts/s", [30.0, 1000.0, 20.0])

    assert (figure.value, figure.least, figure.most, figure.is_met) == (30.0, 20.0, 1000.0, None)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal(50), "| ≤ 50 ms | met |"),
        (Goal(49), "| ≤ 49 ms | **missed** |"),
        (Goal(50, at_least=True), "| ≥ 50 ms | met |"),
        (Goal(51, at_least=True), "| ≥ 51 ms | **missed** |"),
        (None, "|  |  |"),
    ],
)
def test_a_row_says_whether_the_goal_is_met(goal: Goal | None, said: str) -> None:
    row = Figure.of("time", "ms", [50.0], goal).row()

    assert row == f"| time | 50.0 ms | 50.0 to 50.0 {said}"


def test_numbers_keep_three_digits() -> None:
    assert [number(value) for value in (0.123, 12.34, 12345.6)] == ["0.12", "12.3", "12,346"]


def test_the_page_keeps_other_sections_of_the_same_machine() -> None:
    first = {title: result(title).section("Then.") for title in ("A", "B")}
    before = page("fast", first, "")

    after = page("fast", {"A": result("A").section("Now.")}, before)

    assert list(sections_of(after)) == ["A", "B"]
    assert sections_of(after)["A"].endswith("*Now.*\n")
    assert sections_of(after)["B"] == sections_of(before)["B"]


def test_the_page_drops_what_another_machine_measured() -> None:
    before = page("fast", {"A": result("A").section("Then.")}, "")

    after = page("slow", {"B": result("B").section("Now.")}, before)

    assert list(sections_of(after)) == ["B"]
    assert "fast" not in after


@pytest.mark.parametrize("per_body", [1, 10])
def test_a_storm_tells_of_every_fingerprint_equally_often(per_body: int) -> None:
    bodies = [parse_webhook(one) for one in storm(200, 20, per_body)]
    result = [alert for alerts in bodies for alert in alerts]

    assert {len(alerts) for alerts in bodies} == {per_body}
    prints = [alert.fingerprint for alert in result]
    assert len(prints) == 200
    assert {prints.count(one) for one in prints} == {10}
    assert len({alert.labels["instance"] for alert in result}) == 20


def test_a_trouble_fires_and_ends_under_one_fingerprint() -> None:
    problem = host_out_of_memory(7)

    (begun,) = parse_webhook(body([problem.row(NOON)]))
    (ended,) = parse_webhook(body([problem.row(NOON, NOON)]))

    assert (begun.status, begun.ends_at) == (AlertStatus.FIRING, None)
    assert (ended.status, ended.ends_at) == (AlertStatus.RESOLVED, NOON)
    assert begun.fingerprint == ended.fingerprint
    assert begun.fingerprint != parse_webhook(body([host_out_of_memory(8).row(NOON)]))[0].fingerprint


def test_imports_are_summed_by_package() -> None:
    report = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       500 |        500 |   orjson.orjson\n"
        "a warning on its own line\n"
        "import time:      1500 |       2000 | orjson\n"
        "import time:       300 |        300 | steward.app\n"
    )

    assert import_costs(report) == pytest.approx({"orjson": 0.002, "steward": 0.0003})


def test_the_kernel_says_what_this_process_uses() -> None:
    used = memory(os.getpid())
    before = cpu_seconds(os.getpid())
    while cpu_seconds(os.getpid()) == before:
        sum(range(10_000))

    assert 0 < used.now <= used.peak


async def test_a_program_that_ended_is_quoted(tmp_path: Path) -> None:
    program = Program("steward", tmp_path / "steward.log")
    await program.start([sys.executable, "-c", "raise SystemExit('no room left')"], os.environ, tmp_path)
    await program.ended()

    with pytest.raises(ChildEndedError, match="steward has ended with status 1: no room left"):
        program.check()


def test_the_file_system_is_that_of_the_longest_mount(tmp_path: Path) -> None:
    assert file_system(Path("/proc/self")) == "proc"
    assert f"databases on {file_system(tmp_path)}" in machine()


@asynccontextmanager
async def server(statuses: list[int], bodies: list[bytes]) -> AsyncIterator[str]:
    """Answer with these statuses in turn, then with 200."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(65536):
            bodies.append(head.partition(b"\r\n\r\n")[2])
            status = statuses.pop(0) if statuses else 200
            writer.write(f"HTTP/1.1 {status} Word\r\ncontent-length: 2\r\n\r\n{{}}".encode())
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook"


async def test_every_body_is_posted_and_a_refused_one_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.load.PAUSE", 0)
    bodies: list[bytes] = []
    async with server([200, 503], bodies) as url:
        sent = await post_all(url, [b"1", b"2", b"3"], at_once=1)

    assert bodies == [b"1", b"2", b"2", b"3"]
    assert (sent.statuses[200], sent.refused) == (3, 1)


async def test_a_body_nobody_takes_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.load.PAUSE", 0)
    async with server([503] * 100, []) as url:
        with pytest.RaisesGroup(NotTakenError):
            await post_all(url, [b"1"], at_once=1)
