"""The command that lists runbooks, or requests one from the app that runs."""

import argparse
import sys
from collections.abc import Coroutine
from typing import Any, Final

from ..settings.model import Settings
from .command import USAGE_ERROR, Command, print_lines, settings_argument, with_settings

USE: Final = "Use: runbooks, or: runbooks targets|run RUNBOOK"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument(
        "what",
        choices=["list", "targets", "run"],
        nargs="?",
        default="list",
        help="run: ask for it; a person approves it before anything changes",
    )
    parser.add_argument("id", nargs="?", help="the id of the runbook")
    parser.add_argument("--target", default="", help="run: the name or id of what it is for")
    parser.add_argument("--instance", default="", help="run: its instance, if several have such a target")


async def _runbooks(options: argparse.Namespace, settings: Settings) -> int:
    if (options.what == "list") != (options.id is None):
        print(USE, file=sys.stderr)
        return USAGE_ERROR
    return await print_lines(_lines(options, settings))


def _lines(options: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, list[str]]:
    from ..wiring.runbook_commands import list_runbooks, list_targets, run_runbook

    match options.what:
        case "list":
            return list_runbooks(settings)
        case "targets":
            return list_targets(settings, options.id)
        case _:
            return run_runbook(settings, options.id, options.target, options.instance)


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_runbooks))
