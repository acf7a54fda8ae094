"""Alarms of a monitor: one that fired is kept until it was seen to be over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from homelab_steward.contract.incidents import AlertStatus
from steward.sdk.alarms import REPEATS, Alarm, Alarms, Status
from steward.sdk.monitors.watched import Watched

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOWN = Alarm(key="nas", name="HostDown", status=Status.DOWN, labels={"host": "nas"}, summary="nas is down")
UP = replace(DOWN, status=Status.UP)
PAUSED = replace(DOWN, status=Status.PAUSED, summary="nas is paused")
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED


def seen(alarms: Alarms, *found: Alarm, missing: str | None = None) -> list[tuple[AlertStatus, str | None]]:
    read = alarms.read(found, missing, NOW)
    return [(one.status, one.suppressed) for one in read.alerts]


def test_what_is_down_fires_since_it_was_seen_first() -> None:
    alarms = Alarms("Gatus")
    first = alarms.read([DOWN], None, NOW).alerts[0]
    again = alarms.read([DOWN], None, NOW + timedelta(minutes=5)).alerts[0]
    assert first == again
    assert (first.name, first.fingerprint, first.starts_at) == ("HostDown", "nas", NOW)
    begun = NOW - timedelta(hours=1)
    assert alarms.read([replace(DOWN, since=begun)], None, NOW).alerts[0].starts_at == begun


def test_an_end_is_reported_some_times() -> None:
    alarms = Alarms("Gatus")
    assert seen(alarms, DOWN) == [(FIRING, None)]
    for _ in range(REPEATS):
        assert seen(alarms, UP) == [(RESOLVED, None)]
    assert seen(alarms, UP) == []


@pytest.mark.parametrize("absent", [(), (PAUSED,)])
def test_what_is_not_judged_any_more_is_kept(absent: tuple[Alarm, ...]) -> None:
    alarms = Alarms("Gatus")
    seen(alarms, DOWN)
    reason = "paused in Gatus" if absent else "not listed by Gatus any more"
    assert seen(alarms, *absent) == [(FIRING, reason)]
    assert seen(alarms, UP) == [(RESOLVED, None)]


def test_the_monitors_own_reason_goes_first() -> None:
    alarms = Alarms("Gatus")
    seen(alarms, DOWN)
    assert seen(alarms, replace(PAUSED, suppressed="holidays")) == [(FIRING, "holidays")]


def test_what_is_not_known_is_missing() -> None:
    alarms = Alarms("Gatus")
    assert alarms.read([UP], None, NOW).missing is None
    assert alarms.read([PAUSED], None, NOW).missing == "nas is paused"
    assert alarms.read([PAUSED], "the list is cut", NOW).missing == "the list is cut"


def test_a_label_without_a_value_is_no_label() -> None:
    labels = {"host": "nas", "instance": ""}
    assert replace(DOWN, labels=labels).labels == {"host": "nas"}
    watched = Watched(item=None, key="nas", name="nas", status=Status.DOWN, labels=labels)
    assert watched.labels == {"host": "nas"}
    assert watched.alarm("HostDown").labels == {"host": "nas"}
