"""Prometheus and its relatives: missing endpoints, partial answers, histograms, targets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import Snapshot, TargetRef
from lab.memory import in_memory
from steward.errors import ServiceError, ServiceMalformed, ServiceRefused, ServiceUnreachable
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.snapshot import CheckResults, run_checks, snapshot
from steward.services.prometheus import SERVICE
from steward.services.prometheus.client import PrometheusClient
from steward.texts import translate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MISSING = ServiceRefused("GET prometheus: 404")


def data(**values: object) -> dict[str, Any]:
    return {"status": "success", "data": values}


def target(instance: str, health: str, error: str = "") -> dict[str, Any]:
    return {"labels": {"job": "node", "instance": instance}, "health": health, "lastError": error}


def series(instance: str, value: object, **more: object) -> dict[str, Any]:
    metric = {"__name__": "up", "job": "node", "instance": instance}
    return {"metric": metric, **({"value": [1, value]} if value is not None else {}), **more}


def vector(*found: object, kind: str = "vector") -> dict[str, Any]:
    return data(resultType=kind, result=list(found))


def rule(name: str, health: str, error: str = "") -> dict[str, Any]:
    return {"name": name, "type": "alerting", "health": health, "lastError": error}


def rules(*found: object) -> dict[str, Any]:
    return data(groups=[{"name": "g", "rules": list(found)}])


ALERT = {"labels": {"alertname": "Hot", "severity": "page"}, "state": "firing", "activeAt": NOW.isoformat()}
WHOLE: dict[str, Any] = {
    "targets": data(activeTargets=[target("a:1", "up"), target("b:1", "down", "connection refused")]),
    "alerts": data(alerts=[ALERT, {**ALERT, "state": "pending"}]),
    "rules": rules(rule("Hot", "ok")),
    "status/buildinfo": data(version="3.4.0"),
    "status/runtimeinfo": data(reloadConfigSuccess=True, corruptionCount=0),
    "status/tsdb": data(headStats={"numSeries": 900}),
    "query": vector(series("a:1", "1"), series("b:1", "0")),
    "alertmanagers": data(activeAlertmanagers=[]),
}


def made(**answers: object) -> PrometheusClient:
    """Return a client that is answered from memory."""
    named = {key if key in WHOLE else f"status/{key}": one for key, one in answers.items()}
    whole = {**WHOLE, **named}
    return in_memory(PrometheusClient, {**whole, "query_range": whole["query"]}, NOW)


async def polled(**answers: object) -> tuple[Snapshot, CheckResults]:
    gaps = Gaps()
    state = await SERVICE.poll(made(**answers), gaps)
    return snapshot(SERVICE, "i", state, gaps, NOW), run_checks(SERVICE, state)


async def ask(client: PrometheusClient, key: str, **arguments: Value) -> str:
    tool = next(one for one in SERVICE.tools if one.key == key)
    place = TargetRef(instance_id="i", kind="instance", id="i", name="Prometheus")
    return (await tool.read(client, Call(target=place, arguments=arguments))).text


def parts(read: Snapshot) -> set[str]:
    return {gap.part for gap in read.coverage.gaps}


async def test_everything_is_read() -> None:
    read, checks = await polled()
    assert read.values["targets_up"] == read.values["targets_down"] == read.values["alerts_firing"] == 1
    assert (read.values["series"], read.values["reload_failed"], read.version) == (900, False, "3.4.0")
    assert not read.unknown
    down = ("target_down", ("target", "node b:1"))
    assert checks.problems == {down: "Target node b:1 is down: connection refused"}
    assert ("target_down", ("target", "node a:1")) in checks.clear


async def test_a_server_that_lists_no_targets_is_asked_for_the_metric() -> None:
    read, _ = await polled(targets=data(activeTargets=[]))
    assert [one.id for one in read.resources] == ["node b:1", "node a:1"]
    assert read.resources[0].unknown["last_error"]
    assert "targets" not in parts(read)


@pytest.mark.parametrize("error", [MISSING, ServiceUnreachable("502")])
async def test_a_server_that_only_answers_queries(error: Exception) -> None:
    absent = dict.fromkeys(("targets", "alerts", "rules", "buildinfo", "runtimeinfo", "tsdb"), error)
    read, checks = await polled(**absent)
    assert (read.values["targets_up"], read.values["targets_down"]) == (1, 1)
    assert read.unknown["alerts_firing"] == str(error)
    assert read.unknown["reload_failed"] == str(error)
    assert ("targets" in parts(read)) is (error is not MISSING), (
        "a list that is refused is replaced by the query"
    )
    assert checks.problems == {("target_down", ("target", "node b:1")): "Target node b:1 is down"}
    assert f"This may be incomplete or wrong: {error}" in await ask(made(**absent), "alerts")
    with pytest.raises(ServiceError):
        await polled(targets=error, query=error)


@pytest.mark.parametrize("more", [{"warnings": ["store b is away"]}, {"infos": ["odd"]}, {"isPartial": True}])
@pytest.mark.parametrize("has_list", [True, False])
async def test_a_partial_answer_is_a_gap(more: dict[str, object], has_list: bool) -> None:  # noqa: FBT001
    listed = {**data(activeTargets=[target("a:1", "up")]), **more} if has_list else MISSING
    query = {**vector(series("a:1", "1")), **more}
    read, checks = await polled(targets=listed, query=query)
    assert {"targets" if has_list else "up", "target"} <= parts(read)
    assert read.values["targets_up"] is read.values["targets_down"] is None
    assert set(checks.clear) & {("target_down", ("target", "node b:1"))} == set()
    for tool in ("targets", "query", "query_range"):
        text = await ask(made(targets=listed, query=query), tool, expression="up", minutes=5)
        assert "This may be incomplete or wrong: " in text


async def test_none_is_not_certain_before_the_first_evaluation() -> None:
    calm = data(alerts=[])
    assert (await polled(alerts=calm))[0].values["alerts_firing"] == 0
    for some in (rules(rule("Hot", "unknown")), data(groups=[])):
        read, checks = await polled(alerts=calm, rules=some)
        assert read.values["alerts_firing"] is read.values["rules_failing"] is None
        assert ("rules_failing", None) in checks.unknown
        assert "This may be incomplete or wrong" in await ask(made(alerts=calm, rules=some), "alerts")
    assert await ask(made(alerts=calm), "alerts") == "There are none"
    fresh = data(activeTargets=[target("a:1", "unknown")])
    read, checks = await polled(targets=fresh)
    assert read.values["targets_down"] is None
    assert list(checks.unknown) == [("target_down", ("target", "node a:1"))]


async def test_problems_of_prometheus_itself() -> None:
    _, checks = await polled(
        rules=rules(rule("Hot", "err", "many-to-many"), "odd"),
        runtimeinfo=data(reloadConfigSuccess=False, corruptionCount=2),
    )
    assert checks.problems["rules_failing", None] == "The evaluation of rules fails: Hot (many-to-many)"
    assert {key for key, _ in checks.problems} >= {"reload_failed", "database_corrupted"}
    _, checks = await polled(runtimeinfo=data(), buildinfo=data())
    assert {key for key, _ in checks.unknown} == {"reload_failed", "database_corrupted"}


async def test_the_alerts_of_its_rules_are_read() -> None:
    labels = {"alertname": "Dead", "severity": "critical"}
    worst, twin = ({"labels": {**labels, "replica": one}, "state": "firing"} for one in "ab")
    mild = {**ALERT, "labels": {"alertname": "Hot", "severity": "none"}}
    client = made(alerts=data(alerts=[mild, {**mild, "state": "pending"}, worst, twin]))
    found = await client.read_alerts()
    assert [(one.name, one.severity, one.starts_at) for one in found.alerts] == [
        ("Dead", Severity.CRITICAL, NOW),
        ("Hot", Severity.INFO, NOW),
    ]
    assert (found.missing, found.is_passed_on) == (None, False)
    lines = (await ask(client, "alerts")).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["Dead", "Dead", "Hot", "Hot"]
    assert "pending" in lines[3]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"alerts": MISSING}, "404"),
        ({"alerts": {**data(alerts=[]), "warnings": ["store b is away"]}}, "store b is away"),
        ({"rules": rules(rule("Hot", "unknown"))}, "not evaluated yet"),
        ({"rules": rules()}, "lists no alerting rules"),
        ({"runtimeinfo": data(startTime=(NOW - timedelta(seconds=60)).isoformat())}, "just started"),
    ],
)
async def test_why_an_absent_alert_may_still_fire(answers: dict[str, object], reason: str) -> None:
    found = await made(**answers).read_alerts()
    assert reason in translate(found.missing or "")


DISK = {"labels": {"alertname": "Hot", "job": "node", "instance": "a:1"}, "state": "firing"}
OVERALL = {"labels": {"alertname": "Hot"}, "state": "firing"}


@pytest.mark.parametrize(
    ("alert", "later", "has_ended"),
    [
        (DISK, {}, True),
        (DISK, {"targets": data(activeTargets=[target("a:1", "down")])}, False),
        (DISK, {"targets": data(activeTargets=[target("b:1", "up")])}, False),
        (DISK, {"rules": rules(rule("Other", "ok"))}, False),
        (DISK, {"rules": rules(rule("Hot", "err"))}, False),
        (DISK, {"rules": MISSING}, True),
        (OVERALL, {"targets": data(activeTargets=[target("a:1", "down")])}, True),
    ],
)
async def test_an_alert_ends_when_its_rule_sees_its_target(
    alert: dict[str, Any],
    later: dict[str, Any],
    has_ended: bool,  # noqa: FBT001
) -> None:
    answers = {**WHOLE, "alerts": data(alerts=[alert])}
    client = in_memory(PrometheusClient, answers, NOW)
    await client.read_alerts()
    answers |= {"alerts": data(alerts=[]), **later}
    for _ in range(2):
        found = (await client.read_alerts()).alerts
        assert [one.suppressed for one in found] == (
            [] if has_ended else ["not listed by Prometheus any more"]
        )


@pytest.mark.parametrize(
    ("receivers", "is_passed_on"), [([], False), ([{"url": "http://am/api"}], True), (MISSING, True)]
)
async def test_alerts_that_an_alertmanager_gets_are_left_to_it(receivers: Any, is_passed_on: bool) -> None:  # noqa: FBT001
    listed = data(activeAlertmanagers=receivers) if isinstance(receivers, list) else receivers
    assert (await made(alertmanagers=listed).read_alerts()).is_passed_on is is_passed_on


async def test_of_twins_the_worst_counts() -> None:
    twins = [target("a:1", "down", "timeout"), target("a:1", "up"), {"labels": 5}]
    read, checks = await polled(targets=data(activeTargets=twins))
    assert [one.id for one in read.resources] == ["node a:1"]
    assert len(checks.problems) == 1
    assert "targets" in parts(read)


async def test_results_of_every_kind() -> None:
    histogram = {"count": "12", "sum": "3.5", "buckets": [[0, "1", "2", "12"]]}
    mixed = vector(
        series("a", "NaN"), series("b", None, histogram=[1, histogram]), {"metric": 5}, series("c", "0.25")
    )
    lines = (await ask(made(query=mixed), "query", expression="up")).splitlines()
    assert [line.partition(" = ")[2] for line in lines[:3]] == [
        "NaN",
        "histogram with count 12 and sum 3.5",
        "0.25",
    ]
    assert "item 5" in lines[3]
    course = [
        series("a", None, values=[[1, "4"], [2, "2"], [3, "NaN"]]),
        series("b", None, histograms=[[1, histogram]]),
    ]
    client = made(query=vector(*course, kind="matrix"))
    text = await ask(client, "query_range", expression="up", minutes=5)
    assert ": 4 → 2, between 2 and 4\n" in text
    assert text.endswith(": count of the histogram 12 → 12, between 12 and 12")
    for kind, value, shown in (("scalar", "2", "{} = 2"), ("string", "ok", "{} = ok")):
        answer = data(resultType=kind, result=[1, value])
        assert await ask(made(query=answer), "query", expression="x") == shown
    assert await ask(made(query=vector()), "query", expression="x") == "No series match"


async def test_errors_are_shown_in_the_servers_own_text() -> None:
    failed = {"status": "error", "errorType": "execution", "error": "too many samples"}
    with pytest.raises(ServiceRefused, match="execution: too many samples"):
        await ask(made(query=failed), "query", expression="up")
    for odd in (data(resultType="tree", result=[]), {"status": "success"}, None, vector({"metric": 5})):
        with pytest.raises(ServiceMalformed):
            await ask(made(query=odd), "query", expression="up")
