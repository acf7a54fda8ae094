"""No scrub for a long time, and one that found errors."""

from lab.scenarios import Scenario

from ._storage import scrubbed

SCENARIOS = (
    Scenario(
        runbook="scrub-problem",
        services=("truenas",),
        breaks=scrubbed(80),
        helps=scrubbed(0),
        check="scrub_overdue",
        recipe="scrub",
        target="tank",
    ),
    Scenario(
        runbook="scrub-problem",
        services=("truenas",),
        breaks=scrubbed(3, errors=2),
        helps=scrubbed(0),
        check="scrub_errors",
        recipe="scrub",
        target="tank",
    ),
)
