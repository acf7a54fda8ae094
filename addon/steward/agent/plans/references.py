"""Replaces references to outputs of earlier steps with their values, before a step is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedReference, PlannedStep

from ...sdk.arguments import check_arguments
from ...store import runs
from ..runs.journal import Journal
from .plan import output_value
from .resolver import Resolver

ARGUMENT: Final = "argument:"
"""Prefix of an argument's value in the baseline of its step; no key of an action has a colon."""


@dataclass(frozen=True, slots=True)
class Source:
    """The earlier step that has an output: its place in the run and its target."""

    position: int
    target: TargetRef


@dataclass(frozen=True, slots=True)
class Work:
    """One step of a run: the approved step, its journal entry, and the steps before it.

    ``sources`` has the steps of the run with an id, by that id.
    """

    run_id: str
    step: PlannedStep
    entry: runs.Entry
    sources: Mapping[str, Source] = field(default_factory=dict)
    before: Sequence[PlannedStep] = ()


def works(run_id: str, steps: Sequence[PlannedStep], entries: Sequence[runs.Entry]) -> tuple[Work, ...]:
    """Return the steps of a run in order, with the arguments that were journaled."""
    sources = {step.id: Source(position, step.target) for position, step in enumerate(steps) if step.id}
    return tuple(
        Work(
            run_id,
            _with_journaled(steps[entry.position], entry.baseline),
            entry,
            sources,
            steps[: entry.position],
        )
        for entry in entries
    )


def _with_journaled(step: PlannedStep, baseline: Mapping[str, Value]) -> PlannedStep:
    """Return the step with the values of outputs that were journaled before it was started."""
    found = {
        one.argument: baseline[ARGUMENT + one.argument]
        for one in step.references
        if ARGUMENT + one.argument in baseline
    }
    return replace(step, arguments={**step.arguments, **found}) if found else step


class References:
    """Takes outputs from the journal only, and checks each against the approved bounds."""

    def __init__(self, journal: Journal, resolver: Resolver) -> None:
        """Values are read from ``journal`` and written to it."""
        self._journal = journal
        self._resolver = resolver

    async def fill_in(self, work: Work) -> Work:
        """Return the work with the values of its references; they are durable when this returns.

        A step that was started before keeps the values it was started with. Raises StewardError
        when a value is outside the approved bounds, or when the step must not be done now.
        """
        if not work.step.references or work.entry.was_started:
            return work
        outputs: dict[str, tuple[TargetRef, Value]] = {}
        for one in work.step.references:
            source = work.sources[one.step]
            reported = await self._journal.baseline(work.run_id, source.position)
            outputs[one.argument] = (source.target, reported.get(one.output))
        arguments, baseline = await self._late(work.step, outputs)
        noted = {**baseline, **{ARGUMENT + key: arguments[key] for key in outputs}}
        await self._journal.note(work.run_id, work.entry.position, noted)
        return replace(
            work,
            step=replace(work.step, arguments=arguments),
            entry=replace(work.entry, baseline={**work.entry.baseline, **noted}),
        )

    async def _late(
        self, step: PlannedStep, outputs: Mapping[str, tuple[TargetRef, Value]]
    ) -> tuple[dict[str, Value], Mapping[str, Value]]:
        """Return the arguments of a step that takes outputs, and the baseline of its dry run.

        ``outputs`` gives the target and the value of each by the argument that takes it. The
        instances are polled first. Raises StewardError when a value is outside the approved
        bounds, or when the step must not be done now.
        """
        resolver = self._resolver
        await resolver.poll(
            {step.target.instance_id, *(target.instance_id for target, _ in outputs.values())}
        )
        values = {one.argument: self._output(one, *outputs[one.argument]) for one in step.references}
        ready = resolver.ready(step)
        ids = partial(resolver.ids, step.target.instance_id)
        arguments = check_arguments({**step.arguments, **values}, ready.action.arguments, ids)
        dry = await ready.action.dry_run(ready.client, replace(ready.call, arguments=arguments))
        return arguments, dry.baseline

    def _output(self, reference: PlannedReference, target: TargetRef, value: Value) -> Value:
        """Return an output's value when it is within the approved bounds; a target must exist."""
        return output_value(reference, value, self._resolver.ids(target.instance_id, reference.scope or ""))
