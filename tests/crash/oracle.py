"""Compares what the app says after all with what happened in the world."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    Run,
    RunStatus,
    StepState,
)
from steward.store.runs import Entry

from .world import CPU, MEMORY, MORE_CPU, MORE_MEMORY, NODE, World

FORWARD = {
    "set_memory": f"memory {MORE_MEMORY}",
    "set_cpu": f"cpu {MORE_CPU}",
    "restart": "restart",
    "search": "search",
    "copy": "copy",
    "back": "back",
}
BACKWARD = {"set_memory": f"memory {MEMORY}", "set_cpu": f"cpu {CPU}", "copy": "drop"}
HAPPENED = (StepState.VERIFIED, StepState.EFFECT_KNOWN, StepState.UNDONE)
IN_DOUBT = (StepState.STARTED, StepState.EFFECT_UNKNOWN)
UNDER_WAY = (RunStatus.RUNNING, RunStatus.VERIFYING)
ANSWERED = (ApprovalStatus.APPROVED, ApprovalStatus.REJECTED)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the app has stored in the end."""

    requests: Sequence[ApprovalRequest]
    runs: Mapping[str, tuple[Run, Sequence[Entry]]]
    incidents: Sequence[Incident]
    leases: Sequence[str]
    broken_at: int | None
    is_settled: bool
    is_paused: bool
    """Whether a pause is stored."""


@dataclass
class Found:
    """What is wrong, each with a text."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def judge(record: Record, world: World, incidents: int) -> Found:
    """Return what is doubled, lost, or said falsely. ``incidents`` is how many there should be."""
    found = Found()
    doubled, false = _effects(record, world)
    found.doubled += doubled
    found.false += [*false, *_false_runs(record, world), *_false_screens(record, world)]
    found.lost += _lost(record, world)
    if len(record.incidents) > incidents:
        found.doubled.append(f"{len(record.incidents)} incidents instead of {incidents}")
    if len(record.incidents) < incidents:
        found.lost.append(f"{len(record.incidents)} incidents instead of {incidents}")
    if record.leases:
        found.other.append(f"leases are left: {record.leases}")
    if record.broken_at is not None:
        found.other.append(f"the audit log is broken at {record.broken_at}")
    return found


def _effects(record: Record, world: World) -> tuple[list[str], list[str]]:
    """Return what happened more often than it was begun, and what does not fit to what is reported."""
    least, most, begun = Counter[str](), Counter[str](), Counter[str]()
    for run, entries in record.runs.values():
        for step, entry in zip(run.steps, entries, strict=True):
            action = step.action.partition(".")[2]
            key = f"{step.target.name}: {FORWARD[action]}"
            least[key] += entry.state in HAPPENED
            most[key] += entry.state in HAPPENED or entry.state in IN_DOUBT
            begun[key] += 1
            back = f"{step.target.name}: {BACKWARD.get(action, 'nothing')}"
            least[back] += entry.state is StepState.UNDONE and action != "copy" and _was_undone(entry)
            most[back] += entry.state is StepState.UNDONE or entry.undoing_at is not None
            begun[back] += 1
    done = Counter[str]()
    for name, box in world.boxes.items():
        done.update({f"{name}: {what}": times for what, times in box.effects.items()})
    doubled = [f"{key} happened {done[key]} times" for key in done if done[key] > begun[key]]
    false = [
        f"{key} happened {done[key]} times, reported {least[key]} to {most[key]}: {_steps(record)}"
        for key in {*done, *least}
        if not least[key] <= done[key] <= most[key] and done[key] <= begun[key]
    ]
    return doubled, false


def _was_undone(entry: Entry) -> bool:
    """Return whether the app undid it itself; otherwise it was found undone."""
    return entry.undoing_at is not None


def _steps(record: Record) -> list[str]:
    return [
        f"{run.status} ({run.error}): {[f'{one.state} ({one.detail})' for one in entries]}"
        for run, entries in record.runs.values()
    ]


def _false_runs(record: Record, world: World) -> Iterator[str]:
    """Yield each result of a run that is not so."""
    for run, entries in record.runs.values():
        states = {entry.state for entry in entries}
        if run.status is RunStatus.SUCCEEDED and not states <= {*HAPPENED, StepState.EFFECT_KNOWN}:
            yield f"succeeded, and its steps are {_steps(record)}"
        if run.status is RunStatus.REFUSED and states - {StepState.INTENDED, StepState.FAILED}:
            yield f"refused, and its steps are {_steps(record)}"
        for step in run.steps:
            box = world.boxes[step.target.name]
            is_memory = step.action == "toy.set_memory" and step.target.name != NODE
            if not is_memory:
                continue
            if run.status is RunStatus.SUCCEEDED and (box.memory != MORE_MEMORY or not box.running):
                yield f"succeeded, and {step.target.name} has {box.memory} and runs: {box.running}"
            if run.status is RunStatus.UNDONE and box.memory != MEMORY:
                yield f"undone, and {step.target.name} has {box.memory}"


def _false_screens(record: Record, world: World) -> Iterator[str]:
    """Yield what a phone shows as final and is not stored so."""
    requests = {one.id: one for one in record.requests}
    for request_id, shown in world.answers.items():
        stored = requests.get(request_id)
        if stored is None or (shown in ANSWERED and stored.status != shown):
            yield f"shown as {shown}, stored as {stored and stored.status}"
    yield from _false_pushes(record, world)
    if world.paused_after is not None and (not record.is_paused or world.effects > world.paused_after + 1):
        yield f"paused after {world.paused_after} effects, and there are {world.effects}"


def _false_pushes(record: Record, world: World) -> Iterator[str]:
    requests = {one.id: one for one in record.requests}
    for key, pushed in world.pushed.items():
        kind, _, row_id = key.partition(" ")
        if kind == "approval" and pushed["status"] in ANSWERED:
            request = requests.get(row_id)
            if request is None or request.status != pushed["status"]:
                yield f"pushed as {pushed['status']}, stored as {request and request.status}"
        run_id = pushed.get("run_id", "")
        if run_id and pushed["run"] not in UNDER_WAY:
            run = record.runs.get(run_id)
            if run is None or run[0].status != pushed["run"]:
                yield f"a run was pushed as {pushed['run']}, stored as {run and run[0].status}"


def _lost(record: Record, world: World) -> Iterator[str]:
    if not record.is_settled:
        titles = [(one.title, str(one.status), one.run and str(one.run.status)) for one in record.incidents]
        waiting = [(one.id, str(one.status)) for one in record.requests]
        yield f"still under way: {titles} {waiting}"
    for request in record.requests:
        is_run = request.status is ApprovalStatus.APPROVED and not request.raises_level
        option = request.proposal.option(request.decision.option or 0) if request.decision else None
        if is_run and option is not None and option.steps and request.id not in record.runs:
            yield f"{request.id} was approved and never carried out"
    known = {one.fingerprint for incident in record.incidents for one in incident.alerts}
    for key in world.taken:
        kind, _, name = key.partition(" ")
        if kind == "alert" and name not in known:
            yield f"the confirmed alert of {name} is not known"
