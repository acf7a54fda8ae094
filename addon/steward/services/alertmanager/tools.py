"""What can be asked of Alertmanager."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing
from ...sdk.parse import parse_items
from .client import AlertmanagerClient, poll
from .models import ActiveAlert, AlertmanagerState, Silence, unexpired


async def _alerts(client: AlertmanagerClient, _: Call) -> Answer:
    state = await poll(client, Gaps())
    return _answer("Alerts", [_line(alert, state) for alert in state.alerts], state.missing)


def _line(alert: ActiveAlert, state: AlertmanagerState) -> str:
    status = state.suppression(alert)[0] or alert.labels.get("severity", "no severity")
    since = f" since {alert.starts_at:%Y-%m-%d %H:%M:%S}" if alert.starts_at else ""
    summary = alert.annotations.get("summary") or alert.annotations.get("description", "")
    return brief(f"{alert.title} ({status}){since}: {summary}")


async def _silences(client: AlertmanagerClient, _: Call) -> Answer:
    gaps = Gaps()
    silences = parse_items(Silence, await client.get("silences", expired=False), gaps, "silences")
    lines = [brief(f"{', '.join(map(str, one.matchers))} {one.until}") for one in unexpired(silences)]
    return _answer("Silences", lines, gaps.of("silences"))


def _answer(title: str, lines: list[str], missing: str | None) -> Answer:
    note = f"\nThis may be incomplete: {missing}" if missing else ""
    return Answer(title=title, text=listing(lines, "The list is empty") + note)


TOOLS: Final = (
    Tool(
        key="alerts",
        name="Alerts",
        description="All alerts that fire, also the silenced and inhibited ones.",
        read=_alerts,
    ),
    Tool(
        key="silences",
        name="Silences",
        description="What is silenced, until when and why.",
        read=_silences,
    ),
)
