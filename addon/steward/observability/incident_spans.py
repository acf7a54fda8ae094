"""Spans of incidents, requests and runs: made from their published rows, because they last for hours."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, Incident, Outcome, Run, RunStatus
from homelab_steward.contract.protocol import Event, RowKind

from ..store.changes import Changes, Lost
from ..tracing import Attribute, Span, SpanContext, Tracer, incident_span

REMEMBERED: Final = 4_096
_BAD: Final = frozenset({Outcome.NOT_FIXED, Outcome.WORSE, RunStatus.FAILED, RunStatus.REFUSED})


class IncidentSpans:
    """Records spans of what begins or ends while the app runs; each once."""

    def __init__(self, tracer: Tracer, changes: Changes) -> None:
        """What ended before now was recorded by the process that ran then."""
        self._tracer = tracer
        self._changes = changes
        self._since = tracer.clock.now()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start watching rows."""
        self._task = asyncio.create_task(self._watch(), name="traces: incidents")

    async def close(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _watch(self) -> None:
        with self._changes.watch(RowKind.INCIDENT, RowKind.APPROVAL) as watch:
            async for event in watch:
                if not isinstance(event, Lost):
                    self.see(event)

    def see(self, event: Event) -> None:
        """Record what a published row says."""
        if event.incident is not None:
            self._incident(event.incident)
        if event.approval is not None:
            self._approval(event.approval)

    def _incident(self, incident: Incident) -> None:
        root = incident_span(self._tracer, incident.id)
        about: dict[str, Attribute] = {
            "steward.incident.id": incident.id,
            "steward.incident.number": incident.number,
            "steward.category": incident.category,
            "steward.severity": str(incident.severity),
        }
        if self._is_new(f"opened {incident.id}", incident.opened_at):
            began = min([incident.opened_at, *(one.received_at for one in incident.alerts)])
            sources = tuple(sorted({one.source for one in incident.alerts}))
            links = self._tracer.webhooks_of(incident.id)
            about["steward.sources"] = sources
            name = "request of a person" if incident.is_request else "incident opened"
            self._record(name, root, "", began, incident.opened_at, about, links=links)
        if incident.resolved_at is not None and self._is_new(
            f"resolved {incident.id} {incident.resolved_at}", incident.resolved_at
        ):
            context = incident_span(self._tracer, incident.id, "resolved", incident.resolved_at.isoformat())
            about["steward.incident.status"] = str(incident.status)
            self._record(
                "incident resolved", context, root.span_id, incident.opened_at, incident.resolved_at, about
            )
        if incident.run is not None and incident.run.finished_at is not None:
            self._run(incident.run, incident.run.finished_at, root)

    def _run(self, run: Run, finished_at: datetime, root: SpanContext) -> None:
        if not self._is_new(f"run {run.id} {finished_at}", finished_at):
            return
        outcome = run.verdict.outcome if run.verdict else run.status
        about: dict[str, Attribute] = {
            "steward.request.id": run.approval_id,
            "steward.run.outcome": str(outcome),
            "steward.run.steps": len(run.steps),
        }
        context = incident_span(self._tracer, run.incident_id, "run", run.approval_id)
        error = str(outcome) if outcome in _BAD else ""
        self._record("run", context, root.span_id, run.started_at, finished_at, about, error)

    def _approval(self, request: ApprovalRequest) -> None:
        decision = request.decision
        if decision is None or not self._is_new(f"decided {request.id}", decision.at):
            return
        about: dict[str, Attribute] = {
            "steward.request.id": request.id,
            "steward.request.status": str(request.status),
            "steward.decision.verb": str(decision.verb),
            "steward.decision.via": str(decision.via),
            "steward.decision.automatic": decision.is_automatic,
        }
        context = incident_span(self._tracer, request.incident_id, "request", request.id)
        root = incident_span(self._tracer, request.incident_id)
        self._record("request", context, root.span_id, request.created_at, decision.at, about)

    def _record(
        self,
        name: str,
        context: SpanContext,
        parent: str,
        start: datetime,
        end: datetime,
        attributes: Mapping[str, Attribute],
        error: str = "",
        links: tuple[SpanContext, ...] = (),
    ) -> None:
        self._tracer.record(
            Span(
                name=name,
                context=context,
                start=start.timestamp(),
                end=end.timestamp(),
                parent=parent,
                attributes=dict(attributes),
                error=error,
                links=links,
            )
        )

    def _is_new(self, key: str, at: datetime) -> bool:
        """Return whether something happened since the start and is not among the last that were recorded."""
        if at < self._since or key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True
