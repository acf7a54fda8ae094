"""The command that checks the audit log."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, Command, place, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("what", choices=["verify"], help="verify: check every hash of the chain")


async def _audit(_options: argparse.Namespace, settings: Settings) -> int:
    from ..store import audit
    from ..store.database import Database

    database = Database(settings.database_url)
    try:
        report = await audit.verify_stored(database)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    finally:
        await database.close()
    if report is None:
        print(f"There is no audit log yet: the app has not run with {place(settings)}.")
        return SUCCESS
    if report.broken_at is not None:
        print(
            f"Broken at entry {report.broken_at}: {report.reason}."
            f" {report.entries} entries before it are sound."
        )
        return FAILURE
    print(f"Sound: {report.entries} entries, head {report.head}")
    return SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_audit))
