"""A network monitor does not reach a device."""

from lab.scenarios import Scenario
from services.librenms import DEVICES, device, listed

SCENARIOS = Scenario.each(
    "meant-to-be-off",
    "investigate",
    runbook="device-down",
    services=("librenms",),
    breaks={DEVICES: listed("devices", device(1, "sw1", status=0, status_reason="snmp"), device(2, "nas"))},
    check="device_down",
    target="sw1",
    evidence="ifOperStatus: up -> down",
)
