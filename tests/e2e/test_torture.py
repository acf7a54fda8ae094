"""A sample of script/torture, and that its comparison finds what it is to find."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from torture.check import Totals, compare
from torture.update_check import compare_updates

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("kills", "options"), [(20, ()), (6, ("--updates",))])
async def test_kills_at_random_instants(kills: int, options: tuple[str, ...]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "torture", "--kills", str(kills), "--seed", "7", *options),
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(ROOT / "addon")))},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    text = output.decode(errors="replace")
    assert process.returncode == 0, text
    assert text.startswith(f"{kills} kills on "), text


def report(status: str, *steps: tuple[str, str], error: str = "", **more: object) -> dict[str, Any]:
    found = [{"action": action, "state": state, "detail": ""} for action, state in steps]
    row = {"box": "a", "status": status, "steps": found, "error": error}
    return {"approvals": [row], "leases": [], "audit_broken_at": None, **more}


GOOD = [
    (report("succeeded", ("restart", "verified")), {"restart": 1}),
    (report("refused", ("restart", "failed")), {}),
    (report("unknown", ("restart", "effect_unknown")), {}),
    (report("unknown", ("restart", "effect_unknown")), {"restart": 1}),
    (report("undone", ("set_cpu", "undone"), ("set_memory", "failed")), {"cpu 4": 1, "cpu 2": 1}),
    (
        report("failed", ("set_cpu", "verified"), error="the undo was sent, but cpu is still 4"),
        {"cpu 4": 1, "cpu 2": 1},
    ),
]
BAD = [
    (report("succeeded", ("restart", "verified")), {}),
    (report("failed", ("restart", "failed")), {"restart": 1}),
    (report("refused", ("restart", "intended")), {"restart": 1}),
    (report("succeeded", ("restart", "effect_unknown")), {"restart": 1}),
    (report("undone", ("set_cpu", "undone")), {"cpu 4": 1}),
    (report("failed", ("set_cpu", "verified")), {"cpu 4": 1, "cpu 2": 1}),
    (report("none"), {}),
    (report("running", ("restart", "started")), {}),
]


@pytest.mark.parametrize(("found", "done"), GOOD)
def test_what_is_true_is_not_reported(found: Mapping[str, Any], done: Mapping[str, int]) -> None:
    totals = compare(found, {"a": done})
    assert totals.is_good, totals
    assert (totals.approvals, sum(totals.reported.values())) == (1, 1)


@pytest.mark.parametrize(("found", "done"), BAD)
def test_a_false_statement_is_found(found: Mapping[str, Any], done: Mapping[str, int]) -> None:
    assert compare(found, {"a": done}).false


def test_a_doubled_effect_a_lease_and_a_broken_log_are_found() -> None:
    totals = compare(report("succeeded", ("restart", "verified")), {"a": {"restart": 2}})
    assert totals.doubled == ["a: restart happened 2 times"]
    totals = compare(report("refused", leases=["a"], audit_broken_at=3), {})
    assert totals.other == ["leases are left: ['a']", "the audit log is broken at 3"]
    both = Totals(kills=1)
    both.add(totals)
    assert (both.kills, both.approvals, both.is_good) == (1, 1, False)


def updates(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a report and a world of two pull requests and an image, as they are to be."""

    def row(target: str, run: str) -> dict[str, Any]:
        return {"target": target, "status": "", "run": run, "error": "", "is_closed": True}

    rows = [row("rack/kitchen#48", "succeeded"), row("rack/kitchen#50", "undone"), row("paperless", "undone")]
    report = {"rows": rows, "verdicts": ["a", "b"], "leases": [], "audit_broken_at": None, "watches": []}
    world = {
        "kinds": {"48": "good", "50": "hook"},
        "merges": {"48": 1, "50": 1},
        "reverts": {"48": [], "50": [True]},
        "version": "2.13.1",
        "documents": "412 documents",
        "containers": ["paperless"],
    }
    parts = {"report": report, "world": world}
    for key, value in changes.items():
        next(one for one in parts.values() if key in one)[key] = value
    return report, world


def test_updates_that_are_as_they_are_to_be_are_good() -> None:
    totals = compare_updates(*updates(watches=[["a", "x", 1.0], ["b", "y", 0.0], ["a", "x", 2.0]]))
    assert totals.is_good, totals
    assert (totals.approvals, totals.effects, totals.undone) == (3, 2, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": []},
        {"merges": {"48": 2, "50": 1}},
        {"merges": {"48": 0, "50": 1}},
        {"reverts": {"48": [], "50": [True, True]}},
        {"reverts": {"48": [], "50": [False]}},
        {"reverts": {"48": [True], "50": [True]}},
        {"version": "2.13.2"},
        {"documents": "0 documents"},
        {"containers": ["homelab-steward-1", "paperless"]},
        {"verdicts": ["a", "a"]},
        {"leases": ["a"]},
        {"audit_broken_at": 3},
        {"watches": [["a", "x", 1.0], ["a", "y", 2.0]]},
        {"watches": [["a", "x", 2.0], ["a", "x", 1.0]]},
    ],
)
def test_what_is_wrong_with_updates_is_found(changes: dict[str, Any]) -> None:
    assert not compare_updates(*updates(**changes)).is_good
