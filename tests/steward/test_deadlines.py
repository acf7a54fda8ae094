"""Tests wait long enough: a test that fails on a busy machine only is worse than none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SHORTEST = 30.0
"""Seconds. What ends sooner is a deadline that the test expects to pass."""
WAITS = {"timeout": 0, "wait_for": 1}
"""The functions that end a wait, with the place of the seconds among their arguments."""


def short_waits(source: str) -> Iterator[int]:
    """Yield the lines that end a wait after fewer seconds, except where a TimeoutError is expected."""
    if re.search(r"\b(?:timeout|wait_for)\(", source):  # few files wait, and parsing takes time
        yield from _in(ast.parse(source))


def _in(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.With | ast.AsyncWith) and _expects_timeout(node):
        return
    if isinstance(node, ast.Call) and _seconds(node) < SHORTEST:
        yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _in(child)


def _expects_timeout(node: ast.With | ast.AsyncWith) -> bool:
    expected = [ast.unparse(item.context_expr) for item in node.items]
    return any(one.startswith(("pytest.raises(TimeoutError", "suppress(TimeoutError")) for one in expected)


def _seconds(call: ast.Call) -> float:
    """Return after how many seconds a call ends a wait, infinity when that is no number or it is no wait."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in WAITS:
        return float("inf")
    named = [one.value for one in call.keywords if one.arg == "timeout"]
    found = [*named, *call.args[WAITS[name] :]]
    value = found[0].value if found and isinstance(found[0], ast.Constant) else None
    return float(value) if isinstance(value, int | float) else float("inf")


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("with asyncio.timeout(5):\n    pass", [1]),
        ("await asyncio.wait_for(done.wait(), 1)", [1]),
        ("await forum.wait_for(is_so, timeout=10)", [1]),
        ("with pytest.raises(TimeoutError):\n    await forum.wait_for(is_so, timeout=0.1)", []),
        ("with asyncio.timeout(HANGING):\n    await other.wait_for(is_so)", []),
        ("with asyncio.timeout(30):\n    pass", []),
    ],
)
def test_what_is_a_short_wait(source: str, lines: list[int]) -> None:
    assert list(short_waits(source)) == lines


def test_no_test_waits_too_shortly_for_what_normally_happens() -> None:
    found = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("*.py")
        for line in short_waits(path.read_text(encoding="utf-8"))
    }
    assert found == set()
