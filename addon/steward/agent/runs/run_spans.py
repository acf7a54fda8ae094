"""Spans of runs, their steps, and the stages of an incident, in the trace of the incident."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.protocol import RowKind

from ...store import approvals
from ...store.store import Store, Unit
from ...tracing import Attribute, SpanContext, incident_span, span, tracer
from ..plans.references import Work


@asynccontextmanager
async def run_span(store: Store, request_id: str, name: str) -> AsyncIterator[None]:
    """Record the block as a part of the run of a request. Raises what the block raises."""
    active = tracer()
    if active is None:
        yield
        return
    async with store.read(quick=True) as connection:
        request = await approvals.request(connection, request_id)
    run = None if request is None else incident_span(active, request.incident_id, "run", request_id)
    with span(name, attributes={"steward.request.id": request_id}, within=run):
        yield


@contextmanager
def step_span(work: Work) -> Iterator[None]:
    """Record the block as one call of a step."""
    step, number = work.step, work.entry.position
    about: dict[str, Attribute] = {
        "steward.step": number,
        "steward.instance": step.target.instance_id,
        "steward.kind": step.target.kind,
    }
    with span(f"step {step.action}", attributes=about):
        yield


@contextmanager
def stage_span(name: str, incident: Incident) -> Iterator[None]:
    """Record the block as a stage of an incident."""
    active = tracer()
    within = None if active is None else incident_span(active, incident.id)
    with span(name, attributes={"steward.incident.id": incident.id}, within=within):
        yield


def remember_webhooks(unit: Unit, webhooks: Sequence[SpanContext | None]) -> None:
    """Link the incidents that a transaction published to the spans of the webhooks that it takes."""
    active = tracer()
    sampled = tuple(one for one in webhooks if one is not None)
    if active is not None and sampled:
        ids = {row_id for kind, row_id, _ in unit.published if kind is RowKind.INCIDENT}
        active.remember_webhooks(sorted(ids), sampled)
