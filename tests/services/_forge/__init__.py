"""Recorded answers that GitHub and Gitea share, and pull requests that can be merged and reverted."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any

from lab.fixtures import Round
from lab.replay import Answer, Computed, Raw, ReplayState, Sent
from lab.wire import Json, JsonObject
from steward.sdk.access import OwnTemplates

NAMES = ("rack/kitchen", "rack/garage")
FIELDS = {"repositories": ", ".join(NAMES)}
HEAD = {number: f"c0ffee{number}".ljust(40, "0") for number in (4, 5)}
KITCHEN = {"full_name": NAMES[0]}
BASE = "b45e".ljust(40, "0")
NOT_FOUND = Raw(status=404, body={"message": "Not Found"})

PORTAINER, GRAFANA = "apps/management/portainer/compose.yaml", "apps/management/grafana/compose.yaml"
HOMEPAGE = "apps/homepage/deployment.yaml"
COMPOSE = """\
# {name}, behind the proxy
services:
  {name}:
    image: {name}:1.2.3   # renovate: keep
    restart: on-failure:3
    networks: [lan]

networks:
  lan:
    driver: macvlan
    driver_opts:
      parent: eth0.20  # the VLAN
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: homepage}
spec:
  template:
    spec:
      nodeSelector:
        kubernetes.io/hostname: "worker-1"
"""
DECLARED = {
    PORTAINER: COMPOSE.format(name="portainer"),
    GRAFANA: COMPOSE.format(name="grafana"),
    "apps/management/kustomization.yaml": "resources: [portainer, grafana]\n",
    HOMEPAGE: DEPLOYMENT,
}
"""Files of rack/kitchen at its default branch."""

SECRET_LINES = "secret lines"
"""The value of a state with the numbers of the lines that are taken as secrets."""

type Row = dict[str, Any]


def own_templates(served: Any) -> OwnTemplates:
    """Return the folder of templates, whose files have secrets where the state says so."""

    def secret_lines(_: str) -> Sequence[int]:
        found: Any = served.state.values.get(SECRET_LINES, ())
        return found  # type: ignore[no-any-return]

    return OwnTemplates(Path(__file__).parent / "templates", secret_lines)


def declared(state: ReplayState) -> dict[str, str]:
    """Return the files of the default branch, to change them."""
    found: Any = state.values.setdefault("declared", dict(DECLARED))
    return found  # type: ignore[no-any-return]


def blob(text: str) -> str:
    """Return the hash of a file."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def tree(state: ReplayState, _: Sent) -> Json:
    """Return the files of the default branch, a folder, and a link."""
    rows: list[Json] = [{"path": one, "mode": "100644", "type": "blob"} for one in declared(state)]
    rows.append({"path": "apps", "mode": "040000", "type": "tree"})
    rows.append({"path": "apps/link/compose.yaml", "mode": "120000", "type": "blob"})
    return {"sha": BASE, "tree": rows, "truncated": bool(state.values.get("truncated"))}


def repository(number: int, name: str) -> JsonObject:
    """Return one repository."""
    return {
        "id": number,
        "full_name": name,
        "default_branch": "main",
        "archived": False,
        "html_url": f"https://git.example.org/{name}",
        "clone_url": f"https://git.example.org/{name}.git",
        "ssh_url": f"git@git.example.org:{name}.git",
        "permissions": {"admin": False, "push": True, "pull": True},
    }


def pull(number: int, title: str, **changed: Json) -> Row:
    """Return one open pull request, as it is answered alone."""
    row: Row = {
        "number": number,
        "node_id": f"PR_{number}",
        "title": title,
        "state": "open",
        "draft": False,
        "body": "This PR contains the following updates:",
        "labels": [{"id": 3, "name": "dependencies"}],
        "html_url": f"https://git.example.org/rack/kitchen/pull/{number}",
        "created_at": "2026-11-02T05:00:00Z",
        "user": {"login": "renovate-rack", "type": "User"},
        "head": {"ref": f"update-{number}", "sha": HEAD.get(number, f"{number:040x}"), "repo": KITCHEN},
        "base": {"ref": "main", "sha": BASE},
        "mergeable": True,
        "merged": False,
        "merge_commit_sha": None,
    }
    return {**row, **changed}


def changed_file(name: str, status: str = "modified", **more: Json) -> JsonObject:
    """Return one file of a pull request."""
    return {
        "filename": name,
        "status": status,
        "additions": 1,
        "deletions": 1,
        "patch": "-18.0\n+18.1",
        **more,
    }


def run(number: int, name: str, **changed: Json) -> JsonObject:
    """Return one run that succeeded, as GitHub answers it."""
    row: JsonObject = {
        "id": number,
        "name": name,
        "workflow_id": 70 + len(name),
        "head_branch": "main",
        "head_sha": "c0ffee",
        "status": "completed",
        "conclusion": "success",
        "created_at": "2026-11-03T06:12:44Z",
    }
    return {**row, **changed}


def runs(*rows: Json) -> JsonObject:
    """Return a list of runs."""
    return {"total_count": len(rows), "workflow_runs": list(rows)}


def pulls(state: ReplayState) -> list[Row]:
    """Return the pull requests of rack/kitchen, newest first, to change them."""
    first = [pull(5, "Update redis to 8.2"), pull(4, "Update postgres to 18.1")]
    found: Any = state.values.setdefault("pulls", first)  # type: ignore[arg-type]
    return found  # type: ignore[no-any-return]


def one(state: ReplayState, number: int) -> Row:
    """Return one pull request of rack/kitchen, to change it."""
    return next(row for row in pulls(state) if row["number"] == number)


def history(state: ReplayState) -> list[str]:
    """Return the commits of main, oldest first, to add some."""
    found: Any = state.values.setdefault("history", [BASE])
    return found  # type: ignore[no-any-return]


def add(state: ReplayState, title: str, body: str, branch: str) -> Row:
    """Open a pull request, and return it."""
    row = pull(max(row["number"] for row in pulls(state)) + 1, title, body=body)
    row["head"]["ref"] = branch
    pulls(state).insert(0, row)
    return row


def merged(state: ReplayState, number: int, sha: str) -> Raw | None:
    """Merge a pull request as a forge does; return why it refuses."""
    row = one(state, number)
    if row["state"] == "closed" or row["draft"] or not row["mergeable"]:
        return Raw(status=405, body={"message": "Pull Request is not mergeable"})
    if row["head"]["sha"] != sha:
        return Raw(status=409, body={"message": "Head branch was modified. Review and try the merge again."})
    history(state).append(f"{0xAB0 + number:040x}")
    row |= {"state": "closed", "merged": True, "merge_commit_sha": history(state)[-1]}
    return None


def branches(state: ReplayState) -> dict[str, Row]:
    """Return the commits and files of the branches of rack/kitchen that were made, to change them."""
    found: Any = state.values.setdefault("branches", {})
    return found  # type: ignore[no-any-return]


def commit_of(branch: str) -> str:
    """Return the commit that a branch gets."""
    return branch.encode().hex().ljust(40, "0")[:40]


def branch_of(state: ReplayState, sent: Sent) -> Row | None:
    """Return the branch that a path ends with."""
    return branches(state).get(f"{sent.parameters['group']}/{sent.parameters['branch']}")


def _branch(state: ReplayState, sent: Sent) -> Json | Raw:
    found = branch_of(state, sent)
    return {"name": "", "commit": {"sha": found["commit"], "id": found["commit"]}} if found else NOT_FOUND


def delete_branch(state: ReplayState, sent: Sent) -> Raw:
    """Delete a branch as a forge does."""
    found = branches(state).pop(f"{sent.parameters['group']}/{sent.parameters['branch']}", None)
    return NOT_FOUND if found is None else Raw(status=204)


def file_of_branch(state: ReplayState, sent: Sent) -> Json | Raw:
    """Return a file of a branch that was made, as both answer it."""
    name, ref = sent.path.partition("/contents/")[2], sent.query["ref"]
    texts = (one["files"].get(name) for one in branches(state).values() if one["commit"] == ref)
    text = declared(state).get(name) if ref in (BASE, "main") else None
    text = next(texts, text)
    if text is None:
        return NOT_FOUND
    return {"type": "file", "sha": blob(text), "content": b64encode(text.encode()).decode()}


def open_pull(state: ReplayState, sent: Sent) -> Json | Raw:
    """Open a pull request as a forge does: one for each branch."""
    branch = str(sent.fields["head"])
    if any(row["state"] == "open" and row["head"]["ref"] == branch for row in pulls(state)):
        return Raw(status=422, body={"message": "A pull request already exists"})
    row = add(state, str(sent.fields["title"]), str(sent.fields["body"]), branch)
    if branch in branches(state):
        row["head"]["sha"] = branches(state)[branch]["commit"]
    return row


CHANGES: tuple[tuple[str, str, Row], ...] = (
    ("change_vlan", NAMES[0], {"applications": "management", "vlan": 100}),
    ("change_node", NAMES[0], {"applications": "homepage", "node": "worker-2"}),
    ("deploy_template", "Paperless", {"repository": "11", "values": "port=8010"}),
    (
        "change_template",
        "Restart policy",
        {"repository": "11", "applications": "grafana", "values": "tries=5"},
    ),
)


def deploys(base: str, *before: tuple[str, str]) -> tuple[Round, ...]:
    """Return the rounds of the templates; ``before`` makes the branch."""
    return tuple(
        Round(
            action=f"deploy_{one}",
            target=NAMES[0],
            arguments={"form": "compose"},
            before=before,
            write=("POST", f"{base}/repos/{NAMES[0]}/pulls"),
            undo_writes=2,
        )
        for one in ("dashboard", "monitoring", "uptime")
    ) + tuple(
        Round(
            action=action,
            target=target,
            arguments=arguments,
            before=before,
            write=("POST", f"{base}/repos/{NAMES[0]}/pulls"),
            undo_writes=2,
        )
        for action, target, arguments in CHANGES
    )


def _list(state: ReplayState, sent: Sent) -> Json:
    wanted = sent.query.get("state", "open")
    rows = [row for row in pulls(state) if wanted in ("all", row["state"])]
    left_out = ("mergeable", "merged", "mergeable_state")
    return [{key: value for key, value in row.items() if key not in left_out} for row in rows]


def _detail(state: ReplayState, sent: Sent) -> Json | Raw:
    number = sent.parameters["number"]
    return next((row for row in pulls(state) if str(row["number"]) == number), NOT_FOUND)


def _compare(state: ReplayState, sent: Sent) -> Json | Raw:
    known = history(state)
    base, head = sent.parameters["base"], sent.parameters["head"]
    if base not in known or head not in known:
        return NOT_FOUND
    return {"total_commits": max(0, known.index(head) - known.index(base)), "commits": []}


def _comments(state: ReplayState, _: Sent) -> Json:
    return state.values.setdefault("comments", [])


def _comment(state: ReplayState, sent: Sent) -> Json | Raw:
    rows: Any = state.values.setdefault("comments", [])
    return next((row for row in rows if str(row["id"]) == sent.parameters["id"]), NOT_FOUND)


def _write_comment(state: ReplayState, sent: Sent) -> Json:
    rows: Any = state.values.setdefault("comments", [])
    rows.append({"id": 900 + len(rows), "body": sent.fields["body"]})
    return rows[-1]  # type: ignore[no-any-return]


def _patch(state: ReplayState, sent: Sent) -> Json:
    row = one(state, int(sent.parameters["number"]))
    row["state"] = sent.fields["state"]
    return row


def answers(base: str, path: str, *rows: Json) -> dict[str, Answer]:
    """Return two repositories with pull requests and these runs."""
    found: dict[str, Answer] = {}
    for number, name in enumerate(NAMES, 11):
        repo = f"GET {base}/repos/{name}"
        found |= {
            repo: repository(number, name),
            f"{repo}/pulls": [],
            f"{repo}/{path}": runs(*rows),
        }
    kitchen = f"GET {base}/repos/{NAMES[0]}"
    return found | {
        f"{kitchen}/pulls": _list,
        f"{kitchen}/pulls/{{number}}": _detail,
        f"{kitchen}/pulls/4/files": [changed_file("apps/postgres/values.yaml")],
        f"{kitchen}/pulls/5/files": [
            changed_file("apps/redis/values.yaml"),
            changed_file("apps/redis/chart.yaml", "renamed", previous_filename="apps/redis/Chart.yaml"),
        ],
        f"{kitchen}/compare/{{base}}...{{head}}": _compare,
        f"{kitchen}/branches/{{group}}/{{branch}}": _branch,
        f"{kitchen}/git/trees/main": tree,
        f"{kitchen}/issues/{{number}}/comments": _comments,
        f"{kitchen}/issues/comments/{{id}}": _comment,
    }


def effects(base: str) -> dict[str, Computed]:
    """Return the changes that both take in the same way."""
    kitchen = f"{base}/repos/{NAMES[0]}"
    return {
        f"PATCH {kitchen}/pulls/{{number}}": _patch,
        f"POST {kitchen}/issues/{{number}}/comments": _write_comment,
        f"POST {kitchen}/pulls": open_pull,
    }
