"""The command that checks settings, services, and runbooks without connecting to anything."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, Command, settings_argument, with_settings


async def _check(_options: argparse.Namespace, settings: Settings) -> int:
    """Check without writing anything, not even the bytecode of own services."""
    sys.dont_write_bytecode = True
    from ..wiring.settings_check import check_files

    try:
        services, runbooks = check_files(settings)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    print(f"Valid: {services} services, {runbooks} runbooks.")
    return SUCCESS


COMMAND = Command(add_arguments=settings_argument, work=with_settings(_check))
