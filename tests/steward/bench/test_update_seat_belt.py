"""Bad updates are noticed and good ones are not taken back; of each set a few kinds are replayed here."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bench.update_failures import FAILURES, api_fails, boot_loop, clients_lost, crash_at_start, leak_fast
from bench.update_lab import APPS, Lab, sample_times
from bench.update_rehearsal import rehearse
from bench.update_seat_belt import Case, bad_cases, good_cases, replay
from bench.update_successes import SUCCESSES, host_away, long_migration, quiet, restarts_once

from homelab_steward.contract.changes import Distance, WayBack
from homelab_steward.contract.incidents import RunStatus
from steward.changes.watch import Worse

SEED = 7


@pytest.mark.parametrize("make", [crash_at_start, boot_loop, api_fails, clients_lost, leak_fast])
def test_bad_updates_are_back_in_time(make: Callable[[Lab], None]) -> None:
    found = replay(Case(make, "series", SEED))
    assert found.is_back, found


@pytest.mark.parametrize("make", [quiet, restarts_once, long_migration, host_away])
def test_good_updates_stay(make: Callable[[Lab], None]) -> None:
    found = replay(Case(make, "series", SEED))
    assert not isinstance(found.judgement, Worse), found


def test_there_are_enough_histories_and_each_differs() -> None:
    bad, good = [*bad_cases(0)], [*good_cases(0)]
    assert len(FAILURES) >= 30
    assert len(bad) >= 200
    assert len(good) >= 200
    assert len({one.seed for one in (*bad, *good)}) == len(bad) + len(good)
    assert len(SUCCESSES) == len({one.kind for one in good})


def test_every_failure_has_a_symptom_and_no_success_has() -> None:
    assert all(one.lab().bad_since is not None for one in bad_cases(0, 1))
    assert all(one.lab().bad_since is None for one in good_cases(0, 1))


def test_a_read_of_the_same_time_is_the_same() -> None:
    first, second = Lab(SEED, APPS["hub"]), Lab(SEED, APPS["hub"])
    assert first.at(90) == second.at(90)
    assert [*sample_times(first)] == [*sample_times(second)]
    assert first.at(90) != Lab(SEED + 1, APPS["hub"]).at(90)


@pytest.mark.parametrize("way_back", [WayBack.DATA, WayBack.SNAPSHOT])
async def test_a_bad_update_goes_back_through_the_real_executor(tmp_path: Path, way_back: WayBack) -> None:
    lab = Case(crash_at_start, "series", SEED).lab()
    played = await rehearse(lab, Distance.PATCH, tmp_path, way_back)
    assert played.is_back
    assert played.status is RunStatus.UNDONE
