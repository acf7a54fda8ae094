"""RUCKUS SmartZone: its access points and their clients. Source: its public API, version 11.1.

Unleashed has no documented API; it is not read.
"""

from typing import Any, Final

from ...errors import PreconditionFailed
from ...sdk.access import Access
from ...sdk.answers import Item, NotKnown, State, at, known, many, parse
from ...sdk.categories import NETWORK
from ...sdk.client import Credentials, LoginCall, Parameter, Rest, Session
from ...sdk.description import Call, Check, Gaps, Outage, ResourceKind, Risk, Sensor, Service, Versions
from ...sdk.display import Text, brief, list_tool, notice, stated, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.kits import Restart
from ...sdk.sensors import count, diagnostic, flag, problem, served

LOGIN: Final = (
    text_field("username", "User name", "An administrator with the role AP Admin; read-only cannot restart."),
    secret_field("password", "Password"),
)
QUERY: Final = "query/ap"
ALL: Final = 1000


class AccessPoint(Item):
    """An access point. ``status`` is Online, Flagged (online with a warning) or Offline."""

    ap_mac: str
    device_name: str = ""
    status: str | None = None
    model: str = ""
    zone_name: str | None = None
    firmware_version: str | None = None
    zone_firmware_version: str | None = None
    num_clients: int | None = None
    alerts: int | None = None

    @property
    def title(self) -> str:
        """Its name."""
        return self.device_name or self.ap_mac

    @property
    def is_online(self) -> bool:
        """Whether the controller reaches it. Raises NotKnown."""
        if known(self.status) not in ("Online", "Flagged", "Offline"):
            raise NotKnown(t"It is {brief(known(self.status), 40)}")
        return self.status != "Offline"

    def offline(self) -> Text | None:
        """Return that the controller does not reach it. Raises NotKnown."""
        return None if self.is_online else t"The controller does not reach it"

    def flagged(self) -> Text | None:
        """Return that the controller has a warning for it. Raises NotKnown."""
        return (
            t"The controller flags it: {known(self.alerts)} alerts"
            if self.is_online and self.status == "Flagged"
            else None
        )

    def problem(self) -> Text | None:
        """Return that it is offline or flagged. Raises NotKnown."""
        return self.offline() or self.flagged()

    def outdated(self) -> Text | None:
        """Return that it has another firmware than its zone. Raises NotKnown."""
        own, wanted = known(self.firmware_version), known(self.zone_firmware_version)
        return None if own == wanted else t"It has {brief(own, 40)}, and its zone {brief(wanted, 40)}"


class Controller(Item):
    """A node of the controller."""

    id: str
    name: str = ""
    version: str | None = None


class Summary(Item):
    """An access point in operation. ``uptime`` in seconds."""

    uptime: float


class RuckusState(State):
    """Everything that one poll reads."""

    access_points = many(QUERY, AccessPoint, below="list", total="totalCount")
    controllers = many("controller", Controller, below="list", total="totalCount", optional=True)

    @property
    def version(self) -> str:
        """The version of the controller. Raises NotKnown."""
        return known(next((found.version for found in self.controllers), None))


async def _login(access: Access, call: LoginCall) -> Credentials:
    """Return the ticket of a session. Raises ServiceUnauthorized."""
    body = {key.key: access.text(key.key) for key in LOGIN}
    answer = await call("POST", "serviceTicket", body=body)
    return Credentials(query={"serviceTicket": parse(str, at(answer.body, "serviceTicket"), "serviceTicket")})


class RuckusClient(Rest):
    """One controller."""

    base = "wsg/api/public/v11_1"
    auth = Session(_login, LOGIN)

    async def poll(self, gaps: Gaps) -> RuckusState:
        """Return the state. Raises ServiceError."""
        return await RuckusState.poll(self, gaps)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return what a GET answers; access points are asked for with a POST that only reads."""
        if path == QUERY:
            return await self.read(path, {"page": 1, "limit": ALL})
        return await super().get(path, **query)

    async def started(self, call: Call) -> str:
        """Return when an access point started. Raises PreconditionFailed while it is offline."""
        found = await self.whole(AccessPoint, QUERY, below="list")
        mine = next((one for one in found if one.ap_mac == call.target.id), None)
        if mine is None or not mine.is_online:
            raise PreconditionFailed(t"The controller does not reach {call.target.name}")
        summary = await self.one(Summary, f"aps/{mine.ap_mac}/operational/summary")
        return self.start_times.of(mine.ap_mac, summary.uptime)

    async def restart(self, call: Call) -> object:
        """Ask an access point to restart."""
        return await self.send("PUT", f"aps/{call.target.id}/reboot")


_ACCESS_POINT: Final = ResourceKind[RuckusState, AccessPoint](
    key="access_point",
    items=lambda state: state.access_points,
    id=lambda one: one.ap_mac,
    title=lambda one: one.title,
    labels=lambda one: {"name": one.device_name, "mac": one.ap_mac},
    is_device=True,
    icon="mdi:access-point",
    sensors=(
        flag("running", "Online", lambda one: one.is_online, "connectivity"),
        problem("flagged", "Flagged", AccessPoint.flagged),
        served("clients", "Clients", lambda one: one.num_clients, "mdi:devices"),
        diagnostic("version", "Firmware", lambda one: one.firmware_version),
        diagnostic("zone", "Zone", lambda one: one.zone_name, enabled=False),
    ),
)
_SENSORS: Final[tuple[Sensor[RuckusState], ...]] = (
    count(
        "access_points_offline",
        "Access points offline",
        lambda state: sum(not one.is_online for one in state.access_points),
        "mdi:access-point-off",
    ),
    served(
        "clients",
        "Clients",
        lambda state: sum(known(one.num_clients) for one in state.access_points),
        "mdi:devices",
    ),
)
_CHECKS: Final[tuple[Check[Any], ...]] = (
    warning("access_point_offline", "Access point offline", AccessPoint.offline, "access_point", Outage()),
    notice("access_point_flagged", "Access point flagged", AccessPoint.flagged, "access_point"),
    notice("firmware_update", "Firmware update failed or waiting", AccessPoint.outdated, "access_point"),
)


@list_tool("access_points", "Access points", "Access points, offline ones first.", capability="status")
async def _list(client: RuckusClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).access_points
    return stated(found, lambda one: f"{one.title} ({one.model})", AccessPoint.problem, _clients)


def _clients(one: AccessPoint) -> str:
    return f"online with {one.num_clients} clients"


SERVICE: Final = Service[RuckusClient, RuckusState](
    key="ruckus",
    name="RUCKUS SmartZone",
    category=NETWORK,
    manufacturer="RUCKUS",
    icon="mdi:access-point-network",
    settings=(url_field("https://smartzone.example.org:8443"), *LOGIN, *TLS_SETTINGS),
    connect=RuckusClient,
    poll=RuckusClient.poll,
    version=lambda state: state.version,
    identity=lambda state: min((one.ap_mac for one in state.access_points), default=""),
    sensors=_SENSORS,
    resources=(_ACCESS_POINT,),
    checks=_CHECKS,
    tools=(_list,),
    actions=(
        Restart(started=RuckusClient.started, request=RuckusClient.restart, away=420.0).action(
            key="restart_access_point",
            description="Restarts the access point.",
            risk=Risk.MEDIUM,
            scope="access_point",
            blast_radius="Its clients are offline for some minutes",
        ),
    ),
    understood=Versions("6.1", "7"),
)
