"""The command that writes the notebook, or prints the post about a month."""

import argparse

from ..settings.model import Settings
from .command import Command, print_lines, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("--month", help="print a post about a month, such as 2026-11, instead")


async def _document(options: argparse.Namespace, settings: Settings) -> int:
    from ..wiring.notebook import document

    async def lines() -> list[str]:
        return [(await document(settings, options.month)).rstrip("\n")]

    return await print_lines(lines())


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_document))
