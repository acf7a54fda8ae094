"""The command that checks the language models, or prints what was sent outside."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, Command, place, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("what", choices=["check", "ledger"], help="ledger: what was sent outside, as CSV")


async def _models(options: argparse.Namespace, settings: Settings) -> int:
    """Check the models or print the ledger; return 1 without models or without a database."""
    from sqlalchemy.exc import SQLAlchemyError

    from ..wiring.model_commands import check_models, export_ledger

    try:
        is_check = options.what == "check"
        text = "\n".join(await check_models(settings)) if is_check else await export_ledger(settings)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    except SQLAlchemyError:
        print(f"The app has not run with {place(settings)}.", file=sys.stderr)
        return FAILURE
    print(text.rstrip("\n"))
    return SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_models))
