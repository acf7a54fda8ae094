"""A sample of script/torture, and that its comparison finds what it is to find."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from torture.check import Totals, compare

ROOT = Path(__file__).parents[2]
KILLS = 20


async def test_twenty_kills_at_random_instants() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "torture", "--kills", str(KILLS), "--seed", "7"),
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(ROOT / "addon")))},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    text = output.decode(errors="replace")
    assert process.returncode == 0, text
    assert text.startswith(f"{KILLS} kills on "), text


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
