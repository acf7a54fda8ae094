"""The newest run of a workflow failed."""

from lab.scenarios import Scenario
from services._forge import run, runs
from services.github import RUNS

SCENARIOS = (
    Scenario(
        runbook="repository-workflow-failing",
        services=("github",),
        breaks={RUNS: runs(run(94, "Build", conclusion="failure"), run(93, "Lint"))},
        check="workflow_failing",
        recipe="investigate",
        target="rack/kitchen",
        evidence="Build on main",
    ),
)
