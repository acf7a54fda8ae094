"""Mutation tests: the changes that are made, how they end, and the score."""

import ast
import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from subprocess import run
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

LIB = Path(__file__).resolve().parents[3] / "script" / "lib"


class State(Enum):
    NEW = 1
    OLD = 2


@pytest.fixture(scope="module")
def library() -> Iterator[None]:
    sys.path.insert(0, str(LIB))
    yield
    sys.path.remove(str(LIB))


@pytest.fixture
def operators(library: None) -> ModuleType:
    return importlib.import_module("mutation_operators")


@pytest.fixture
def mutation(library: None) -> ModuleType:
    return importlib.import_module("mutation")


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x = a == b", ["a == b -> a != b"]),
        ("x = a < b", ["a < b -> a <= b"]),
        ("x = a is not b", ["a is not b -> a is b"]),
        ("x = a and b", ["a and b -> a or b"]),
        ("x = not a", ["not a -> a"]),
        ("x = a + b", ["a + b -> a - b"]),
        ("x = 1", ["1 -> 2"]),
        ("x = True", ["True -> False"]),
        ("x = 'text'", ["'text' -> 'XXtextXX'"]),
        ("x = f'{a} text'", ["f'{a} text' -> f'XX{a} text'"]),
        ("x = State.NEW", ["State.NEW -> State.OLD"]),
        ("x = Other.NEW", []),
        ("x = [a for a in b if c]", ["for a in b if c -> for a in b"]),
        ("if a: b = c", ["a -> not a"]),
        ("f()", ["f() -> nothing"]),
        ("raise A", ["raise A -> nothing"]),
        ("replace(a, b=c)", ["replace(a, b=c) -> nothing", "replace(a, b=c) -> replace(a)"]),
        ("def f(): return a", ["return a -> return None"]),
        ("def f(): return None", []),
        ("while a: break", ["a -> not a", "break -> continue"]),
        ("'docstring'", []),
        ("import a", []),
        ("log.info('text')", []),
        ("x: 'text' = a", []),
        ("@f(1)\ndef g(): pass", []),
    ],
)
def test_changes(operators: ModuleType, source: str, changes: list[str]) -> None:
    assert [one.change for one in operators.mutants(source, {"State": State})] == changes


def test_each_mutant_is_the_module_with_one_change(operators: ModuleType) -> None:
    source = "def f(a):\n    if a == 1:\n        return 1\n    return 2\n"
    found = operators.mutants(source, {})
    texts = {ast.unparse(one.tree) for one in found}
    assert len(texts) == len(found)
    assert "def f(a):\n    if a == 1:\n        return 1\n    return 3" in texts
    assert {(one.place, one.function) for one in found} == {("f", "f")}
    assert [list(one.lines) for one in found if one.change == "return 1 -> return None"] == [[3]]


def test_what_is_evaluated_at_import_belongs_to_no_function(operators: ModuleType) -> None:
    source = "class A:\n    b = 1\n    def c(self, d=2):\n        return 3\n"
    found = {one.change: one.function for one in operators.mutants(source, {})}
    assert found == {"1 -> 2": None, "2 -> 3": None, "3 -> 4": "A.c", "return 3 -> return None": "A.c"}


MODULE = """
    LIMIT = 18

    def is_adult(age):
        return age >= LIMIT

    def wait(is_busy):
        while is_busy:
            pass

    def unused():
        return 1
    """
TESTS = """
    import small

    def test_far_from_the_limit():
        assert small.is_adult(40)
        assert not small.is_adult(3)

    def test_below_the_limit():
        assert not small.is_adult(17)
        assert small.is_adult(19)

    def test_wait():
        small.wait(False)
    """


def results(folder: Path, tests: str) -> dict[str, Any]:
    """Run the mutants of MODULE; return how each ended."""
    (folder / "small.py").write_text(dedent(MODULE))
    (folder / "test_small.py").write_text(dedent(tests))
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    target = folder / "result"
    command = [
        sys.executable,
        str(LIB / "mutation_worker.py"),
        "--module",
        "small",
        "--configuration",
        "pytest.ini",
    ]
    command += ["--result", str(target), "--jobs", "1", "test_small.py"]
    ended = run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        return {"error": ended.stderr}
    found = json.loads(target.read_text())["mutants"]
    return {f"{one['place']}: {one['change']}": one["status"] for one in found}


def test_changes_are_detected_survive_or_take_too_long(tmp_path: Path) -> None:
    assert results(tmp_path, TESTS) == {
        "<module>: 18 -> 19": "survived",
        "is_adult: return age >= LIMIT -> return None": "killed",
        "is_adult: age >= LIMIT -> age > LIMIT": "survived",
        "wait: is_busy -> not is_busy": "timeout",
        "unused: return 1 -> return None": "survived",
        "unused: 1 -> 2": "survived",
    }


def test_tests_that_fail_without_a_change_are_reported(tmp_path: Path) -> None:
    found = results(tmp_path, TESTS + "\n    def test_that_fails():\n        assert not small.is_adult(40)\n")
    assert "fail without a change" in found["error"]
    assert "test_that_fails" in found["error"]


def test_the_score_counts_what_can_be_detected(mutation: ModuleType) -> None:
    statuses = Counter({"killed": 8, "timeout": 1, "survived": 1, "equivalent": 5})
    score = mutation.Score("gate", 1.0, 3, statuses)
    assert (score.counted, score.percent) == (10, 90.0)
    assert mutation.Score("gate", 1.0, 3, Counter()).percent == 100.0


def test_every_equivalent_mutant_has_a_reason_and_a_known_module(mutation: ModuleType) -> None:
    text = (LIB / "mutation_equivalent.toml").read_text()
    listed = [mutation.equivalent_mutants(text, one.name) for one in mutation.MODULES]
    assert sum(len(one) for one in listed) == text.count("[[mutant]]")
    assert all(reason for one in listed for reason in one.values())
