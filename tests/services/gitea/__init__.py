"""Gitea in the lab, from recorded answers, with the files of one repository."""

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json, JsonObject
from services._forge import (
    BASE,
    FIELDS,
    HEAD,
    NOT_FOUND,
    SECRET_LINES,
    Row,
    answers,
    branches,
    commit_of,
    declared,
    delete_branch,
    deploys,
    effects,
    file_of_branch,
    history,
    merged,
    one,
    own_templates,
    run,
    runs,
)

if TYPE_CHECKING:
    from lab.lab import Lab

TOKEN = "gitea-token-of-the-lab"
REPO = "GET /api/v1/repos/rack/kitchen"
BRANCH = f"{REPO}/branches/main"
STATUS = f"{REPO}/commits/{HEAD[4]}/status"
POSTGRES = "apps/postgres/values.yaml"


def task(number: int, name: str, status: str) -> JsonObject:
    """Return one job: its status is its result."""
    found: dict[str, Json] = run(number, name, status=status, workflow_id="build.yml", run_number=number)
    del found["conclusion"]
    return found


def statuses(*results: str) -> JsonObject:
    """Return the checks of a commit."""
    rows: list[Json] = [{"context": f"test {place}", "status": one} for place, one in enumerate(results, 1)]
    return {"state": "", "statuses": rows, "total_count": len(rows)}


def files(state: ReplayState) -> Row:
    """Return the files by commit (and ``main``) and name, to change them."""
    before = {POSTGRES: "tag: 18.0\n", "apps/old.yaml": "old\n", "apps/name.yaml": "name\n"}
    before |= declared(state)
    found: Any = state.values.setdefault("files", {BASE: dict(before), "main": dict(before)})
    return found  # type: ignore[no-any-return]


CHANGED: Row = {
    POSTGRES: "tag: 18.1\n",
    "apps/old.yaml": None,
    "apps/new.yaml": "new\n",
    "apps/name.yaml": None,
    "apps/renamed.yaml": "name\n",
}
"""The files as pull request 4 leaves them."""


def _apply(state: ReplayState, changed: Row) -> None:
    now = {name: text for name, text in (files(state)["main"] | changed).items() if text is not None}
    files(state)["main"] = now
    files(state)[history(state)[-1]] = dict(now)


def _merge(state: ReplayState, sent: Sent) -> Json | Raw:
    number = int(sent.parameters["number"])
    files(state)
    refusal = merged(state, number, str(sent.fields["head_commit_id"]))
    if refusal is None:
        _apply(state, CHANGED if number == 4 else state.values.get("branch", {}))  # type: ignore[arg-type]
    return refusal or None


def _content(state: ReplayState, sent: Sent) -> Json | Raw:
    name = sent.path.partition("/contents/")[2]
    if any(one["commit"] == sent.query["ref"] for one in branches(state).values()):
        return file_of_branch(state, sent)
    text = files(state).get(sent.query["ref"], {}).get(name)
    if text is None:
        return NOT_FOUND
    content = b64encode(text.encode()).decode()
    return {"sha": _blob(text), "content": None if text == "link\n" else content, "type": "file"}


def _blob(text: str) -> str:
    return f"blob of {b64encode(text.encode()).decode()}"


def _parents(state: ReplayState, sent: Sent) -> Json:
    known = history(state)
    return {
        "sha": sent.parameters["sha"],
        "parents": [{"sha": known[known.index(sent.parameters["sha"]) - 1]}],
    }


def _commit(state: ReplayState, sent: Sent) -> Json | Raw:
    changed: Row = {}
    branch = str(sent.fields["new_branch"])
    if branch in branches(state):
        return Raw(status=409, body={"message": f"branch already exists [name: {branch}]"})
    rows: Any = sent.fields["files"]
    for row in rows:
        there = files(state)["main"].get(row["path"])
        if (there is None) is not (row["operation"] == "create"):
            return Raw(status=422, body={"message": f"{row['path']}: wrong operation"})
        if there is not None and row["sha"] != _blob(there):
            return Raw(status=422, body={"message": f"{row['path']}: sha does not match"})
        changed[row["path"]] = row.get("content")
    state.values["branch"] = {name: _text(content) for name, content in changed.items()}
    branches(state)[branch] = {"commit": commit_of(branch), "files": state.values["branch"]}
    return {"files": [], "commit": {"sha": commit_of(branch)}}


def _text(content: str | None) -> str | None:
    return None if content is None else b64decode(content).decode()


def changes_many_files(state: ReplayState) -> None:
    """Let pull request 4 change, remove, add and rename files."""
    state.answers[f"{REPO}/pulls/4/files"] = [
        {"filename": POSTGRES, "status": "changed"},
        {"filename": "apps/old.yaml", "status": "deleted"},
        {"filename": "apps/new.yaml", "status": "added"},
        {"filename": "apps/renamed.yaml", "status": "renamed", "previous_filename": "apps/name.yaml"},
    ]
    one(state, 4)


async def _unhealthy(lab: Lab) -> None:
    served: Any = lab.served["gitea"]
    state = served.state
    rows = task(94, "build", "failure"), task(93, "lint", "success")
    state.answers[f"{REPO}/actions/tasks"] = runs(*rows)
    state.values[SECRET_LINES] = [1]


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/v1/version": {"version": "1.24.6"},
            **answers("/api/v1", "actions/tasks", task(92, "build", "success"), task(91, "lint", "skipped")),
            f"{REPO}/commits/{{sha}}/status": statuses("success"),
            STATUS: statuses("success", "success"),
            BRANCH: {"name": "main", "enable_status_check": True, "status_check_contexts": ["test*"]},
            f"{REPO}/git/commits/{{sha}}": _parents,
            f"{REPO}/pulls/4.diff": Raw(text="diff --git a/x b/x\n-tag: 18.0\n+tag: 18.1\n"),
            **{
                f"{REPO}/contents/{'/'.join(f'{{p{n}}}' for n in range(count))}": _content
                for count in (1, 2, 3, 4)
            },
        },
        effects={
            **effects("/api/v1"),
            "POST /api/v1/repos/rack/kitchen/pulls/{number}/merge": _merge,
            "POST /api/v1/repos/rack/kitchen/contents": _commit,
            "DELETE /api/v1/repos/rack/kitchen/branches/{group}/{branch}": delete_branch,
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN, **FIELDS},
    wrong_credentials={"token": "another-token"},
    targets={"repository": "rack/kitchen", "pull_request": "rack/kitchen#4", "template": "Paperless"},
    templates=own_templates,
    unhealthy=_unhealthy,
    rounds=(
        Round(
            action="merge",
            target="rack/kitchen#4",
            arguments={"sha": HEAD[4]},
            write=("POST", "/api/v1/repos/rack/kitchen/pulls/4/merge"),
            undo_writes=3,
            is_final=True,
        ),
        Round(action="close", target="rack/kitchen#4", write=("PATCH", "/api/v1/repos/rack/kitchen/pulls/4")),
        Round(
            action="comment",
            target="rack/kitchen#4",
            arguments={"text": "Wait for 18.2"},
            write=("POST", "/api/v1/repos/rack/kitchen/issues/4/comments"),
        ),
        *deploys("/api/v1", ("POST", "/api/v1/repos/rack/kitchen/contents")),
    ),
)
