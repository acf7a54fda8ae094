"""Compares what was reported with what happened in the world. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .world import CPU, MEMORY, MORE_CPU, MORE_MEMORY

FORWARD = {
    "set_memory": f"memory {MORE_MEMORY}",
    "set_cpu": f"cpu {MORE_CPU}",
    "restart": "restart",
    "search": "search",
}
BACK = {"set_memory": f"memory {MEMORY}", "set_cpu": f"cpu {CPU}"}
HAPPENED = {"verified": True, "effect_known": True, "failed": False, "intended": False}
"""Whether a step happened, by its reported state. Any other state claims nothing of that kind."""


@dataclass
class Totals:
    """What was counted. ``doubled`` and ``false`` name each violation."""

    kills: int = 0
    approvals: int = 0
    effects: int = 0
    undone: int = 0
    reported: Counter[str] = field(default_factory=Counter)
    doubled: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def add(self, other: Totals) -> None:
        """Add the counts of another part."""
        self.kills += other.kills
        self.approvals += other.approvals
        self.effects += other.effects
        self.undone += other.undone
        self.reported += other.reported
        self.doubled += other.doubled
        self.false += other.false
        self.other += other.other

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.doubled or self.false or self.other)


def compare(report: Mapping[str, Any], effects: Mapping[str, Mapping[str, int]]) -> Totals:
    """Return the totals of one world."""
    totals = Totals()
    for name, done in effects.items():
        totals.doubled += [
            f"{name}: {what} happened {times} times" for what, times in done.items() if times > 1
        ]
        totals.effects += sum(done.get(one, 0) for one in FORWARD.values())
        totals.undone += sum(done.get(one, 0) for one in BACK.values())
    for row in report["approvals"]:
        totals.approvals += 1
        totals.reported[row["status"]] += 1
        totals.false += (f"{row['box']}: {text}" for text in _false(row, effects.get(row["box"], {})))
    if report["leases"]:
        totals.other.append(f"leases are left: {report['leases']}")
    if report["audit_broken_at"] is not None:
        totals.other.append(f"the audit log is broken at {report['audit_broken_at']}")
    return totals


def _false(row: Mapping[str, Any], done: Mapping[str, int]) -> Iterator[str]:
    """Yield each statement about a run that is not true."""
    status = row["status"]
    if status in ("none", "running", "verifying"):
        yield f"the run was never ended ({status})"
    if status == "refused" and done:
        yield f"refused, and it happened: {dict(done)}"
    for step in row["steps"]:
        forward, back = done.get(FORWARD[step["action"]], 0), done.get(BACK.get(step["action"], ""), 0)
        state, text = step["state"], f"{step['action']} is {step['state']} ({step['detail']})"
        if state in HAPPENED and HAPPENED[state] is not bool(forward):
            yield f"{text}, and it happened {forward} times"
        if state == "undone" and forward != back:
            yield f"{text}, and it was done {forward} and undone {back} times"
        if state in ("verified", "intended", "failed") and back and "the undo was sent" not in row["error"]:
            yield f"{text}, and it was undone"
        if status == "succeeded" and state not in ("verified", "effect_known"):
            yield f"succeeded, and {text}"
