"""What is seen of a target after a run: gaps, relapses and repeats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homelab_steward.contract.incidents import Alert, Outcome
from homelab_steward.contract.state import Coverage, CoverageStatus, InstanceStatus
from rig import records
from rig.inventory import ITSELF, NOW, ToyInventory, box
from rig.toy import Toy
from rig.trials import stored_trial
from steward.agent.levels.trial_watch import DARK, is_back, is_known, is_readable, observed, repeats, watched
from steward.autonomy.trials import Observed, Watch
from steward.inventory.ports import Seen
from steward.store.autonomy import StoredTrial

TRIAL = stored_trial()
HOUR = timedelta(hours=1)


def later(hours: float) -> timedelta:
    return TRIAL.at - NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(0.5, True), (1.4, True)], "covered"),
        # Dark for less than an hour, and again later.
        ([(0.9, False), (1, True), (1.9, False), (2, True)], "covered"),
        ([(0.5, False), (1, False), (1.01, False), (2, True)], "target_dark"),
        # The app did not look.
        ([(1.01, True), (2, True)], "not_watched"),
        ([(5, False), (5.9, False)], "not_watched"),
        # It was dark while the app looked, which counts more.
        ([(5, False), (5.9, False), (6.1, False)], "target_dark"),
        ([(0.9, False), (1.1, False), (5, True)], "target_dark"),
        # The clock was set back: no gap.
        ([(0.9, True), (-3, True), (-2.5, True)], "covered"),
    ],
)
def test_gaps_are_kept(looks: Sequence[tuple[float, bool]], expected: str) -> None:
    trial = TRIAL
    for hours, readable in looks:
        trial = watched(trial, NOW + later(hours), readable=readable)
    assert trial.watch == expected
    assert trial.looked_at == NOW + later(looks[-1][0])


def test_exactly_an_hour_is_no_gap() -> None:
    assert watched(TRIAL, TRIAL.at + DARK, readable=False).watch == "covered"


def fired(**changes: Any) -> Alert:
    at = TRIAL.at + HOUR
    made = replace(records.stored_alert(), name="ToyMemoryHigh", target=box(), starts_at=at, received_at=at)
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        (fired(), True),
        (fired(received_at=TRIAL.due_at), True),
        (fired(received_at=TRIAL.due_at + timedelta(seconds=1)), False),
        (fired(starts_at=TRIAL.at), False),
        (fired(received_at=TRIAL.at), False),
        (fired(name="Another"), False),
        (fired(target=box("sonarr")), False),
        (fired(target=None), False),
    ],
)
def test_a_problem_of_the_same_kind_is_back(*, alert: Alert, expected: bool) -> None:
    assert is_back(TRIAL, [fired(name="Another"), alert]) is expected


def ago(*hours: float, plan: str = "other") -> list[StoredTrial]:
    return [stored_trial(str(one), plan_hash=plan, started_at=NOW - one * HOUR) for one in hours]


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ([], (0, 0)),
        (ago(1, 9, 23.9, plan="same"), (3, 1)),
        (ago(1, 9, 24, plan="same"), (2, 1)),
        (ago(0.1, 3.9, 4), (0, 2)),
        # A clock that was wrong opens no way.
        (ago(-1, -30, plan="same"), (2, 2)),
    ],
)
def test_repeats_are_counted(trials: Sequence[StoredTrial], expected: tuple[int, int]) -> None:
    assert repeats(trials, "same", NOW) == expected


async def test_what_the_last_poll_did_not_read_is_not_readable() -> None:
    inventory = ToyInventory(Toy())
    assert not is_readable(inventory, box())
    await inventory.first_polls()
    assert is_readable(inventory, box())
    assert is_known(inventory, "toy1:box:box/radarr")
    assert not is_known(inventory, "toy1:box:box/gone")
    inventory.seen_now = Seen(is_listed=False)
    assert not is_readable(inventory, box())
    assert is_readable(inventory, ITSELF)
    inventory.coverage = Coverage(status=CoverageStatus.PARTIAL)
    await inventory.poll_now("toy1")
    assert not is_readable(inventory, ITSELF)
    inventory.coverage = Coverage()
    await inventory.poll_now("toy1")
    inventory.instance_row = replace(inventory.instance_row, status=InstanceStatus.UNREACHABLE)
    assert not is_readable(inventory, ITSELF)
    assert not is_readable(inventory, replace(ITSELF, instance_id="gone"))


def test_what_is_known_about_a_run() -> None:
    trial = replace(stored_trial(), at=NOW, due_at=NOW + timedelta(hours=7), was_readable=False)
    expected = Observed(
        outcome=Outcome.FIXED,
        changed_at=NOW,
        undo_failed=False,
        was_readable=False,
        is_back=True,
        watch=Watch(trial.watch),
        window=timedelta(hours=7),
    )
    assert observed(trial, Outcome.FIXED, is_back=True) == expected
    failed = observed(trial, Outcome.FIXED, is_back=True, undo_failed=True)
    assert failed == replace(expected, undo_failed=True)
