"""When an incident is silenced or stale, and how long a source may say nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.incidents import AlertStatus
from rig import records
from rig.inventory import NOW
from steward.agent.incidents.correlation import Attention, attention
from steward.agent.incidents.correlator import (
    CLOCK_MARGIN,
    SEEN_EVERY,
    STALE_POLLED,
    STALE_SENT,
    is_over,
    is_seen_again,
    stale_after,
)
from steward.inventory.ports import CHECK, STEWARD_INSTANCE

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("firing", "expected"),
    [
        ([], Attention()),
        ([{}], Attention()),
        (
            [{"suppressed": "silenced", "silenced_until": NOW}],
            Attention(suppressed="silenced", silenced_until=NOW),
        ),
        ([{"suppressed": "inhibited"}], Attention(suppressed="inhibited")),
        ([{"suppressed": "silenced", "silenced_until": NOW}, {}], Attention()),
        (
            [{"suppressed": "b", "silenced_until": NOW + HOUR}, {"suppressed": "a", "silenced_until": NOW}],
            Attention(suppressed="b; a", silenced_until=NOW),
        ),
        ([{"stale_since": NOW}], Attention(stale_since=NOW)),
        ([{"stale_since": NOW}, {}], Attention()),
        ([{"stale_since": NOW}, {"stale_since": NOW + HOUR}], Attention(stale_since=NOW + HOUR)),
    ],
)
def test_an_incident_is_silenced_or_stale_when_all_its_alerts_are(
    firing: list[dict[str, object]], expected: Attention
) -> None:
    assert attention([replace(records.stored_alert(), **one) for one in firing]) == expected  # type: ignore[arg-type]


def test_that_it_is_still_reported_is_stored_now_and_then() -> None:
    known = replace(records.stored_alert(), seen_at=NOW)
    later = replace(known, received_at=NOW + SEEN_EVERY)
    assert is_seen_again(known, later)
    assert not is_seen_again(known, replace(later, received_at=NOW + SEEN_EVERY - timedelta(seconds=1)))
    assert not is_seen_again(known, replace(later, status=AlertStatus.RESOLVED))
    assert is_seen_again(replace(known, seen_at=None), later)


def test_a_silence_is_over_after_its_end() -> None:
    assert is_over(NOW, NOW + CLOCK_MARGIN)
    assert not is_over(NOW, NOW + CLOCK_MARGIN - timedelta(seconds=1))
    assert not is_over(None, NOW)


def test_how_long_a_source_may_say_nothing() -> None:
    sent = records.stored_alert()
    by_check = records.stored_alert(labels={CHECK: "memory", STEWARD_INSTANCE: "am"})
    half_minute = timedelta(seconds=30)
    assert stale_after(sent, is_polled=False, interval=half_minute) == STALE_SENT
    assert stale_after(sent, is_polled=True, interval=half_minute) == STALE_POLLED
    assert stale_after(by_check, is_polled=False, interval=half_minute) == STALE_POLLED
    assert stale_after(by_check, is_polled=False, interval=HOUR) == 3 * HOUR
