"""Alertmanager: suppression, odd alerts, its own restart, and silences."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast, override

import orjson
import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import TargetRef
from steward.clock import ManualClock
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Delivery, Effect, IncomingAlert, ReadAlerts
from steward.sdk.snapshot import snapshot
from steward.sdk.typed_calls import Parameter
from steward.services._alertmanager.webhook import parse_webhook
from steward.services.alertmanager import SERVICE, AlertmanagerClient

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
[SILENCE] = SERVICE.actions


def alert(fingerprint: str = "f1", name: str = "PoolDegraded", **status: object) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "labels": {"alertname": name, "instance": "tank1", "severity": "page"},
        "annotations": {"summary": "Pool tank is degraded"},
        "startsAt": "2026-03-01T11:00:00.5Z",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [], **status},
    }


def silence(key: str, hours: int, **more: object) -> dict[str, Any]:
    matchers = [
        {"name": "alertname", "value": "Pool.*", "isRegex": True},
        {"name": "instance", "value": "tank2", "isRegex": False, "isEqual": False},
    ]
    ends_at = (NOW + timedelta(hours=hours)).isoformat()
    status = {"state": "active"}
    return {"id": key, "endsAt": ends_at, "status": status, "comment": "spare", "matchers": matchers, **more}


def status(age: float = 3600, cluster: str = "ready", now: datetime = NOW) -> dict[str, Any]:
    started = (now - timedelta(seconds=age)).isoformat()
    return {"uptime": started, "cluster": {"status": cluster}, "versionInfo": {"version": "0.30.0"}}


class Fake(AlertmanagerClient):
    """Answers from memory; an exception is raised."""

    def __init__(self, *alerts: object, silences: object = (), **answers: object) -> None:
        self.time = ManualClock(NOW)
        settings = {"url": "http://am.example.org:9093"}
        super().__init__(Access(settings=settings, session=cast("Any", None), clock=self.time))
        listed: object = list(silences) if isinstance(silences, tuple) else silences
        self.answers: dict[str, Any] = {"alerts": list(alerts), "silences": listed, "status": status()}
        self.answers.update(answers)
        self.created: Any = {"silenceID": "s9"}

    @override
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        if isinstance(self.answers[path], Exception):
            raise self.answers[path]
        return self.answers[path]

    @override
    async def send(self, method: str, path: str, body: object = None, /, **_: object) -> object:
        if method == "DELETE":
            self.answers["silences"] = [
                one for one in self.answers["silences"] if path != f"silence/{one['id']}"
            ]
            return None
        self.answers["silences"].append(
            {"id": "s9", **cast("dict[str, Any]", orjson.loads(orjson.dumps(body)))}
        )
        return self.created


def delivered(*alerts: object, **more: object) -> tuple[IncomingAlert, ...]:
    body = orjson.dumps({"version": "4", "status": "firing", "alerts": alerts, **more})
    return parse_webhook(Delivery(headers={}, body=body, received_at=NOW))


async def only(client: Fake) -> IncomingAlert:
    [found] = (await client.read_alerts()).alerts
    return found


def test_one_odd_alert_costs_itself_only() -> None:
    odd = {
        "labels": {"alertname": "Slow", "port": 8443},
        "annotations": {"summary": None},
        "startsAt": "soon",
    }
    good = {**alert(), "status": "resolved", "endsAt": "2026-03-01T11:30:00Z"}
    with capture_logs() as logs:
        first, second = delivered(good, odd, {"labels": None}, "text")
    assert logs[0]["understood"] == 2
    assert "item 3" in logs[0]["reason"]
    assert (first.status, first.severity, first.fingerprint) == (
        AlertStatus.RESOLVED,
        Severity.CRITICAL,
        "f1",
    )
    assert first.ends_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert (second.starts_at, second.labels["port"], second.summary) == (NOW, "8443", "")
    assert (second.status, second.ends_at) == (AlertStatus.FIRING, None)
    assert delivered() == ()


@pytest.mark.parametrize("status", ["FIRING", "alerting", 5, {}, None])
def test_an_unknown_status_fires(status: object) -> None:
    [found] = delivered({**alert(), "status": status}, status=status)
    assert found.status is AlertStatus.FIRING


def test_a_status_is_read_in_any_case() -> None:
    [found] = delivered({**alert(), "status": "Resolved"})
    assert found.status is AlertStatus.RESOLVED


@pytest.mark.parametrize("annotations", [[], "text", None, 5])
def test_odd_annotations_cost_themselves(annotations: object) -> None:
    [found] = delivered({**alert(), "status": "firing", "annotations": annotations})
    assert (found.name, found.summary) == ("PoolDegraded", "")


@pytest.mark.parametrize("alerts", [[{"labels": None}], ["x"], None])
def test_a_delivery_without_a_readable_alert_is_refused(alerts: object) -> None:
    body = orjson.dumps({"alerts": alerts})
    for bad in (body, b"<html>", b"[]"):
        with pytest.raises(ServiceMalformed):
            parse_webhook(Delivery(headers={}, body=bad, received_at=NOW))


async def test_a_silenced_alert_is_read_with_its_end() -> None:
    silenced = alert(state="suppressed", silencedBy=["s1", "s2"])
    both = (silence("s1", 1), silence("s2", 2, createdBy="ines"))
    found = await only(Fake(silenced, silences=both))
    assert found.status is AlertStatus.FIRING
    assert found.suppressed == "silenced until 2026-03-01 14:00 UTC by ines: spare"
    assert found.silenced_until == NOW + timedelta(hours=2)
    for unknown in (both[:1], ServiceRefused("500")):
        found = await only(Fake(silenced, silences=unknown))
        assert (found.suppressed, found.silenced_until) == ("silenced", None)


async def test_other_reasons_of_suppression() -> None:
    inhibited = alert("f2", "DiskFull", state="suppressed", inhibitedBy=["f1"])
    found = (await Fake(alert(), inhibited, alert("f3", mutedBy=["night"])).read_alerts()).alerts
    texts = [None, "inhibited by PoolDegraded on tank1", "muted by the time interval night"]
    assert [one.suppressed for one in found] == texts
    assert (await only(Fake(alert(state="unprocessed")))).suppressed is None
    assert (await only(Fake(alert(state="suppressed")))).suppressed == "suppressed"


@pytest.mark.parametrize("age", [-3600, 900])
async def test_absence_proves_nothing_after_a_restart(age: float) -> None:
    client = Fake(alert())
    assert (await client.read_alerts()).missing is None
    client.answers |= {"alerts": [], "status": status(age)}  # its clock differs from ours
    assert "just started" in ((await client.read_alerts()).missing or "")
    client.time.move(299)
    assert (await client.read_alerts()).missing
    client.time.move(1)
    assert await client.read_alerts() == ReadAlerts(alerts=())


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"status": status(age=60)}, "just started"),
        ({"status": status(cluster="settling")}, "settling"),
        ({"status": ServiceRefused("404")}, "not known when"),
        ({"alerts": [alert(), {"labels": {}}]}, "item 2"),
    ],
)
async def test_why_a_list_is_not_complete(answers: dict[str, object], reason: str) -> None:
    client, gaps = Fake(**answers), Gaps()
    read = snapshot(SERVICE, "i", await SERVICE.poll(client, gaps), gaps, NOW)
    assert reason in ((await client.read_alerts()).missing or "")
    assert reason in read.unknown["alerts_suppressed"]
    assert [gap.part for gap in read.coverage.gaps if reason in gap.reason][:1] != []
    assert reason in (await SERVICE.tools[0].read(client, call())).text


def call(fingerprint: str = "f1") -> Call:
    target = TargetRef(instance_id="i", kind="alert", id=fingerprint, name="PoolDegraded on tank1")
    return Call(target=target, arguments={"hours": 4})


async def test_a_silence_from_dry_run_to_undo() -> None:
    client = Fake(alert(), silences=(silence("s1", 1), silence("s0", -1, status={"state": "expired"})))
    baseline = (await SILENCE.dry_run(client, call())).baseline
    await SILENCE.precheck(client, call(), baseline)
    assert await SILENCE.probe(client, call(), baseline) is Effect.NOT_SEEN
    assert (await SILENCE.verify(client, call(), baseline)).ok is False
    assert await SILENCE.execute(client, call(), baseline) == "Silenced until 2026-03-01 16:00 UTC"
    matchers = client.answers["silences"][-1]["matchers"]
    assert {one["name"]: one["value"] for one in matchers} == alert()["labels"]
    assert not any(one["isRegex"] for one in matchers)
    assert await SILENCE.probe(client, call(), baseline) is Effect.DONE
    assert (await SILENCE.verify(client, call(), baseline)).ok is True
    client.answers["silences"][-1]["status"] = {"state": "expired"}
    assert (await SILENCE.verify(client, call(), baseline)).ok is False
    client.answers["silences"][-1]["status"] = {"state": "active"}
    undo = SILENCE.undo
    assert undo is not None
    assert len(await undo.dry_run(client, call(), baseline)) == 1
    await undo.execute(client, call(), baseline)
    assert await undo.dry_run(client, call(), baseline) == ()
    assert [one["id"] for one in client.answers["silences"]] == ["s1", "s0"]


async def test_what_is_refused_and_what_stays_unknown() -> None:
    for client in (Fake(), Fake(alert(state="suppressed", silencedBy=["s1"]))):
        with pytest.raises(PreconditionFailed):
            await SILENCE.dry_run(client, call())
    client = Fake(alert())
    baseline = (await SILENCE.dry_run(client, call())).baseline
    client.answers["alerts"][0]["startsAt"] = "2026-03-01T11:59:00Z"
    with pytest.raises(PreconditionFailed, match="again"):
        await SILENCE.precheck(client, call(), baseline)
    client.answers["silences"] = [{"id": "../x", "endsAt": "2026-03-02T00:00:00Z"}]
    with pytest.raises(ServiceMalformed):  # ours may be the one that cannot be read
        await SILENCE.probe(client, call(), baseline)
    client.created = {}
    with pytest.raises(EffectUnknown):
        await SILENCE.execute(client, call(), baseline)


async def test_silences_are_listed_as_alertmanager_writes_them() -> None:
    text = (await SERVICE.tools[1].read(Fake(silences=(silence("s1", 1),)), call())).text
    assert text == 'alertname=~"Pool.*", instance!="tank2" until 2026-03-01 13:00 UTC by spare'
