"""Trials as runs leave them, with every field a test may want to vary."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from steward.store.autonomy import StoredTrial

from .inventory import NOW


def stored_trial(run_id: str = "run", **changes: Any) -> StoredTrial:
    """Return a run of ten seconds that began at NOW, unless ``changes`` say something else."""
    started_at = changes.get("started_at", NOW)
    at = changes.get("at", started_at + timedelta(seconds=10))
    made = StoredTrial(
        run_id=run_id,
        runbook_id="toy-memory",
        version=1,
        runbook_hash="hash",
        recipe="grow",
        target_class="toy/box",
        target="toy1:box:box/radarr",
        plan_hash="plan",
        alerts=("ToyMemoryHigh",),
        is_automatic=False,
        hour_part="afternoon",
        severity="warning",
        others_open=False,
        started_at=started_at,
        at=at,
        due_at=at + timedelta(hours=24),
        seen_at=at,
        looked_at=at,
        watch="covered",
        was_readable=True,
        nature={"is_reversible": True, "is_idempotent": True, "is_high_risk": False, "actions": []},
    )
    return replace(made, **changes)
