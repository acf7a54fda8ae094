"""Print the programs that the tests used, skipped tests with reasons, failed tests, and the counts."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from count_tests import failures

PROGRAMS = (
    "PostgreSQL",
    "Alertmanager",
    "Prometheus",
    "Docker Engine",
    "Container registry",
    "Uptime Kuma",
    "Traefik",
    "SABnzbd",
    "qBittorrent",
    "SearXNG",
    "Language model",
)


def main(reports: Sequence[Path]) -> int:
    """Return the exit status: 0 if tests ran and none failed."""
    try:
        parsed = [ET.parse(report).getroot() for report in reports]  # noqa: S314  # written by our own pytest
    except OSError, ET.ParseError:
        print("failed: the tests wrote no report")
        return 1
    suites = [suite for root in parsed for suite in root.iter("testsuite")]
    cases = [case for suite in suites for case in suite.iter("testcase")]
    outcomes = Counter(outcome(case) for case in cases)
    print("Real programs:")
    for line in programs(suites):
        print(f"  {line}")
    for reason, names in skipped(cases).items():
        print(f"skipped: {', '.join(names)}: {reason}")
    for text in (text for report in reports for text in failures(report)):
        print(text)
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed, {outcomes['skipped']} skipped")
    return int(bool(outcomes["failed"] or not outcomes["passed"]))


def programs(suites: list[ET.Element]) -> list[str]:
    """Return one line for each program that a test recorded, then the programs that no test used."""
    properties = [one for suite in suites for one in suite.iterfind("properties/property")]
    # Several tests can record the same program.
    used = dict.fromkeys((str(one.get("name")), str(one.get("value"))) for one in properties)
    names = {name for name, _ in used}
    return [
        *(f"{name}: {value}" for name, value in used),
        *(f"{name}: not used" for name in PROGRAMS if name not in names),
    ]


def outcome(case: ET.Element) -> str:
    """Return passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def skipped(cases: list[ET.Element]) -> dict[str, list[str]]:
    """Return the names of skipped tests by reason."""
    found: dict[str, list[str]] = {}
    for case in cases:
        note = case.find("skipped")
        if note is not None:
            found.setdefault(note.get("message", "no reason given"), []).append(case.get("name", "?"))
    return found


if __name__ == "__main__":
    sys.exit(main([Path(one) for one in sys.argv[1:]]))
