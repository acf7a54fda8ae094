"""Langfuse: how many model calls it recorded, how many failed, and what they cost. No content is read."""

from datetime import UTC, date, timedelta
from typing import Final

import msgspec

from ...sdk.answers import Item, known, many, one
from ...sdk.client import Basic, Parameter
from ...sdk.description import MODELS, Access, Call, Gaps, Sensor, Service, Versions
from ...sdk.display import Text, count, list_tool, percentage, share, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from .._models.client import RESPONSE_TIME, ModelServer, ModelState

PUBLIC: Final = text_field("public_key", "Public key", "In the settings of the project, under API keys.")
SECRET: Final = secret_field(
    "secret_key", "Secret key", "Of the same pair. It can also write to the project."
)
CALLS: Final = "observations"
ERRORS: Final = "observations?level=ERROR"
WINDOW: Final = timedelta(hours=1)
MANY: Final = 20.0
LEAST: Final = 5
"""Percent and number of failed calls within the window from which on that is a problem."""


class Health(Item):
    """The program itself."""

    version: str


class Day(Item):
    """What was recorded on one day; a day without traces is not listed. ``total_cost`` in USD."""

    day: date = msgspec.field(name="date")
    count_traces: int | None = None
    count_observations: int | None = None
    total_cost: float | None = None

    def __str__(self) -> str:
        traces, calls = (_or_unknown(one) for one in (self.count_traces, self.count_observations))
        cost = "not known" if self.total_cost is None else f"{self.total_cost:.2f} USD"
        return f"{self.day}: traces {traces}, observations {calls}, cost {cost}"


class LangfuseState(ModelState):
    """Everything that one poll reads."""

    program = one("health", Health)
    days = many("metrics/daily", Day, below="data", limit=7)
    calls = one(CALLS, int, below="meta.totalItems", optional=True)
    errors = one(ERRORS, int, below="meta.totalItems", optional=True)

    @property
    def day(self) -> Day:
        """Today's numbers, by our clock in UTC. Raises NotKnown."""
        today = self.now.astimezone(UTC).date()
        none = Day(day=today, count_traces=0, count_observations=0, total_cost=0)
        return next((day for day in self.days if day.day == today), none)

    def many_errors(self) -> Text | None:
        """Return that many calls of the last hour failed. Raises NotKnown."""
        if self.errors < LEAST or share(self.errors, self.calls) < MANY:
            return None
        return t"{self.errors} of {self.calls} model calls of the last hour failed"

    @property
    def error_share(self) -> float:
        """Percent of the calls of the last hour that failed; 0 when there were none. Raises NotKnown."""
        return share(self.errors, self.calls) if self.calls else 0.0


class LangfuseClient(ModelServer):
    """One project of a Langfuse."""

    timed = "health"

    def __init__(self, access: Access) -> None:
        auth = Basic((PUBLIC, SECRET), username=PUBLIC.key, password=SECRET.key)
        super().__init__(access, base="api/public", auth=auth)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET; observations are those of the last hour."""
        if path not in (CALLS, ERRORS):
            return await super().get(path, **query)
        since = (self.clock.now() - WINDOW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        level = "ERROR" if path == ERRORS else None
        return await super().get(CALLS, level=level, fromStartTime=since, limit=1)


def _or_unknown(number: int | None) -> str:
    return "not known" if number is None else str(number)


@list_tool(
    "usage",
    "Usage",
    "Traces, observations and cost of the last seven days with traces.",
    empty=t"Nothing was recorded",
    capability="status",
)
async def _usage(client: LangfuseClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(day) for day in await client.many(Day, "metrics/daily", gaps, below="data", limit=7)]


SERVICE: Final = Service[LangfuseClient, LangfuseState](
    key="langfuse",
    category=MODELS,
    icon="mdi:chart-bar",
    settings=(url_field("http://langfuse.example.org:3000"), PUBLIC, SECRET, *TLS_SETTINGS),
    connect=LangfuseClient,
    poll=LangfuseState.poll,
    interval=60.0,
    version=lambda state: state.program.version,
    understood=Versions("3", "3"),
    sensors=(
        count("traces_today", "Traces today", lambda state: state.day.count_traces, "mdi:chart-timeline"),
        Sensor(
            key="cost_today",
            name="Cost today",
            value=lambda state: round(known(state.day.total_cost), 4),
            unit="USD",
            device_class="monetary",
        ),
        count("errors", "Errors in the last hour", lambda state: state.errors, "mdi:alert"),
        percentage(
            "error_share", "Failed calls in the last hour", lambda state: state.error_share, "mdi:alert"
        ),
        RESPONSE_TIME,
    ),
    checks=(warning("many_errors", "Many model calls fail", LangfuseState.many_errors),),
    tools=(_usage,),
)
