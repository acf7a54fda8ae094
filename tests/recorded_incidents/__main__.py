"""Measures the diagnosis of recorded incidents: script/steward eval incidents DIR --json."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from recorded_incidents.judging import Judged, Player, figures
from recorded_incidents.records import WrongRecord, read_records
from steward.runbooks.library import built_in_folders, read_library
from steward.services.finder import find_services

USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 with figures, 2 for invalid input."""
    options = command_parser().parse_args(arguments)
    services = find_services()
    try:
        records = read_records(options.folder, services)
    except WrongRecord as err:
        sys.stderr.write(f"{err}\n")
        return USAGE_ERROR
    library = read_library(built_in_folders(), services)
    judged = asyncio.run(Player(services, library).play(records))
    if options.show:
        sys.stderr.write("".join(_lines(one) for one in judged if options.show == "all" or is_wrong(one)))
    sys.stdout.write(json.dumps(figures(judged)) + "\n")
    return 0


def is_wrong(one: Judged) -> bool:
    """Return whether a diagnosis is not as expected."""
    is_right = one.cause_right is not False and one.healthy_right is not False
    return not is_right or one.is_false_cause or bool(one.said or one.missing)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="steward eval incidents", description=__doc__)
    parser.add_argument("folder", type=Path, help="one file (YAML or JSON) for each incident")
    parser.add_argument("--json", action="store_true", help="print one JSON object (the only format)")
    parser.add_argument("--show", choices=["wrong", "all"], help="print diagnoses, to standard error")
    return parser


def _lines(one: Judged) -> str:
    expected, diagnosis = one.record.expected, one.diagnosis
    wanted = "healthy" if expected.healthy else f"{expected.runbook or 'no runbook'} {list(expected.says)}"
    best = diagnosis.matches[0].runbook_id if diagnosis.matches else "no runbook"
    lines = [
        f"{one.record.name}: expected {wanted}; missing {list(one.missing)}, said {list(one.said)}",
        f"  {'a problem' if diagnosis.has_problem else 'healthy'}, {best}: {diagnosis.summary}",
        *(f"  - {claim.text}" for claim in diagnosis.claims),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    # The figures are all that is printed.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main())
