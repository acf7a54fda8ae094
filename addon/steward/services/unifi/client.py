"""The client: two APIs with one key, and what is read again before and after an action."""

import hashlib
import json
from typing import Final

from homelab_steward.contract.base import Value

from ...errors import PreconditionFailed
from ...sdk.answers import Item, at, known, parse
from ...sdk.client import Key, Parameter, Rest
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field
from ...sdk.kits import Current
from ...texts import Text
from .models import NETWORKS, PORTS, USERS, Client, Device, Network, UnifiState

API_KEY: Final = secret_field(
    "api_key",
    "API key",
    "Of an administrator, under Settings, Control Plane, Integrations. Viewing alone changes nothing.",
)
NATIVE: Final = "native_networkconf_id"
OFFLINE: Final = "offline"
SELDOM: Final = 600.0
"""Seconds between two reads of all clients that the controller ever saw: they may be thousands."""


class Listed(Item):
    """A site or a device of the documented API."""

    id: str
    internal_reference: str = ""
    mac_address: str = ""


class UnifiClient(Rest):
    """One controller and one site. Its documented API has actions on devices and ports only."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="proxy/network", auth=Key("X-API-KEY", (API_KEY,)))
        self.site = access.optional("site") or "default"
        self._users: object = None
        self._due = 0.0

    async def poll(self, gaps: Gaps) -> UnifiState:
        """Return the state. Raises ServiceError."""
        return await UnifiState.poll(self, gaps)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return what a GET answers; a path below ``site`` is one of the site."""
        if path == PORTS:
            rows = at(await self.get("site/stat/device"), "data")
            return [port for row in rows for port in _ports(row)] if isinstance(rows, list) else rows
        if path == USERS and self._users is not None and self.clock.monotonic() < self._due:
            return self._users
        answer = await super().get(path.replace("site/", f"api/s/{self.site}/", 1), **query)
        if path == USERS:
            self._users, self._due = answer, self.clock.monotonic() + SELDOM
        return answer

    async def device(self, mac: str) -> Device:
        """Return a device. Raises PreconditionFailed when it is not adopted any more."""
        found = await self.whole(Device, "site/stat/device", below="data")
        mine = next((device for device in found if device.mac == mac), None)
        if mine is None:
            raise PreconditionFailed(t"{mac} is not adopted any more")
        return mine

    async def started(self, call: Call) -> str:
        """Return when a device started, or since when it is offline."""
        return self._since(await self.device(call.target.id))

    async def works(self, call: Call) -> bool:
        """Return whether a device, or what is connected to a port, is online."""
        marker = await (self.connected if call.target.kind == "port" else self.started)(call)
        return not marker.startswith(OFFLINE)

    async def unreached(self, call: Call) -> Text | None:
        """Return that a device cannot be asked to restart."""
        return (await self.device(call.target.id)).offline()

    async def connected(self, call: Call) -> str:
        """Return since when something is connected to a port. Raises PreconditionFailed when nothing is."""
        mac, port = place(call)
        for device in await self.whole(Device, "site/stat/device", below="data"):
            if (device.uplink.uplink_mac, device.uplink.uplink_remote_port) == (mac, port):
                return self._since(device)
        for client in await self.whole(Client, "site/stat/sta", below="data"):
            if (client.sw_mac, client.sw_port) == (mac, port):
                return self.start_times.of(client.mac, known(client.uptime))
        raise PreconditionFailed(t"Nothing is known to be connected to {call.target.name}")

    async def restart(self, call: Call) -> object:
        """Restart a device."""
        path = await self._documented(call.target.id)
        return await self.send("POST", f"{path}/actions", {"action": "RESTART"})

    async def power_cycle(self, mac: str, port: int) -> object:
        """Switch the power of a port off and on again."""
        path = await self._documented(mac)
        return await self.send("POST", f"{path}/interfaces/ports/{port}/actions", {"action": "POWER_CYCLE"})

    async def feeder(self, call: Call) -> tuple[str, int]:
        """Return switch and port that a device is connected to. Raises PreconditionFailed."""
        uplink = (await self.device(call.target.id)).uplink
        if not uplink.uplink_mac or uplink.uplink_remote_port is None:
            raise PreconditionFailed(t"The port that {call.target.name} is connected to is not known")
        return uplink.uplink_mac, uplink.uplink_remote_port

    async def is_blocked(self, call: Call) -> bool:
        """Return whether a client is blocked. One that never was does not say it, and is connected."""
        found = await self.whole(Client, f"site/stat/user/{call.target.id}", below="data")
        if not found:
            raise PreconditionFailed(t"{call.target.name} is not known to the controller any more")
        mine = found[0]
        if mine.blocked is None:
            connected = await self.whole(Client, "site/stat/sta", below="data")
            return False if mine.mac in {client.mac for client in connected} else known(mine.blocked)
        return mine.blocked

    async def block(self, call: Call, command: str) -> object:
        """Block a client, or allow it again."""
        self._users = None
        return await self.send(
            "POST", f"api/s/{self.site}/cmd/stamgr", {"cmd": command, "mac": call.target.id}
        )

    async def read_vlan(self, call: Call) -> Current:
        """Return the VLAN of a port. Raises PreconditionFailed when it has a profile."""
        mac, port = place(call)
        device = await self.device(mac)
        networks = {network.id: network.vlan for network in await self._networks()}
        mine = next((one for one in _overrides(device) if one.get("port_idx") == port), {})
        if mine.get("portconf_id"):
            raise PreconditionFailed(t"{call.target.name} has a port profile: change its network there")
        text = json.dumps(device.port_overrides, sort_keys=True)
        token = hashlib.sha256(text.encode()).hexdigest()[:16]
        return Current(value=networks.get(str(mine.get(NATIVE)), 1), token=token)

    async def vlan_refusal(self, call: Call, _: Current) -> Text | None:
        """Return that no network has the VLAN."""
        wanted = int(call.number("vlan"))
        is_known = any(network.vlan == wanted for network in await self._networks())
        return None if is_known else t"No network has the VLAN {wanted}"

    async def write_vlan(self, call: Call, value: Value, _: Current) -> object:
        """Put a port into the network with a VLAN."""
        mac, port = place(call)
        device = await self.device(mac)
        network = next((one for one in await self._networks() if one.vlan == value), None)
        if network is None:
            raise PreconditionFailed(t"No network has the VLAN {value}")
        mine = next((one for one in _overrides(device) if one.get("port_idx") == port), {})
        others = [one for one in _overrides(device) if one.get("port_idx") != port]
        overrides = [*others, {**mine, "port_idx": port, NATIVE: network.id}]
        return await self.send(
            "PUT", f"api/s/{self.site}/rest/device/{device.id}", {"port_overrides": overrides}
        )

    async def _networks(self) -> tuple[Network, ...]:
        return await self.whole(Network, NETWORKS, below="data")

    async def _documented(self, mac: str) -> str:
        """Return the path of a device in the documented API. Raises PreconditionFailed."""
        sites = await self.whole(Listed, "integration/v1/sites", below="data", limit=200)
        site = next((one.id for one in sites if one.internal_reference == self.site), None)
        if site is None:
            raise PreconditionFailed(t"The controller has no site {self.site}")
        found = await self.whole(Listed, f"integration/v1/sites/{site}/devices", below="data", limit=200)
        mine = next((one.id for one in found if one.mac_address.lower() == mac.lower()), None)
        if mine is None:
            raise PreconditionFailed(t"The documented API does not list {mac} among {len(found)} devices")
        return f"integration/v1/sites/{site}/devices/{mine}"

    def _since(self, device: Device) -> str:
        if not device.is_online:
            return f"{OFFLINE}, last seen at {device.last_seen:.0f}"
        return self.start_times.of(device.mac, known(device.uptime))


def _ports(row: object) -> list[object]:
    """Return the ports of a device, each with its address; what is odd stays in the list."""
    if not isinstance(row, dict):
        return [row]
    table = row.get("port_table") or []
    ports = table if isinstance(table, list) else [table]
    return [{**port, "switch": row.get("mac")} if isinstance(port, dict) else port for port in ports]


def _overrides(device: Device) -> list[dict[str, object]]:
    """Return what is set of the ports. Raises ServiceMalformed."""
    return parse(list[dict[str, object]], device.port_overrides, "port_overrides")


def place(call: Call) -> tuple[str, int]:
    """Return the switch and the number of a port."""
    mac, _, port = call.target.id.rpartition("/")
    return mac, int(port)
