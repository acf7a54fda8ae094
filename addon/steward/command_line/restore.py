"""The command that restores a backup."""

import argparse
from pathlib import Path

from ..settings.model import Settings
from .command import Command, print_lines, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", help="the backup")
    which.add_argument("--newest", action="store_true", help="the newest backup that is sound")


async def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from ..wiring.backup_commands import restore_backup

    return await print_lines(restore_backup(settings, options.file))


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_restore))
