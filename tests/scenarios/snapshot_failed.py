"""A task of TrueNAS that takes snapshots failed."""

from lab.scenarios import Scenario

from ._storage import sets

_TASK = ("pool.snapshottask.query", "id", 2)

SCENARIOS = (
    Scenario(
        runbook="snapshot-failed",
        services=("truenas",),
        breaks=sets(*_TASK, state={"state": "ERROR", "error": "out of space"}),
        helps=sets(*_TASK, state={"state": "RUNNING"}),
        check="snapshot_too_old",
        recipe="run-again",
        target="fast/apps (2)",
    ),
)
