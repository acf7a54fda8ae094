"""What can be asked of Alertmanager."""

from typing import Final

from ...description import Answer, Call, Tool
from .._words import brief, listing
from .client import AlertmanagerClient
from .models import ActiveAlert, Silence


async def _alerts(client: AlertmanagerClient, _: Call) -> Answer:
    lines = [_alert(alert) for alert in await client.alerts()]
    return Answer(title="Alerts", text=listing(lines, "No alert fires"))


def _alert(alert: ActiveAlert) -> str:
    state = "suppressed" if alert.is_suppressed else alert.labels.get("severity", "no severity")
    where = alert.labels.get("instance", "")
    head = f"{alert.name} ({state})" + (f" on {where}" if where else "")
    return brief(f"{head} since {alert.starts_at:%Y-%m-%d %H:%M:%S}: {alert.summary}")


async def _silences(client: AlertmanagerClient, _: Call) -> Answer:
    lines = [_silence(silence) for silence in await client.silences()]
    return Answer(title="Silences", text=listing(lines, "Nothing is silenced"))


def _silence(silence: Silence) -> str:
    who = f"{silence.created_by}: {silence.comment}" if silence.comment else silence.created_by
    return brief(f"{', '.join(silence.matchers)} until {silence.ends_at:%Y-%m-%d %H:%M} UTC ({who})")


TOOLS: Final = (
    Tool(
        key="alerts",
        name="Alerts",
        description="Which alerts Alertmanager has, silenced ones included.",
        read=_alerts,
    ),
    Tool(
        key="silences",
        name="Silences",
        description="What is kept quiet, until when and why.",
        read=_silences,
    ),
)
