"""Print failed tests and steps with the ends of their output, and the number of tests."""

import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

MOST_SHOWN: Final = 20
MOST_LINES: Final = 25
LONGEST_LINE: Final = 300


def main(folder: Path, failed_steps: list[str]) -> int:
    """Return the exit status: 0 if tests ran and nothing failed."""
    reports = sorted(folder.glob("*.xml"))
    counts = [count(report) for report in reports]
    passed, failed, skipped = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    shown = [text for report in reports for text in failures(report)]
    for text in shown[:MOST_SHOWN]:
        print(text)
    if len(shown) > MOST_SHOWN:
        print(f"failed: {len(shown) - MOST_SHOWN} more tests")
    for step in failed_steps:
        print(f"failed: {step}{indented(log(folder / 'steps', step))}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed or failed_steps or not passed))


def count(report: Path) -> tuple[int, int, int]:
    """Return the passed, failed and skipped tests of one JUnit report."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  # written by our own pytest
    names = ("tests", "errors", "failures", "skipped")
    total, errors, failures, skipped = (sum(int(suite.get(name, "0")) for suite in suites) for name in names)
    failed = errors + failures
    return max(total - failed - skipped, 0), failed, skipped


def failures(report: Path) -> list[str]:
    """Return the name of each failed test of one JUnit report with the last lines of its traceback."""
    found = []
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  # written by our own pytest
        problems = [one for kind in ("failure", "error") for one in case.iterfind(kind)]
        if problems:
            text = problems[0].text or problems[0].get("message") or ""
            found.append(f"failed: {case.get('classname', '?')}::{case.get('name', '?')}{indented(text)}")
    return found


def log(steps: Path, name: str) -> str:
    """Return what a step printed: each ``.name`` file in the folder has a ``.log`` beside it."""
    for file in sorted(steps.glob("*.name")):
        if file.read_text(encoding="utf-8").strip() == name and file.with_suffix(".log").exists():
            return file.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    return ""


def indented(text: str) -> str:
    """Return the last lines of a text, each on a line of its own."""
    return "".join(f"\n  | {line[:LONGEST_LINE]}" for line in text.strip().splitlines()[-MOST_LINES:])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
