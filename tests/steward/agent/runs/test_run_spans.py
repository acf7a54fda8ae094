"""The way of an alert is one trace: webhook, stages, request, run, steps, and verification."""

from pathlib import Path

from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig.agent_rig import open_rig
from rig.inventory import alert
from rig.spans import named, recorded
from steward import tracing
from steward.observability.incident_spans import IncidentSpans
from steward.store.changes import Watch


def see(spans: IncidentSpans, watch: Watch) -> None:
    """Pass on what was published so far."""
    for event in watch._queue:
        spans.see(event)
    watch._queue.clear()


async def test_the_way_of_an_alert(tmp_path: Path) -> None:
    with recorded() as spans:
        async with open_rig(tmp_path) as rig:
            tracer = tracing.tracer()
            assert tracer is not None
            incidents = IncidentSpans(tracer, rig.store.changes)
            with rig.store.changes.watch(RowKind.INCIDENT, RowKind.APPROVAL) as watch:
                with tracing.span("webhook"):
                    await rig.agent.intake.accept("toy1", [alert()])
                incident = await rig.status(IncidentStatus.WAITING)
                await rig.press(await rig.request(incident), 1)
                await rig.status(IncidentStatus.RESOLVED)
                see(incidents, watch)
            # Each is recorded once, however often its row is published.
            for event in rig.store.changes.since(0) or ():
                incidents.see(event)
    opened = named(spans, "incident opened")
    run, request = named(spans, "run"), named(spans, "request")
    webhook = named(spans, "webhook")
    assert opened.links == (webhook.context,)
    assert opened.parent == ""
    assert opened.attributes["steward.incident.number"] == 1
    assert opened.attributes["steward.sources"] == ("toy1",)
    assert run.attributes["steward.run.outcome"] == "fixed"
    assert run.attributes["steward.run.steps"] == 1
    assert (run.start < run.end, run.error) == (True, "")
    assert request.attributes["steward.decision.via"] == "telegram"
    assert request.attributes["steward.decision.verb"] == "approve"
    assert request.attributes["steward.decision.automatic"] is False
    resolved = named(spans, "incident resolved")
    assert resolved.attributes["steward.incident.status"] == "resolved"
    for one in (run, request, resolved, named(spans, "diagnose"), named(spans, "propose")):
        assert one.parent == opened.context.span_id, one.name
    execute = named(spans, "execute")
    assert execute.parent == run.context.span_id
    assert {one.parent for one in spans if one.name == "verification"} == {run.context.span_id}
    step = named(spans, "step toy.set_memory")
    assert step.parent == execute.context.span_id
    assert step.attributes == {"steward.step": 0, "steward.instance": "toy1", "steward.kind": "box"}
    others = {one.name for one in spans if one.context.trace_id != opened.context.trace_id}
    assert others == {"webhook"}
    assert "radarr" not in repr(spans).casefold(), "names of what was changed are in no span"


async def test_without_a_tracer_runs_work_as_before(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.agent.intake.accept("toy1", [alert()])
        await rig.press(await rig.request(await rig.status(IncidentStatus.WAITING)))
        await rig.status(IncidentStatus.RESOLVED)


async def test_what_happened_before_the_start_was_recorded_then(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.ask()
        with recorded() as spans:
            tracer = tracing.tracer()
            assert tracer is not None
            incidents = IncidentSpans(tracer, rig.store.changes)
            events = rig.store.changes.since(0)
            assert events
            for event in events:
                incidents.see(event)
        assert spans == []
