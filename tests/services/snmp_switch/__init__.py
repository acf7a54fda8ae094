"""A switch in the lab: four ports, three of them with power for devices, and two VLANs."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import Json, JsonObject
from services._snmp import Agent
from steward.services.snmp_switch.models import TABLES


def interface(index: int, *, admin: int = 1, oper: int = 1, errors: int = 0, kind: int = 6) -> JsonObject:
    """Return a row of the interfaces."""
    return {
        "index": str(index),
        "ifType": kind,
        "ifAdminStatus": admin,
        "ifOperStatus": oper,
        "ifLastChange": 4200 + index,
        "ifInErrors": errors,
        "ifOutErrors": 0,
    }


def poe(index: int, *, admin: int = 1, state: int = 3) -> JsonObject:
    """Return a row of the ports with power."""
    return {
        "index": f"1.{index}",
        "pethPsePortAdminEnable": admin,
        "pethPsePortDetectionStatus": state,
        "pethPsePortPowerPriority": 3,
    }


INTERFACES = [
    interface(1),
    interface(2),
    interface(3, admin=2, oper=2),
    interface(4),
    interface(100, kind=53),
]
ALIASES = ["uplink", "camera", "", "access point", ""]
POE = [poe(1), poe(2), poe(3, admin=2, state=1)]
SUPPLY: JsonObject = {
    "index": "1",
    "pethMainPsePower": 195,
    "pethMainPseOperStatus": 1,
    "pethMainPseConsumptionPower": 41,
}


class Switch(Agent):
    """A switch. A device that loses its power for some seconds changes the link of its port."""

    def changed(self, path: str, table: str, column: str, index: str) -> None:
        """Record the change: a port that gets its power back within half a minute was power-cycled."""
        now = self.world.now()
        if column == "pethPsePortAdminEnable":
            began = self.state.values.get(index)
            is_cycle = path.endswith("=1") and isinstance(began, float) and 1 < now - began < 30
            self.state.values[index] = now
            if is_cycle:
                self._row("interfaces", index.rpartition(".")[2])["ifLastChange"] = int(now * 100) + 9000
                return
        super().changed(path, table, column, index)


def _simulator(lab: Lab) -> Switch:
    names: list[Json] = [
        {"index": row["index"], "ifName": f"A{place}", "ifHighSpeed": 1000, "ifAlias": alias}
        for place, (row, alias) in enumerate(zip(INTERFACES, ALIASES, strict=True), 1)
    ]
    bridge: list[Json] = [{"index": str(place), "dot1dBasePortIfIndex": place} for place in range(1, 5)]
    return Switch(
        "snmp_switch",
        lab.world,
        lab.faults,
        {
            "GET /system": {
                "sysDescr": "ProCurve J9773A Switch 2530-24G-PoEP, revision YA.16.10.0016, ROM YA.15.20",
                "sysUpTime": 8_640_000,
                "sysName": "cellar",
            },
            "GET /interfaces": [*INTERFACES],
            "GET /names": names,
            "GET /poe": [*POE],
            "GET /supplies": [SUPPLY],
            "GET /bridge": bridge,
            "GET /vlan_of": [{"index": str(place), "dot1qPvid": 1} for place in range(1, 5)],
            "GET /vlans": [
                {
                    "index": vlan,
                    "dot1qVlanStaticName": name,
                    "dot1qVlanStaticEgressPorts": ports,
                    "dot1qVlanStaticUntaggedPorts": ports,
                }
                for vlan, name, ports in (("1", "default", "f0000000"), ("20", "cameras", "00000000"))
            ],
        },
        TABLES,
    )


POWER = "/pethPsePortAdminEnable.1"
FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: served.settings(),
    rounds=(
        Round(action="disable_port", target="A2 (camera)", write=("SET", "/ifAdminStatus.2=2")),
        Round(action="enable_port", target="A3", write=("SET", "/ifAdminStatus.3=1")),
        Round(action="power_off", target="A2 (camera)", write=("SET", f"{POWER}.2=2")),
        Round(action="power_on", target="A3", write=("SET", f"{POWER}.3=1")),
        Round(action="power_cycle", target="A2 (camera)", write=("SET", f"{POWER}.2=2")),
        Round(
            action="set_vlan",
            target="A2 (camera)",
            arguments={"vlan": 20},
            write=("SET", "/dot1qPvid.2=20"),
        ),
    ),
    unhealthy={
        "GET /interfaces": [interface(1, errors=500), interface(2, oper=2), *INTERFACES[2:]],
        "GET /poe": [POE[0], poe(2, state=4), POE[2]],
        "GET /supplies": [{**SUPPLY, "pethMainPseConsumptionPower": 190}],
    },
)
