"""``python -m mcp_bridge``: an MCP server over standard input and output, for one person."""

import argparse
import asyncio
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import aiohttp

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import Reader

from .privacy import Client
from .remote import RemoteSteward
from .server import McpServer
from .servers import ALL, server_names
from .steward_tools import StewardTools
from .toolbox import Toolbox


def main() -> int:
    """Return the exit code: 0 at the end of input, 2 when the steward cannot be used."""
    options = _parser().parse_args()
    try:
        token = options.token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as err:
        sys.stderr.write(f"{options.token_file} cannot be read: {type(err).__name__}\n")
        return 2
    try:
        asyncio.run(
            _serve(
                options.url, token, options.server, Client(person_id=options.person, reader=options.reader)
            )
        )
    except ContractError as err:
        sys.stderr.write(f"{err.code}: {err.message}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mcp_bridge", description=__doc__)
    parser.add_argument("--url", required=True, help="URL of the steward, such as http://127.0.0.1:8099")
    parser.add_argument("--token-file", required=True, type=Path, help="file with the steward's access token")
    parser.add_argument("--person", required=True, help="id of the person who makes the requests")
    parser.add_argument(
        "--reader",
        type=Reader,
        choices=list(Reader),
        default=Reader.OUTSIDE,
        help="where the model of the client runs; home: it may read everything but secrets",
    )
    parser.add_argument("--server", default=ALL, help="all, a category such as network, or arr-suite")
    return parser


async def _serve(url: str, token: str, server: str, client: Client) -> None:
    async with aiohttp.ClientSession() as session:
        steward = RemoteSteward(session, url, token)
        try:
            await steward.start()
            if server not in (known := server_names(steward.catalogue())):
                message = f"There is no server {server}. Available: {', '.join(known)}"
                raise ContractError(ErrorCode.NOT_FOUND, message)
            steward_tools = StewardTools(steward)
            mcp_server = McpServer(Toolbox(server, steward, steward_tools), _version(), lambda: client)
            watching = asyncio.create_task(mcp_server.follow(steward), name="mcp tools watch")
            try:
                await mcp_server.mcp.run_stdio_async(show_banner=False)
            finally:
                watching.cancel()
        finally:
            await steward.close()


def _version() -> str:
    try:
        return version("homelab-steward")
    except PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    sys.exit(main())
