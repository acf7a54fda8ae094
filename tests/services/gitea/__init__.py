"""Gitea in the lab, from recorded answers."""

from lab.fixtures import ServiceFixture
from lab.replay import Replay, bearer
from lab.wire import Json, JsonObject
from services._forge import FIELDS, answers, run, runs

TOKEN = "gitea-token-of-the-lab"
REPO = "GET /api/v1/repos/rack/kitchen"


def task(number: int, name: str, status: str) -> JsonObject:
    """Return one job: its status is its result."""
    found: dict[str, Json] = run(number, name, status=status, workflow_id="build.yml", run_number=number)
    del found["conclusion"]
    return found


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/v1/version": {"version": "1.24.6"},
            **answers("/api/v1", "actions/tasks", task(92, "build", "success"), task(91, "lint", "skipped")),
            f"{REPO}/commits/c0ffee4/status": {"state": "failure", "total_count": 2},
            f"{REPO}/commits/c0ffee5/status": {"state": "", "total_count": 0},
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN, **FIELDS},
    wrong_credentials={"token": "another-token"},
    targets={"repository": "rack/kitchen"},
    unhealthy={f"{REPO}/actions/tasks": runs(task(94, "build", "failure"), task(93, "lint", "success"))},
)
