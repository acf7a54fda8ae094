"""The newest run of a workflow failed."""

from lab.scenarios import investigated
from services._forge import run, runs
from services.github import RUNS

SCENARIOS = (
    investigated(
        "repository-workflow-failing",
        "github",
        {RUNS: runs(run(94, "Build", conclusion="failure"), run(93, "Lint"))},
        "workflow_failing",
        "rack/kitchen",
        evidence="Build on main",
    ),
)
