"""Prometheus metrics of the app."""

from collections import OrderedDict, deque
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.process_collector import ProcessCollector

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, InitialState

from ..tracing import exemplar, incident_exemplar

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
OPEN_CONTENT_TYPE: Final = openmetrics.CONTENT_TYPE_LATEST
CLOSED: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.IGNORED})
REMEMBERED: Final = 4096
LAGS: Final = 60
LAG_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
POLL_BUCKETS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUEST_BUCKETS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)
MODEL_BUCKETS: Final = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
LONG_BUCKETS: Final = (10.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 24 * 3600.0)


class Metrics:
    """The metrics; incidents, approvals and runs are counted from published rows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register all metrics."""
        self.registry = registry
        ProcessCollector(registry=registry)
        self._alerts = Counter(
            "steward_alerts_received",
            "Alerts that monitors sent to their webhook",
            ["source"],
            registry=registry,
        )
        self._open = Gauge("steward_incidents_open", "Incidents that are not closed", registry=registry)
        self._approvals = Counter(
            "steward_approvals", "Approval requests that reached a status", ["status"], registry=registry
        )
        self._runs = Counter("steward_runs", "Finished runs by outcome", ["outcome"], registry=registry)
        self._polls = Histogram(
            "steward_poll_seconds",
            "Time to read one instance",
            ["service", "status"],
            buckets=POLL_BUCKETS,
            registry=registry,
        )
        self._front_ends = Gauge("steward_front_ends", "Front ends connected by websocket", registry=registry)
        self._lag = Histogram(
            "steward_event_loop_lag_seconds",
            "Delay of the event loop",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self._requests = Histogram(
            "steward_http_request_seconds",
            "Time to answer a request, by the path of its route",
            ["route", "method", "status"],
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
        self._model_calls = Histogram(
            "steward_model_request_seconds",
            "Time until a language model ended its answer",
            ["deployment", "tier", "outcome"],
            buckets=MODEL_BUCKETS,
            registry=registry,
        )
        self._model_tokens = Counter(
            "steward_model_tokens",
            "Tokens that the servers of the models reported",
            ["deployment", "direction"],
            registry=registry,
        )
        self._incident_seconds = Histogram(
            "steward_incident_seconds",
            "Time from the start of an incident until it was resolved",
            buckets=LONG_BUCKETS,
            registry=registry,
        )
        self._decision_seconds = Histogram(
            "steward_approval_decision_seconds",
            "Time from a request until a person decided",
            ["status"],
            buckets=LONG_BUCKETS,
            registry=registry,
        )
        self._run_seconds = Histogram(
            "steward_run_seconds",
            "Time from the start of a run until its result was verified",
            ["outcome"],
            buckets=LONG_BUCKETS,
            registry=registry,
        )
        self._spans = Counter(
            "steward_trace_spans",
            "Spans that were sent to the collector, or dropped",
            ["outcome"],
            registry=registry,
        )
        self._last_lags: deque[float] = deque(maxlen=LAGS)
        self._open_ids: set[str] = set()
        self._counted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def text(self, *, is_open: bool = False) -> bytes:
        """Return all metrics in Prometheus' text format, or in OpenMetrics, which has exemplars."""
        if is_open:
            text: bytes = openmetrics.generate_latest(self.registry)  # type: ignore[no-untyped-call]
            return text
        return generate_latest(self.registry)

    def alerts(self, source: str, number: int) -> None:
        """Count alerts that an instance sent to its webhook."""
        self._alerts.labels(source=source).inc(number)

    def poll(self, service: str, status: str, seconds: float) -> None:
        """Count a poll with its status and duration."""
        self._polls.labels(service=service, status=status).observe(seconds, exemplar())

    def front_end(self, change: int) -> None:
        """Count a connected (1) or disconnected (-1) front end."""
        self._front_ends.inc(change)

    def lag(self, seconds: float) -> None:
        """Count a delay of the event loop, which is measured once a second."""
        self._lag.observe(seconds)
        self._last_lags.append(seconds)

    def worst_lag(self) -> float:
        """Return the longest delay of the event loop in the last minute, in seconds."""
        return max(self._last_lags, default=0.0)

    def http_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request; ``route`` is the path with its parameters in braces."""
        self._requests.labels(route=route, method=method, status=str(status)).observe(seconds, exemplar())

    def model_call(self, deployment: str, tier: str, outcome: str, seconds: float) -> None:
        """Count a request to a language model; ``outcome`` is ``answered`` or the kind of its failure."""
        self._model_calls.labels(deployment=deployment, tier=tier, outcome=outcome).observe(
            seconds, exemplar()
        )

    def model_tokens(self, deployment: str, question: int, answer: int) -> None:
        """Count the tokens of one request and its answer."""
        self._model_tokens.labels(deployment=deployment, direction="question").inc(question)
        self._model_tokens.labels(deployment=deployment, direction="answer").inc(answer)

    def spans(self, outcome: str, number: int) -> None:
        """Count spans; ``outcome`` is ``sent`` or ``dropped``."""
        self._spans.labels(outcome=outcome).inc(number)

    def begin(self, state: InitialState) -> None:
        """Set the existing incidents and requests, which are not counted."""
        self._open_ids.clear()
        self._open.set(0)
        for incident in state.incidents:
            self._count_incident(incident, count=False)
        for approval in state.approvals:
            self._is_new("approval", f"{approval.id} {approval.status}")

    def see(self, event: Event) -> None:
        """Count a published row."""
        if event.incident is not None:
            self._count_incident(event.incident, count=True)
        if event.approval is not None:
            self._count_approval(event.approval)

    def _count_incident(self, incident: Incident, *, count: bool) -> None:
        if incident.status in CLOSED or incident.is_request:
            self._open_ids.discard(incident.id)
        else:
            self._open_ids.add(incident.id)
        self._open.set(len(self._open_ids))
        resolved = incident.resolved_at
        is_end = resolved is not None and self._is_new("resolved", f"{incident.id} {resolved}")
        if resolved is not None and is_end and count and not incident.is_request:
            lasted = _seconds(resolved - incident.opened_at)
            self._incident_seconds.observe(lasted, incident_exemplar(incident.id))
        run = incident.run
        if run is None or run.finished_at is None or not self._is_new("run", run.id):
            return
        if count:
            outcome = str(run.verdict.outcome if run.verdict else run.status)
            self._runs.labels(outcome=outcome).inc()
            lasted = _seconds(run.finished_at - run.started_at)
            self._run_seconds.labels(outcome=outcome).observe(lasted, incident_exemplar(incident.id))

    def _count_approval(self, approval: ApprovalRequest) -> None:
        if not self._is_new("approval", f"{approval.id} {approval.status}"):
            return
        self._approvals.labels(status=str(approval.status)).inc()
        if approval.decision is not None and not approval.decision.is_automatic:
            waited = _seconds(approval.decision.at - approval.created_at)
            trace = incident_exemplar(approval.incident_id)
            self._decision_seconds.labels(status=str(approval.status)).observe(waited, trace)

    def _is_new(self, kind: str, key: str) -> bool:
        """Return whether this is not among the last ``REMEMBERED`` counted rows."""
        if (kind, key) in self._counted:
            return False
        self._counted[kind, key] = None
        if len(self._counted) > REMEMBERED:
            self._counted.popitem(last=False)
        return True


def _seconds(time: timedelta) -> float:
    """Return seconds, none below zero: the clock may have been set back."""
    return max(0.0, time.total_seconds())
