"""Loki: log queries as tools, and log patterns as alerts. It is only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, override

from ...errors import ServiceError, ServiceRefused
from ...sdk.alarms import Alarms, Status
from ...sdk.answers import Item, NotKnown
from ...sdk.description import Access, Call, Gaps, ReadAlerts, Versions
from ...sdk.display import Lines, brief, count, list_tool, plain, warning
from ...sdk.fields import number_field, text_field, url_field
from ...sdk.monitors.service import monitor_service, watched_kind
from ...sdk.monitors.watched import Overview, Watched
from ...tasks import task_group
from .._prometheus.client import SETTINGS, PrometheusRest
from .patterns import SEPARATOR, Counted, Matches, Pattern, parse_patterns

SHOWN: Final = 50
PATTERNS: Final = text_field(
    "patterns",
    "Log patterns",
    f"Alerts for lines that match: a name, =, and a LogQL query. Separate several with {SEPARATOR}",
    required=False,
)
MINUTES: Final = number_field(
    "minutes", "Minutes of a pattern", "How far back lines count", default=10, least=1, most=1440, unit="min"
)
LEAST: Final = number_field(
    "least", "Lines of a pattern", "How many lines are an alert", default=1, least=1, most=1e6
)
_QUERY: Final = text_field("query", "Query", 'A LogQL log query, such as {app="radarr"} |= "error"')
_BACK: Final = number_field(
    "minutes", "Minutes", "How far to look back", default=60, least=1, most=10_080, unit="min"
)
_LABEL: Final = text_field("label", "Label", "Such as app, container, or host")


class Build(Item):
    """The build that runs."""

    version: str | None = None


class Stream(Item):
    """Lines of one stream: pairs of nanoseconds and text."""

    stream: dict[str, str]
    values: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class LokiState:
    """What one poll reads."""

    version: str | None
    overview: Overview[Matches]


class LokiClient(PrometheusRest):
    """One Loki, as one tenant."""

    api = "loki/api/v1"

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._patterns = tuple(parse_patterns(access.optional(PATTERNS.key)))
        self._minutes = round(access.number(MINUTES.key, default=10))
        self._least = access.number(LEAST.key, default=1)
        self._alarms = Alarms("Loki")

    @override
    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the data of an answer. Raises ServiceRefused when it is an error."""
        if isinstance(answer, Mapping) and answer.get("status", "success") != "success":
            raise ServiceRefused(f"{part}: {plain(str(answer.get('error')))}")
        return answer

    async def poll(self, gaps: Gaps) -> LokiState:
        """Return what the patterns found; one whose queries fail is a gap. Raises ServiceError."""
        build = await self.one(Build, "status/buildinfo")
        async with task_group() as group:
            tasks = [group.create_task(self._matches(one, gaps)) for one in self._patterns]
        watched = tuple(task.result().watched() for task in tasks)
        return LokiState(build.version, Overview(watched, gaps.of("pattern")))

    async def read_alerts(self) -> ReadAlerts:
        """Return an alert for each pattern and source of lines that match."""
        overview = (await self.poll(Gaps())).overview
        found = [alarm for one in overview.watched for alarm in one.item.alarms()]
        silent = [f"{one.name}: {one.text}" for one in overview.watched if one.status is Status.UNKNOWN]
        return self._alarms.read(found, overview.missing or next(iter(silent), None), self.clock.now())

    async def _matches(self, pattern: Pattern, gaps: Gaps) -> Matches:
        least, minutes, own = self._least, self._minutes, Gaps()
        try:
            hits, lines = [
                await self.count(pattern.counted(one, minutes), own)
                for one in (pattern.query, pattern.selector)
            ]
            problem = own.of("query")
        except ServiceError as err:
            hits, lines, problem = (), (), str(err)
        if problem:
            gaps.add("pattern", f"{pattern.name}: {problem}")
        return Matches(pattern=pattern, least=least, minutes=minutes, hits=hits, lines=lines, problem=problem)

    async def count(self, query: str, gaps: Gaps) -> tuple[Counted, ...]:
        """Return the series of a metric query now."""
        return await self.many(Counted, "query", gaps, below="data.result", query=query)

    async def lines(self, query: str, minutes: float, gaps: Gaps) -> Lines:
        """Return the newest lines of a log query, newest first, each with whose it is."""
        span = f"{round(minutes)}m"
        found = await self.many(
            Stream, "query_range", gaps, below="data.result", query=query, since=span, limit=SHOWN + 1
        )
        lines = sorted(
            ((time, text, one.stream) for one in found for time, text in one.values),
            key=lambda line: -line[0],
        )
        shown = [_line(*line) for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            gaps.add("lines", f"there are more lines than the newest {SHOWN}")
        return Lines(shown)


def _line(nanoseconds: int, text: str, stream: Mapping[str, str]) -> str:
    whose = next((stream[key] for key in ("container", "app", "unit", "job", "host") if key in stream), "")
    time = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    return brief(f"{time:%Y-%m-%d %H:%M:%S} {whose} {text}")


async def _logs(client: LokiClient, gaps: Gaps, call: Call) -> Lines:
    return await client.lines(call.text("query"), call.number("minutes"), gaps)


async def _pattern_logs(client: LokiClient, gaps: Gaps, call: Call) -> Lines:
    found = (await client.poll(Gaps())).overview.by_key().get(call.target.id)
    if found is None:
        raise ServiceRefused(t"{call.target.name} is not configured any more")
    return await client.lines(found.item.pattern.query, found.item.minutes, gaps)


async def _volume(client: LokiClient, gaps: Gaps, call: Call) -> list[str]:
    label = call.text("label")
    if not label.replace("_", "a").isalnum():
        raise ServiceRefused(t"{plain(label)} is no name of a label")
    query = f'topk({SHOWN}, sum by ({label}) (count_over_time({{{label}=~".+"}} [1h])))'
    most = sorted(await client.count(query, gaps), key=lambda one: -one.value[1])
    return [f"{one.metric.get(label, '')}: {one.value[1]:g} lines" for one in most]


def _silent(one: Watched[Matches]) -> str | None:
    return None if _known(one).lines or one.status is not Status.UNKNOWN else one.text


def _known(one: Watched[Matches]) -> Matches:
    if one.item.problem:
        raise NotKnown(one.item.problem)
    return one.item


def _title(call: Call) -> str:
    return brief(f"{call.text('query')}, last {call.number('minutes'):g} min", 150)


def _tool(key: str, name: str, text: str, read: Any, **about: Any) -> Any:
    return list_tool(key, name, text, read, limit=SHOWN, empty=t"No lines match", **about)


SERVICE: Final = monitor_service(
    key="loki",
    name="Loki",
    what=("patterns", "Patterns"),
    manufacturer="Grafana Labs",
    icon="mdi:text-search",
    interval=60.0,
    settings=(url_field("http://loki.example.org:3100"), PATTERNS, MINUTES, LEAST, *SETTINGS),
    connect=LokiClient,
    version=lambda state: state.version,
    resources=(
        watched_kind(
            "pattern",
            "Log pattern",
            count("matches", "Matching lines", lambda one: _known(one).count, "mdi:text-search"),
            part="pattern",
        ),
    ),
    product="grafana-loki",
    understood=Versions("2.9", "3.6"),
).extended(
    checks=(warning("logs_missing", "Logs missing", _silent, "pattern"),),
    tools=(
        _tool(
            "logs",
            "Logs",
            "The newest lines of a log query.",
            _logs,
            title=_title,
            arguments=(_QUERY, _BACK),
            # Only a person knows the query.
            capability="",
        ),
        _tool(
            "pattern_logs",
            "Matching lines",
            "The newest lines that match.",
            _pattern_logs,
            scope="pattern",
            capability="logs",
        ),
        _tool(
            "log_volume", "Log volume", "Who wrote most lines in the last hour.", _volume, arguments=(_LABEL,)
        ),
    ),
)
