"""The steward is killed at every point of a run, and the next life must put it right.

The points are found by a life that is not killed, so that a new transition is killed at
by itself. Each death costs two lives of about half a second (and a wait of a second,
until the workflow engine takes up what was left): six are lived at once.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from rig.fork_server import ForkServer, start_fork_server
from rig.kill_points import kill_at, points_of
from steward.agent.runs.effects import INTERRUPTED, NOT_SEEN

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

DECIDED = "after approval.decided"
PRESSED_IN_VAIN = "before approval.decided"
CONCLUDED = "incident.concluded"
LEASED = "after lease or note"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fork_server() -> AsyncIterator[ForkServer]:
    async with start_fork_server() as made:
        yield made


def run_points(points: Sequence[str], begin: str = PRESSED_IN_VAIN) -> list[str]:
    """Return the points from ``begin`` to the end of the run."""
    end = next(number for number, one in enumerate(points) if one.startswith("after ") and CONCLUDED in one)
    return list(points[points.index(begin) : end + 1])


def expect(
    report: Mapping[str, object], effects: Sequence[str], status: str, words: str = ""
) -> Iterable[str]:
    if report["effects"] != list(effects):
        yield f"the effects are not {effects}"
    if report["status"] != status:
        yield f"it is not {status}"
    if words not in str(report["resolution"]):
        yield f"it does not say {words!r}"


async def test_what_was_approved_is_done_once_wherever_the_app_is_killed(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    points = run_points(await points_of(fork_server, tmp_path / "unharmed", "fixed"))
    assert {
        "after begin",
        "before run.intended running",
        "after lease or note",
        "after run.step 0 started",
        "execute",
        "effect",
        "before run.step 0 effect_known",
        "after run.step 0 verified",
        "after run.status verifying",
        "after run.verdict",
        "after run.status succeeded",
    } <= set(points)

    def find_problems(point: str, report: Mapping[str, object]) -> Iterable[str]:
        if point == PRESSED_IN_VAIN:
            yield from expect(report, [], "waiting")
        else:
            yield from expect(report, ["set_memory 3072"], "resolved", "done and checked")

    assert await kill_at(fork_server, tmp_path, "fixed", points, find_problems) == []


async def test_what_made_it_worse_is_undone_once(tmp_path: Path, fork_server: ForkServer) -> None:
    points = run_points(await points_of(fork_server, tmp_path / "unharmed", "worse"), "before run.verdict")
    assert {"after run.undo 0", "undo", "undone", "after run.step 0 undone"} <= set(points)

    in_between = {"after run.undo 0", "undo"}

    def find_problems(point: str, report: Mapping[str, object]) -> Iterable[str]:
        effects = ["set_memory 3072", "undo set_memory 2048"]
        if point in in_between:
            # Written as sent and not sent: it is never sent again, and not claimed.
            yield from expect(report, effects[:1], "waiting", "the undo was sent, but memory is still")
        else:
            yield from expect(report, effects, "waiting", "It made things worse and was undone")

    assert await kill_at(fork_server, tmp_path, "worse", points, find_problems) == []


async def test_an_effect_that_cannot_be_read_is_reported_and_never_repeated(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    points = run_points(
        await points_of(fork_server, tmp_path / "unharmed", "once only"), "after lease or note"
    )

    def find_problems(point: str, report: Mapping[str, object]) -> Iterable[str]:
        begun = points.index("after run.step 0 started")
        known = points.index("after run.step 0 effect_known")
        if begun <= points.index(point) < known:
            done = points.index(point) >= points.index("effect")
            yield from expect(report, ["restart 500"] if done else [], "unsolved", INTERRUPTED)
        else:
            yield from expect(report, ["restart 500"], "resolved")

    assert await kill_at(fork_server, tmp_path, "once only", points, find_problems) == []


async def test_an_effect_whose_answer_was_lost_is_found(tmp_path: Path, fork_server: ForkServer) -> None:
    points = run_points(await points_of(fork_server, tmp_path / "unharmed", "answer lost"), "execute")
    points = points[: points.index("after run.step 0 effect_known") + 1]
    assert "before run.step 0 effect_unknown" in points
    assert "probe" in points

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 3072"], "resolved")

    assert await kill_at(fork_server, tmp_path, "answer lost", points, find_problems) == []


async def test_a_request_that_never_arrived_is_reported_as_unknown(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    every = run_points(await points_of(fork_server, tmp_path / "unharmed", "request lost"), "execute")
    # How often it is looked for depends on the time of the process.
    points = [one for one in every if not one.startswith("probe #")]

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, [], "unsolved", NOT_SEEN)

    assert await kill_at(fork_server, tmp_path, "request lost", points, find_problems) == []


@pytest.mark.parametrize(
    ("scenario", "words"),
    [("drifted", "the plan is not the one you approved"), ("not now", "not now")],
)
async def test_what_must_not_be_done_is_not_done_after_a_restart_either(
    tmp_path: Path, fork_server: ForkServer, scenario: str, words: str
) -> None:
    points = run_points(await points_of(fork_server, tmp_path / "unharmed", scenario), "after begin")

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, [], "waiting", words)

    assert await kill_at(fork_server, tmp_path, scenario, points, find_problems) == []


async def test_three_steps_are_done_once_each_and_in_order(tmp_path: Path, fork_server: ForkServer) -> None:
    every = run_points(await points_of(fork_server, tmp_path / "unharmed", "three steps"), "execute #2")
    points = [one for one in every if "run.step" in one or one.startswith(("execute", "effect", LEASED))]
    assert {"effect #2", "after lease or note #3", "effect #3", "before run.step 2 verified"} <= set(points)

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 4096", "set_cpu 4", "set_swap 1024"], "resolved")

    assert await kill_at(fork_server, tmp_path, "three steps", points, find_problems) == []


async def test_linked_steps_are_done_once_each_and_the_wait_goes_on(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    every = run_points(await points_of(fork_server, tmp_path / "unharmed", "linked"), "execute")
    waited = every[every.index("before run.step 1 started") : every.index("after run.step 1 verified")]
    assert len([one for one in waited if one.startswith("poll")]) == 3
    points = [one for one in every if "run.step" in one or one.startswith(("execute", "effect", LEASED))]
    points += [one for one in waited if one.startswith("poll")]
    assert {"before run.step 1 verified", "execute #2", "effect #2", "before run.step 2 started"} <= set(
        points
    )

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 4096", "set_cpu 6"], "resolved")

    assert await kill_at(fork_server, tmp_path, "linked", points, find_problems) == []


async def test_looking_closer_goes_on_up_to_the_next_question(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    passed = await points_of(fork_server, tmp_path / "unharmed", "investigated")
    points = passed[passed.index(DECIDED) :]
    assert "after approval.requested" in points

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, [], "waiting")
        if report["round"] != 2:
            yield "it was not looked at once"

    assert await kill_at(fork_server, tmp_path, "investigated", points, find_problems) == []


async def test_a_handle_that_was_noted_is_known_to_every_later_probe(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    points = run_points(await points_of(fork_server, tmp_path / "unharmed", "noted"), "noted")
    points = points[: points.index("after run.step 0 effect_known") + 1]
    assert {"execute", "effect", "probe"} <= set(points)

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 3072"], "resolved")
        probed = report["probed"]
        assert isinstance(probed, list)
        if any(one.get("handle") != "job-1" for one in probed):
            yield "a probe does not know the handle"

    assert await kill_at(fork_server, tmp_path, "noted", points, find_problems) == []


PLAN_POINTS = 5
"""Points of a plan at which it is killed, beside those that are named."""


def of_plan(points: Sequence[str], *named: str) -> list[str]:
    """Return some points of a plan, always the same."""
    of_steps = [
        one for one in points if "run." in one or one.startswith(("execute", "effect", LEASED, "undo"))
    ]
    assert set(named) <= set(of_steps)
    others = sorted(set(of_steps) - set(named))
    return [*named, *Random(14).sample(others, PLAN_POINTS)]  # noqa: S311 - no secret


async def test_each_step_of_a_plan_is_done_once(tmp_path: Path, fork_server: ForkServer) -> None:
    points = run_points(
        await points_of(fork_server, tmp_path / "unharmed", "plan"), "before run.intended running"
    )
    wanted = of_plan(
        points, "effect", "after run.step 0 started", "execute #2", "before run.step 1 effect_known"
    )

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 4096", "set_cpu 8"], "resolved")

    assert await kill_at(fork_server, tmp_path, "plan", wanted, find_problems) == []


async def test_what_a_failed_step_needed_is_undone_once(tmp_path: Path, fork_server: ForkServer) -> None:
    points = run_points(
        await points_of(fork_server, tmp_path / "unharmed", "plan undone"), "before run.step 1 failed"
    )
    in_doubt = "before run.step 1 failed"
    wanted = of_plan(points, in_doubt, "after run.undo 0", "undo", "undone", "before run.step 0 undone")

    def find_problems(point: str, report: Mapping[str, object]) -> Iterable[str]:
        effects = ["set_memory 4096", "undo set_memory 2048"]
        if point == in_doubt:
            # Its refusal is not written: it may have been done, so nothing is undone.
            yield from expect(report, effects[:1], "ignored", "Not known: Set cpu (radarr)")
        elif point in ("after run.undo 0", "undo"):
            # Written as sent and not sent: it is never sent again, and not claimed.
            yield from expect(report, effects[:1], "ignored", "the undo was sent, but memory is still")
        else:
            yield from expect(report, effects, "ignored", "Undone: Set memory (sonarr)")

    assert await kill_at(fork_server, tmp_path, "plan undone", wanted, find_problems) == []


async def test_a_request_is_carried_out_once(tmp_path: Path, fork_server: ForkServer) -> None:
    points = run_points(
        await points_of(fork_server, tmp_path / "unharmed", "request"), "before run.intended running"
    )
    points = [one for one in points if not one.startswith("before")]

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_cpu 8"], "resolved")

    assert await kill_at(fork_server, tmp_path, "request", points, find_problems) == []


RELEASED = "after approval.released"


async def test_a_scheduled_request_is_released_once_and_never_lost(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    passed = run_points(await points_of(fork_server, tmp_path / "unharmed", "later"))
    # What follows the beginning is the same as for any other request.
    points = [*passed[: passed.index("after begin") + 1], "effect"]
    assert {DECIDED, "before approval.released", RELEASED, "before begin"} <= set(points)

    def find_problems(point: str, report: Mapping[str, object]) -> Iterable[str]:
        if point == PRESSED_IN_VAIN:
            yield from expect(report, [], "waiting")
        else:
            yield from expect(report, ["set_memory 4096"], "resolved")

    assert await kill_at(fork_server, tmp_path, "later", points, find_problems) == []


async def test_a_scheduled_request_that_changed_is_asked_again_once(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    passed = await points_of(fork_server, tmp_path / "unharmed", "later drifted")
    points = passed[passed.index(DECIDED) :]
    assert {"after action.requested", "before approval.withdrawn"} <= set(points)

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, [], "ignored", "You are asked again.")

    assert await kill_at(fork_server, tmp_path, "later drifted", points, find_problems, incidents=2) == []


async def test_what_was_announced_is_done_once_wherever_the_app_is_killed(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    every = run_points(await points_of(fork_server, tmp_path / "unharmed", "announced"))
    points = [
        one
        for one in every
        if one in (PRESSED_IN_VAIN, DECIDED, "after begin", "after run.intended running", "effect")
    ]
    assert len(points) == 5

    def find_problems(_point: str, report: Mapping[str, object]) -> Iterable[str]:
        yield from expect(report, ["set_memory 3072"], "resolved", "done and checked")

    assert await kill_at(fork_server, tmp_path, "announced", points, find_problems) == []
