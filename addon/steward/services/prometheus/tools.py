"""What can be asked of Prometheus."""

from functools import partial
from typing import Final

from ...sdk.description import Call, Gaps
from ...sdk.display import brief, list_tool
from ...sdk.fields import number_field, text_field
from ...sdk.severities import severity_rank
from .client import PrometheusClient
from .models import PrometheusState

_EXPRESSION: Final = text_field("expression", "Expression", "A PromQL expression")
_MINUTES: Final = number_field(
    "minutes", "Minutes", "How far to look back", default=60, least=1, most=10_080, unit="min"
)


def _title(call: Call) -> str:
    span = f", last {call.number('minutes'):g} min" if "minutes" in call.arguments else ""
    return brief(call.text("expression"), 100) + span


async def _query(client: PrometheusClient, gaps: Gaps, call: Call) -> list[str]:
    return [one.now for one in await client.query(call.text("expression"), gaps)]


async def _query_range(client: PrometheusClient, gaps: Gaps, call: Call) -> list[str]:
    found = await client.query_range(call.text("expression"), call.number("minutes"), gaps)
    return [one.course for one in found]


@list_tool("targets", "Targets", "What Prometheus scrapes, and the errors of what is down.")
async def _targets(client: PrometheusClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(one) for one in (await client.poll(gaps)).watched]


@list_tool("alerts", "Alerts", "Which alerts of the rules fire or are pending, and since when.")
async def _alerts(client: PrometheusClient, gaps: Gaps, _: Call) -> list[str]:
    state = await client.poll(gaps)
    if state.missing:
        gaps.add("alerts", state.missing)
    listed = state.read_or(PrometheusState.alerts, ())
    worst_first = sorted(listed, key=lambda one: (one.state != "firing", severity_rank(one.severity)))
    return [one.line(one.state) for one in worst_first]


_QUERY: Final = partial(list_tool, title=_title, empty=t"No series match")
TOOLS: Final = (
    _QUERY("query", "Query", "The current result of a PromQL expression.", _query, arguments=(_EXPRESSION,)),
    _QUERY(
        "query_range",
        "Query over time",
        "The course of a PromQL expression over the last minutes.",
        _query_range,
        arguments=(_EXPRESSION, _MINUTES),
    ),
    _targets,
    _alerts,
)
