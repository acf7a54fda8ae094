"""The command that restores the newest backups in isolation."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import LogLevel, Settings
from .command import FAILURE, SUCCESS, USAGE_ERROR, Command, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def _restore_drill(options: argparse.Namespace, settings: Settings) -> int:
    """Return 1 when a backup has no proof that counts, 2 when no drill could be run."""
    from ..observability.logs import Logs
    from ..observability.redaction import Redactor
    from ..wiring.restore_drill_command import restore_drill

    logs = Logs(Redactor(), sys.stderr, level=LogLevel.WARNING, as_json=False)
    logs.open()
    try:
        is_good, lines = await restore_drill(settings, as_json=options.json)
    except StewardError as err:
        print(f"No restore drill could be run: {err}", file=sys.stderr)
        return USAGE_ERROR
    finally:
        logs.close()
    print("\n".join(lines))
    return SUCCESS if is_good else FAILURE


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_restore_drill))
