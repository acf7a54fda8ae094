"""What can be asked of Prometheus."""

import math
import re
from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

from ...description import Answer, Call, Tool
from ...errors import InvalidArgument
from .._words import brief, listing
from .client import PrometheusClient
from .models import Series, shown

_EXPRESSION: Final = Field(
    key="expression",
    kind=SettingKind.TEXT,
    name="Expression",
    description="A PromQL expression",
)
_MINUTES: Final = Field(
    key="minutes",
    kind=SettingKind.NUMBER,
    name="Minutes",
    description="How far to look back",
    default=60,
    minimum=1,
    maximum=10_080,
    unit="min",
)
_GUEST: Final = Field(
    key="guest",
    kind=SettingKind.TEXT,
    name="Guest",
    description="As Prometheus's exporter for Proxmox names it, such as lxc/105",
)
_GUEST_ID: Final = re.compile(r"(lxc|qemu)/[1-9][0-9]{0,8}")
_MEMORY: Final = '100 * pve_memory_usage_bytes{{id="{0}"}} / pve_memory_size_bytes{{id="{0}"}}'


async def _query(client: PrometheusClient, call: Call) -> Answer:
    expression = call.text("expression")
    lines = [_now(series) for series in await client.query(expression)]
    return Answer(title=brief(expression, 100), text=listing(lines, "No series match"))


async def _query_range(client: PrometheusClient, call: Call) -> Answer:
    expression, minutes = call.text("expression"), call.number("minutes")
    lines = [_course(series) for series in await client.query_range(expression, minutes)]
    title = f"{brief(expression, 100)}, last {minutes:g} min"
    return Answer(title=title, text=listing(lines, "No series match"))


async def _firing_alerts(client: PrometheusClient, _: Call) -> Answer:
    lines = [
        f"{alert.name} ({alert.severity or 'no severity'})"
        + (f" since {alert.active_at:%Y-%m-%d %H:%M:%S}" if alert.active_at else "")
        + f": {brief(alert.summary)}"
        for alert in await client.alerts()
        if alert.is_firing
    ]
    return Answer(title="Firing alerts", text=listing(lines, "No alert fires"))


async def _target_history(client: PrometheusClient, call: Call) -> Answer:
    guest, minutes = call.text("guest"), call.number("minutes")
    if not _GUEST_ID.fullmatch(guest):
        raise InvalidArgument("guest", "must look like lxc/105")
    lines = [_percent(series) for series in await client.query_range(_MEMORY.format(guest), minutes)]
    return Answer(
        title=f"Memory of {guest}, last {minutes:g} min",
        text=listing(lines, "Prometheus does not watch it"),
    )


def _now(series: Series) -> str:
    return f"{brief(series.name, 200)} = {', '.join(shown(value) for _, value in series.points)}"


def _course(series: Series) -> str:
    values = [value for _, value in series.points if math.isfinite(value)]
    if not values:
        return f"{brief(series.name, 200)}: no values"
    first, last = shown(values[0]), shown(values[-1])
    return (
        f"{brief(series.name, 200)}: {first} → {last}, between {shown(min(values))} and {shown(max(values))}"
    )


def _percent(series: Series) -> str:
    values = [value for _, value in series.points if math.isfinite(value)]
    if not values:
        return "no values"
    course = " ".join(f"{value:.0f}" for value in values)
    return f"{values[0]:.0f} % → {values[-1]:.0f} %, highest {max(values):.0f} %: {course}"


TOOLS: Final = (
    Tool(
        key="query",
        name="Query",
        description="What a PromQL expression gives now.",
        read=_query,
        arguments=(_EXPRESSION,),
    ),
    Tool(
        key="query_range",
        name="Query over time",
        description="How what a PromQL expression gives went over the last minutes.",
        read=_query_range,
        arguments=(_EXPRESSION, _MINUTES),
    ),
    Tool(
        key="firing_alerts",
        name="Firing alerts",
        description="Which of Prometheus's rules fire, and since when.",
        read=_firing_alerts,
    ),
    Tool(
        key="target_history",
        name="Memory over time",
        description="How much of its memory a container or virtual machine used over the last minutes.",
        read=_target_history,
        arguments=(_GUEST, _MINUTES),
    ),
)
