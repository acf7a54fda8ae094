"""Parse the command line and run one command; only the module of that command is loaded."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

from .command import Command

DESCRIPTION: Final = (
    "Run the Homelab Steward app, show its tokens, check settings and data, or evaluate classifiers."
)
COMMANDS: Final[Mapping[str, str]] = {
    "run": "run the app until SIGINT or SIGTERM",
    "doctor": "check everything that the app depends on, and say what to do",
    "version": "print the versions of the app, its data, and what is connected",
    "setup": "ask for data folder, services, and Telegram, and write the settings",
    "check": "check settings, services and runbooks",
    "token": "print the access token for Home Assistant",
    "completion": "print the completion of commands for a shell",
    "eval": "measure a classifier, the search, or autonomy",
    "audit": "check the audit log",
    "schedules": "list what runs when, or run it",
    "changes": "list updates, or decide about one",
    "runbooks": "list runbooks, or request one",
    "drill": "try to get past the safety rules, in a scratch copy of the app",
    "tools": "list tools of other servers, check them, or accept a changed one",
    "document": "write the notebook now",
    "restore-drill": "restore the newest backups in isolation, to prove that it works",
    "models": "check the language models, or export",
    "backup": "write a backup; the app may run",
    "restore": "restore a backup; stop the app first",
}
"""What each command does. It is in the module of the same name, with ``_`` instead of ``-``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command."""
    words = sys.argv[1:] if arguments is None else arguments
    options = command_parser(words[0] if words else None).parse_args(words)
    return find_command(options.command).work(options)


def command_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands; of the others it does not load the arguments if ``only`` is one."""
    parser = argparse.ArgumentParser(prog="steward", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        one = commands.add_parser(name, help=text)
        if only not in COMMANDS or name == only:
            find_command(name).add_arguments(one)
    return parser


def find_command(name: str) -> Command:
    """Return a command of ``COMMANDS``."""
    module = import_module(f"{__package__}.{name.replace('-', '_')}")
    command: Command = module.COMMAND
    return command
