"""What each command of the command line is made of, and the exit codes."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import StewardError
from ..settings.model import Settings
from ..settings.reader import read_settings

SUPERVISOR_OPTIONS: Final = Path("/data/options.json")
SUCCESS: Final = 0
FAILURE: Final = 1
USAGE_ERROR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what adds its arguments to its parser, and what it does.

    Returns 0 for success, 1 for a failure or a problem found, and 2 for invalid settings or input.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    work: Callable[[argparse.Namespace], int]


def settings_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument of every command that reads the settings."""
    parser.add_argument("--settings", type=Path, help="YAML file with the settings")


def with_settings(
    work: Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]],
) -> Callable[[argparse.Namespace], int]:
    """Return the work of a command that needs the settings: it ends with 2 if they are invalid."""

    def read_and_work(options: argparse.Namespace) -> int:
        try:
            settings = read_settings(os.environ, supervisor_options(), options.settings)
        except StewardError as err:
            print(f"Invalid settings: {err}", file=sys.stderr)
            return USAGE_ERROR
        return asyncio.run(work(options, settings))

    return read_and_work


def supervisor_options() -> Path | None:
    """Return the file with the options of the Home Assistant app, None outside of it."""
    return SUPERVISOR_OPTIONS if SUPERVISOR_OPTIONS.is_file() else None


async def print_lines(lines: Coroutine[Any, Any, Iterable[str]]) -> int:
    """Print lines to come, or why there are none; return the exit code."""
    try:
        text = "\n".join(await lines)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    print(text)
    return SUCCESS


def place(settings: Settings) -> str:
    """Return where the data of these settings is, as part of a sentence."""
    is_file = settings.database_url.startswith("sqlite")
    return f"the data folder {settings.data_dir}" if is_file else "this database"
