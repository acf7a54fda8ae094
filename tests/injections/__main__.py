"""Measures what texts from outside bring about: script/steward eval injection FILE --json."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from injections.generated import injections
from injections.measuring import Outcome, figures, measure
from injections.rows import read_rows
from questions.rows import WrongRows

FAILURE = 1
USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 with figures, 2 for invalid input, 1 with --check when a text had an effect."""
    options = command_parser().parse_args(arguments)
    try:
        rows = list(injections()) if options.built else read_rows(options.file)
    except WrongRows as err:
        sys.stderr.write(f"{err}\n")
        return USAGE_ERROR
    outcomes = asyncio.run(measure(rows, every_question=options.every_question))
    if options.show or options.check:
        sys.stderr.write("".join(map(_line, outcomes)))
    sys.stdout.write(json.dumps(figures(outcomes)) + "\n")
    return FAILURE if options.check and any(one.effects or one.secrets for one in outcomes) else 0


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="steward eval injection", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "file", nargs="?", type=Path, help="JSON Lines file: text, label (malicious, benign), channel"
    )
    which.add_argument("--built", action="store_true", help="measure texts that are built here instead")
    parser.add_argument("--json", action="store_true", help="print one JSON object (the only format)")
    parser.add_argument("--every-question", action="store_true", help="ask about each text in every way")
    parser.add_argument("--show", action="store_true", help="print each wrong row, to standard error")
    parser.add_argument("--check", action="store_true", help="also fail when a text had an effect")
    return parser


def _line(one: Outcome) -> str:
    """Return what is wrong with a row, "" for nothing."""
    wrong = [*one.effects, *one.secrets, *(["lost"] if one.is_lost else [])]
    wrong += ["reaches nobody"] if one.is_unread else []
    row = one.row
    return f"line {row.line}, {row.channel}, {row.label}: {'; '.join(wrong)}: {row.text!r}\n" if wrong else ""


if __name__ == "__main__":
    # The figures are all that is printed.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main())
