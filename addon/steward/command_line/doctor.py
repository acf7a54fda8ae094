"""The command that checks everything that the app depends on, and says what to do."""

import argparse
import json
import os
import sys

from ..errors import StewardError
from ..settings.model import LogLevel, Settings
from .command import FAILURE, SUCCESS, Command, settings_argument, with_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Return 1 when something has to be done."""
    sys.dont_write_bytecode = True
    from ..doctor.terminal import report_lines
    from ..observability.logs import Logs
    from ..observability.redaction import Redactor
    from ..wiring.doctor_command import doctor_report

    logs = Logs(Redactor(), sys.stderr, level=LogLevel.ERROR, as_json=False)
    logs.open()
    try:
        report = await doctor_report(settings, options.settings)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    finally:
        logs.close()
    if options.json:
        print(json.dumps(report.to_dict()))
    else:
        in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        place = f"on port {settings.listen.port}"
        if options.settings is None:
            place += " (the settings of an app with a settings file need --settings)"
        print("\n".join(report_lines(report, in_color=in_color, place=place)))
    return FAILURE if report.has_problem else SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_doctor))
