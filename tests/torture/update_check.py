"""Compares what was reported about updates with what happened in the world. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lab.updates import DOCUMENTS, OLD, PAPERLESS

from .check import Totals

GOOD: Final = "good"


def compare_updates(report: Mapping[str, Any], world: Mapping[str, Any]) -> Totals:
    """Return the totals of one world. Whatever is killed, each update has the result that it has without."""
    totals = Totals()
    for number, kind in world["kinds"].items():
        merges, reverts = world["merges"][number], world["reverts"][number]
        totals.effects += merges
        totals.undone += len(reverts)
        totals.doubled += _doubled(number, merges, reverts)
        rows = [one for one in report["rows"] if one["target"] == f"rack/kitchen#{number}"]
        totals.false += [f"#{number} ({kind}): {one}" for one in _false(rows, kind, merges, reverts)]
    images = [one for one in report["rows"] if one["target"] == PAPERLESS]
    if images or world["containers"]:
        totals.false += [f"{PAPERLESS}: {one}" for one in _false_image(images, world)]
    for row in report["rows"]:
        totals.approvals += 1
        totals.reported[row["run"]] += 1
    totals.other += _other(report)
    return totals


def _doubled(number: str, merges: int, reverts: list[bool]) -> Iterator[str]:
    if merges > 1:
        yield f"#{number} was merged {merges} times"
    if len(reverts) > 1:
        yield f"#{number} was reverted {len(reverts)} times"


def _false(rows: list[Mapping[str, Any]], kind: str, merges: int, reverts: list[bool]) -> Iterator[str]:
    """Yield what is not as it is without a kill."""
    if len(rows) != 1:
        yield f"there are {len(rows)} updates instead of one"
        return
    (row,) = rows
    wanted = "succeeded" if kind == GOOD else "undone"
    if row["run"] != wanted or not row["is_closed"]:
        yield f"its run is not {wanted}: {row}"
    if merges != 1:
        yield f"it was merged {merges} times: {row}"
    if reverts != ([] if kind == GOOD else [True]):
        yield f"whether its reverts were merged: {reverts}, {row}"


def _false_image(rows: list[Mapping[str, Any]], world: Mapping[str, Any]) -> Iterator[str]:
    # Killed at its start, it may restart while that is looked at, and then it was never done.
    if [one["run"] for one in rows] not in (["undone"], ["failed"]):
        yield f"it was not taken back: {rows}"
    found = (world.get("version"), world.get("documents"), world["containers"])
    if found != (OLD, DOCUMENTS.decode(), [PAPERLESS]):
        yield f"{found} is left over: {rows}"


def _other(report: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"{run} has {count} verdicts" for run, count in Counter(report["verdicts"]).items() if count > 1
    )
    if report["leases"]:
        yield f"leases are left: {report['leases']}"
    if report["audit_broken_at"] is not None:
        yield f"the audit log is broken at {report['audit_broken_at']}"
    seen: dict[str, tuple[str, float]] = {}
    for run, normal, watched in report["watches"]:
        before = seen.get(run, (normal, 0.0))
        if normal != before[0] or watched < before[1]:
            yield f"the watch of {run} began again: {before}, then {(normal, watched)}"
        seen[run] = (normal, watched)
