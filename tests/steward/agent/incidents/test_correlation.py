"""Which alerts are one trouble: fingerprints, bounds, groups, echoes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.diagnosis import Diagnosis
from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    RunStatus,
    Severity,
)
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.inventory import ITSELF, NODE, NOW, alert, box
from steward.agent.incidents.correlation import (
    FLAPS,
    JUST_IN,
    KEPT_LABELS,
    LONGEST_FINGERPRINT,
    LONGEST_TEXT,
    MOST_LABELS,
    as_alert,
    as_diagnosed,
    broader,
    ended,
    fingerprint,
    group_key,
    is_change,
    is_dead,
    is_echo,
    is_outage,
    merge,
    title,
    worst,
)
from steward.inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE, Completeness
from steward.sdk.alert_labels import distinguishing
from steward.sdk.description import IncomingAlert
from steward.store.target_keys import LONGEST_KEY, target_key

TEXTS = st.text(max_size=20)
LABELS = st.dictionaries(TEXTS, TEXTS, max_size=5)
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
WINDOW = timedelta(minutes=10)


def incoming(name: str, labels: dict[str, str], own: str | None = None) -> IncomingAlert:
    return IncomingAlert(
        name=name,
        status=FIRING,
        severity=Severity.WARNING,
        starts_at=NOW,
        labels=labels,
        fingerprint=own,
    )


@given(TEXTS, LABELS, TEXTS, LABELS)
def test_a_fingerprint_is_made_of_name_and_labels_and_nothing_else(
    name: str, labels: dict[str, str], other_name: str, other_labels: dict[str, str]
) -> None:
    one, other = incoming(name, labels), incoming(other_name, other_labels)
    assert (fingerprint(one) == fingerprint(other)) == ((name, labels) == (other_name, other_labels))
    republished = replace(
        one, summary="x", description="y", severity=Severity.CRITICAL, starts_at=datetime.now(UTC)
    )
    backwards = replace(republished, labels=dict(reversed(labels.items())))
    assert fingerprint(backwards) == fingerprint(one)
    assert len(fingerprint(one)) == 16


def test_separators_within_labels_do_not_make_two_alerts_one() -> None:
    assert fingerprint(incoming("a", {"x": "1\x1ey\x1f2"})) != fingerprint(
        incoming("a", {"x": "1", "y": "2"})
    )
    assert fingerprint(incoming("a', [", {})) != fingerprint(incoming("a", {}))


@given(st.text(min_size=1, max_size=200))
def test_a_monitors_own_fingerprint_is_kept_or_hashed(own: str) -> None:
    found = fingerprint(incoming("a", {}, own))
    assert 0 < len(found) <= LONGEST_FINGERPRINT
    assert found == fingerprint(incoming("b", {"c": "d"}, own)), "the monitor knows what is the same"
    assert found.encode().decode() == found
    assert "\0" not in found


def test_long_fingerprints_with_the_same_beginning_stay_apart() -> None:
    one, other = "x" * 100 + "1", "x" * 100 + "2"
    assert fingerprint(incoming("a", {}, one)) != fingerprint(incoming("a", {}, other))
    assert fingerprint(incoming("a", {}, "0123456789abcdef")) == "0123456789abcdef"
    assert fingerprint(incoming("a", {}, "x" * 64)) == "x" * 64
    assert fingerprint(incoming("a", {}, "")) == fingerprint(incoming("a", {}, None))


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)


@given(ANYTHING, st.dictionaries(ANYTHING, ANYTHING, max_size=5), ANYTHING, ANYTHING)
def test_whatever_comes_can_be_stored_and_read_again(
    name: str, labels: dict[str, str], summary: str, own: str
) -> None:
    came = IncomingAlert(
        name=name,
        status=FIRING,
        severity=Severity.INFO,
        starts_at=NOW,
        labels=labels,
        summary=summary,
        description=summary,
        fingerprint=own,
    )
    stored = as_alert(came, "am", None, NOW)
    assert Alert.from_json(stored.to_json()) == stored
    texts = [stored.name, stored.summary, stored.fingerprint, *stored.labels, *stored.labels.values()]
    assert not any("\0" in text for text in texts)
    key = group_key(stored, (), ())
    assert key.encode()
    assert len(key) <= LONGEST_KEY


def test_too_much_is_cut_but_what_identifies_is_kept() -> None:
    labels = {f"a{number:03}": "v" * 2_000 for number in range(200)} | dict.fromkeys(KEPT_LABELS, "kept")
    came = replace(incoming("n" * 500, labels), summary="s" * 5_000, description="d" * 5_000)
    stored = as_alert(came, "am", box(), NOW)
    assert len(stored.labels) == MOST_LABELS
    assert {stored.labels[key] for key in KEPT_LABELS} == {"kept"}
    assert stored.labels["a000"] == "v" * 1_024
    assert "a199" not in stored.labels
    assert (len(stored.name), len(stored.summary), len(stored.description)) == (
        255,
        LONGEST_TEXT,
        LONGEST_TEXT,
    )
    assert fingerprint(came) != fingerprint(replace(came, labels=labels | {"a199": "other"})), "of all labels"
    assert (stored.target, stored.received_at, stored.source) == (box(), NOW, "am")


GUEST_KEY, NODE_KEY = target_key(box()), target_key(NODE)
PROGRAM = TargetRef(instance_id="radarr1", kind="instance", id="radarr1", name="Radarr")


@pytest.mark.parametrize(
    ("target", "parents", "dead", "expected"),
    [
        (box(), (NODE, ITSELF), (), GUEST_KEY),
        (box(), (NODE, ITSELF), (NODE_KEY,), NODE_KEY),
        (box(), (NODE, ITSELF), (target_key(ITSELF),), GUEST_KEY),
        (box(), (NODE, ITSELF), (target_key(box("sonarr")),), GUEST_KEY),
        (box(), (), (), GUEST_KEY),
        (NODE, (ITSELF,), (), NODE_KEY),
        (NODE, (ITSELF,), (NODE_KEY,), NODE_KEY),
        (PROGRAM, (box(), NODE, ITSELF), (), GUEST_KEY),
        (PROGRAM, (box(), NODE, ITSELF), (GUEST_KEY,), GUEST_KEY),
        (PROGRAM, (box(), NODE, ITSELF), (GUEST_KEY, NODE_KEY), NODE_KEY),
        (PROGRAM, (), (), target_key(PROGRAM)),
        (PROGRAM, (ITSELF,), (), target_key(PROGRAM)),
    ],
)
def test_what_belongs_together(
    target: TargetRef, parents: tuple[TargetRef, ...], dead: tuple[str, ...], expected: str
) -> None:
    assert group_key(records.stored_alert(target=target), parents, dead) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, "alert:X:am"),
        ({"severity": "critical"}, "alert:X:am"),
        ({"instance": "a:9100"}, 'alert:X:{"instance": "a:9100"}'),
        ({"job": "node", "instance": ""}, 'alert:X:{"job": "node"}'),
        ({"sensor": "ä", "area": "b"}, 'alert:X:{"area": "b", "sensor": "ä"}'),
    ],
)
def test_alerts_without_a_target_are_apart_by_their_labels(labels: dict[str, str], expected: str) -> None:
    assert group_key(records.stored_alert(name="X", labels=labels), (), ("anything",)) == expected


@given(LABELS, LABELS)
def test_no_text_in_labels_makes_two_problems_one(one: dict[str, str], other: dict[str, str]) -> None:
    keys = [group_key(records.stored_alert(name="X", labels=labels), (), ()) for labels in (one, other)]
    assert (keys[0] == keys[1]) == (distinguishing(one) == distinguishing(other))


@pytest.mark.parametrize(
    "name", ["NodeDown", "Node offline", "HostUnreachable", "BondSlaveOffline", "TargetAbsent"]
)
def test_no_word_of_a_monitor_makes_a_machine_dead(name: str) -> None:
    labels = {CHECK: "node_offline", OUTAGE: "node_offline", STEWARD_INSTANCE: "toy1"}
    for said in ({}, labels):  # a monitor may not speak for the instance either
        assert not is_outage(records.stored_alert(name=name, target=NODE, labels=said, source="am"))


def test_the_instance_of_a_machine_says_that_it_does_not_run() -> None:
    labels = {CHECK: "node_offline", OUTAGE: "node_offline", STEWARD_INSTANCE: "toy1"}
    found = records.stored_alert(name="x", target=NODE, labels=labels, source="toy1")
    assert is_outage(found)
    assert not is_outage(replace(found, labels={CHECK: "node_offline", STEWARD_INSTANCE: "toy1"}))
    assert not is_outage(replace(found, status=RESOLVED))
    assert not is_outage(replace(found, target=ITSELF))
    assert not is_outage(replace(found, target=None))
    assert is_dead(records.incident(found, target=NODE))
    assert not is_dead(records.incident(found, target=box()))
    assert not is_dead(records.incident(target=NODE))


def test_what_is_broader() -> None:
    assert broader(PROGRAM, box(), (box(), NODE))
    assert broader(PROGRAM, NODE, (box(), NODE))
    assert not broader(box(), PROGRAM, (NODE,))
    assert not broader(box(), box(), (NODE,))
    assert not broader(None, box(), ())
    assert not broader(box(), None, (NODE,))
    assert not broader(box(), box("sonarr"), (NODE,))


def test_merging() -> None:
    known = records.stored_alert(incident_id="i", count=2, received_at=NOW)
    later = NOW + timedelta(minutes=5)
    fresh = records.stored_alert(severity=Severity.CRITICAL, received_at=later)
    assert merge(None, fresh) is fresh
    assert merge(known, fresh) == replace(fresh, incident_id="i", count=2, received_at=NOW)
    over = replace(fresh, status=RESOLVED)
    assert merge(known, over) == replace(over, incident_id="i", count=2, received_at=NOW)
    ended = replace(known, status=RESOLVED)
    assert merge(ended, over) == replace(over, incident_id="i", count=2, received_at=NOW)
    assert merge(ended, fresh) == replace(fresh, incident_id=None, count=3), "it starts again soon"


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (timedelta(minutes=30) - timedelta(seconds=1), 3),
        (timedelta(minutes=30), 1),
        (timedelta(days=30), 1),
        (-timedelta(minutes=29), 3),
        (-timedelta(days=30), 1),
    ],
)
def test_only_quick_restarts_are_counted(pause: timedelta, expected: int) -> None:
    ended = records.stored_alert(status=RESOLVED, count=2, received_at=NOW)
    assert merge(ended, records.stored_alert(received_at=NOW + pause)).count == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"status": RESOLVED}, True),
        ({"severity": Severity.CRITICAL}, True),
        ({"summary": "another"}, True),
        ({"target": box()}, True),
        ({"suppressed": "silenced"}, True),
        ({"silenced_until": NOW}, True),
        ({"seen_at": NOW + timedelta(hours=1)}, False),
        ({"received_at": NOW + timedelta(hours=1)}, False),
        ({"starts_at": NOW + timedelta(hours=1)}, False),
        ({"labels": {"a": "b"}}, False),
    ],
)
def test_repetitions_are_no_news(change: dict[str, object], expected: bool) -> None:  # noqa: FBT001
    known = records.stored_alert()
    assert is_change(known, replace(known, **change)) is expected  # type: ignore[arg-type]


def test_what_was_over_before_it_was_known_is_no_news() -> None:
    assert is_change(None, records.stored_alert())
    assert not is_change(None, records.stored_alert(status=RESOLVED))


MENDED = records.incident(
    status=IncidentStatus.RESOLVED, run=records.run(RunStatus.SUCCEEDED), resolved_at=NOW
)
GONE = replace(MENDED, run=None)
FAILED = replace(MENDED, run=records.run(RunStatus.FAILED))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("incident", "starts_at", "count", "now", "expected"),
    [
        (MENDED, NOW - SECOND, 1, NOW, True),
        (MENDED, NOW, 1, NOW + SECOND, True),
        (MENDED, NOW - SECOND, 1, NOW + WINDOW - SECOND, True),
        (MENDED, NOW - SECOND, 1, NOW + WINDOW, False),
        (MENDED, NOW + SECOND, 1, NOW + SECOND, False),
        (MENDED, NOW + SECOND, FLAPS, NOW + SECOND, False),
        (MENDED, NOW - SECOND, 1, NOW - SECOND, True),  # a clock that was set back a little
        (MENDED, NOW - SECOND, 1, NOW - timedelta(days=1000), False),  # …or a lot
        (MENDED, NOW - SECOND, 1, NOW + timedelta(days=1000), False),
        (GONE, NOW - SECOND, 1, NOW, False),
        (GONE, NOW + SECOND, FLAPS - 1, NOW, False),
        (GONE, NOW + SECOND, FLAPS, NOW + SECOND, True),
        (GONE, NOW + SECOND, FLAPS, NOW + WINDOW, False),
        (FAILED, NOW - SECOND, 1, NOW, False),
        (FAILED, NOW + SECOND, FLAPS, NOW + SECOND, True),
        (replace(MENDED, status=IncidentStatus.IGNORED), NOW - SECOND, 1, NOW, False),
        (replace(MENDED, resolved_at=None), NOW - SECOND, 1, NOW, False),
    ],
)
def test_echoes(incident: Incident, starts_at: datetime, count: int, now: datetime, expected: bool) -> None:  # noqa: FBT001
    found = records.stored_alert(starts_at=starts_at, count=count)
    assert is_echo(found, incident, now, WINDOW) is expected


def test_severity_and_title() -> None:
    assert worst(()) is Severity.INFO
    alerts = [
        records.stored_alert(severity=one) for one in (Severity.INFO, Severity.CRITICAL, Severity.WARNING)
    ]
    assert worst(alerts) is Severity.CRITICAL
    one = records.stored_alert(summary="Memory is short", target=box())
    assert title([one], box()) == "radarr: Memory is short"
    assert title([replace(one, summary="RADARR is full")], box()) == "RADARR is full"
    assert title([replace(one, summary="")], box()) == "radarr: ToyMemoryHigh"
    assert title([one, one, one], box()) == "radarr: Memory is short (and 2 more)"
    assert (
        title([replace(one, target=None, labels={"instance": "nas:9100"})], None)
        == "nas:9100: Memory is short"
    )
    assert title([replace(one, target=None)], None) == "Memory is short"
    assert len(title([replace(one, summary="x" * 400)] * 2, box())) <= 255
    critical = replace(one, summary="It is down", severity=Severity.CRITICAL)
    assert title([one, critical], box()).startswith("radarr: It is down")
    over = replace(critical, status=RESOLVED)
    assert title([over, one], box()).startswith("radarr: Memory is short")
    elsewhere = replace(critical, target=NODE)
    assert title([elsewhere, one], box()).startswith("radarr: Memory is short")


@pytest.mark.parametrize(
    ("completeness", "expected"),
    [
        (Completeness.PARTIAL, []),
        (Completeness.MONITOR, ["gone", "from the future", "of another instance", "label only"]),
        (
            Completeness.REMOVED,
            [
                "gone",
                "fresh",
                "just now",
                "from the future",
                "by a check",
                "of another instance",
                "label only",
            ],
        ),
    ],
)
def test_what_the_absence_of_an_alert_means(completeness: Completeness, expected: list[str]) -> None:
    old = NOW - JUST_IN
    alerts = [
        records.stored_alert("kept", received_at=old),
        records.stored_alert("gone", received_at=old),
        records.stored_alert("fresh", received_at=NOW - JUST_IN + timedelta(seconds=1)),
        records.stored_alert("just now", received_at=NOW),
        records.stored_alert("from the future", received_at=NOW + timedelta(days=365)),
        _found("by a check", {STEWARD_INSTANCE: "am", CHECK: "stuck"}),
        _found("of another instance", {STEWARD_INSTANCE: "toy1", CHECK: "stuck"}),
        _found("label only", {STEWARD_INSTANCE: "am"}),
    ]
    found = ended(alerts, frozenset({"kept"}), completeness, NOW)
    assert [one.fingerprint for one in found] == expected
    assert all((one.status, one.ends_at) == (RESOLVED, NOW) for one in found)


def _found(fingerprint: str, labels: dict[str, str]) -> Alert:
    return records.stored_alert(fingerprint, received_at=NOW - JUST_IN, labels=labels)


def test_the_rig_makes_alerts_as_services_do() -> None:
    assert as_alert(alert(), "am", box(), NOW).labels == {"name": "radarr"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": IncidentStatus.WAITING},
        {"status": IncidentStatus.RESOLVED},
        {"round": 2},
        {"round": 2, "status": IncidentStatus.DIAGNOSED},
        {"suppressed": "silenced"},
    ],
)
def test_what_moved_on_is_not_diagnosed(change: dict[str, Any]) -> None:
    opened = replace(records.incident(), status=IncidentStatus.OPEN, suppressed=None)
    diagnosed = replace(opened, status=IncidentStatus.DIAGNOSED)
    assert as_diagnosed(replace(opened, **change), diagnosed) is None
    assert as_diagnosed(None, diagnosed) is None


def test_a_diagnosis_is_added_to_what_is_stored_now() -> None:
    stored = replace(records.incident(), status=IncidentStatus.OPEN, suppressed=None, alert_count=7)
    diagnosis = Diagnosis(summary="The disk is full", has_problem=True, claims=(), evidence=(), made_at=NOW)
    diagnosed = replace(stored, status=IncidentStatus.DIAGNOSED, diagnosis=diagnosis, alert_count=1)
    assert as_diagnosed(stored, diagnosed) == replace(diagnosed, alert_count=7)
    kept = replace(stored, status=IncidentStatus.DIAGNOSED)
    assert as_diagnosed(kept, diagnosed) is kept, "it is stored already"
