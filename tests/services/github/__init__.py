"""GitHub in the lab, from recorded answers."""

from typing import TYPE_CHECKING, Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json
from services._forge import (
    BASE,
    FIELDS,
    HEAD,
    SECRET_LINES,
    add,
    answers,
    branches,
    delete_branch,
    deploys,
    effects,
    file_of_branch,
    merged,
    own_templates,
    pulls,
    run,
    runs,
)

if TYPE_CHECKING:
    from lab.lab import Lab

TOKEN = "github-token-of-the-lab"
REPO = "GET /repos/rack/kitchen"
RUNS, CHECKS = f"{REPO}/actions/runs", f"{REPO}/commits/{HEAD[4]}/check-runs"
BRANCH, RULES = f"{REPO}/branches/main", f"{REPO}/rules/branches/main"
REFUSED = "Pull request could not be reverted"


def check(name: str, conclusion: str | None = "success", status: str = "completed") -> Json:
    """Return one check of a commit."""
    return {"id": 1, "name": name, "status": status, "conclusion": conclusion}


def checks(*rows: Json) -> Json:
    """Return the checks of a commit."""
    return {"total_count": len(rows), "check_runs": list(rows)}


def _merge(state: ReplayState, sent: Sent) -> Json | Raw:
    refusal = merged(state, int(sent.parameters["number"]), str(sent.fields["sha"]))
    return refusal or {"sha": "ab", "merged": True, "message": "Pull Request successfully merged"}


def _revert(state: ReplayState, sent: Sent) -> Json | Raw:
    asked: Any = sent.fields["variables"]
    given = asked["input"]
    row = next(row for row in pulls(state) if row["node_id"] == given["pullRequestId"])
    if not row["merged"] or state.values.get("unrevertable"):
        return {"data": {"revertPullRequest": None}, "errors": [{"message": REFUSED}]}
    found = add(state, given["title"], given["body"], f"revert-{row['number']}-{row['head']['ref']}")
    return {"data": {"revertPullRequest": {"revertPullRequest": {"number": found["number"]}}}}


def _trees(state: ReplayState) -> dict[str, Any]:
    found: Any = state.values.setdefault("trees", {})
    return found  # type: ignore[no-any-return]


def _tree(state: ReplayState, sent: Sent) -> Json:
    rows: Any = sent.fields["tree"]
    sha = f"7ee{len(_trees(state))}".ljust(40, "0")
    _trees(state)[sha] = {row["path"]: row["content"] for row in rows}
    return {"sha": sha}


def _commit(state: ReplayState, sent: Sent) -> Json:
    sha = f"c0{str(sent.fields['tree'])[:6]}".ljust(40, "0")
    _trees(state)[sha] = _trees(state)[str(sent.fields["tree"])]
    return {"sha": sha}


def _ref(state: ReplayState, sent: Sent) -> Json | Raw:
    name, sha = str(sent.fields["ref"]).removeprefix("refs/heads/"), str(sent.fields["sha"])
    if name in branches(state):
        return Raw(status=422, body={"message": "Reference already exists"})
    branches(state)[name] = {"commit": sha, "files": _trees(state)[sha]}
    return {"ref": f"refs/heads/{name}", "object": {"sha": sha}}


async def _unhealthy(lab: Lab) -> None:
    served: Any = lab.served["github"]
    state = served.state
    state.answers[RUNS] = runs(run(94, "Build", conclusion="failure"), run(93, "Lint"))
    state.values[SECRET_LINES] = [1]


GIT = "/repos/rack/kitchen/git"
FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /rate_limit": {"resources": {"core": {"limit": 5000, "remaining": 4987}}},
            **answers("", "actions/runs", run(92, "Build"), run(91, "Lint")),
            f"{REPO}/commits/{{sha}}/check-runs": checks(check("test")),
            f"{REPO}/commits/{{sha}}/status": {"state": "pending", "statuses": []},
            CHECKS: checks(check("test"), check("docs", None, "in_progress")),
            f"{REPO}/commits/{HEAD[4]}/status": {
                "state": "success",
                "statuses": [{"context": "renovate/stability-days", "state": "success"}],
            },
            BRANCH: {
                "name": "main",
                "commit": {"sha": BASE},
                "protected": True,
                "protection": {"enabled": True, "required_status_checks": {"contexts": ["test"]}},
            },
            RULES: [{"type": "deletion"}],
            f"GET {GIT}/commits/{BASE}": {"sha": BASE, "tree": {"sha": "7ee".ljust(40, "0")}},
            **{
                f"{REPO}/contents/{'/'.join(f'{{p{n}}}' for n in range(count))}": file_of_branch
                for count in (1, 2, 3, 4)
            },
        },
        effects={
            **effects(""),
            "PUT /repos/rack/kitchen/pulls/{number}/merge": _merge,
            "POST /graphql": _revert,
            f"POST {GIT}/trees": _tree,
            f"POST {GIT}/commits": _commit,
            f"POST {GIT}/refs": _ref,
            f"DELETE {GIT}/refs/heads/{{group}}/{{branch}}": delete_branch,
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN, **FIELDS},
    wrong_credentials={"token": "another-token"},
    targets={"repository": "rack/kitchen", "pull_request": "rack/kitchen#4", "template": "Paperless"},
    templates=own_templates,
    unhealthy=_unhealthy,
    optional={
        f"{BRANCH} protection.required_status_checks": "The protection of a branch may require no checks"
    },
    rounds=(
        Round(
            action="merge",
            target="rack/kitchen#4",
            arguments={"sha": HEAD[4]},
            write=("PUT", "/repos/rack/kitchen/pulls/4/merge"),
            undo_writes=2,
            is_final=True,
        ),
        Round(action="close", target="rack/kitchen#4", write=("PATCH", "/repos/rack/kitchen/pulls/4")),
        Round(
            action="comment",
            target="rack/kitchen#4",
            arguments={"text": "Wait for 18.2"},
            write=("POST", "/repos/rack/kitchen/issues/4/comments"),
        ),
        *deploys("", *(("POST", f"{GIT}/{one}") for one in ("trees", "commits", "refs"))),
    ),
)
