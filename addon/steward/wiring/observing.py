"""Starts what others watch the app by: metrics of published rows, and traces."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Final

import aiohttp

from homelab_steward.contract.protocol import InitialState

from .. import tracing
from ..clock import Clock
from ..observability.incident_spans import IncidentSpans
from ..observability.metrics import Metrics
from ..observability.metrics_collector import MetricsCollector
from ..observability.redaction import Redactor
from ..observability.trace_exporter import Collector, TraceExporter
from ..settings.observability import Traces
from ..store.changes import Changes

SERVICE: Final = "homelab-steward"


def start_traces(
    traces: Traces,
    changes: Changes,
    session: aiohttp.ClientSession,
    clock: Clock,
    redactor: Redactor,
    metrics: Metrics,
    opened: AsyncExitStack,
) -> None:
    """Record and send traces if the settings name a collector; ``opened`` ends it."""
    if traces.endpoint is None:
        return
    resource = {"service.name": SERVICE, "service.version": version(SERVICE)}
    exporter = TraceExporter(
        Collector(endpoint=traces.endpoint, headers=traces.header_values),
        session,
        clock,
        redactor.clean,
        resource,
        metrics.spans,
    )
    tracer = tracing.Tracer(clock, exporter.take, traces.sample_rate)
    incidents = IncidentSpans(tracer, changes)
    opened.push_async_callback(exporter.close)
    opened.push_async_callback(incidents.close)
    opened.callback(tracing.use, None)
    exporter.start()
    incidents.start()
    tracing.use(tracer)


def start_metrics(
    metrics: Metrics,
    changes: Changes,
    clock: Clock,
    state: Callable[[int], Awaitable[InitialState]],
    opened: AsyncExitStack,
) -> None:
    """Count published rows and measure the event loop; ``opened`` ends it."""
    collector = MetricsCollector(metrics, changes, clock, state)
    opened.push_async_callback(collector.close)
    collector.start()
