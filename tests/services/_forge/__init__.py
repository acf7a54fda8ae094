"""Recorded answers that GitHub and Gitea share."""

from lab.replay import Answer
from lab.wire import Json, JsonObject

NAMES = ("rack/kitchen", "rack/garage")
FIELDS = {"repositories": ", ".join(NAMES)}


def repository(number: int, name: str) -> JsonObject:
    """Return one repository."""
    return {"id": number, "full_name": name, "default_branch": "main", "archived": False}


def pull(number: int, title: str) -> JsonObject:
    """Return one open pull request."""
    return {
        "number": number,
        "title": title,
        "state": "open",
        "draft": False,
        "user": {"login": "renovate-rack"},
        "head": {"ref": f"update-{number}", "sha": f"c0ffee{number}"},
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


def answers(base: str, path: str, *rows: Json) -> dict[str, Answer]:
    """Return two repositories with pull requests and these runs."""
    found: dict[str, Answer] = {}
    for number, name in enumerate(NAMES, 11):
        repo = f"GET {base}/repos/{name}"
        found |= {
            repo: repository(number, name),
            f"{repo}/pulls": [pull(4, "Update postgres to 18.1"), pull(5, "Update redis to 8.2")],
            f"{repo}/{path}": runs(*rows),
        }
    return found
