"""Figures of the judgement of updates, and the errors of files without rows."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from steward.changes.evaluate import NothingToEvaluate, evaluate_changes, evaluate_pull_requests
from steward.command_line.main import main

BROKEN = "## Breaking\n- The moon is gone"
FINE = "## Fixes\n- The moon no longer flickers"


def write(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in rows))
    return path


def test_precision_recall_and_f1(tmp_path: Path) -> None:
    rows = [
        {"notes": BROKEN, "breaking": True},
        {"notes": BROKEN, "breaking": False},
        {"notes": FINE, "breaking": True},
        {"notes": FINE, "breaking": False},
    ]
    found = evaluate_changes(write(tmp_path / "rows.jsonl", rows))
    assert {key: found[key] for key in ("n", "precision", "recall", "f1")} == {
        "n": 4,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
    }


def pull(breaking: object, security: object = False) -> dict[str, object]:  # noqa: FBT002
    return {
        "title": "Bump lab/moon from 1.0.0 to 1.1.0",
        "body": "Bumps lab/moon from 1.0.0 to 1.1.0.",
        "head": "moon",
        "files_changed": ["compose.yaml"],
        "right": {
            "updates": [
                {"name": "lab/moon", "kind": "image", "from": "1.0.0", "to": "1.1.0", "semver": "minor"}
            ],
            "breaking": breaking,
            "security": security,
        },
    }


def test_pull_requests(tmp_path: Path) -> None:
    for number, one in enumerate((pull(None), pull(breaking=True), pull(None, security=True))):
        write(tmp_path / f"{number}.json", [one])
    assert evaluate_pull_requests(tmp_path) == {
        "n": 3,
        "updates_right": 1.0,
        "breaking_right": 0.6667,
        "breaking_unknown_shown_safe": 0,
        "security_right": 0.6667,
    }


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"notes": 1, "breaking": true}', '{"notes": "a", "breaking": "no"}', '{"notes": "a"}'],
)
def test_an_invalid_row_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f"\n{line}")
    with pytest.raises(NothingToEvaluate, match="line 2"):
        evaluate_changes(file)


def test_a_file_without_rows_and_a_folder_without_files(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(NothingToEvaluate, match="no rows"):
        evaluate_changes(tmp_path / "empty")
    with pytest.raises(NothingToEvaluate, match="cannot be read"):
        evaluate_changes(tmp_path / "none")
    with pytest.raises(NothingToEvaluate, match="no JSON files"):
        evaluate_pull_requests(tmp_path / "none")
    write(tmp_path / "one.json", [{"title": "a", "body": "b"}])
    with pytest.raises(NothingToEvaluate, match="invalid pull request"):
        evaluate_pull_requests(tmp_path)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = write(tmp_path / "rows.jsonl", [{"notes": BROKEN, "breaking": True}])
    assert main(["eval", "changes", str(rows), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] == 1.0
    assert main(["eval", "pull_requests", str(tmp_path / "none")]) == 2
