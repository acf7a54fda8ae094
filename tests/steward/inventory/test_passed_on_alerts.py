"""A monitor that passes its alerts on: they are left to the monitor that gets them, if it is configured."""

from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
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
