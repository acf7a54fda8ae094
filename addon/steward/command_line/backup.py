"""The command that writes a backup."""

import argparse
from pathlib import Path

from ..settings.model import Settings
from .command import Command, print_lines, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("file", type=Path, nargs="?", help="default: a new file in the folder of the backups")


async def _backup(options: argparse.Namespace, settings: Settings) -> int:
    from ..wiring.backup_commands import make_backup

    async def lines() -> list[str]:
        return [await make_backup(settings, options.file)]

    return await print_lines(lines())


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_backup))
