"""Print the number of tests in all reports of a folder, and the failed steps."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def main(folder: Path, failed_steps: list[str]) -> int:
    """Return the exit status: 0 if tests ran and nothing failed."""
    counts = [count(report) for report in sorted(folder.glob("*.xml"))]
    passed, failed, skipped = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    for step in failed_steps:
        print(f"failed: {step}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed or failed_steps or not passed))


def count(report: Path) -> tuple[int, int, int]:
    """Return the passed, failed and skipped tests of one JUnit report."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  # written by our own pytest
    names = ("tests", "errors", "failures", "skipped")
    total, errors, failures, skipped = (sum(int(suite.get(name, "0")) for suite in suites) for name in names)
    failed = errors + failures
    return max(total - failed - skipped, 0), failed, skipped


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
