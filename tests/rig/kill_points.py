"""Kills a run at one point after the other and returns what went wrong."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from .fork_server import ForkServer, ProcessRun

type FindProblems = Callable[[str, Mapping[str, object]], Iterable[str]]
"""Takes the point of the kill and the report of the next process; yields what is wrong."""


async def points_of(fork_server: ForkServer, folder: Path, scenario: str) -> Sequence[str]:
    """Return every point that a run passes when it is not killed."""
    run = await _process_run(fork_server, folder, scenario, None, is_first=True)
    passed = run.report["passed"]
    assert isinstance(passed, list)
    return passed


async def kill_at(
    fork_server: ForkServer,
    folder: Path,
    scenario: str,
    points: Iterable[str],
    find_problems: FindProblems,
    *,
    incidents: int = 1,
) -> list[str]:
    """Return what is wrong after kills at these points, each in a folder of its own.

    ``incidents`` is how many there have to be in the end.
    """
    wanted = list(points)
    assert wanted, "no points: there is nothing to test"
    found = await asyncio.gather(
        *(
            _kill(fork_server, folder / str(number), scenario, point, find_problems, incidents)
            for number, point in enumerate(wanted)
        )
    )
    return [problem for problems in found for problem in problems]


async def _kill(
    fork_server: ForkServer,
    folder: Path,
    scenario: str,
    point: str,
    find_problems: FindProblems,
    incidents: int,
) -> list[str]:
    first = await _process_run(fork_server, folder, scenario, point, is_first=True)
    if not first.was_killed:
        return [f"{point}: never reached"]
    second = await _process_run(fork_server, folder, scenario, None, is_first=False)
    wrong = [*_always_wrong(second.report, incidents), *find_problems(point, second.report)]
    return [f"{point}: {one} in {second.report}" for one in wrong]


async def _process_run(
    fork_server: ForkServer, folder: Path, scenario: str, kill: str | None, *, is_first: bool
) -> ProcessRun:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return await fork_server.run_process(folder, scenario, kill, is_first=is_first)


def _always_wrong(report: Mapping[str, object], incidents: int) -> Iterable[str]:
    """Yield what must never happen, wherever the process was killed."""
    effects = report["effects"]
    assert isinstance(effects, list)
    if len(effects) != len(set(effects)):
        yield "an effect happened twice"
    if report["incidents"] != incidents:
        yield f"there are not {incidents} incidents: one is lost, or there is one too many"
    if report["leases"]:
        yield "a lease was left behind"
    if report["audit_broken_at"] is not None:
        yield "the audit log is broken"
    if report["status"] == "waiting" and report["request"] != "pending":
        yield "it waits for a request that nobody can answer"
