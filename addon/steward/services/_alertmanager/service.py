"""What is described once for all servers with this API."""

from dataclasses import replace
from typing import Any, Final

from ...sdk.categories import MONITORING
from ...sdk.coverage import Gaps
from ...sdk.description import AlertSource, Call, ResourceKind, Risk, Role, Sensor, Service, Verification
from ...sdk.display import brief, count, list_tool
from ...sdk.kits import Silence
from .client import MOST_ALERTS, AlertClient
from .models import ActiveAlert, AlertState
from .webhook import parse_webhook

SENSORS: Final[tuple[Sensor[AlertState], ...]] = (
    count("alerts_firing", "Alerts firing", lambda state: state.count(suppressed=False), "mdi:bell-ring"),
    count("alerts_suppressed", "Alerts suppressed", lambda s: s.count(suppressed=True), "mdi:bell-sleep"),
    count("silences", "Silences", lambda state: len(state.silences), "mdi:volume-off"),
)
ALERT: Final = ResourceKind[AlertState, ActiveAlert](
    key="alert",
    items=lambda state: state.worst_first()[:MOST_ALERTS],
    id=lambda alert: alert.fingerprint,
    title=lambda alert: brief(alert.title, 100),
)
SILENCE_ALERT: Final = Silence[AlertClient[Any]](
    subject=AlertClient.occurrence,
    active=AlertClient.silences,
    start=AlertClient.silence,
    end=AlertClient.expire,
    note=t"Silences only this alert, with exactly its labels.",
).action(
    key="silence_alert",
    description="Silences one alert for some hours.",
    risk=Risk.LOW,
    scope="alert",
    blast_radius="Nobody is notified of this alert meanwhile",
)


@list_tool("alerts", "Alerts", "All alerts that fire, also silenced and inhibited ones.")
async def _alerts(client: AlertClient[Any], gaps: Gaps, _: Call) -> list[str]:
    state: AlertState = await client.poll(gaps)
    return [one.line(state.suppression(one).get("suppressed", "firing")) for one in state.worst_first()]


@list_tool("silences", "Silences", "What is silenced, until when and why.")
async def _silences(client: AlertClient[Any], gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).silences
    return [brief(f"{', '.join(map(str, one.matchers))} {one.until}") for one in found]


def alert_service(*needs: str, verify: Verification | None = None, **own: Any) -> Service[Any, Any]:
    """Return the description of a server; ``own`` are fields of Service that only it has.

    Its alerts come by webhook, proved by ``verify``, and by reading. Silences need the rights ``needs``.
    """
    return Service(
        category=MONITORING,
        role=Role.MONITOR,
        poll=AlertClient.poll,
        sensors=SENSORS,
        resources=(ALERT,),
        tools=(_alerts, _silences),
        actions=(replace(SILENCE_ALERT, needs=needs),),
        alerts=AlertSource(parse=parse_webhook, read=AlertClient.read_alerts, verify=verify),
        **own,
    )
