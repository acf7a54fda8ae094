"""Print what the tests with real servers talked to, what they skipped and why, and their count."""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

NOT_STARTED = "Docker Engine: not started, nothing of the steward uses it yet"


def main(report: Path) -> int:
    """Return the exit status: 0 when tests ran and none failed."""
    try:
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  # written by our own pytest
    except OSError, ET.ParseError:
        print("failed: there is no report of the tests")
        return 1
    cases = [case for suite in suites for case in suite.iter("testcase")]
    outcomes = Counter(outcome(case) for case in cases)
    print("Talked to:")
    for line in [*talked_to(suites), NOT_STARTED]:
        print(f"  {line}")
    for reason, names in skipped(cases).items():
        print(f"skipped: {', '.join(names)}: {reason}")
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed, {outcomes['skipped']} skipped")
    return int(bool(outcomes["failed"] or not outcomes["passed"]))


def talked_to(suites: list[ET.Element]) -> list[str]:
    """Return the lines the tests left behind, one for each program."""
    properties = [one for suite in suites for one in suite.iterfind("properties/property")]
    # A program that several tests talked to is told of by each of them.
    return list(dict.fromkeys(f"{one.get('name')}: {one.get('value')}" for one in properties))


def outcome(case: ET.Element) -> str:
    """Return passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def skipped(cases: list[ET.Element]) -> dict[str, list[str]]:
    """Return the tests that were skipped, by the reason they gave."""
    found: dict[str, list[str]] = {}
    for case in cases:
        note = case.find("skipped")
        if note is not None:
            found.setdefault(note.get("message", "no reason given"), []).append(case.get("name", "?"))
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
