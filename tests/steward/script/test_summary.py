"""The summary of script/test."""

import subprocess
import sys
from pathlib import Path

SUMMARY = Path(__file__).resolve().parents[3] / "script" / "lib" / "count_tests.py"


def report(
    folder: Path, name: str, *, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0
) -> None:
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    (folder / name).write_text(f"<testsuites><testsuite {counts}/></testsuites>")


def summary(folder: Path, *failed_steps: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, SUMMARY, folder, *failed_steps], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_all_reports_are_added(tmp_path: Path) -> None:
    report(tmp_path, "ha.xml", tests=10, skipped=1)
    report(tmp_path, "steward.xml", tests=20)

    assert summary(tmp_path) == (0, ["29 passed, 0 failed, 1 skipped"])


def test_failures_and_errors_fail(tmp_path: Path) -> None:
    report(tmp_path, "steward.xml", tests=20, failures=2, errors=1)

    assert summary(tmp_path) == (1, ["17 passed, 3 failed, 0 skipped"])


def test_a_failed_step_is_listed(tmp_path: Path) -> None:
    report(tmp_path, "steward.xml", tests=20)

    assert summary(tmp_path, "lint") == (1, ["failed: lint", "20 passed, 0 failed, 0 skipped"])


def test_no_tests_fail(tmp_path: Path) -> None:
    assert summary(tmp_path) == (1, ["0 passed, 0 failed, 0 skipped"])


def test_a_failed_test_is_named_with_the_end_of_its_traceback(tmp_path: Path) -> None:
    trace = "\n".join(["first line", *(f"line {number}" for number in range(40)), "E   assert 1 == 2"])
    case = (
        f'<testcase classname="e2e.test_a" name="test_b"><failure message="no">{trace}</failure></testcase>'
    )
    good = '<testcase classname="e2e.test_a" name="test_c"/>'
    counts = 'tests="2" failures="1" errors="0" skipped="0"'
    (tmp_path / "e2e.xml").write_text(
        f"<testsuites><testsuite {counts}>{case}{good}</testsuite></testsuites>"
    )

    status, lines = summary(tmp_path)

    assert (status, lines[0]) == (1, "failed: e2e.test_a::test_b")
    assert lines[-2:] == ["  | E   assert 1 == 2", "1 passed, 1 failed, 0 skipped"]
    assert "  | first line" not in lines


def test_a_failed_step_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    report(tmp_path, "steward.xml", tests=20)
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "1.name").write_text("lint\n")
    (steps / "1.log").write_text("not this one\n")
    (steps / "6.name").write_text("deaths (a sample)\n")
    (steps / "6.log").write_text(
        "\n".join(["first line", *(f"line {number}" for number in range(40)), "LOST it\n"])
    )

    status, lines = summary(tmp_path, "deaths (a sample)")

    assert (status, lines[0]) == (1, "failed: deaths (a sample)")
    assert lines[-2:] == ["  | LOST it", "20 passed, 0 failed, 0 skipped"]
    assert "  | first line" not in lines
