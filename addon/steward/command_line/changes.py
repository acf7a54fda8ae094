"""The command that lists updates, or sends a command about one to the app that runs."""

import argparse
import sys
from collections.abc import Coroutine
from typing import Any, Final

from ..settings.model import Settings
from .command import USAGE_ERROR, Command, print_lines, settings_argument, with_settings

USE: Final = (
    "Use: changes, or: changes ask|defer|reject|offer-again ID, or: changes templates, "
    "or: changes deploy|edit TEMPLATE"
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument(
        "what",
        choices=["list", "ask", "defer", "reject", "offer-again", "templates", "deploy", "edit"],
        nargs="?",
        default="list",
        help="deploy: ask for a pull request with the files of a template; edit: for one that sets values",
    )
    parser.add_argument("id", nargs="?", help="the first characters of the id of the update; the template")
    parser.add_argument("--days", type=int, default=7, help="defer: for how many days")
    parser.add_argument("--instance", default="", help="deploy, edit: the forge, if there are several")
    parser.add_argument("--repository", default="", help="deploy, edit: owner/name, if there are several")
    parser.add_argument("--applications", default="", help="edit: names of folders, separated by commas")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="deploy, edit: a value of the template",
    )
    parser.add_argument("--dry-run", action="store_true", help="deploy, edit: only show the difference")
    parser.add_argument("--all", action="store_true", help="list: also those that are over")


async def _changes(options: argparse.Namespace, settings: Settings) -> int:
    if (options.what in ("list", "templates")) != (options.id is None):
        print(USE, file=sys.stderr)
        return USAGE_ERROR
    return await print_lines(_lines(options, settings))


def _lines(options: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, list[str]]:
    from ..wiring.change_commands import change, list_changes
    from ..wiring.deploy_command import PREFIXES, FromTemplate, from_template, list_templates

    if options.what == "list":
        return list_changes(settings, is_all=options.all)
    if options.what == "templates":
        return list_templates(settings)
    if options.what not in PREFIXES:
        return change(settings, options.what, options.id, options.days)
    wanted = FromTemplate(
        template=options.id,
        what=options.what,
        instance=options.instance,
        repository=options.repository,
        applications=options.applications,
        values=options.set,
        only_dry_run=options.dry_run,
    )
    return from_template(settings, wanted)


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_changes))
