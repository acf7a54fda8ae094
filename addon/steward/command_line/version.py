"""The command that prints the versions of all parts."""

import argparse

from ..settings.model import Settings
from .command import Command, print_lines, settings_argument, with_settings


async def _version(_options: argparse.Namespace, settings: Settings) -> int:
    from ..doctor.terminal import version_lines
    from ..wiring.doctor_command import versions

    async def lines() -> list[str]:
        return version_lines(await versions(settings))

    return await print_lines(lines())


COMMAND = Command(add_arguments=settings_argument, work=with_settings(_version))
