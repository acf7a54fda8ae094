"""Ports without a link, too little power for devices, and a NAS that lost a disk."""

from lab.lab import Lab
from lab.scenarios import Change, Scenario
from scenarios.databases import sets
from services._snmp import Agent
from services.nas_snmp import disk, raid, storage
from services.snmp_switch import SUPPLY
from steward.services.nas_snmp.models import MEMORY

_VOLUMES = [storage(1, "Physical memory", 1, kind=MEMORY), storage(41, "/volume1", 970_000)]


def _link(state: int) -> Change:
    """Return what lets the second port have a link (1) or none (2)."""

    async def change(lab: Lab) -> None:
        served = lab.served["snmp_switch"]
        assert isinstance(served, Agent)
        served._row("interfaces", "2")["ifOperStatus"] = state

    return change


def _uses(watts: int) -> Change:
    """Return what lets the devices take this much power."""
    return sets("snmp_switch", "GET /supplies", [{**SUPPLY, "pethMainPseConsumptionPower": watts}])


async def _errors(lab: Lab) -> None:
    served = lab.served["snmp_switch"]
    assert isinstance(served, Agent)
    served._row("interfaces", "1")["ifInErrors"] = 500


def _seen(runbook: str, key: str, breaks: Change, check: str, target: str) -> Scenario:
    return Scenario(
        runbook=runbook, services=(key,), breaks=breaks, check=check, target=target, recipe="investigate"
    )


SCENARIOS = (
    Scenario(
        runbook="switch-port-down",
        services=("snmp_switch",),
        breaks=_link(2),
        helps=_link(1),
        check="port_down",
        recipe="power-cycle",
        target="A2 (camera)",
    ),
    Scenario(
        runbook="switch-port-down",
        services=("snmp_switch",),
        breaks=_link(2),
        check="port_down",
        recipe="meant-to-be-off",
        target="A2 (camera)",
    ),
    _seen("switch-port-errors", "snmp_switch", _errors, "port_errors", "A1 (uplink)"),
    Scenario(
        runbook="poe-overload",
        services=("snmp_switch",),
        breaks=_uses(190),
        helps=_uses(120),
        check="poe_overload",
        recipe="power-off-last",
        target="SNMP switch",
    ),
    _seen(
        "storage-full",
        "nas_snmp",
        sets("nas_snmp", "GET /storage", _VOLUMES),
        "storage_nearly_full",
        "/volume1",
    ),
    _seen(
        "pool-degraded",
        "nas_snmp",
        sets("nas_snmp", "GET /synology_raids", [raid(1, 11), raid(2)]),
        "volume_degraded",
        "Volume 1",
    ),
    _seen(
        "disk-failing",
        "nas_snmp",
        sets("nas_snmp", "GET /synology_disks", [disk(1, status=5), disk(2)]),
        "disk_failing",
        "Disk 1",
    ),
)
