"""Jaeger: which services fail, and their failed and slow traces. It is only read."""

import re
from dataclasses import dataclass
from typing import Any, Final, override

from ...errors import ServiceError, ServiceMalformed, ServiceRefused
from ...sdk.answers import Item, parse
from ...sdk.client import LOGIN, Basic, Parameter, Rest
from ...sdk.description import MONITORING, Access, Call, Gaps, ResourceKind, Role, Service, Versions
from ...sdk.display import count, flag, list_tool, plain, served, warning
from ...sdk.fields import TLS_SETTINGS, number_field, text_field, url_field
from ...tasks import task_group
from .models import MOST, Trace, TracedService

MOST_WATCHED: Final = 20
SERVICES: Final = text_field(
    "services", "Watched services", "Their names as Jaeger shows them, separated by commas.", required=False
)
MINUTES: Final = number_field(
    "minutes", "Minutes", "How far back traces count", default=15, least=1, most=1440, unit="min"
)
LEAST: Final = number_field("least", "Failed traces", "How many are a problem", default=3, least=1, most=MOST)
_SERVICE: Final = text_field("service", "Service", "As Jaeger calls it")
_SLOW: Final = number_field(
    "slow_ms", "At least", "Traces that took longer", default=1000, least=0, most=600_000, unit="ms"
)
_TRACE: Final = text_field("trace", "Trace", "Its ID, as lists of traces show it")
_VERSION: Final = re.compile(r'JAEGER_VERSION\s*=\s*\{[^}]*"gitVersion"\s*:\s*"v?([^"]+)"')
FAILED: Final = '{"error":"true"}'
"""The tags of a span that failed."""

_ID: Final = re.compile(r"[0-9a-fA-F]{1,32}")


@dataclass(frozen=True, slots=True)
class JaegerState:
    """What one poll reads."""

    services: tuple[str, ...]
    watched: tuple[TracedService, ...]
    version: str | None


class Problem(Item):
    """An error beside an answer."""

    msg: str


class Envelope(Item):
    """What every answer is in."""

    data: Any = None
    errors: tuple[Problem, ...] = ()


class JaegerClient(Rest):
    """One query service."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api", auth=Basic())
        self._page = Rest(access, auth=Basic())
        self._names = access.names(SERVICES.key)[:MOST_WATCHED]
        self._minutes = round(access.number(MINUTES.key, default=15))
        self._least = round(access.number(LEAST.key, default=3))

    @override
    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return an answer; the errors beside its content are gaps. Raises ServiceRefused."""
        found = parse(Envelope, answer, part)
        texts = [plain(one.msg) for one in found.errors]
        if texts and not found.data:
            raise ServiceRefused(f"{part}: {texts[0]}")
        if texts:
            gaps.add(part, "; ".join(texts))
        return answer

    async def poll(self, gaps: Gaps) -> JaegerState:
        """Return the services, and those that are watched with what failed. Raises ServiceError."""
        names = await self.many(str, "services", gaps, below="data")
        async with task_group() as group:
            tasks = [group.create_task(self._watched(one, gaps)) for one in self._names]
            version = group.create_task(self._version(gaps))
        return JaegerState(names, tuple(one.result() for one in tasks), version.result())

    async def traces(self, service: str, minutes: float, gaps: Gaps, **only: Parameter) -> tuple[Trace, ...]:
        """Return the newest traces of a service; ``only`` are parameters of the search."""
        begin = round((self.clock.now().timestamp() - 60 * minutes) * 1e6)
        query = {"limit": MOST, "service": service, "start": begin, **only}
        found = await self.many(Trace, "traces", gaps, below="data", **query)
        return tuple(sorted(found, key=lambda one: -one.begin))

    async def trace(self, key: str) -> Trace:
        """Return one trace. Raises ServiceRefused for what is no ID."""
        if not _ID.fullmatch(key):
            raise ServiceRefused(t"{plain(key)} is no ID of a trace")
        [found, *_] = await self.whole(Trace, f"traces/{key}", below="data")
        return found

    async def _watched(self, name: str, gaps: Gaps) -> TracedService:
        own, failed, some = Gaps(), tuple[Trace, ...](), tuple[Trace, ...]()
        try:
            failed = await self.traces(name, self._minutes, own, tags=FAILED)
            some = failed or await self.traces(name, self._minutes, own, limit=1)
            problem = own.of("traces")
        except ServiceError as err:
            problem = str(err)
        if problem:
            gaps.add("traced_service", f"{name}: {problem}")
        return TracedService(
            name=name,
            minutes=self._minutes,
            least=self._least,
            failed=failed,
            has_traces=bool(some),
            problem=problem,
        )

    async def _version(self, gaps: Gaps) -> str | None:
        """Return the version, which only the page of the web interface names."""
        try:
            found = _VERSION.search(await self._page.text("search"))
        except ServiceError as err:
            gaps.add("version", str(err))
            return None
        return found[1] if found else None


@list_tool("services", "Services", "All services that send traces, failing ones first.")
async def _services(client: JaegerClient, gaps: Gaps, _: Call) -> list[str]:
    state = await client.poll(gaps)
    failed = {one.name: f": {one.problem_text()}" for one in state.watched if one.failed and one.is_failing}
    return sorted(
        (f"{one}{failed.get(one, '')}" for one in state.services), key=lambda line: ": " not in line
    )


@list_tool(
    "failed_traces",
    "Failed traces",
    "The newest failed traces of a watched service in the last hour.",
    scope="traced_service",
    capability="traces",
)
async def _failed(client: JaegerClient, gaps: Gaps, call: Call) -> list[str]:
    return [str(one) for one in await client.traces(call.target.id, 60, gaps, tags=FAILED)]


@list_tool(
    "slow_traces",
    "Slow traces",
    "Traces of a service that took long, the slowest first.",
    arguments=(_SERVICE, _SLOW, MINUTES),
)
async def _slow(client: JaegerClient, gaps: Gaps, call: Call) -> list[str]:
    least = f"{call.number('slow_ms'):g}ms"
    found = await client.traces(call.text("service"), call.number("minutes"), gaps, minDuration=least)
    return [str(one) for one in sorted(found, key=lambda one: -one.duration)]


@list_tool("trace", "Trace", "The operations of one trace.", limit=50, arguments=(_TRACE,))
async def _spans(client: JaegerClient, _: Gaps, call: Call) -> list[str]:
    try:
        return (await client.trace(call.text("trace"))).lines()
    except ValueError as err:
        raise ServiceMalformed(t"traces: the answer has no trace") from err


SERVICE: Final = Service[JaegerClient, JaegerState](
    key="jaeger",
    category=MONITORING,
    icon="mdi:transit-connection-variant",
    role=Role.MONITOR,
    interval=60.0,
    settings=(url_field("http://jaeger.example.org:16686"), SERVICES, MINUTES, LEAST, *LOGIN, *TLS_SETTINGS),
    connect=JaegerClient,
    poll=JaegerClient.poll,
    version=lambda state: state.version,
    sensors=(served("services", "Services", lambda state: len(state.services), "mdi:graph"),),
    resources=(
        ResourceKind[JaegerState, TracedService](
            key="traced_service",
            items=lambda state: state.watched,
            id=lambda one: one.name,
            about=lambda one: one.labels,
            sensors=(
                flag("failing", "Failing", lambda one: one.is_failing, "problem"),
                count("failed_traces", "Failed traces", lambda one: one.count, "mdi:alert-circle"),
            ),
        ),
    ),
    checks=(warning("trace_errors", "Traces fail", TracedService.problem_text, "traced_service"),),
    tools=(_services, _failed, _slow, _spans),
    understood=Versions("1.40", "2.20"),
)
