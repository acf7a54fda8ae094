"""Prometheus: what its answers mean, and what can be asked of it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import TargetRef
from lab.lab import Lab
from steward.clock import SystemClock
from steward.description import Access, Call, Tool
from steward.errors import InvalidArgument, ServiceMalformed, ServiceRefused
from steward.services.finder import find_services
from steward.services.prometheus.models import parse_series, parse_targets, shown

SERVICE = find_services()["prometheus"]


@pytest.fixture
async def client(lab: Lab, session: aiohttp.ClientSession) -> AsyncIterator[Any]:
    client = SERVICE.connect(
        Access(settings={"url": lab.prometheus.url}, session=session, clock=SystemClock())
    )
    yield client
    await client.close()


async def ask(client: Any, key: str, **arguments: Value) -> str:
    tool: Tool[Any] = next(tool for tool in SERVICE.tools if tool.key == key)
    target = TargetRef(instance_id="i", kind="instance", id="i", name="Prometheus")
    return (await tool.read(client, Call(target=target, arguments=arguments))).text


async def test_targets_and_alerts(lab: Lab, client: Any) -> None:
    lab.world.set_node_online("pve2", is_online=False)
    lab.world.start_memory_pressure(climb_seconds=0)
    await lab.prometheus.evaluate_rules()
    state = await SERVICE.poll(client)
    readings = {sensor.key: sensor.value(state) for sensor in SERVICE.sensors}
    assert readings["targets_down"] == 2
    assert readings["alerts_firing"] == 1, "pending alerts do not fire"
    findings = [finding.text for finding in SERVICE.checks[0].find(state)]
    assert findings == ["Target pve2 of pve is down", "Target pve2:9100 of node is down"]
    text = await ask(client, "firing_alerts")
    assert text.startswith("ContainerMemoryHigh (warning) since ")
    assert text.endswith(": Memory of radarr is nearly used up")


async def test_queries(client: Any) -> None:
    assert await ask(client, "query", expression='up{job="prometheus"}') == (
        'up{instance="127.0.0.1:9090", job="prometheus"} = 1'
    )
    assert await ask(client, "query", expression="nothing_here") == "No series match"
    assert await ask(client, "query", expression="1 + 1") == "{} = 2"
    course = await ask(client, "query_range", expression='up{job="prometheus"}', minutes=5)
    assert course.endswith(": 1 → 1, between 1 and 1")
    with pytest.raises(ServiceRefused, match="400"):
        await ask(client, "query", expression="up{")


async def test_memory_over_time(lab: Lab, client: Any) -> None:
    lab.world.start_memory_pressure(climb_seconds=0)
    text = await ask(client, "target_history", guest="lxc/105", minutes=60)
    assert text.startswith("40 % → 95 %, highest 95 %: 40 ")
    assert await ask(client, "target_history", guest="lxc/999", minutes=60) == "Prometheus does not watch it"


@pytest.mark.parametrize("guest", ["", "105", 'lxc/105"} or up{a="', "lxc/105\n", "node/pve1"])
async def test_a_guest_is_no_piece_of_a_query(client: Any, guest: str) -> None:
    with pytest.raises(InvalidArgument, match="guest"):
        await ask(client, "target_history", guest=guest, minutes=60)


def vector(*samples: object) -> dict[str, object]:
    rows = [{"metric": {"__name__": "up", "job": "node"}, "value": sample} for sample in samples]
    return {"status": "success", "data": {"resultType": "vector", "result": rows}}


def test_values_that_are_none() -> None:
    series = parse_series(vector([1.5, "NaN"], [1.5, "+Inf"], [1.5, "0"]))
    assert [one.points[0][0] for one in series] == [1.5] * 3
    assert [shown(one.points[0][1]) for one in series] == ["nan", "inf", "0"]
    assert [target.is_up for target in parse_targets(vector([1.5, "NaN"], [1.5, "1"]))] == [False, True]
    assert shown(0.123456) == "0.1235"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "error", "error": "no"},
        {"status": "success"},
        {"status": "success", "data": {"result": []}},
        vector([1.5]),
        vector([1.5, 1]),
        vector(["x", "1"]),
        vector([1.5, "one"]),
        vector(None),
    ],
)
def test_answers_nobody_understands(answer: object) -> None:
    with pytest.raises(ServiceMalformed):
        parse_series(answer)


def test_a_result_that_is_a_text() -> None:
    assert parse_series({"status": "success", "data": {"resultType": "string", "result": [1, "a"]}}) == ()
