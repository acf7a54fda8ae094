"""A network monitor does not reach a device."""

from lab.scenarios import Scenario
from services.librenms import DEVICES, device, listed

SCENARIOS = tuple(
    Scenario(
        runbook="device-down",
        services=("librenms",),
        breaks={
            DEVICES: listed("devices", device(1, "sw1", status=0, status_reason="snmp"), device(2, "nas"))
        },
        check="device_down",
        recipe=recipe,
        target="sw1",
        evidence="ifOperStatus: up -> down",
    )
    for recipe in ("meant-to-be-off", "investigate")
)
