"""The command that tries to get past the safety rules."""

import argparse

from ..settings.model import Settings
from .command import Command, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--targets",
        action="store_true",
        help="instead: try the actions of real targets with the mark for drills, and undo each",
    )


async def _drill(options: argparse.Namespace, settings: Settings) -> int:
    """Return 1 when something did not hold, 2 when the drill could not be run."""
    if options.targets:
        from ..drill.target_command import drill_targets

        return await drill_targets(settings, as_json=options.json)
    from ..drill.command import drill

    return await drill(settings, as_json=options.json)


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_drill))
