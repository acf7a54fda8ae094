"""Alertmanager: suppression, odd alerts, its own restart, and silences."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from homelab_steward.contract.incidents import AlertStatus
from homelab_steward.contract.state import TargetRef
from lab.memory import in_memory
from services._alertmanager import NOW, alert, silence
from steward.clock import ManualClock
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, IncomingAlert, ReadAlerts
from steward.sdk.snapshot import snapshot
from steward.services.alertmanager import SERVICE, AlertmanagerClient
from steward.texts import translate

[SILENCE] = SERVICE.actions


def status(age: float = 3600, cluster: str = "ready", now: datetime = NOW) -> dict[str, Any]:
    started = (now - timedelta(seconds=age)).isoformat()
    return {"uptime": started, "cluster": {"status": cluster}, "versionInfo": {"version": "0.30.0"}}


class Fake:
    """A client that is answered from memory."""

    def __init__(self, *alerts: object, silences: object = (), **answers: object) -> None:
        listed = [*silences] if isinstance(silences, tuple) else silences
        self.answers: dict[str, Any] = {
            "alerts": [*alerts],
            "silences": listed,
            "status": status(),
            **answers,
        }
        self.created: Any = {"silenceID": "s9"}
        self.client = in_memory(AlertmanagerClient, self.answers, NOW, sent=self._sent)
        self.time = cast("ManualClock", self.client.clock)

    def _sent(self, _: str, __: str, body: Any) -> object:
        self.answers["silences"].append({"id": "s9", **body})
        return self.created


async def only(fake: Fake) -> IncomingAlert:
    [found] = (await fake.client.read_alerts()).alerts
    return found


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
    found = (await Fake(alert(), inhibited, alert("f3", mutedBy=["night"])).client.read_alerts()).alerts
    texts = [None, "inhibited by PoolDegraded on tank1", "muted by the time interval night"]
    assert [one.suppressed for one in found] == texts
    assert (await only(Fake(alert(state="unprocessed")))).suppressed is None
    assert (await only(Fake(alert(state="suppressed")))).suppressed == "suppressed"


@pytest.mark.parametrize("age", [-3600, 900])
async def test_absence_proves_nothing_after_a_restart(age: float) -> None:
    fake = Fake(alert())
    assert (await fake.client.read_alerts()).missing is None
    fake.answers |= {"alerts": [], "status": status(age)}  # its clock differs from ours
    assert "just started" in translate((await fake.client.read_alerts()).missing or "")
    fake.time.move(299)
    assert (await fake.client.read_alerts()).missing
    fake.time.move(1)
    assert await fake.client.read_alerts() == ReadAlerts(alerts=())


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
    client, gaps = Fake(**answers).client, Gaps()
    read = snapshot(SERVICE, "i", await SERVICE.poll(client, gaps), gaps, NOW)
    assert reason in translate((await client.read_alerts()).missing or "")
    assert reason in read.unknown["alerts_suppressed"]
    assert any(reason in gap.reason for gap in read.coverage.gaps)
    assert reason in (await SERVICE.tools[0].read(client, call())).text


def call(fingerprint: str = "f1") -> Call:
    target = TargetRef(instance_id="i", kind="alert", id=fingerprint, name="PoolDegraded on tank1")
    return Call(target=target, arguments={"hours": 4})


async def test_only_a_silence_that_holds_counts_and_has_exactly_the_labels() -> None:
    fake = Fake(alert(), silences=(silence("s1", 1), silence("s0", -1, status={"state": "expired"})))
    client = fake.client
    baseline = (await SILENCE.dry_run(client, call())).baseline
    assert await SILENCE.execute(client, call(), baseline) == "Silenced until Mar 1, 2026, 16:00"
    matchers = fake.answers["silences"][-1]["matchers"]
    assert {one["name"]: one["value"] for one in matchers} == alert()["labels"]
    assert not any(one["isRegex"] for one in matchers)
    assert (await SILENCE.verify(client, call(), baseline)).ok is True
    fake.answers["silences"][-1]["status"] = {"state": "expired"}
    assert (await SILENCE.verify(client, call(), baseline)).ok is False


async def test_what_is_refused_and_what_stays_unknown() -> None:
    for fake in (Fake(), Fake(alert(state="suppressed", silencedBy=["s1"]))):
        with pytest.raises(PreconditionFailed):
            await SILENCE.dry_run(fake.client, call())
    fake = Fake(alert())
    baseline = (await SILENCE.dry_run(fake.client, call())).baseline
    fake.answers["silences"] = [{"id": "../x", "endsAt": "2026-03-02T00:00:00Z"}]
    with pytest.raises(ServiceMalformed):  # ours may be the one that cannot be read
        await SILENCE.probe(fake.client, call(), baseline)
    fake.created = {}
    with pytest.raises(EffectUnknown):
        await SILENCE.execute(fake.client, call(), baseline)


async def test_lists_show_the_worst_first_and_each_copy_once() -> None:
    mild, worst, twin, silenced = (alert(f"f{number}", f"Rule{number}") for number in range(4))
    mild["labels"]["severity"] = "info"
    worst["labels"] |= {"alertname": "Dead", "replica": "a"}
    twin["labels"] |= {"alertname": "Dead", "replica": "b"}
    silenced["status"] |= {"state": "suppressed", "mutedBy": ["night"]}
    client, gaps = Fake(mild, worst, twin, silenced, silences=(silence("s1", 1),)).client, Gaps()
    lines = (await SERVICE.tools[0].read(client, call())).text.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["Dead", "Rule0", "Rule3"]
    read = snapshot(SERVICE, "i", await SERVICE.poll(client, gaps), gaps, NOW)
    assert (read.values["alerts_firing"], read.values["alerts_suppressed"]) == (2, 1)
    text = (await SERVICE.tools[1].read(client, call())).text
    assert text == 'alertname=~"Pool.*", instance!="tank2" until 2026-03-01 13:00 UTC by spare'
