"""Whether the target of a run could be read since, and whether its problem is back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Alert, Outcome
from homelab_steward.contract.state import CoverageStatus, InstanceStatus, TargetRef

from ...autonomy.trials import Observed, Watch
from ...inventory.ports import INSTANCE, Inventory
from ...store.autonomy import StoredTrial
from ...store.target_keys import target_key

DARK: Final = timedelta(hours=1)
"""The time without a reading after which a relapse may have been missed."""

SPAN: Final = timedelta(hours=4)
SAME_SPAN: Final = timedelta(hours=24)
"""How far back repairs of one target are counted: SPAN for all, SAME_SPAN for those with the same plan."""


def is_readable(inventory: Inventory, target: TargetRef) -> bool:
    """Return whether the last poll read a target, and everything else of its instance."""
    instance = inventory.instance(target.instance_id)
    snapshot = inventory.snapshot(target.instance_id)
    if instance is None or instance.status is not InstanceStatus.OK or snapshot is None:
        return False
    is_complete = snapshot.coverage.status is CoverageStatus.COMPLETE
    return is_complete and (target.kind == INSTANCE or inventory.seen(target).is_listed)


def is_known(inventory: Inventory, key: str) -> bool:
    """Return whether the target with this key exists and could be read by the last poll."""
    parts = key.split(":", 2)
    target = inventory.target(*parts)
    return target is not None and is_readable(inventory, target)


def watched(trial: StoredTrial, now: datetime, *, readable: bool) -> StoredTrial:
    """Return a trial after one more check whether its target is readable. Pure.

    A time in which the app did not check does not count as a time in which the target was unreadable.
    """
    watch, seen_at = Watch(trial.watch), trial.seen_at
    if now - trial.looked_at > DARK:
        watch = Watch.NOT_WATCHED if watch is Watch.COVERED else watch
        seen_at = now
    elif not readable and now - seen_at > DARK:
        watch = Watch.TARGET_DARK
    return replace(trial, looked_at=now, seen_at=now if readable else seen_at, watch=watch.value)


def is_back(trial: StoredTrial, alerts: Iterable[Alert]) -> bool:
    """Return whether a problem of the same kind came back on a trial's target in its window. Pure.

    What began before the run ended is an echo of the solved problem.
    """
    return any(
        one.name in trial.alerts
        and one.target is not None
        and target_key(one.target) == trial.target
        and trial.at < one.starts_at
        and trial.at < one.received_at <= trial.due_at
        for one in alerts
    )


def observed(trial: StoredTrial, outcome: Outcome, *, is_back: bool, undo_failed: bool = False) -> Observed:
    """Return what is known about a run that changed something. Pure."""
    return Observed(
        outcome=outcome,
        changed_at=trial.at,
        undo_failed=undo_failed,
        was_readable=trial.was_readable,
        is_back=is_back,
        watch=Watch(trial.watch),
        window=trial.due_at - trial.at,
    )


def repeats(trials: Iterable[StoredTrial], plan_hash: str, now: datetime) -> tuple[int, int]:
    """Return how often a plan was carried out from the same state, and its target was repaired lately. Pure.

    Runs that are dated in the future count too, so that a wrong clock does not lift the limits.
    """
    known = [one.started_at for one in trials if one.plan_hash == plan_hash]
    same = sum(one > now - SAME_SPAN for one in known)
    return same, sum(one.started_at > now - SPAN for one in trials)
