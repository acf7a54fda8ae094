"""The command that lists, checks, and accepts tools of other servers."""

import argparse
import sys

from ..errors import StewardError
from ..settings.model import Settings
from .command import FAILURE, SUCCESS, USAGE_ERROR, Command, print_lines, settings_argument, with_settings

USE = "Use: tools [list], or: tools check, or: tools accept SERVER TOOL [DIGEST]"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_argument(parser)
    parser.add_argument("what", choices=["list", "check", "accept"], nargs="?", default="list")
    parser.add_argument("server", nargs="?", help="accept: the name of the server")
    parser.add_argument("tool", nargs="?", help="accept: the name of the tool")
    parser.add_argument("digest", nargs="?", default="", help="accept: as shown without it")


async def _tools(options: argparse.Namespace, settings: Settings) -> int:
    """Return 1 when a tool cannot be used, or the app does not run."""
    from ..wiring.foreign_tools_command import accept_tool, check_tools, list_tools

    if (options.what == "accept") != (options.tool is not None):
        print(USE, file=sys.stderr)
        return USAGE_ERROR
    if options.what == "accept":
        return await print_lines(accept_tool(settings, options.server, options.tool, options.digest))
    if options.what == "list":
        return await print_lines(list_tools(settings))
    try:
        is_good, lines = await check_tools(settings)
    except StewardError as err:
        print(err, file=sys.stderr)
        return FAILURE
    print("\n".join(lines))
    return SUCCESS if is_good else FAILURE


COMMAND = Command(add_arguments=_add_arguments, work=with_settings(_tools))
