"""The command that restores a backup."""

import argparse
import sys
from pathlib import Path

from ..settings.model import Settings
from .command import USAGE_ERROR, Command, print_lines, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", help="the backup")
    which.add_argument("--newest", action="store_true", help="the newest backup that is sound")
    which.add_argument(
        "--offsite", action="store_true", help="the newest copy in object storage that is sound"
    )
    parser.add_argument("--key-file", type=Path, help="the private key of an encrypted copy")


async def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from ..wiring.backup_commands import restore_backup

    if options.offsite and options.key_file is None:
        print("--offsite needs --key-file, the file with the private key", file=sys.stderr)
        return USAGE_ERROR
    if options.newest and options.key_file is not None:
        print("--newest takes no --key-file: backups on this machine are not encrypted", file=sys.stderr)
        return USAGE_ERROR
    return await print_lines(restore_backup(settings, options.file, options.key_file))


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_restore))
