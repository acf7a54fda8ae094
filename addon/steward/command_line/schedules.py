"""The command that lists what runs when, or runs one in the app that runs."""

import argparse
import sys
from datetime import UTC, datetime

from ..settings.model import Settings
from .command import USAGE_ERROR, Command, print_lines, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("what", choices=["list", "run"], nargs="?", default="list", help="run: needs the app")
    parser.add_argument("name", nargs="?", help="the id of the schedule to run")


async def _schedules(options: argparse.Namespace, settings: Settings) -> int:
    from ..wiring.schedule_commands import list_schedules, run_schedule

    if (options.what == "run") != (options.name is not None):
        print("Use: schedules, or: schedules run NAME", file=sys.stderr)
        return USAGE_ERROR
    if options.name:
        return await print_lines(run_schedule(settings, options.name))
    return await print_lines(list_schedules(settings, datetime.now(UTC)))


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_schedules))
