"""A process that holds a connection to a server until it is killed, as the app does."""

import asyncio
import sys
from pathlib import Path

from steward.foreign_tools.mcp_session import connect
from steward.settings.foreign_tools import ForeignServer, ServerKind

SERVER = Path(__file__).with_name("mcp_server.py")


async def hold(folder: str) -> None:
    server = ForeignServer(
        name="lab", kind=ServerKind.STDIO, command=sys.executable, arguments=(str(SERVER), "stays", folder)
    )
    async with connect(server) as connection:
        await connection.offered()
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1]))
