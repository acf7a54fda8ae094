"""What UniFi Network answers. Source: its OpenAPI, and the API of its own web interface."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, many, one
from ...sdk.display import Text, brief

CONNECTED: Final = 1
USERS: Final = "site/rest/user"
NETWORKS: Final = "site/rest/networkconf"
PORTS: Final = "site/ports"
"""No path of the API: the client makes this list of the ports of all devices."""

STATES: Final = {
    0: "offline",
    1: "online",
    4: "updating",
    5: "provisioning",
    6: "not reachable",
    11: "isolated",
}
KINDS: Final = {"uap": "access_point", "usw": "switch"}
"""Kinds of devices by their type; every other one is a router."""


class Port(Item, rename=None):
    """A port of a switch. ``poe_power`` in watts, ``speed`` in Mbit/s."""

    switch: str
    port_idx: int
    name: str = ""
    up: bool | None = None
    speed: float | None = None
    port_poe: bool | None = None
    poe_power: float | None = None


class Uplink(Item, rename=None):
    """What a device is connected to."""

    uplink_mac: str = ""
    uplink_remote_port: int | None = None


class Load(Item, rename=None):
    """Percent of the processor and of the memory in use."""

    cpu: float | None = None
    mem: float | None = None


class Device(Item, rename=None):
    """An access point, a switch or a gateway. ``uptime`` and ``last_seen`` in seconds."""

    id: str = msgspec.field(name="_id")
    mac: str
    type: str
    name: str = ""
    ip: str | None = ""
    model: str = ""
    version: str | None = None
    state: int | None = None
    uptime: float | None = None
    last_seen: float = 0.0
    upgradable: bool | None = None
    clients: int | None = msgspec.field(name="num_sta", default=None)
    load: Load = msgspec.field(name="system-stats", default=Load())
    uplink: Uplink = Uplink()
    port_overrides: object = ()

    @property
    def kind(self) -> str:
        """The kind of resource that it is."""
        return KINDS.get(self.type, "router")

    @property
    def title(self) -> str:
        """Its name, else its model."""
        return self.name or f"{self.model} {self.mac}"

    @property
    def is_lost(self) -> bool:
        """Whether it is not online, and its port is not known."""
        return self.state != CONNECTED and self.uplink.uplink_remote_port is None

    @property
    def is_online(self) -> bool:
        """Whether the controller reaches it. Raises NotKnown while it is updated."""
        state = STATES.get(known(self.state), "in another state")
        if state in ("updating", "provisioning", "in another state"):
            raise NotKnown(t"It is {state}")
        return self.state == CONNECTED

    def offline(self) -> Text | None:
        """Return that the controller does not reach it. Raises NotKnown."""
        return (
            None if self.is_online else t"The controller does not reach it: it is {STATES[known(self.state)]}"
        )


class Network(Item, rename=None):
    """A network. The one without a VLAN has number 1."""

    id: str = msgspec.field(name="_id")
    name: str = ""
    vlan: int = 1
    purpose: str = ""
    ip_subnet: str = ""
    enabled: bool | None = None

    def __str__(self) -> str:
        parts = (f"VLAN {self.vlan}", self.purpose, self.ip_subnet, "off" if self.enabled is False else "")
        return f"{brief(self.name, 60)}: {', '.join(brief(part, 60) for part in parts if part)}"


class Client(Item, rename=None):
    """What is connected, or blocked. ``uptime`` in seconds."""

    mac: str
    name: str = ""
    hostname: str = ""
    ip: str | None = ""
    blocked: bool | None = None
    sw_mac: str = ""
    sw_port: int | None = None
    uptime: float | None = msgspec.field(name="_uptime_by_usw", default=None)

    @property
    def title(self) -> str:
        """Its name."""
        return self.name or self.hostname or self.mac


class Health(Item, rename=None):
    """One part of the network. ``latency`` in ms."""

    subsystem: str
    status: str = "unknown"
    latency: float | None = None


class Info(Item):
    """The controller."""

    application_version: str


@dataclass(frozen=True, slots=True)
class SwitchPort:
    """A port with the name of its switch, and the device that is connected to it.

    ``missing`` is why there may be a device that is not known.
    """

    port: Port
    switch: str
    fed: Device | None
    missing: str | None

    @property
    def title(self) -> str:
        """The names of switch and port."""
        return f"{self.switch}, {self.port.name or f'Port {self.port.port_idx}'}"

    @property
    def power(self) -> float:
        """Watts. Raises NotKnown when it is not reported, or the port has no PoE."""
        if not known(self.port.port_poe):
            raise NotKnown(t"The port has no PoE")
        return known(self.port.poe_power)

    def unpowered(self) -> Text | None:
        """Return that a device that gets its power here is offline and draws none. Raises NotKnown."""
        if self.fed is None and self.missing:
            raise NotKnown(self.missing)
        if self.fed is None or not known(self.port.port_poe) or self.fed.is_online or self.power > 0:
            return None
        return t"{self.fed.title} is offline and draws no power"


class UnifiState(State):
    """Everything that one poll reads; ``site`` is put into the paths by the client."""

    info = one("integration/v1/info", Info)
    all_devices = many("site/stat/device", Device, below="data")
    all_ports = many(PORTS, Port, optional=True)
    health = many("site/stat/health", Health, below="data", optional=True)
    clients = many("site/stat/sta", Client, below="data", optional=True)
    users = many(USERS, Client, below="data", optional=True)

    def devices(self, kind: str) -> list[Device]:
        """Return the devices of one kind."""
        return [found for found in self.all_devices if found.kind == kind]

    def ports(self) -> Iterator[SwitchPort]:
        """Yield the ports of all switches. Raises NotKnown."""
        switches = {found.mac: found for found in self.devices("switch")}
        lost = next((found.title for found in self.all_devices if found.is_lost), None)
        missing = self.gaps.of("all_devices") or (
            f"It is not known where {lost} is connected" if lost else None
        )
        fed = {
            (found.uplink.uplink_mac, found.uplink.uplink_remote_port): found for found in self.all_devices
        }
        for port in self.all_ports:
            if port.switch in switches or missing:
                name = switches[port.switch].title if port.switch in switches else port.switch
                yield SwitchPort(port, name, fed.get((port.switch, port.port_idx)), missing)

    def people(self) -> list[Client]:
        """Return what is connected, and what is blocked."""
        blocked = {found.mac: found for found in self.users if found.blocked}
        return [*blocked.values(), *(found for found in self.clients if found.mac not in blocked)]

    def part(self, subsystem: str) -> Health:
        """Return the health of one part. Raises NotKnown."""
        return known(next((found for found in self.health if found.subsystem == subsystem), None))

    @property
    def internet(self) -> bool:
        """Whether the connection to the internet works. Raises NotKnown."""
        status = self.part("www").status
        if status not in ("ok", "warning", "error"):
            raise NotKnown(t"UniFi reports that it is {brief(status, 40)}")
        return status != "error"

    def wan_down(self) -> Text | None:
        """Return that the connection to the internet does not work. Raises NotKnown."""
        return None if self.internet else t"The gateway does not reach the internet"

    def firmware_update(self) -> Text | None:
        """Return the devices with an update. Raises NotKnown."""
        found = [device.title for device in self.all_devices if known(device.upgradable)]
        return t"Updates wait for {brief(', '.join(found), 200)}" if found else None
