"""The benches compute and present their figures correctly. Their speed is not tested."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench.__main__ import BENCHES
from bench.document import GROUPS, HOW_TO, Section, page, sections_of
from bench.figures import Figure, Goal, Result, anchor_of, number, quantile
from bench.idle import import_costs
from bench.load import NotTakenError, post_all
from bench.machine import file_system, machine
from bench.payloads import body, host_out_of_memory, storm
from bench.process import Program, cpu_seconds, memory
from bench.progress import report

from demo.processes import ChildEndedError
from homelab_steward.contract.incidents import AlertStatus
from steward.sdk.description import Delivery, IncomingAlert
from steward.services._alertmanager.webhook import parse_webhook

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def section(title: str, measured: str, value: float = 1, group: str = "Alerts") -> Section:
    figures = (Figure.of(f"{title}, p50", "ms", [value], Goal(2)), Figure.of("detail", "ms", [value]))
    result = Result(name="one", group=group, title=title, how="The method.", figures=figures)
    return Section(title, group, result.summary, result.method(measured))


def alerts_of(content: bytes) -> tuple[IncomingAlert, ...]:
    return parse_webhook(Delivery(headers={}, body=content, received_at=NOON))


def test_a_quantile_is_a_measured_value() -> None:
    values = [float(value) for value in range(1, 21)]

    assert quantile(values, 0.5) == 10
    assert quantile(values, 0.95) == 19
    assert quantile(values, 1.0) == 20
    assert quantile([7.0], 0.95) == 7


def test_a_quantile_needs_values() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        quantile([], 0.5)


def test_a_figure_is_the_median_with_its_range() -> None:
    figure = Figure.of("speed", "alerts/s", [30.0, 1000.0, 20.0])

    assert (figure.value, figure.least, figure.most, figure.is_met) == (30.0, 20.0, 1000.0, None)


@pytest.mark.parametrize(
    ("goal", "cells"),
    [
        (Goal(50), "| ≤ 50 ms | 50.0 ms | yes |"),
        (Goal(49), "| ≤ 49 ms | 50.0 ms | **no** |"),
        (Goal(50, at_least=True), "| ≥ 50 ms | 50.0 ms | yes |"),
        (Goal(51, at_least=True), "| ≥ 51 ms | 50.0 ms | **no** |"),
        (None, "| \N{EN DASH} | 50.0 ms | \N{EN DASH} |"),
    ],
)
def test_a_summary_row_shows_whether_the_goal_is_met(goal: Goal | None, cells: str) -> None:
    row = Figure.of("time", "ms", [50.0], goal, is_headline=True).summary_row("the-method")

    assert row == f"| [time](#the-method) {cells}"


def test_a_summary_row_can_show_another_text() -> None:
    row = Figure.of("lost", "", [0], Goal(0), shown="none").summary_row("storm")

    assert row == "| [lost](#storm) | 0 | none | yes |"


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0, 0.123, 12.34, 12345.6)] == ["0", "0.12", "12.3", "12,346"]


def test_an_anchor_is_that_of_the_heading() -> None:
    assert anchor_of("Webhook to phone, and Telegram") == "webhook-to-phone-and-telegram"


def test_the_page_has_tables_above_and_methods_below() -> None:
    measured = [
        section("MCP call", "Now.", group="Home Assistant, Assist and MCP"),
        section("Storm", "Then."),
    ]

    assert page("fast", measured, "").replace(HOW_TO, "HOW TO") == (
        "# Figures\n\n"
        "Measured with `script/bench` on fast.\n"
        "How each figure was measured is below the tables.\n\n"
        "## Alerts\n\n"
        "| figure | goal | measured | met |\n|---|---:|---:|---|\n"
        "| [Storm, p50](#storm) | ≤ 2 ms | 1.00 ms | yes |\n\n"
        "## Home Assistant, Assist and MCP\n\n"
        "| figure | goal | measured | met |\n|---|---:|---:|---|\n"
        "| [MCP call, p50](#mcp-call) | ≤ 2 ms | 1.00 ms | yes |\n\n"
        "## How to measure\n\n"
        "HOW TO\n\n"
        "### Storm\n\nThe method.\n\n"
        "| figure | median | min to max |\n|---|---:|---:|\n"
        "| Storm, p50 | 1.00 ms | 1.00 to 1.00 |\n| detail | 1.00 ms | 1.00 to 1.00 |\n\n"
        "Then.\n\n"
        "### MCP call\n\nThe method.\n\n"
        "| figure | median | min to max |\n|---|---:|---:|\n"
        "| MCP call, p50 | 1.00 ms | 1.00 to 1.00 |\n| detail | 1.00 ms | 1.00 to 1.00 |\n\n"
        "Now.\n"
    )


def test_the_page_keeps_other_sections_of_the_same_machine() -> None:
    first = [section("A", "Then."), section("B", "Then.")]
    before = page("fast", first, "")
    assert sections_of(before) == tuple(first)

    after = page("fast", [section("A", "Now.", 3)], before)

    assert sections_of(after) == (section("A", "Now.", 3), first[1])
    assert "| [A, p50](#a) | ≤ 2 ms | 3.00 ms | **no** |" in after


def test_the_page_drops_sections_of_another_machine() -> None:
    before = page("fast", [section("A", "Then.")], "")

    after = page("slow", [section("B", "Now.")], before)

    assert [one.title for one in sections_of(after)] == ["B"]
    assert "fast" not in after


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_has_a_group_of_the_page_and_a_description(name: str) -> None:
    bench = BENCHES[name]
    source = Path(str(sys.modules[bench.measure.__module__].__file__)).read_text(encoding="utf-8")

    assert any(f'group="{group}"' in source for group in GROUPS)
    assert f'name="{name}"' in source
    assert bench.description.endswith(".")


def test_all_benches_are_expected_to_finish_within_20_minutes() -> None:
    assert sum(one.seconds for one in BENCHES.values()) <= 20 * 60


def test_progress_is_reported_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    report("round 2 of 3")

    assert capsys.readouterr().err.endswith(" s  round 2 of 3\n")


@pytest.mark.parametrize("per_body", [1, 10])
def test_a_storm_has_every_fingerprint_equally_often(per_body: int) -> None:
    bodies = [alerts_of(one) for one in storm(200, 20, per_body)]
    result = [alert for alerts in bodies for alert in alerts]

    assert {len(alerts) for alerts in bodies} == {per_body}
    prints = [alert.fingerprint for alert in result]
    assert len(prints) == 200
    assert {prints.count(one) for one in prints} == {10}
    assert len({alert.labels["instance"] for alert in result}) == 20


def test_a_problem_fires_and_resolves_with_one_fingerprint() -> None:
    problem = host_out_of_memory(7)

    (begun,) = alerts_of(body([problem.row(NOON)]))
    (ended,) = alerts_of(body([problem.row(NOON, NOON)]))

    assert (begun.status, begun.ends_at) == (AlertStatus.FIRING, None)
    assert (ended.status, ended.ends_at) == (AlertStatus.RESOLVED, NOON)
    assert begun.fingerprint == ended.fingerprint
    assert begun.fingerprint != alerts_of(body([host_out_of_memory(8).row(NOON)]))[0].fingerprint


def test_import_times_are_summed_by_package() -> None:
    report = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       500 |        500 |   orjson.orjson\n"
        "a warning on its own line\n"
        "import time:      1500 |       2000 | orjson\n"
        "import time:       300 |        300 | steward.app\n"
    )

    assert import_costs(report) == pytest.approx({"orjson": 0.002, "steward": 0.0003})


def test_memory_and_processor_time_of_this_process() -> None:
    used = memory(os.getpid())
    before = cpu_seconds(os.getpid())
    while cpu_seconds(os.getpid()) == before:
        sum(range(10_000))

    assert 0 < used.now <= used.peak


async def test_an_error_quotes_the_log_of_a_program_that_ended(tmp_path: Path) -> None:
    program = Program("steward", tmp_path / "steward.log")
    await program.start([sys.executable, "-c", "raise SystemExit('no room left')"], os.environ, tmp_path)
    await program.ended()

    with pytest.raises(ChildEndedError, match="steward has ended with status 1: no room left"):
        program.check()


def test_the_file_system_is_that_of_the_longest_mount_point(tmp_path: Path) -> None:
    assert file_system(Path("/proc/self")) == "proc"
    assert f"databases on {file_system(tmp_path)}" in machine()


@asynccontextmanager
async def server(statuses: list[int], bodies: list[bytes]) -> AsyncIterator[str]:
    """Serve these statuses in order, then 200."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(65536):
            bodies.append(head.partition(b"\r\n\r\n")[2])
            status = statuses.pop(0) if statuses else 200
            writer.write(f"HTTP/1.1 {status} Word\r\ncontent-length: 2\r\n\r\n{{}}".encode())
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook"


async def test_every_body_is_posted_and_a_refused_one_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.load.PAUSE", 0)
    bodies: list[bytes] = []
    async with server([200, 503], bodies) as url:
        sent = await post_all(url, [b"1", b"2", b"3"], at_once=1)

    assert bodies == [b"1", b"2", b"2", b"3"]
    assert (sent.statuses[200], sent.refused) == (3, 1)


async def test_a_body_that_is_always_refused_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.load.PAUSE", 0)
    async with server([503] * 100, []) as url:
        with pytest.RaisesGroup(NotTakenError):
            await post_all(url, [b"1"], at_once=1)
