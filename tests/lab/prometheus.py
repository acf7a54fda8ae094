"""Simulates Prometheus' HTTP API with series computed from the world, and with alerting rules.

Follows https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

import asyncio
import contextlib
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from aiohttp import ClientError, web

from lab.alertmanager import AlertmanagerFailedError
from lab.faults import Fault, Faults
from lab.prometheus_rules import RULES, ActiveAlert, AlertRule, RuleBook
from lab.prometheus_series import METRICS, read_series
from lab.promql import QueryError, compile_query, parse_duration
from lab.promql_vectors import Expression, Labels, Sample
from lab.server import Simulator
from lab.wire import Json, JsonObject, json_response, parse_rfc3339, rfc3339
from lab.world import World

_MAX_POINTS = 11_000
_RESEND_SECONDS = 5.0


class AlertSink(Protocol):
    """Receives firing and resolved alerts."""

    async def post_alerts(self, alerts: Sequence[JsonObject]) -> None:
        """Post alerts in the format of Alertmanager's POST /api/v2/alerts."""
        ...


class PrometheusSimulator(Simulator):
    """With `alertmanager`, evaluates its rules periodically and sends alerts.

    Without it, `evaluate_rules()` moves the rules on by hand. `is_config_loaded`, `corruptions`
    and `rule_error` are what it reports about itself. While `is_sending` is off, no alert is sent.
    """

    service = "prometheus"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        rules: tuple[AlertRule, ...] = RULES,
        alertmanager: AlertSink | None = None,
        interval_seconds: float = 0.5,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.rules = RuleBook(rules, self._source)
        self.is_config_loaded = True
        self.is_sending = True
        self.corruptions = 0
        self.rule_error: str | None = None
        self._alertmanager = alertmanager
        self._interval = interval_seconds
        self._sent: dict[Labels, float] = {}
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await super().start()
        if self._alertmanager is not None:
            self._loop = asyncio.get_running_loop().create_task(self._evaluate_for_ever())

    async def close(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await super().close()

    def failure(self, fault: Fault) -> web.Response:
        return _error("internal", "open block: no space left on device", status=fault.status)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [
            web.route("*", "/api/v1/query", self._query),
            web.route("*", "/api/v1/query_range", self._query_range),
            web.get("/api/v1/alerts", self._alerts),
            web.get("/api/v1/rules", self._rules),
            web.get("/api/v1/targets", self._targets),
            web.get("/api/v1/alertmanagers", self._alertmanagers),
            web.get("/api/v1/label/{name}/values", self._label_values),
            web.get("/api/v1/status/buildinfo", self._buildinfo),
            web.get("/api/v1/status/runtimeinfo", self._runtimeinfo),
            web.get("/api/v1/status/tsdb", self._tsdb),
            web.get("/-/{state:healthy|ready}", self._state),
        ]

    async def evaluate_rules(self) -> tuple[ActiveAlert, ...]:
        """Evaluate once and send alerts to Alertmanager. Returns the active alerts."""
        wall = self.world.wall()
        ended = self.rules.evaluate(wall)
        if self._alertmanager is not None and self.is_sending:
            due = [a for a in self.rules.active() if a.is_firing and self._is_due(a, wall)]
            rows = [self._sent_row(a, wall, wall + 4 * _RESEND_SECONDS) for a in due]
            rows += [self._sent_row(a, wall, wall) for a in ended]
            if rows:
                await self._alertmanager.post_alerts(rows)
                self._sent.update({_key(alert): wall for alert in due})
                for alert in ended:
                    self._sent.pop(_key(alert), None)
        return self.rules.active()

    async def _evaluate_for_ever(self) -> None:
        while True:
            # If Alertmanager is unavailable, active alerts are sent again.
            with contextlib.suppress(ClientError, OSError, AlertmanagerFailedError):
                await self.evaluate_rules()
            await asyncio.sleep(self._interval)

    def _is_due(self, alert: ActiveAlert, wall: float) -> bool:
        return wall - self._sent.get(_key(alert), -math.inf) >= _RESEND_SECONDS

    def _sent_row(self, alert: ActiveAlert, wall: float, ends_at: float) -> JsonObject:
        return {
            "labels": dict(alert.labels),
            "annotations": dict(alert.annotations),
            "startsAt": rfc3339(alert.active_at),
            "endsAt": rfc3339(ends_at),
            "generatorURL": f"{self.url}/graph?g0.tab=1",
        }

    def _source(self, name: str, wall: float) -> list[Sample]:
        return self.rules.series() if name == "ALERTS" else read_series(self.world, name, wall)

    # -- responses ---------------------------------------------------------------------------

    async def _query(self, request: web.Request) -> web.Response:
        try:
            given = await _parameters(request)
            wall = _time(given["time"]) if given.get("time") else self.world.wall()
            vector = self._compiled(given)(wall)
        except QueryError as err:
            return _error("bad_data", str(err))
        if vector.is_scalar:
            value = vector.samples[0].value if vector.samples else math.nan
            return _success({"resultType": "scalar", "result": [wall, _number(value)]})
        rows: list[Json] = [
            {"metric": dict(s.labels), "value": [wall, _number(s.value)]} for s in vector.samples
        ]
        return _success({"resultType": "vector", "result": rows})

    async def _query_range(self, request: web.Request) -> web.Response:
        try:
            given = await _parameters(request)
            moments = _moments(given)
            rows = _matrix(self._compiled(given), moments)
        except QueryError as err:
            return _error("bad_data", str(err))
        return _success({"resultType": "matrix", "result": rows})

    def _compiled(self, given: dict[str, str]) -> Expression:
        try:
            return compile_query(given.get("query", ""), self._source)
        except QueryError as err:
            raise QueryError(f'invalid parameter "query": {err}') from err

    async def _alerts(self, _: web.Request) -> web.Response:
        return _success({"alerts": [alert.row() for alert in self.rules.active()]})

    async def _rules(self, request: web.Request) -> web.Response:
        if request.query.get("type") == "record":
            return _success({"groups": []})
        return _success({"groups": self.rules.rows(self.world.wall(), self.rule_error)})

    async def _targets(self, request: web.Request) -> web.Response:
        wall = self.world.wall()
        rows: list[Json] = [_target(sample, wall) for sample in read_series(self.world, "up", wall)]
        active = [] if request.query.get("state") == "dropped" else rows
        return _success({"activeTargets": active, "droppedTargets": [], "droppedTargetCounts": {}})

    async def _alertmanagers(self, _: web.Request) -> web.Response:
        active: list[Json] = (
            [] if self._alertmanager is None else [{"url": "http://alertmanager/api/v2/alerts"}]
        )
        return _success({"activeAlertmanagers": active, "droppedAlertmanagers": []})

    async def _label_values(self, request: web.Request) -> web.Response:
        wall, wanted = self.world.wall(), request.match_info["name"]
        labels = [dict(s.labels) for name in METRICS for s in read_series(self.world, name, wall)]
        return _success([*sorted({row[wanted] for row in labels if wanted in row})])

    async def _state(self, request: web.Request) -> web.Response:
        return web.Response(text=f"Prometheus Server is {request.match_info['state'].title()}.\n")

    async def _buildinfo(self, _: web.Request) -> web.Response:
        return _success(
            {
                "version": "3.5.3",
                "revision": "unknown",
                "branch": "debian/sid",
                "buildUser": "lab@loopback",
                "buildDate": "20260805-10:11:12",
                "goVersion": "go1.26.1",
            }
        )

    async def _runtimeinfo(self, _: web.Request) -> web.Response:
        return _success(
            {
                "startTime": rfc3339(self.world.wall(self.world.started_at)),
                "CWD": "/",
                "reloadConfigSuccess": self.is_config_loaded,
                "lastConfigTime": rfc3339(self.world.wall(self.world.started_at)),
                "corruptionCount": self.corruptions,
                "goroutineCount": 41,
                "GOMAXPROCS": 4,
                "GOGC": "75",
                "GODEBUG": "",
                "storageRetention": "15d",
            }
        )

    async def _tsdb(self, _: web.Request) -> web.Response:
        wall = self.world.wall()
        series = sum(len(read_series(self.world, name, wall)) for name in METRICS)
        return _success(
            {
                "headStats": {
                    "numSeries": series,
                    "numLabelPairs": 3 * series,
                    "chunkCount": 12 * series,
                    "minTime": int(1000 * (wall - 7200)),
                    "maxTime": int(1000 * wall),
                },
                "seriesCountByMetricName": [],
                "labelValueCountByLabelName": [],
                "memoryInBytesByLabelName": [],
                "seriesCountByLabelValuePair": [],
            }
        )


async def _parameters(request: web.Request) -> dict[str, str]:
    form = await request.post() if request.method == "POST" else {}
    return {**request.query, **{key: str(value) for key, value in form.items()}}


def _moments(given: dict[str, str]) -> list[float]:
    start, end = _time(given.get("start", "")), _time(given.get("end", ""))
    step = parse_duration(given.get("step", ""))
    if end < start:
        raise QueryError('invalid parameter "end": end timestamp must not be before start time')
    if step <= 0:
        raise QueryError(
            'invalid parameter "step": zero or negative query resolution step widths are not accepted'
        )
    if (end - start) / step > _MAX_POINTS:
        raise QueryError(
            "exceeded maximum resolution of 11,000 points per timeseries. "
            "Try decreasing the query resolution (?step=XX)"
        )
    return [start + step * point for point in range(int((end - start) / step) + 1)]


def _matrix(expression: Expression, moments: list[float]) -> list[Json]:
    series: dict[Labels, list[Json]] = {}
    for moment in moments:
        for sample in expression(moment).samples:
            series.setdefault(sample.labels, []).append([moment, _number(sample.value)])
    return [{"metric": dict(labels), "values": values} for labels, values in series.items()]


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass  # not a number: try RFC 3339
    try:
        return parse_rfc3339(text)
    except ValueError as err:
        raise QueryError(f'invalid parameter "time": cannot parse "{text}" to a valid timestamp') from err


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else f"{Decimal(repr(value)):f}"


def _target(sample: Sample, wall: float) -> JsonObject:
    labels = {key: value for key, value in sample.labels if key != "__name__"}
    scrape_url = f"http://{labels['instance']}/metrics"
    is_up = sample.value == 1
    return {
        "discoveredLabels": {
            "__address__": labels["instance"],
            "__metrics_path__": "/metrics",
            "__scheme__": "http",
        },
        "labels": dict(labels),
        "scrapePool": labels["job"],
        "scrapeUrl": scrape_url,
        "globalUrl": scrape_url,
        "lastError": "" if is_up else f'Get "{scrape_url}": dial tcp: connect: connection refused',
        "lastScrape": rfc3339(wall),
        "lastScrapeDuration": 0.004,
        "health": "up" if is_up else "down",
        "scrapeInterval": "15s",
        "scrapeTimeout": "10s",
    }


def _success(data: Json) -> web.Response:
    return json_response({"status": "success", "data": data})


def _error(kind: str, text: str, *, status: int = 400) -> web.Response:
    return json_response({"status": "error", "errorType": kind, "error": text}, status=status)


def _key(alert: ActiveAlert) -> Labels:
    return tuple(sorted(alert.labels.items()))
