"""Gatus: its endpoints, and alerts for those that are down. It is only read."""

import re
from dataclasses import replace
from typing import Final

from ...sdk.access import Access
from ...sdk.auth import LOGIN, Basic
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Delivery, IncomingAlert, ReadAlerts, Versions
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.format import brief
from ...sdk.lists import list_tool
from ...sdk.parse import Item, parse
from ...sdk.rest import Rest
from ...sdk.sensors import duration, time
from .._monitor.alerts import Alarms, alarm, alarms
from .._monitor.service import monitor_service, status_tool, watched_kind
from .._monitor.watched import Overview, Status
from .models import Endpoint, GatusState

ALERT: Final = "EndpointDown"
_NOT_IN_KEY: Final = re.compile(r"[/_,.#+& ]")


class GatusClient(Rest):
    """One Gatus."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api/v1", auth=Basic())
        self._alarms = Alarms("Gatus")

    async def poll(self, gaps: Gaps) -> GatusState:
        """Return all endpoints. Raises ServiceError."""
        state = await GatusState.poll(self, gaps)
        state.now = self.clock.now()
        return state

    async def read_alerts(self) -> ReadAlerts:
        """Return an alert for each endpoint that is down. Raises ServiceError."""
        state = await self.poll(Gaps())
        overview = state.overview
        return self._alarms.read(alarms(overview, ALERT), overview.missing, state.now)


class Sent(Item):
    """The body of a webhook, as the documentation says to configure it."""

    status: str
    name: str
    group: str = ""
    description: str = ""

    @property
    def key(self) -> str:
        """The key of the endpoint, as Gatus makes it."""
        return "_".join(_NOT_IN_KEY.sub("-", one.lower()) for one in (self.group, self.name))


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a webhook; none for a status that is not known. Raises ServiceMalformed."""
    sent = parse(Sent, delivery.json(), "webhook", is_lenient=True)
    status = {"TRIGGERED": Status.DOWN, "RESOLVED": Status.UP}.get(sent.status)
    if status is None:
        return ()
    endpoint = Endpoint(name=sent.name, key=sent.key, group=sent.group, results=())
    watched = replace(endpoint.watched(delivery.received_at), status=status, text=sent.description)
    return (alarm(watched, ALERT).alert(delivery.received_at),)


def _overview(state: GatusState) -> Overview[Endpoint]:
    return state.overview


async def _history(client: GatusClient, gaps: Gaps, call: Call) -> list[str]:
    found = (await client.poll(gaps)).overview.by_key().get(call.target.id)
    results = reversed(found.item.results) if found else ()
    times = ((one, f"{one.timestamp:%Y-%m-%d %H:%M:%S} UTC") for one in results)
    return [brief(f"{at} {'up' if one.success else f'down: {one.text}'}") for one, at in times]


SERVICE: Final = monitor_service(
    key="gatus",
    name="Gatus",
    what=("endpoints", "Endpoints"),
    manufacturer="Gatus",
    icon="mdi:web-check",
    settings=(url_field("http://gatus.example.org:8080"), *LOGIN[:2], *TLS_SETTINGS),
    connect=GatusClient,
    overview=_overview,
    parse=parse_webhook,
    version=lambda _: "API 1",
    resources=(
        watched_kind(
            "endpoint",
            "Endpoint",
            _overview,
            duration("response_time", "Response time", lambda one: one.item.response_time, "ms"),
            time("last_check", "Last check", lambda one: one.item.last_check),
            is_device=True,
            part="endpoints",
            icon="mdi:web-check",
        ),
    ),
    tools=(
        status_tool("endpoints", "Endpoints", _overview),
        list_tool(
            "endpoint_history",
            "Endpoint history",
            "The last checks of one endpoint, newest first, and what failed.",
            _history,
            empty="It was not checked yet",
            scope="endpoint",
            capability="tasks",
        ),
    ),
    understood=Versions(note="5.0 to 5.30"),
)
