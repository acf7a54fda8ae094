"""The command that prints an access token."""

import argparse
import sys

from ..errors import StewardError
from ..secret_file import read_secret
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, Command, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("--monitor", action="store_true", help="print the token for monitors instead")


async def _token(options: argparse.Namespace, settings: Settings) -> int:
    """Print a token; return 1 when the app has not created it yet. Writes nothing."""
    token = settings.monitor_token if options.monitor else settings.api_token
    file = settings.data_dir / ("monitor_token" if options.monitor else "token")
    try:
        print(token or read_secret(file))
    except StewardError as err:
        print(f"{err}. The app creates the token when it starts.", file=sys.stderr)
        return FAILURE
    return SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_token))
