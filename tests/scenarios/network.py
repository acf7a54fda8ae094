"""The network: the Internet, DNS, DHCP, access points, power over Ethernet, certificates and firmware."""

from datetime import timedelta
from typing import Any

from homelab_steward.contract.incidents import Outcome
from lab.lab import Lab
from lab.replay import ReplayState
from lab.scenarios import FiringAlert, Scenario
from lab.wire import Json
from services import adguard, opnsense, pihole, ruckus, traefik, unifi

_ALL_DOWN: Json = [opnsense.gateway(name, "down", "100.0 %", "0.0 ms") for name in ("WAN_DHCP", "LTE_GW")]
_ALL_UP: Json = [opnsense.gateway("WAN_DHCP"), opnsense.gateway("LTE_GW")]
_LOSSY: Json = [opnsense.gateway("WAN_DHCP", "loss", "31.0 %", "90.2 ms"), opnsense.gateway("LTE_GW")]
_RUNS = {"traefik": {"runs_on": "radarr"}, "adguard": {"runs_on": "radarr"}}


def _state(lab: Lab, service: str) -> ReplayState:
    served: Any = lab.served[service]
    state: ReplayState = served.state
    return state


async def _attic_hangs(lab: Lab) -> None:
    """Let an access point hang: the switch still gives it power."""
    rows: list[Json] = [
        unifi.device(1, unifi.SWITCH, "usw", "Switch", port_table=[*unifi.PORTS], **unifi.uplink(9)),
        unifi.device(3, unifi.ATTIC, "uap", "Attic", state=0, uptime=0, **unifi.uplink(4)),
    ]
    _state(lab, "unifi").answers[unifi.DEVICES] = unifi.wrapped(*rows)


async def _attic_is_back(lab: Lab) -> None:
    table: Json = [unifi.port(4)]
    rows: list[Json] = [
        unifi.device(1, unifi.SWITCH, "usw", "Switch", port_table=table, **unifi.uplink(9)),
        unifi.device(3, unifi.ATTIC, "uap", "Attic", uptime=30, **unifi.uplink(4)),
    ]
    _state(lab, "unifi").answers[unifi.DEVICES] = unifi.wrapped(*rows)


async def _attic_vanishes(lab: Lab) -> None:
    """Let it start, and hang again: it was seen since."""
    rows: list[Json] = [
        unifi.device(1, unifi.SWITCH, "usw", "Switch", port_table=[*unifi.PORTS], **unifi.uplink(9)),
        unifi.device(3, unifi.ATTIC, "uap", "Attic", state=0, last_seen=1_763_464_200, **unifi.uplink(4)),
    ]
    _state(lab, "unifi").answers[unifi.DEVICES] = unifi.wrapped(*rows)


async def _filtering_is_off(lab: Lab) -> None:
    _state(lab, "adguard").values["is_off"] = True


async def _lists_get_old(lab: Lab) -> None:
    _state(lab, "adguard").values[adguard.UPDATED] = "2026-10-01T06:00:00Z"


async def _renewed(lab: Lab) -> None:
    state = _state(lab, "traefik")
    ends = state.now() + timedelta(days=90)
    state.answers[traefik.CERTIFICATES] = [traefik.certificate("example.org", f"{ends:%Y-%m-%dT%H:%M:%SZ}")]


SCENARIOS = (
    Scenario(
        runbook="internet-down",
        services=("opnsense",),
        breaks={opnsense.GATEWAYS: {"items": _ALL_DOWN}},
        helps={opnsense.GATEWAYS: {"items": _ALL_UP}},
        check="wan_down",
        recipe="restart-firewall",
        target="OPNsense",
        evidence="WAN_DHCP: It does not answer",
    ),
    Scenario(
        runbook="internet-down",
        services=("unifi",),
        breaks={unifi.HEALTH: unifi.health("error")},
        helps={unifi.HEALTH: unifi.health()},
        check="wan_down",
        recipe="restart-gateway",
        target="UniFi Network",
    ),
    Scenario(
        runbook="gateway-down",
        services=("opnsense",),
        breaks={opnsense.GATEWAYS: {"items": _LOSSY}},
        helps={opnsense.GATEWAYS: {"items": _ALL_UP}},
        check="gateway_down",
        recipe="restart-firewall",
        target="WAN_DHCP",
        evidence="packet loss 31.0 %",
    ),
    Scenario(
        runbook="dns-down",
        services=("pihole",),
        breaks={pihole.BLOCKING: {"blocking": "failed", "timer": None}},
        helps={pihole.BLOCKING: {"blocking": "enabled", "timer": None}},
        check="dns_down",
        recipe="restart",
        target="Pi-hole",
        evidence="The DNS server does not run",
    ),
    Scenario(
        runbook="dns-down",
        services=("adguard", "docker"),
        breaks={adguard.STATUS: {**adguard.OFF, "protection_enabled": True}},
        helps={adguard.STATUS: {**adguard.OFF, "protection_enabled": True, "running": True}},
        check="dns_down",
        recipe="restart-host",
        target="AdGuard Home",
        settings=_RUNS,
    ),
    Scenario(
        runbook="dns-filtering-off",
        services=("adguard",),
        breaks=_filtering_is_off,
        check="filtering_off",
        recipe="turn-on",
        target="AdGuard Home",
        evidence="nothing turns it on again",
    ),
    Scenario(
        runbook="filter-lists-outdated",
        services=("adguard",),
        breaks=_lists_get_old,
        check="lists_outdated",
        recipe="update-lists",
        target="AdGuard Home",
    ),
    Scenario(
        runbook="network-device-offline",
        services=("unifi",),
        breaks={
            unifi.DEVICES: unifi.wrapped(
                unifi.device(1, unifi.SWITCH, "usw", "Switch", state=0, port_table=[*unifi.PORTS]),
                unifi.device(4, unifi.ROUTER, "uxg", "Gateway"),
            )
        },
        check="switch_offline",
        recipe="meant-to-be-off",
        target="Switch",
        evidence="The controller does not reach it",
    ),
    Scenario(
        runbook="dhcp-pool-full",
        services=("opnsense",),
        breaks={opnsense.KEA_LEASES: opnsense.leases("192.0.2", 95)},
        check="dhcp_full",
        recipe="investigate",
        target="192.0.2.0/24",
    ),
    Scenario(
        runbook="dhcp-pool-full",
        services=("pihole",),
        breaks={pihole.LEASES: pihole.leases(95)},
        check="dhcp_full",
        recipe="investigate",
        target="Pi-hole",
        evidence="95 % leased",
    ),
    Scenario(
        runbook="network-service-stopped",
        services=("opnsense",),
        breaks=opnsense.stopped,
        check="service_stopped",
        recipe="start",
        target="Unbound DNS",
    ),
    Scenario(
        runbook="network-service-stopped",
        services=("opnsense",),
        breaks={opnsense.GATEWAYS: {"items": _ALL_UP}},
        again=opnsense.stopped,
        without_help=Outcome.WORSE,
        alert=FiringAlert(name="UnboundDown", labels={"service": "unbound"}),
        recipe="restart",
        target="Unbound DNS",
    ),
    Scenario(
        runbook="access-point-offline",
        services=("unifi",),
        breaks=_attic_hangs,
        helps=_attic_is_back,
        again=_attic_vanishes,
        check="access_point_offline",
        recipe="power-cycle",
        target="Attic",
    ),
    Scenario(
        runbook="access-point-offline",
        services=("ruckus",),
        breaks={ruckus.POINTS: ruckus.points(ruckus.point(ruckus.HALL, "Hall", "Offline"))},
        check="access_point_offline",
        recipe="meant-to-be-off",
        target="Hall",
    ),
    Scenario(
        runbook="device-without-power",
        services=("unifi",),
        breaks=_attic_hangs,
        helps=_attic_is_back,
        again=_attic_vanishes,
        check="poe_lost",
        recipe="power-cycle",
        target="Switch, Port 4",
    ),
    Scenario(
        runbook="certificate-expiring",
        services=("traefik", "docker"),
        breaks={traefik.CERTIFICATES: [traefik.certificate("example.org", "2026-11-20T00:00:00Z")]},
        helps=_renewed,
        check="certificate_expiring",
        recipe="restart-host",
        target="example.org",
        settings=_RUNS,
    ),
    Scenario(
        runbook="backend-down",
        services=("traefik",),
        breaks={traefik.SERVICES: [traefik.backend("photos@file", cellar="DOWN")]},
        check="backend_down",
        recipe="investigate",
        target="photos@file",
        evidence="No server of it is up",
    ),
    Scenario(
        runbook="firmware-update",
        services=("opnsense",),
        breaks={opnsense.FIRMWARE: opnsense.firmware("error", "Could not find the repository.")},
        again={
            opnsense.FIRMWARE: {**opnsense.firmware("update", "3 updates"), "last_check": "Wed Nov 18 11:30"}
        },
        check="firmware_update",
        recipe="look-again",
        target="OPNsense",
    ),
)
