"""The command that measures classifiers, the search, and autonomy."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import StewardError
from .command import SUCCESS, USAGE_ERROR, Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="classifier", required=True, metavar="WHAT")
    for name in ("privacy", "routing", "runbooks", "changes", "pull_requests"):
        one = what.add_parser(name, help="measured on labelled rows")
        rows = "a folder of JSON files" if name == "pull_requests" else "JSON Lines file, one row per line"
        one.add_argument("file", type=Path, help=rows)
        one.add_argument("--json", action="store_true", help="print one JSON object (the only format)")
        if name == "runbooks":
            one.add_argument("--corpus", type=Path, help="runbooks to search; default: the built-in ones")
    autonomy = what.add_parser("autonomy", help="measured in simulated homelabs")
    autonomy.add_argument("--histories", type=_positive, default=20, help="simulated homelabs of each world")
    autonomy.add_argument("--seed", type=int, default=1, help="the same figures for the same number")
    autonomy.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _evaluate(options: argparse.Namespace) -> int:
    """Print the figures; return 2 if a file cannot be evaluated."""
    if options.classifier == "autonomy":
        return _evaluate_autonomy(options.histories, options.seed, as_json=options.json)
    from ..changes.evaluate import evaluate_changes, evaluate_pull_requests
    from ..llm.evaluate import evaluate_privacy, evaluate_routing

    measured: Mapping[str, Callable[[Path], Mapping[str, object]]] = {
        "privacy": evaluate_privacy,
        "routing": evaluate_routing,
        "changes": evaluate_changes,
        "pull_requests": evaluate_pull_requests,
    }
    try:
        if options.classifier == "runbooks":
            figures: Mapping[str, object] = _evaluate_search(options.file, options.corpus)
        else:
            figures = measured[options.classifier](options.file)
    except (StewardError, OSError) as err:
        print(err, file=sys.stderr)
        return USAGE_ERROR
    print(json.dumps(figures))
    return SUCCESS


def _evaluate_autonomy(histories: int, seed: int, *, as_json: bool) -> int:
    """Print what earned autonomy saves and what harm it does in simulated homelabs."""
    from ..autonomy.evaluate import as_text, evaluate_autonomy

    if as_json:
        print(json.dumps(evaluate_autonomy(histories, seed)))
    else:
        for line in as_text(histories, seed):
            print(line, flush=True)
    return SUCCESS


def _evaluate_search(file: Path, corpus: Path | None) -> Mapping[str, object]:
    """Return the figures of the search. Raises StewardError."""
    from ..runbooks.documents import runbook_document
    from ..runbooks.evaluate import evaluate_search, read_corpus
    from ..runbooks.library import built_in_folders, read_library
    from ..services.finder import find_services

    if corpus is not None:
        return evaluate_search(file, read_corpus(corpus))
    library = read_library(built_in_folders(), find_services())
    return evaluate_search(file, map(runbook_document, library.values()))


COMMAND = Command(add_arguments=_add_arguments, work=_evaluate)
