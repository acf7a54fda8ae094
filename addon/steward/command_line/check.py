"""The command that checks settings, services, and runbooks without connecting to anything."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, Command, settings_argument, with_settings


async def _check(_options: argparse.Namespace, settings: Settings) -> int:
    """Check without writing anything, not even the bytecode of own services."""
    sys.dont_write_bytecode = True
    from ..api.listener import tls_context
    from ..wiring.conversation import read_sentences
    from ..wiring.services_and_runbooks import read_runbooks, read_services

    try:
        tls_context(settings.listen)
        read_sentences(settings)
        services = read_services(settings)
        library = read_runbooks(settings, services)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    print(f"Valid: {len(services)} services, {len(library)} runbooks.")
    return SUCCESS


COMMAND = Command(add_arguments=settings_argument, work=with_settings(_check))
