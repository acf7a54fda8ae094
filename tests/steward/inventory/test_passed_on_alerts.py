"""A monitor that passes its alerts on: they are left to the monitor that gets them, if it is configured."""

from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from lab.clock import SteppedClock
from lab.lab import Lab
from lab.visit import load
from steward.sdk.description import AlertSource, IncomingAlert, ReadAlerts

from .fakes import NOW, InventoryRig, World, configured

ALERT = IncomingAlert(
    name="Hot", status=AlertStatus.FIRING, severity=Severity.WARNING, starts_at=NOW, labels={}
)


@pytest.mark.parametrize(
    ("others", "is_passed_on", "expected"),
    [
        ((), True, (ALERT,)),
        (("thing",), True, (ALERT,)),
        (("manager",), False, (ALERT,)),
        (("manager",), True, ()),
    ],
)
async def test_an_alert_is_reported_once(
    tmp_path: Path,
    others: tuple[str, ...],
    is_passed_on: bool,  # noqa: FBT001
    expected: tuple[IncomingAlert, ...],
) -> None:
    world = World()

    async def read(_: Any) -> ReadAlerts:
        return ReadAlerts(alerts=(ALERT,), is_passed_on=is_passed_on)

    source = AlertSource[Any](read=read, passes_on_to="manager")
    services = {
        "source": world.service("source", alerts=source),
        "manager": world.service("manager"),
        "thing": world.service(),
    }
    chosen = (configured("a", "source"), *(configured(f"o{one}", one) for one in others))
    rig = InventoryRig(tmp_path, world, services, configured=chosen)
    async with rig as inventory:
        rig.reported.clear()
        await inventory.poll_now("a")
        last = [alerts for instance, alerts, _ in rig.reported if instance == "a"][-1]
        assert tuple(one for one in last if one.name == ALERT.name) == expected


async def test_the_rules_of_prometheus_are_enough(tmp_path: Path) -> None:
    async with Lab(services=("prometheus",), clock=SteppedClock(), is_alerting=False) as lab:
        lab.world.set_node_online("pve2", is_online=False)
        await lab.prometheus.evaluate_rules()
        await lab.pass_time(60)
        await lab.prometheus.evaluate_rules()
        chosen = (configured("p", "prometheus", url=lab.prometheus.url), configured("m", "manager"))
        world = World()
        services = {"prometheus": load("prometheus"), "manager": world.service("manager")}
        rig = InventoryRig(tmp_path, world, services, configured=chosen)
        async with rig as inventory:
            lab.prometheus.requests.clear()
            await inventory.poll_now("p")
            asked = [seen.path for seen in lab.prometheus.requests]
            alerts = [one for instance, found, _ in rig.reported if instance == "p" for one in found]
    assert len(asked) == len(set(asked)), "state and alerts read the same once"
    down = next(one for one in alerts if one.name == "PveNodeDown")
    assert (down.status, down.severity) == (AlertStatus.FIRING, Severity.CRITICAL)
    assert down.labels["id"] == "node/pve2"
