"""Which backup is restored next, and what the result of a drill changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from homelab_steward.contract.restore_drill import BackupProof, ProofLevel
from homelab_steward.contract.state import TargetRef
from steward.restore_drill.choosing import (
    AFTER_FAILURE,
    AGAIN,
    due,
    found,
    is_quiet,
    space_refusal,
    unread,
    with_result,
    without_result,
)
from steward.sdk.description import Backup

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAYS = 30
UTC_ZONE = ZoneInfo("UTC")


def target(name: str) -> TargetRef:
    return TargetRef(instance_id="pve", kind="vm", id=name, name=name)


def proof(name: str, level: ProofLevel | None = None, days_ago: float = 0) -> BackupProof:
    row = BackupProof(target=target(name), drill="guest", newest_id="new", newest_at=NOW - timedelta(days=1))
    if level is None:
        return row
    return with_result(row, backup(), level, "", NOW - timedelta(days=days_ago))


def backup() -> Backup:
    return Backup(kind="vm", target_id="100", id="new", made_at=NOW - timedelta(days=1), size=10)


def names(*proofs: BackupProof, is_asked: bool = False) -> list[str]:
    return [one.target.name for one, _ in due(proofs, NOW, DAYS, is_asked=is_asked)]


def test_what_was_never_tried_comes_first_and_then_the_oldest_try() -> None:
    rows = (
        proof("younger", ProofLevel.ANSWERED, 40),
        proof("older", ProofLevel.BOOTED, 60),
        proof("never"),
    )
    assert names(*rows) == ["never", "older", "younger"]


@pytest.mark.parametrize(
    ("level", "days_ago", "is_due"),
    [
        (ProofLevel.ANSWERED, 14.9, False),
        (ProofLevel.ANSWERED, 15, True),
        (ProofLevel.BOOTED, 14.9, False),
        (ProofLevel.RESTORED, 0.9, False),
        (ProofLevel.RESTORED, 1, True),
        (ProofLevel.NONE, AFTER_FAILURE / timedelta(days=1), True),
        (ProofLevel.ANSWERED, -1, True),
    ],
)
def test_a_proof_is_renewed_in_time_and_a_failure_is_tried_again(
    level: ProofLevel, days_ago: float, *, is_due: bool
) -> None:
    assert bool(names(proof("one", level, days_ago))) is is_due


def test_what_was_not_possible_waits_unless_somebody_asks() -> None:
    skipped = without_result(proof("one"), "no space", NOW - AGAIN + timedelta(minutes=1))
    assert names(skipped) == []
    assert names(skipped, is_asked=True) == ["one"]
    assert names(replace(skipped, skipped_at=NOW - AGAIN)) == ["one"]
    assert names(replace(skipped, skipped_at=NOW + timedelta(days=1))) == ["one"], "a clock was wrong"


def test_a_person_does_not_repeat_what_is_proven_but_what_failed() -> None:
    rows = (proof("fresh", ProofLevel.ANSWERED, 1), proof("failed", ProofLevel.READABLE, 0.1))
    assert names(*rows, is_asked=True) == ["failed"]


@pytest.mark.parametrize(
    ("hour", "begin", "end", "zone", "is_inside"),
    [
        (3, "02:00", "05:00", "UTC", True),
        (2, "02:00", "05:00", "UTC", True),
        (5, "02:00", "05:00", "UTC", False),
        (1, "02:00", "05:00", "Europe/Berlin", True),
        (4, "02:00", "05:00", "Europe/Berlin", False),
        (23, "22:00", "06:00", "UTC", True),
        (5, "22:00", "06:00", "UTC", True),
        (12, "22:00", "06:00", "UTC", False),
        (12, "00:00", "00:00", "UTC", True),
    ],
)
def test_quiet_hours_are_local_and_may_contain_midnight(
    hour: int, begin: str, end: str, zone: str, *, is_inside: bool
) -> None:
    assert is_quiet(NOW.replace(hour=hour), begin, end, ZoneInfo(zone)) is is_inside


def test_space_must_be_one_and_a_half_times_and_known() -> None:
    gib = 2**30
    assert space_refusal(2 * gib, 3 * gib) == ""
    assert space_refusal(2 * gib, 3 * gib - 1) == "It needs 3.0 GiB of free space, and there are 3.0 GiB."
    assert space_refusal(0, 0) == ""
    for unknown in ((None, gib), (gib, None)):
        assert space_refusal(*unknown) == "It is not known whether there is enough space."


def test_a_newer_backup_keeps_the_last_proof() -> None:
    before = proof("one", ProofLevel.ANSWERED, 2)
    newer = replace(backup(), id="newer", made_at=NOW)
    row = found(before, target("one"), "guest", newer)
    assert (row.newest_id, row.backup_id, row.level) == ("newer", "new", ProofLevel.ANSWERED)
    assert row.is_proven(NOW, timedelta(days=DAYS))
    assert not found(None, target("one"), "guest", newer).is_proven(NOW, timedelta(days=DAYS))


def test_a_failed_drill_ends_a_proof_and_one_that_was_not_possible_does_not() -> None:
    before = proof("one", ProofLevel.ANSWERED, 2)
    longest = timedelta(days=DAYS)
    assert without_result(before, "unreachable", NOW).is_proven(NOW, longest)
    failed = with_result(before, backup(), ProofLevel.RESTORED, "it did not start", NOW)
    assert not failed.is_proven(NOW, longest)
    assert failed.proven_at is None


def test_a_proof_counts_for_its_time_at_its_level_and_never_from_the_future() -> None:
    longest = timedelta(days=DAYS)
    booted = proof("one", ProofLevel.BOOTED, DAYS)
    assert booted.is_proven(NOW, longest)
    assert not booted.is_proven(NOW + timedelta(seconds=1), longest)
    assert not booted.is_proven(NOW, longest, ProofLevel.ANSWERED)
    assert proof("one", ProofLevel.ANSWERED, 1).is_proven(NOW, longest, ProofLevel.ANSWERED)
    assert not proof("one", ProofLevel.ANSWERED, -1).is_proven(NOW, longest)
    assert not proof("one", ProofLevel.RESTORED, 1).is_proven(NOW, longest)


def test_a_place_that_was_never_read_has_a_row_and_nothing_to_restore() -> None:
    (row,) = unread((), target("nas"), "database", "it is not mounted")
    assert (row.target, row.drill, row.newest_at) == (target("nas"), "database", None)
    assert (row.skipped, row.skipped_at, row.tried_at) == ("it is not mounted", None, None)
    assert names(row, is_asked=True) == []
    read = found(row, row.target, row.drill, backup())
    assert (read.newest_id, read.skipped) == ("new", "")


def test_the_rows_of_a_place_that_is_not_read_keep_their_proofs() -> None:
    rows = (proof("a", ProofLevel.ANSWERED, 3), proof("b"))
    changed = unread(rows, target("nas"), "guest", "no answer")
    assert [replace(one, skipped="") for one in changed] == [*rows]
    assert {one.skipped for one in changed} == {"no answer"}


def test_why_a_drill_was_not_possible_stays_when_the_backups_are_read() -> None:
    row = without_result(proof("a"), "no space", NOW)
    assert found(row, row.target, row.drill, backup()).skipped == "no space"


def test_the_backup_to_restore_is_the_newest() -> None:
    row = replace(proof("100"), size=10)
    assert due((row,), NOW, DAYS) == ((row, replace(backup(), target_id="100")),)
