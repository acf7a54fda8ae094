"""Measures the judgement of release notes, and the reading of pull requests, on labelled rows."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import orjson

from ..errors import StewardError
from .breaking import judge, judge_pull_request
from .pull_request_text import PullRequest, PullRequestUpdates, read_pull_request

type Figure = int | float | None


class NothingToEvaluate(StewardError):
    """The file is unreadable or has no valid rows; the text says which."""


def evaluate_changes(path: Path) -> dict[str, Figure]:
    """Return precision, recall and F1 of found breaking changes for a JSON Lines file.

    A row has ``notes``, ``breaking``, and it may have ``version``. Raises NothingToEvaluate.
    """
    rows = [_notes(path, number, line) for number, line in _lines(path)]
    times: list[float] = []
    found: list[tuple[bool, bool]] = []
    for notes, version, breaks in rows:
        start = time.perf_counter()
        found.append((judge(notes, version).breaks is True, breaks))
        times.append((time.perf_counter() - start) * 1000)
    hits = sum(one and right for one, right in found)
    claimed, wanted = sum(one for one, _ in found), sum(right for _, right in found)
    return {
        "n": len(rows),
        "precision": _share(hits, claimed),
        "recall": _share(hits, wanted),
        "f1": _share(2 * hits, claimed + wanted),
        "p95_ms": _p95(times),
    }


def evaluate_pull_requests(folder: Path) -> dict[str, Figure]:
    """Return what is read right in a folder of pull requests, one JSON file each.

    A file has ``title``, ``body``, ``head``, ``files_changed`` and ``right`` with ``updates``,
    ``breaking`` (None: not known) and ``security``. Raises NothingToEvaluate.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise NothingToEvaluate(f"{folder} has no JSON files of pull requests")
    counts = dict.fromkeys(("updates", "breaking", "unknown_shown_safe", "security"), 0)
    for file in files:
        pull, right = _pull(file)
        found = read_pull_request(pull)
        breaks = judge_pull_request(found).breaks
        counts["updates"] += _plain(found) == [_wanted(one) for one in right["updates"]]
        counts["breaking"] += breaks is right["breaking"]
        counts["unknown_shown_safe"] += right["breaking"] is None and breaks is False
        counts["security"] += found.is_security is right["security"]
    return {
        "n": len(files),
        "updates_right": _share(counts["updates"], len(files)),
        "breaking_right": _share(counts["breaking"], len(files)),
        "breaking_unknown_shown_safe": counts["unknown_shown_safe"],
        "security_right": _share(counts["security"], len(files)),
    }


def _lines(path: Path) -> list[tuple[int, bytes]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise NothingToEvaluate(f"{path} cannot be read: {err.strerror}") from err
    found = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise NothingToEvaluate(f"{path} contains no rows")
    return found


def _notes(path: Path, number: int, line: bytes) -> tuple[str, str, bool]:
    try:
        row = orjson.loads(line)
        notes, version, breaks = row["notes"], str(row.get("version", "")), row["breaking"]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as err:
        raise NothingToEvaluate(f"{path}, line {number}: invalid row ({type(err).__name__})") from err
    if not isinstance(notes, str) or not isinstance(breaks, bool):
        raise NothingToEvaluate(f"{path}, line {number}: notes is a text, breaking is true or false")
    return notes, version, breaks


def _pull(file: Path) -> tuple[PullRequest, Mapping[str, Any]]:
    try:
        row = orjson.loads(file.read_bytes())
        right = row["right"]
        pull = PullRequest(
            title=str(row["title"]),
            body=str(row["body"]),
            branch=str(row.get("head", "")),
            files=tuple(map(str, row.get("files_changed", ()))),
        )
        _ = right["updates"], right["breaking"], right["security"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as err:
        raise NothingToEvaluate(f"{file}: invalid pull request ({type(err).__name__})") from err
    return pull, right


def _plain(found: PullRequestUpdates) -> list[Mapping[str, Any]]:
    return [
        {"name": one.name, "kind": one.kind, "from": one.old, "to": one.new, "semver": one.distance}
        for one in found.updates
    ]


def _wanted(update: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: update.get(key) for key in ("name", "kind", "from", "to", "semver")}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _p95(times: Sequence[float]) -> float:
    found = quantiles(times, n=20, method="inclusive")[18] if len(times) > 1 else times[0]
    return round(found, 3)
