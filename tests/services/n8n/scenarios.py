"""The executions of a workflow fail."""

from lab.scenarios import Scenario
from services.n8n import FAILURES, execution, listed

SCENARIOS = (
    Scenario(
        runbook="n8n-workflow-failing",
        services=("n8n",),
        breaks={FAILURES: listed(execution(12, "w1", "error"))},
        again={FAILURES: listed(execution(40, "w1", "error"))},
        check="workflow_failing",
        recipe="retry",
        target="Nightly export",
        evidence="The last execution failed",
    ),
)
