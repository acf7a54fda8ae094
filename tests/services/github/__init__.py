"""GitHub in the lab, from recorded answers."""

from lab.fixtures import ServiceFixture
from lab.replay import Replay, bearer
from services._forge import FIELDS, answers, run, runs

TOKEN = "github-token-of-the-lab"
REPO = "GET /repos/rack/kitchen"
RUNS, CHECKS = f"{REPO}/actions/runs", f"{REPO}/commits/c0ffee4/check-runs"

FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /rate_limit": {"resources": {"core": {"limit": 5000, "remaining": 4987}}},
            **answers("", "actions/runs", run(92, "Build"), run(91, "Lint")),
            CHECKS: {
                "total_count": 2,
                "check_runs": [
                    {"id": 1, "status": "completed", "conclusion": "failure"},
                    {"id": 2, "status": "in_progress", "conclusion": None},
                ],
            },
            f"{REPO}/commits/c0ffee5/check-runs": {"total_count": 0, "check_runs": []},
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN, **FIELDS},
    wrong_credentials={"token": "another-token"},
    targets={"repository": "rack/kitchen"},
    unhealthy={RUNS: runs(run(94, "Build", conclusion="failure"), run(93, "Lint"))},
)
