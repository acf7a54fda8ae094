"""What can be asked of Prometheus."""

from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing
from ...sdk.readings import NotKnown
from .client import PrometheusClient, poll

_EXPRESSION: Final = Field(
    key="expression", kind=SettingKind.TEXT, name="Expression", description="A PromQL expression"
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


async def _query(client: PrometheusClient, call: Call) -> Answer:
    gaps, expression = Gaps(), call.text("expression")
    lines = [one.now for one in await client.query(expression, gaps)]
    return _answer(brief(expression, 100), lines, "No series match", gaps.of("result"))


async def _query_range(client: PrometheusClient, call: Call) -> Answer:
    gaps, expression, minutes = Gaps(), call.text("expression"), call.number("minutes")
    lines = [one.course for one in await client.query_range(expression, minutes, gaps)]
    title = f"{brief(expression, 100)}, last {minutes:g} min"
    return _answer(title, lines, "No series match", gaps.of("result"))


async def _targets(client: PrometheusClient, _: Call) -> Answer:
    gaps = Gaps()
    targets = sorted(await client.targets(gaps), key=lambda one: one.rank)
    return _answer("Targets", [str(one) for one in targets], "There are no targets", gaps.of("targets"))


async def _alerts(client: PrometheusClient, _: Call) -> Answer:
    state = await poll(client, Gaps())
    try:
        lines, reason = [str(one) for one in state.alerts], state.gaps.of("alerts")
        if not state.firing and not lines:
            return _answer("Alerts", [], "No alert fires", reason)
    except NotKnown as err:
        lines, reason = [], str(err)
    return _answer("Alerts", lines, "No alert is listed", reason)


def _answer(title: str, lines: list[str], empty: str, missing: str | None) -> Answer:
    note = f"\nThis may be incomplete or wrong: {missing}" if missing else ""
    return Answer(title=title, text=listing(lines, empty) + note)


TOOLS: Final = (
    Tool(
        key="query",
        name="Query",
        description="The current result of a PromQL expression.",
        read=_query,
        arguments=(_EXPRESSION,),
    ),
    Tool(
        key="query_range",
        name="Query over time",
        description="The course of a PromQL expression over the last minutes.",
        read=_query_range,
        arguments=(_EXPRESSION, _MINUTES),
    ),
    Tool(
        key="targets",
        name="Targets",
        description="What Prometheus scrapes, and the errors of what is down.",
        read=_targets,
    ),
    Tool(
        key="alerts",
        name="Alerts",
        description="Which alerts of the rules fire or are pending, and since when.",
        read=_alerts,
    ),
)
