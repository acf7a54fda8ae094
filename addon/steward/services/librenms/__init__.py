"""LibreNMS: its devices, the alerts of its rules, acknowledging them, and maintenance windows."""

from typing import Final

from homelab_steward.contract.devices import Aspect, Method

from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item, certain, parse
from ...sdk.client import Key
from ...sdk.description import Call, Delivery, Gaps, IncomingAlert, Outage, ResourceKind, Risk, Versions
from ...sdk.display import brief, count, critical, diagnostic, duration, list_tool
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import HOURS, Switch, Turn
from ...sdk.monitors.acknowledging import AcknowledgingClient, acknowledging
from ...sdk.monitors.service import monitor_service, watched_kind
from ...sdk.monitors.testifying import watched_testifies
from ...sdk.monitors.watched import Watched, blind
from ...sdk.targets import target
from .models import ACKNOWLEDGED, Alert, Device, Event, LibrenmsState, alarm_of, down

MOST_ALERTS: Final = 200
TOKEN: Final = secret_field(
    "token", "API token", "A user with global read access can watch; acknowledging needs an admin."
)


class LibrenmsClient(AcknowledgingClient[LibrenmsState]):
    """One LibreNMS."""

    base = "api/v0"
    auth = Key("X-Auth-Token", (TOKEN,))
    monitor = "LibreNMS"
    state = LibrenmsState

    async def poll(self, gaps: Gaps) -> LibrenmsState:
        """Return devices and alerts. Raises ServiceError."""
        state = await super().poll(gaps)
        if len(state.open) > MOST_ALERTS:
            gaps.add("alert", f"{len(state.open)} alerts are open, {MOST_ALERTS} of them are listed")
        return state

    def alarms(self, state: LibrenmsState) -> list[Alarm]:
        """Return the alarms of its rules."""
        return state.alarms()

    def missing(self, state: LibrenmsState) -> str | None:
        """Return why an alert may not be listed."""
        return next(filter(None, map(state.gaps.of, ("alerts", "devices", "rules"))), None)

    async def is_acknowledged(self, call: Call) -> bool:
        """Return whether the target is acknowledged. Raises PreconditionFailed when it is over."""
        found = (await self.poll(Gaps())).open
        return target(found, call, lambda one: one.id, "does not fire any more").state == ACKNOWLEDGED

    async def acknowledge(self, call: Call) -> None:
        """Acknowledge the target until it changes."""
        body = {"note": "Homelab Steward", "until_clear": False}
        await self.send("PUT", f"alerts/{call.target.id}", body)

    async def unmute(self, call: Call) -> None:
        """Take the acknowledgement of the target back."""
        await self.send("PUT", f"alerts/unmute/{call.target.id}")

    async def is_in_maintenance(self, call: Call) -> bool:
        """Return whether the target is in a maintenance window."""
        path = f"devices/{call.target.id}/maintenance"
        return await self.one(bool, path, below="is_under_maintenance")

    async def maintain(self, call: Call) -> None:
        """Begin a maintenance window of the target."""
        body = {"title": "Homelab Steward", "duration": f"{round(call.number('hours')):02}:00"}
        await self.send("POST", f"devices/{call.target.id}/maintenance", body)

    async def events(self, call: Call, gaps: Gaps) -> tuple[Event, ...]:
        """Return the newest lines of the target's event log."""
        path = f"logs/eventlog/{call.target.id}"
        return await self.many(Event, path, gaps, below="logs", limit=30, sortorder="DESC")


class Sent(Item, rename=None):
    """The body of a webhook, as the documentation says to configure it."""

    device_id: int
    rule: str
    state: int
    hostname: str = ""
    severity: str = ""


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a webhook. Raises ServiceMalformed."""
    sent = parse(Sent, delivery.json(), "webhook", is_lenient=True)
    status = {0: Status.UP, 1: Status.DOWN, 3: Status.DOWN, 4: Status.DOWN, 5: Status.DOWN}.get(sent.state)
    if status is None:
        return ()
    found = alarm_of(
        str(sent.device_id),
        sent.rule,
        status,
        severity=sent.severity,
        labels={"instance": sent.hostname},
        summary=f"{sent.rule} on {sent.hostname}",
    )
    return (found.alert(delivery.received_at),)


def _line(one: Watched[Device]) -> str:
    return brief(" ".join(filter(None, (f"{one};", one.item.hardware, one.item.os, one.item.version))))


@list_tool("alerts", "Alerts", "The alerts that are open, the worst first.")
async def _alerts(client: LibrenmsClient, gaps: Gaps, _: Call) -> list[str]:
    state = await client.poll(gaps)
    noted = {one.id: " (acknowledged)" for one in state.open if one.state == ACKNOWLEDGED}
    return [
        f"{state.title(one)}: {one.severity or 'no severity'}{noted.get(one.id, '')}" for one in state.open
    ]


@list_tool(
    "device_events",
    "Device events",
    "The newest lines of a device's event log.",
    scope="device",
    capability="logs",
)
async def _events(client: LibrenmsClient, gaps: Gaps, call: Call) -> list[str]:
    return [brief(f"{one.datetime} {one.type}: {one.message}") for one in await client.events(call, gaps)]


_MAINTENANCE: Final = Switch(
    is_on=LibrenmsClient.is_in_maintenance,
    on=Turn(to=True, run=LibrenmsClient.maintain, note=t"Only the web interface can end it earlier."),
    label=t"Maintenance",
)

SERVICE: Final = monitor_service(
    key="librenms",
    name="LibreNMS",
    what=("devices", "Devices"),
    icon="mdi:lan-check",
    interval=60.0,
    settings=(url_field("https://librenms.example.org"), TOKEN, *TLS_SETTINGS),
    connect=LibrenmsClient,
    line=_line,
    parse=parse_webhook,
    version=lambda state: next((one.local_ver for one in state.system), None),
    resources=(
        watched_kind(
            "device",
            "Device",
            duration("uptime", "Uptime", lambda one: one.item.running, diagnostic=True, enabled=False),
            diagnostic("firmware", "Firmware", lambda one: one.item.firmware, enabled=False),
            icon="mdi:lan",
            testifies=watched_testifies(
                aspect=lambda _: Aspect.REACH,
                method=lambda one: Method.ICMP if one.item.status_reason == "icmp" else Method.SNMP,
                part=lambda _: "",
                marks=lambda one: one.item.marks,
            ),
        ),
        ResourceKind[LibrenmsState, tuple[str, Alert]](
            key="alert",
            items=lambda state: [(state.title(one), one) for one in state.open[:MOST_ALERTS]],
            id=lambda one: str(one[1].id),
            title=lambda one: brief(one[0], 100),
        ),
    ),
    blind=blind(lambda state: state.blindness),
    understood=Versions("24", "26"),
).extended(
    sensors=(
        count(
            "alerts_firing",
            "Alerts firing",
            lambda state: certain(len(state.open), state.gaps.of("alerts")),
            "mdi:bell-ring",
        ),
    ),
    checks=(critical("device_down", "Device down", down, "device", Outage(learns=False)),),
    tools=(_alerts, _events),
    actions=(
        acknowledging(
            "alert",
            LibrenmsClient,
            "Acknowledges one alert until it changes.",
            note=t"It notifies again when it gets worse or better.",
            take_back=LibrenmsClient.unmute,
        ),
        _MAINTENANCE.turn_on(
            key="maintain_device",
            name="Begin maintenance",
            description="Begins a maintenance window of some hours.",
            risk=Risk.LOW,
            scope="device",
            arguments=(HOURS,),
            blast_radius="LibreNMS notifies nobody of the device meanwhile",
            capability="maintenance",
        ),
    ),
)
