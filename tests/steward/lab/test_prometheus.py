"""The Prometheus simulator has the series of the simulated world, and sends alerts."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import ClientSession

from lab.clock import ManualClock
from lab.faults import Fault, FaultKind, Faults
from lab.prometheus import PrometheusSimulator
from lab.wire import JsonObject, parse_rfc3339
from lab.world import PowerAction, World

RATIO = 'container_memory_usage_ratio{name="radarr"}'


class Sink:
    """Keeps the alerts that an Alertmanager would receive."""

    def __init__(self) -> None:
        self.alerts: list[JsonObject] = []

    async def post_alerts(self, alerts: Sequence[JsonObject]) -> None:
        self.alerts += alerts


async def _get(
    session: ClientSession, prometheus: PrometheusSimulator, path: str, **params: str
) -> tuple[int, Any]:
    async with session.get(f"{prometheus.url}/api/v1/{path}", params=params) as response:
        return response.status, await response.json()


async def test_an_instant_query_reads_the_world(
    session: ClientSession, prometheus: PrometheusSimulator, world: World
) -> None:
    world.start_memory_pressure(climb_seconds=0)
    status, body = await _get(session, prometheus, "query", query=RATIO)
    assert (status, body["status"]) == (200, "success")
    (row,) = body["data"]["result"]
    assert row["metric"]["vmid"] == "105"
    assert float(row["value"][1]) == pytest.approx(0.95, abs=0.001)


async def test_queries_may_be_posted_and_scalars_are_scalars(
    session: ClientSession, prometheus: PrometheusSimulator
) -> None:
    async with session.post(f"{prometheus.url}/api/v1/query", data={"query": "1 + 1"}) as response:
        body = await response.json()
    assert (body["data"]["resultType"], body["data"]["result"][1]) == ("scalar", "2")


async def test_a_range_shows_the_climb(
    clock: ManualClock, still_world: World, faults: Faults, session: ClientSession
) -> None:
    prometheus = PrometheusSimulator(still_world, faults)
    await prometheus.start()
    start = clock.time()
    still_world.start_memory_pressure(climb_seconds=60)
    clock.advance(60)
    _, body = await _get(
        session,
        prometheus,
        "query_range",
        query=RATIO,
        start=str(start - 30),
        end=str(clock.time()),
        step="30s",
    )
    (series,) = body["data"]["result"]
    values = [round(float(value), 2) for _, value in series["values"]]
    assert values == [0.40, 0.40, 0.67, 0.95]
    await prometheus.close()


@pytest.mark.parametrize(
    ("path", "params", "text"),
    [
        ("query", {"query": "up{"}, 'invalid parameter "query": 1:3: parse error: unexpected end of input'),
        ("query", {"query": "up", "time": "soon"}, 'invalid parameter "time"'),
        ("query_range", {"query": "up", "start": "2", "end": "1", "step": "1"}, "must not be before start"),
        ("query_range", {"query": "up", "start": "1", "end": "2", "step": "0"}, "zero or negative"),
        (
            "query_range",
            {"query": "up", "start": "0", "end": "99999", "step": "1"},
            "exceeded maximum resolution",
        ),
    ],
)
async def test_errors_are_worded_as_by_prometheus(
    session: ClientSession, prometheus: PrometheusSimulator, path: str, params: dict[str, str], text: str
) -> None:
    status, body = await _get(session, prometheus, path, **params)
    assert (status, body["status"], body["errorType"]) == (400, "error", "bad_data")
    assert text in body["error"]


async def test_targets_rules_and_build(
    session: ClientSession, prometheus: PrometheusSimulator, world: World
) -> None:
    world.set_node_online("pve2", is_online=False)
    _, body = await _get(session, prometheus, "targets")
    health = {row["labels"]["instance"]: row["health"] for row in body["data"]["activeTargets"]}
    assert (health["pve1"], health["pve2"], health["radarr:9707"]) == ("up", "down", "up")
    _, body = await _get(session, prometheus, "rules")
    rules = body["data"]["groups"][0]["rules"]
    assert rules[0]["name"] == "ContainerMemoryHigh"
    _, body = await _get(session, prometheus, "status/buildinfo")
    assert str(body["data"]["version"]).startswith("3.")
    for path in ("healthy", "ready"):
        async with session.get(f"{prometheus.url}/-/{path}") as response:
            assert (response.status, "Prometheus Server is" in await response.text()) == (200, True)


async def test_an_alert_fires_is_sent_again_and_ends(
    clock: ManualClock, still_world: World, faults: Faults
) -> None:
    sink = Sink()
    prometheus = PrometheusSimulator(still_world, faults, alertmanager=sink)
    assert await prometheus.evaluate_rules() == ()
    still_world.start_memory_pressure(climb_seconds=0)
    (alert,) = await prometheus.evaluate_rules()
    assert alert.is_firing
    assert alert.annotations["description"] == "radarr (lxc/105 on pve1) uses 95% of its memory."
    assert alert.labels | {"alertname": ""} == {
        "alertname": "",
        "id": "lxc/105",
        "instance": "pve1",
        "job": "pve",
        "name": "radarr",
        "node": "pve1",
        "severity": "warning",
        "vmid": "105",
    }
    await prometheus.evaluate_rules()
    assert len(sink.alerts) == 1
    clock.advance(6)
    await prometheus.evaluate_rules()
    assert len(sink.alerts) == 2
    assert parse_rfc3339(str(sink.alerts[1]["endsAt"])) > clock.time()
    assert sink.alerts[0]["startsAt"] == sink.alerts[1]["startsAt"]
    still_world.set_config(105, {"memory": 3072})
    assert await prometheus.evaluate_rules() == ()
    assert parse_rfc3339(str(sink.alerts[2]["endsAt"])) == pytest.approx(clock.time(), abs=0.01)
    await prometheus.evaluate_rules()
    assert len(sink.alerts) == 3


async def test_an_alert_waits_as_long_as_its_rule_says(
    clock: ManualClock, still_world: World, faults: Faults
) -> None:
    sink = Sink()
    prometheus = PrometheusSimulator(still_world, faults, alertmanager=sink)
    still_world.power(101, PowerAction.STOP)
    clock.advance(1)
    (alert,) = await prometheus.evaluate_rules()
    assert (alert.rule.name, alert.is_firing, sink.alerts) == ("PveGuestDown", False, [])
    clock.advance(31)
    (alert,) = await prometheus.evaluate_rules()
    assert alert.is_firing
    assert len(sink.alerts) == 1


async def test_a_failure_is_in_prometheus_words(
    session: ClientSession, prometheus: PrometheusSimulator, faults: Faults
) -> None:
    faults.arm(Fault(service="prometheus", kind=FaultKind.STATUS, path_prefix="/api/v1/query"))
    status, body = await _get(session, prometheus, "query", query="up")
    assert (status, body["errorType"]) == (500, "internal")
