"""PRTG: its sensors, alerts for those that are down or warn, pausing and acknowledging them."""

import re
from typing import Final

from homelab_steward.contract.devices import Aspect

from ...errors import EffectUnknown
from ...sdk.alarms import Alarm
from ...sdk.answers import known, parse
from ...sdk.client import Key, Parameter
from ...sdk.description import Call, Delivery, IncomingAlert, Versions
from ...sdk.display import Text, diagnostic
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import HOURS
from ...sdk.monitors.acknowledging import AcknowledgingClient, acknowledging
from ...sdk.monitors.pausing import ACTIVE, PausingClient, pausing
from ...sdk.monitors.service import monitor_service, watched_kind
from ...sdk.monitors.testifying import watched_testifies
from ...sdk.targets import target
from .models import ACKNOWLEDGED, COLUMNS, LOCAL_PROBE, MOST, PrtgState, Sensor, warning_of

API_KEY: Final = secret_field(
    "api_token", "API key", "Read access is enough to watch; acknowledging and pausing need more."
)
_TAG: Final = re.compile(r"<[^>]*>")


class PrtgClient(AcknowledgingClient[PrtgState], PausingClient[PrtgState]):
    """One PRTG core server. Its changes are GET requests that answer a page."""

    base = "api"
    auth = Key("apitoken", (API_KEY,), query=True)
    monitor, alert = "PRTG", "SensorDown"
    state = PrtgState

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return a table by its name: all its rows, or those that the query filters."""
        return await super().get("table.json", content=path, columns=COLUMNS[path], count=MOST, **query)

    def alarms(self, state: PrtgState) -> list[Alarm]:
        """Return that sensors are down, and that they warn."""
        return [*super().alarms(state), *map(warning_of, state.overview.watched)]

    async def status(self, call: Call) -> int:
        """Return the number of the target's status. Raises PreconditionFailed when it is gone."""
        found = await self.whole(Sensor, "sensors", below="sensors", filter_objid=call.target.id)
        return target(found, call, lambda one: one.objid).status_raw

    async def is_active(self, call: Call) -> bool:
        """Return whether the target is not paused by a person."""
        return await self.status(call) not in (7, 12)

    async def pause(self, call: Call) -> None:
        """Pause the target until it is resumed."""
        await self._command("pause.htm", id=call.target.id, action=0, pausemsg="Homelab Steward")

    async def resume(self, call: Call) -> None:
        """Resume the target."""
        await self._command("pause.htm", id=call.target.id, action=1)

    async def is_acknowledged(self, call: Call) -> bool:
        """Return whether somebody acknowledged that the target is down."""
        return await self.status(call) == ACKNOWLEDGED

    async def acknowledge(self, call: Call) -> None:
        """Acknowledge the target for some hours."""
        minutes = round(call.number("hours") * 60)
        text = "Acknowledged through Homelab Steward"
        await self._command("acknowledgealarm.htm", id=call.target.id, ackmsg=text, duration=minutes)

    async def _command(self, path: str, **query: Parameter) -> None:
        """Send a command. Raises EffectUnknown for a page that does not say OK, such as a login."""
        text = " ".join(_TAG.sub(" ", await self.send_for_text("GET", path, **query)).split())
        if text not in ("", "OK"):
            raise EffectUnknown(t"{path}: PRTG did not confirm it")


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a notification with the documented form; none for what is not down.

    Raises ServiceMalformed when it is something else. Reading says when it has ended.
    """
    fields = delivery.form()
    names = {"objid": "sensorid", "sensor": "name", "device": "device", "message_raw": "message"}
    row = {key: fields.get(name) for key, name in names.items()}
    one = parse(Sensor, {**row, "status_raw": 5}, "webhook", is_lenient=True).watched({})
    is_down = fields.get("status", "").strip().lower() == "down"
    return (one.alarm(PrtgClient.alert).alert(delivery.received_at),) if is_down else ()


async def _not_down(client: PrtgClient, call: Call) -> Text | None:
    return None if await client.status(call) in (5, 14) else t"{call.target.name} is not down"


SERVICE: Final = monitor_service(
    key="prtg",
    name="PRTG",
    what=("sensors", "Sensors"),
    manufacturer="Paessler",
    icon="mdi:gauge",
    interval=60.0,
    settings=(url_field("https://prtg.example.org"), API_KEY, *TLS_SETTINGS),
    connect=PrtgClient,
    parse=parse_webhook,
    version=lambda state: state.version,
    resources=(
        watched_kind(
            "sensor",
            "Sensor",
            ACTIVE,
            diagnostic("value", "Last value", lambda one: known(one.item.lastvalue or None)),
            # PRTG has hundreds of sensors: people enable those that they want.
            enabled=False,
            testifies=watched_testifies(
                aspect=lambda one: one.item.aspect,
                method=lambda one: one.item.method,
                device=lambda one: str(one.item.parentid or one.labels.get("host", "")),
                part=lambda one: "" if one.item.aspect is Aspect.REACH else one.item.sensor.lower(),
                probe=lambda one: "" if one.item.probe.lower() == LOCAL_PROBE else one.item.probe,
                interval=lambda one: one.item.seconds,
            ),
        ),
    ),
    actions=(
        acknowledging(
            "sensor",
            PrtgClient,
            "Acknowledges for some hours that a sensor is down.",
            note=t"PRTG notifies again afterwards.",
            arguments=(HOURS,),
            refusal=_not_down,
        ),
    ),
    understood=Versions("21", "26", note="(classic API)"),
).extended(**pausing("sensor", PrtgClient))
