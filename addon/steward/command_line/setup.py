"""The command that asks for the first settings on a terminal, and writes them."""

import argparse
import asyncio
import getpass
import sys
from pathlib import Path
from typing import Final

from ..errors import StewardError
from .command import FAILURE, SUCCESS, USAGE_ERROR, Command

DEFAULT: Final = Path("steward.yaml")


class Console:
    """The terminal of the command."""

    def say(self, text: str) -> None:
        """Print a line."""
        print(text, flush=True)

    def ask(self, question: str, default: str = "") -> str:
        """Return an answer, the default for an empty one."""
        return input(f"{question} [{default}]: " if default else f"{question}: ").strip() or default

    def secret(self, question: str) -> str:
        """Return an answer that is not shown while it is entered."""
        return getpass.getpass(f"{question} (not shown): ").strip()


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--settings", type=Path, default=DEFAULT, help="YAML file to write; it may exist")


def _setup(options: argparse.Namespace) -> int:
    """Return 1 when it was left or a file cannot be written, 2 without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        text = "Setup asks questions, so it needs a terminal. Without one, write the settings file yourself."
        print(text, file=sys.stderr)
        return USAGE_ERROR
    from ..wiring.setup import Setup

    try:
        asyncio.run(Setup(options.settings, Console()).run())
    except EOFError, KeyboardInterrupt:
        print(f"\nLeft. What you answered is in {options.settings}: run setup again to go on.")
        return FAILURE
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    return SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=_setup)
