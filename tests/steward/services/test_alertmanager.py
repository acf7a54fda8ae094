"""Alertmanager: its webhook, whatever is written in it, and silences."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import fixture_of
from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import TargetRef
from lab.lab import Lab
from steward.clock import ManualClock
from steward.description import Access, Action, Call, Effect
from steward.errors import InvalidSetting, PreconditionFailed, ServiceMalformed
from steward.services.alertmanager import MAX_ALERTS
from steward.services.alertmanager.models import parse_silences, parse_status
from steward.services.alertmanager.webhook import parse_webhook
from steward.services.finder import find_services

SERVICE = find_services()["alertmanager"]
SILENCE: Action[Any] = SERVICE.actions[0]


def alert(**changed: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "ContainerMemoryHigh", "id": "lxc/105", "severity": "critical"},
        "annotations": {"summary": "Memory is nearly used up", "description": "95 %"},
        "startsAt": "2026-11-21T02:01:51.588123456Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.lab:9090/graph",
        "fingerprint": "d5b7de09fdcf1a2b",
        **changed,
    }


def webhook(*alerts: Any, **changed: Any) -> bytes:
    body = {
        "version": "4",
        "groupKey": '{}:{alertname="ContainerMemoryHigh"}',
        "receiver": "steward",
        "status": "firing",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.lab:9093",
        "truncatedAlerts": 0,
        "notification_reason": "first notification",
        "alerts": list(alerts),
        **changed,
    }
    return orjson.dumps(body)


def test_a_webhook() -> None:
    (result,) = parse_webhook(webhook(alert()))
    assert result.name == "ContainerMemoryHigh"
    assert (result.status, result.severity) == (AlertStatus.FIRING, Severity.CRITICAL)
    assert result.starts_at == datetime(2026, 11, 21, 2, 1, 51, 588123, UTC)
    assert result.ends_at is None
    assert result.labels["id"] == "lxc/105"
    assert (result.summary, result.description) == ("Memory is nearly used up", "95 %")
    assert result.fingerprint == "d5b7de09fdcf1a2b"


def test_a_resolved_alert() -> None:
    (result,) = parse_webhook(webhook(alert(status="resolved", endsAt="2026-11-21T03:01:51+01:00")))
    assert result.status is AlertStatus.RESOLVED
    assert result.ends_at == datetime(2026, 11, 21, 2, 1, 51, tzinfo=UTC)


def test_an_old_alertmanager_tells_less() -> None:
    bare = {"labels": {}, "startsAt": "2026-11-21T02:01:51Z"}
    (result,) = parse_webhook(orjson.dumps({"status": "resolved", "alerts": [bare]}))
    assert result.status is AlertStatus.RESOLVED
    assert (result.name, result.summary, result.fingerprint, result.ends_at) == ("unnamed", "", None, None)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("critical", Severity.CRITICAL),
        (" Critical ", Severity.CRITICAL),
        ("page", Severity.CRITICAL),
        ("info", Severity.INFO),
        ("none", Severity.INFO),
        ("warning", Severity.WARNING),
        ("whatever", Severity.WARNING),
        ("", Severity.WARNING),
    ],
)
def test_severities(label: str, expected: Severity) -> None:
    (result,) = parse_webhook(webhook(alert(labels={"severity": label})))
    assert result.severity is expected


def test_thousands_of_labels() -> None:
    labels = {f"label_{number}": "x" * 50 for number in range(5000)}
    (result,) = parse_webhook(webhook(alert(labels=labels)))
    assert result.labels == labels


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")), max_size=20
    )
)
def test_labels_may_hold_any_text(labels: dict[str, str]) -> None:
    (result,) = parse_webhook(webhook(alert(labels=labels, annotations=labels)))
    assert result.labels == labels
    assert result.name == labels.get("alertname", "unnamed")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"status": "firing"}',
        b'{"alerts": {}}',
        b'{"alerts": [1]}',
        b'"' + b"\xff" * 10 + b'"',
        webhook(alert(status="pending")),
        webhook(alert(status=None), status=None),
        webhook(alert(startsAt="yesterday")),
        webhook(alert(startsAt="2026-11-21T02:01:51")),
        webhook(alert(startsAt="0001-01-01T00:00:00+14:00")),
        webhook(alert(startsAt=None)),
        webhook(alert(labels={"a": 1})),
        webhook(alert(labels=["a"])),
    ],
)
def test_what_is_no_webhook(body: bytes) -> None:
    with pytest.raises(ServiceMalformed):
        parse_webhook(body)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    """The real Alertmanager where it can be had, else the simulator."""
    async with Lab(is_alerting=False) as lab:
        yield lab


@pytest.fixture
async def client(lab: Lab, session: aiohttp.ClientSession) -> AsyncIterator[Any]:
    access = Access(
        settings=fixture_of("alertmanager").settings(lab),
        session=session,
        clock=ManualClock(datetime.now(UTC)),
    )
    client = SERVICE.connect(access)
    yield client
    await client.close()


async def post(lab: Lab, *names: str, **labels: str) -> None:
    await lab.alertmanager.post_alerts([{"labels": {"alertname": name, **labels}} for name in names])


async def call_for(client: Any, name: str, hours: float = 4) -> Call:
    state = await SERVICE.poll(client)
    fingerprint = next(one.fingerprint for one in state.alerts if one.name == name)
    target = TargetRef(instance_id="i", kind="alert", id=fingerprint, name=name)
    return Call(target=target, arguments={"hours": hours})


async def test_alerts_are_read_as_they_are_posted(lab: Lab, client: Any) -> None:
    await post(lab, "HighLoad", severity="critical", instance="nas01")
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.read is not None
    (result,) = await SERVICE.alerts.read(client)
    assert (result.name, result.severity, result.status) == (
        "HighLoad",
        Severity.CRITICAL,
        AlertStatus.FIRING,
    )
    assert result.fingerprint


async def test_a_silence_keeps_one_alert_quiet(lab: Lab, client: Any) -> None:
    await post(lab, "HighLoad", "DiskFull", instance='na"s\\01')
    call = await call_for(client, "HighLoad")
    baseline = (await SILENCE.dry_run(client, call)).baseline
    await SILENCE.execute(client, call, baseline)
    state = await SERVICE.poll(client)
    assert {one.name: one.is_suppressed for one in state.alerts} == {"HighLoad": True, "DiskFull": False}
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.read is not None
    assert [one.name for one in await SERVICE.alerts.read(client)] == ["DiskFull"]
    ends = datetime.fromisoformat(str(lab.world.effects[0].body["endsAt"]))
    assert ends - client.clock.now() == timedelta(hours=4)
    with pytest.raises(PreconditionFailed, match="silenced already"):
        await SILENCE.precheck(client, call, baseline)
    assert SILENCE.undo is not None
    await SILENCE.undo(client, call, baseline)
    assert len(await SERVICE.alerts.read(client)) == 2


async def test_silences_of_others_are_not_ours(lab: Lab, client: Any) -> None:
    await post(lab, "HighLoad")
    call = await call_for(client, "HighLoad")
    other = await call_for(client, "HighLoad", hours=8)
    baseline = (await SILENCE.dry_run(client, call)).baseline
    await SILENCE.execute(client, other, (await SILENCE.dry_run(client, other)).baseline)
    assert await SILENCE.probe(client, call, baseline) is Effect.NOT_DONE
    assert SILENCE.undo is not None
    await SILENCE.undo(client, call, baseline)
    assert len((await SERVICE.poll(client)).silences) == 1


async def test_an_alert_that_fired_anew_is_another(lab: Lab, client: Any) -> None:
    now = datetime.now(UTC)
    labels = {"alertname": "HighLoad"}

    async def post(**times: datetime) -> None:
        said = {key: moment.isoformat() for key, moment in times.items()}
        await lab.alertmanager.post_alerts([{"labels": {**labels}, **said}])

    await post(startsAt=now - timedelta(hours=3))
    call = await call_for(client, "HighLoad")
    baseline = (await SILENCE.dry_run(client, call)).baseline
    await SILENCE.precheck(client, call, baseline)
    await post(startsAt=now - timedelta(hours=3), endsAt=now - timedelta(hours=1))
    await post(startsAt=now - timedelta(minutes=1))
    with pytest.raises(PreconditionFailed, match="fired anew"):
        await SILENCE.precheck(client, call, baseline)


async def test_an_alert_that_is_gone_is_not_silenced(client: Any) -> None:
    target = TargetRef(instance_id="i", kind="alert", id="0000000000000000", name="Gone")
    with pytest.raises(PreconditionFailed, match="fires no longer"):
        await SILENCE.dry_run(client, Call(target=target, arguments={"hours": 4}))


async def test_a_storm_is_counted_and_not_listed(lab: Lab, client: Any) -> None:
    await post(lab, *(f"Alert{number}" for number in range(MAX_ALERTS + 50)))
    state = await SERVICE.poll(client)
    counts = {sensor.key: sensor.value(state) for sensor in SERVICE.sensors}
    assert counts["alerts_firing"] == MAX_ALERTS + 50
    kind = SERVICE.resources[0]
    assert len(list(kind.items(state))) == MAX_ALERTS
    assert all(kind.labels(item) == {} for item in kind.items(state)), "an alert is no alert's target"


def test_a_silence_id_stays_within_its_path() -> None:
    row = {"id": "../alerts", "status": {"state": "active"}, "endsAt": "2026-11-21T02:01:51Z", "matchers": []}
    with pytest.raises(ServiceMalformed, match="id"):
        parse_silences([row])


def test_a_cluster_state_we_do_not_know() -> None:
    status = parse_status({"versionInfo": {"version": "1.0"}, "cluster": {"status": "dancing"}})
    assert (status.version, status.cluster) == ("1.0", None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"token": "abc", "username": "u"}, "Bearer abc"),
        ({"username": "ü", "password": "p:w"}, "Basic w7w6cDp3"),
        ({"username": "u"}, "Basic dTo="),
    ],
)
async def test_who_we_say_we_are(
    lab: Lab, session: aiohttp.ClientSession, settings: dict[str, str], expected: str | None
) -> None:
    access = Access(
        settings={"url": lab.alertmanager.url, **settings},
        session=session,
        clock=ManualClock(datetime.now(UTC)),
    )
    client = SERVICE.connect(access)
    assert client._rest._headers.get("Authorization") == expected


async def test_a_token_no_header_can_hold(lab: Lab, session: aiohttp.ClientSession) -> None:
    settings = {"url": lab.alertmanager.url, "token": "a\r\nX-Evil: 1"}
    access = Access(settings=settings, session=session, clock=ManualClock(datetime.now(UTC)))
    with pytest.raises(InvalidSetting) as caught:
        SERVICE.connect(access)
    assert caught.value.key == "token"
    assert "Evil" not in str(caught.value)
