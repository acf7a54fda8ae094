"""The command that lists and checks foreign tools, and accepts a changed definition, in the app that runs."""

import difflib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.foreign_tools import (
    AcceptForeignTool,
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolState,
)
from homelab_steward.contract.state import FrontEnd, Speaker
from mcp_bridge.remote import RemoteSteward

from ..errors import StewardError
from ..secret_file import read_secret
from ..settings.model import Settings
from .schedule_commands import CONNECT_SECONDS, USER, address_of


class NotAccepted(StewardError):
    """A definition was not accepted, or nothing could be listed; the text says why."""


async def list_tools(settings: Settings) -> list[str]:
    """Return the lines about all servers. Raises StewardError."""
    async with _connected(settings) as app:
        return lines(app.foreign_tools())


async def check_tools(settings: Settings) -> tuple[bool, list[str]]:
    """Return whether all chosen tools can be used, and the lines about those that cannot.

    Raises StewardError.
    """
    async with _connected(settings) as app:
        found = problems(app.foreign_tools())
    return not found, found or ["All chosen tools can be used."]


async def accept_tool(settings: Settings, server: str, tool: str, digest: str) -> list[str]:
    """Accept the definition of a tool by the first characters of its digest; without one show the change.

    Raises StewardError.
    """
    async with _connected(settings) as app:
        found = _find(app.foreign_tools(), server, tool)
        if found.state is not ToolState.CHANGED:
            raise NotAccepted(f"{server} {tool} has no changed definition: it is {found.state}")
        if not digest:
            return [*difference(found), "", f"To accept it: tools accept {server} {tool} {found.digest[:12]}"]
        if len(digest) < len("12345678") or not found.digest.startswith(digest):
            raise NotAccepted(f"The definition of {server} {tool} now has the digest {found.digest[:12]}")
        speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER)
        request = AcceptForeignTool(speaker=speaker, server=server, tool=tool, digest=found.digest)
        try:
            await app.accept_foreign_tool(request)
        except ContractError as err:
            raise NotAccepted(err.message) from err
    return [f"{server} {tool}: accepted"]


def lines(report: ForeignToolsReport) -> list[str]:
    """Return a line for each server and each of its tools. Pure."""
    if not report.servers:
        return ["No servers are configured: see docs/foreign-tools.md"]
    return [line for one in report.servers for line in _server_lines(one)]


def problems(report: ForeignToolsReport) -> list[str]:
    """Return a line for each chosen tool that cannot be used. Pure."""
    return [
        f"{server.name} {one.name}: {one.reason or one.state}"
        for server in report.servers
        for one in server.tools
        if one.state is not ToolState.READY
    ]


def difference(tool: ForeignTool) -> list[str]:
    """Return the lines in which the accepted definition and that of now differ. Pure."""
    before, after = (_pretty(text) for text in (tool.accepted, tool.definition))
    return list(difflib.unified_diff(before, after, "accepted", "now", lineterm=""))


def _pretty(definition: str) -> list[str]:
    """Return a definition in many lines; characters that could hide something are escaped."""
    return json.dumps(json.loads(definition), indent=2).splitlines() if definition else []


def _server_lines(server: ForeignServer) -> Iterator[str]:
    state = "online" if server.is_online else f"not online: {server.reason}"
    yield f"{server.name} ({server.kind}): {state}"
    for one in server.tools:
        hint = {True: "reads only", False: "may write", None: "nothing"}[one.reads_only]
        kind = f"{one.access}, private" if one.is_private else str(one.access)
        yield f"  {one.name} ({kind}): {one.state}; the server says: {hint}"
    if server.other_count:
        more = "" if len(server.others) == server.other_count else ", …"
        yield f"  {server.other_count} not chosen: {', '.join(server.others)}{more}"


def _find(report: ForeignToolsReport, server: str, tool: str) -> ForeignTool:
    """Return a tool. Raises NotAccepted."""
    for one in report.servers:
        for each in one.tools:
            if (one.name, each.name) == (server, tool):
                return each
    raise NotAccepted(f"There is no tool {server} {tool} in the settings")


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[RemoteSteward]:
    """Connect to the app on this machine. Raises StewardError."""
    token = settings.api_token or read_secret(settings.data_dir / "token")
    url, trusted = address_of(settings.listen)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        app = RemoteSteward(session, url, token)
        try:
            await app.start(CONNECT_SECONDS)
            yield app
        except ContractError as err:
            raise NotAccepted(err.message) from err
        finally:
            await app.close()
