"""When a scheduled request is executed, and when it is asked about again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.state import Role
from rig import records
from rig.inventory import NOW, box
from steward.agent.requests.later import (
    FURTHEST,
    LATEST,
    LONGEST_WAIT,
    Step,
    check,
    invalid,
    lost_rights,
    next_step,
    next_time,
    unmet,
)
from steward.sdk.later_text import scheduled_text
from steward.sdk.readings import Reading, Unknown

AT = NOW + timedelta(hours=3)
SECOND = timedelta(seconds=1)
IDLE = LaterCondition(name="Streams", target=box(), reading="streams", below=1)
TIMED = Later(at=AT, until=AT + LATEST)
WAITING = Later(at=NOW, until=NOW + LONGEST_WAIT, conditions=(IDLE,), text="When nobody is streaming")
ONCE = replace(WAITING, is_once=True)
ENDING = replace(TIMED, finish_by=AT + LATEST)


@pytest.mark.parametrize(
    ("later", "now", "holds", "expected"),
    [
        (TIMED, AT - SECOND, True, Step.WAIT),
        (TIMED, AT, False, Step.RELEASE),
        (TIMED, AT + LATEST, True, Step.RELEASE),
        (TIMED, AT + LATEST + SECOND, True, Step.ASK),
        (WAITING, NOW - SECOND, True, Step.WAIT),
        (WAITING, NOW, False, Step.WAIT),
        (WAITING, NOW, True, Step.RELEASE),
        (WAITING, NOW + LONGEST_WAIT, True, Step.RELEASE),
        (WAITING, NOW + LONGEST_WAIT + SECOND, True, Step.EXPIRE),
        (ENDING, AT, False, Step.RELEASE),
        (ENDING, AT + LATEST, False, Step.RELEASE),
        (ENDING, AT + LATEST + SECOND, True, Step.EXPIRE),
        (ONCE, NOW - SECOND, True, Step.WAIT),
        (ONCE, NOW, False, Step.RELEASE),
        (ONCE, NOW + LONGEST_WAIT + SECOND, True, Step.EXPIRE),
    ],
)
def test_the_next_step(later: Later, now: datetime, *, holds: bool, expected: Step) -> None:
    assert next_step(later, now, lambda: holds) is expected


@given(
    offset=st.timedeltas(timedelta(hours=-40), timedelta(hours=40)),
    holds=st.booleans(),
    is_timed=st.booleans(),
)
def test_the_step_at_the_next_time_may_be_another_one(
    *, offset: timedelta, holds: bool, is_timed: bool
) -> None:
    later, now = (TIMED if is_timed else WAITING), NOW + offset
    step = next_step(later, now, lambda: holds)
    if step is Step.WAIT:
        after = next_time(later, now)
        assert after > now
        assert next_step(later, after, lambda: holds) is not Step.WAIT or after == later.at
    if step is Step.RELEASE:
        assert later.at <= now <= later.until


@pytest.mark.parametrize(
    ("later", "is_valid"),
    [
        (TIMED, True),
        (WAITING, True),
        (replace(TIMED, at=NOW + FURTHEST, until=NOW + FURTHEST), True),
        (replace(TIMED, at=NOW + FURTHEST + SECOND, until=NOW + FURTHEST + SECOND), False),
        (replace(TIMED, at=NOW - LATEST, until=NOW), False),
        (replace(TIMED, until=AT - SECOND), False),
        (replace(TIMED, until=AT + LATEST + SECOND), False),
        (replace(WAITING, until=NOW + LONGEST_WAIT + SECOND), False),
    ],
)
def test_what_can_be_scheduled(later: Later, *, is_valid: bool) -> None:
    assert (invalid(later, NOW) is None) is is_valid


@pytest.mark.parametrize(
    ("reading", "holds"),
    [(0, True), (1, False), (None, False), (Unknown("no rights"), False), ("idle", False), (True, False)],
)
def test_what_is_not_known_does_not_hold(reading: Reading, *, holds: bool) -> None:
    assert (unmet(WAITING, lambda _: reading) is None) is holds


MADE = LaterCondition(name="Backup", target=box(), reading="last_backup", after=NOW)


@pytest.mark.parametrize(
    ("reading", "holds", "text"),
    [
        ("2026-11-20T12:00:01+00:00", True, "Nov 20, 2026, 12:00"),
        ("2026-11-20T12:00:01", True, "Nov 20, 2026, 12:00"),
        ("2026-11-20T13:00:00+01:00", False, "Nov 20, 2026, 12:00"),
        ("yesterday", None, "yesterday is not a time"),
        (5, None, "5 is not a time"),
        (None, None, "The service does not report it"),
        (Unknown("no rights"), None, "no rights"),
    ],
)
def test_a_time_has_to_be_later_than_another_one(reading: Reading, holds: bool | None, text: str) -> None:  # noqa: FBT001
    found = check(MADE, reading)
    assert (found.name, found.ok, found.text) == ("Backup", holds, text)
    later = replace(WAITING, conditions=(MADE,))
    assert (unmet(later, lambda _: reading) is None) is (holds is True)


def request(requested_by: str = "olga") -> ApprovalRequest:
    return replace(records.request(decision=records.decision()), requested_by=requested_by, later=TIMED)


def test_rights_that_were_lost() -> None:
    option = records.option()
    olga, max_ = records.person(), records.person(Role.MEMBER, "Max")
    guest = records.person(Role.GUEST)
    assert lost_rights(request(), option, (olga,)) is None
    assert lost_rights(request(""), option, (olga,)) is None
    assert lost_rights(request("max"), option, (olga, max_)) is None
    gone = "Olga may not approve this any more."
    assert lost_rights(request(), option, ()) == gone
    assert lost_rights(request(), option, (guest,)) == gone
    asked = "The person who asked for it may not do so any more."
    assert lost_rights(request("max"), option, (olga,)) == asked
    assert lost_rights(request("max"), option, (olga, records.person(Role.GUEST, "Max"))) == asked
    first = replace(request(), first=records.decision(name="Max"))
    assert lost_rights(first, option, (olga,)) is None, "one approval is enough for this option"
    two = replace(option, needs_two=True)
    assert lost_rights(first, two, (olga,)) == "Max may not approve this any more."
    assert lost_rights(first, two, (olga, max_)) is None


def test_when_it_is_executed_is_said_in_full() -> None:
    assert scheduled_text(TIMED, NOW) == "Scheduled: Nov 20, 2026, 15:00."
    assert scheduled_text(WAITING, NOW) == "When nobody is streaming, at the latest Nov 21, 2026, 12:00."
    timed = replace(WAITING, at=AT, until=AT + LATEST)
    expected = (
        "When nobody is streaming, not before Nov 20, 2026, 15:00 and at the latest Nov 20, 2026, 16:00."
    )
    assert scheduled_text(timed, NOW) == expected
    once = "When nobody is streaming. This is checked right after the approval"
    assert scheduled_text(replace(WAITING, is_once=True), NOW).startswith(once)
    ending = replace(TIMED, until=AT + LATEST / 2, finish_by=AT + LATEST / 2)
    expected = (
        "Scheduled: Nov 20, 2026, 15:00, 30 minutes before it has to be finished (Nov 20, 2026, 15:30)."
    )
    assert scheduled_text(ending, NOW) == expected
