"""Gatus: its endpoints, and alerts for those that are down. It is only read."""

import re
from dataclasses import replace
from typing import Final

from ...sdk.alarms import Status
from ...sdk.answers import Item, parse
from ...sdk.client import LOGIN, Basic
from ...sdk.description import Call, Delivery, Gaps, IncomingAlert, Versions
from ...sdk.display import brief, duration, list_tool, time
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.monitors.client import MonitorClient
from ...sdk.monitors.service import monitor_service, watched_kind
from .models import Endpoint, GatusState

_NOT_IN_KEY: Final = re.compile(r"[/_,.#+& ]")


class GatusClient(MonitorClient[GatusState]):
    """One Gatus."""

    base = "api/v1"
    auth = Basic()
    monitor, alert = "Gatus", "EndpointDown"
    state = GatusState


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
    return (watched.alarm(GatusClient.alert).alert(delivery.received_at),)


@list_tool(
    "endpoint_history",
    "Endpoint history",
    "The last checks of one endpoint, newest first, and what failed.",
    empty=t"It was not checked yet",
    scope="endpoint",
    capability="tasks",
)
async def _history(client: GatusClient, gaps: Gaps, call: Call) -> list[str]:
    found = (await client.poll(gaps)).overview.by_key().get(call.target.id)
    results = reversed(found.item.results) if found else ()
    times = ((one, f"{one.timestamp:%Y-%m-%d %H:%M:%S} UTC") for one in results)
    return [brief(f"{at} {'up' if one.success else f'down: {one.text}'}") for one, at in times]


SERVICE: Final = monitor_service(
    key="gatus",
    name="Gatus",
    what=("endpoints", "Endpoints"),
    icon="mdi:web-check",
    settings=(url_field("http://gatus.example.org:8080"), *LOGIN[:2], *TLS_SETTINGS),
    connect=GatusClient,
    parse=parse_webhook,
    version=lambda _: "API 1",
    resources=(
        watched_kind(
            "endpoint",
            "Endpoint",
            duration("response_time", "Response time", lambda one: one.item.response_time, "ms"),
            time("last_check", "Last check", lambda one: one.item.last_check),
            is_device=True,
        ),
    ),
    understood=Versions(note="5.0 to 5.30"),
).extended(tools=(_history,))
