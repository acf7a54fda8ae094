"""Foreign tools with MCP servers that other people wrote: two in Python, one in Node.js."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from steward.foreign_tools.mcp_session import McpConnection, connect
from steward.foreign_tools.ports import ServerFailed
from steward.settings.foreign_tools import EnvironmentVariable, ForeignServer, ServerKind

from .programs import TOOLS

PYTHON_SERVERS: Final = TOOLS / "real" / "mcp-servers"
NODE_SERVER: Final = (
    TOOLS / "mcp-server-everything/node_modules/@modelcontextprotocol/server-everything/dist/index.js"
)
PATIENCE: Final = 120.0


def python_server(module: str, *arguments: str) -> ForeignServer:
    """Return a server in Python. Skips the test when it is not there."""
    if not PYTHON_SERVERS.is_dir():
        pytest.skip("the MCP servers in Python are not installed, and they cannot be fetched")
    return ForeignServer(
        name="lab",
        kind=ServerKind.STDIO,
        command=sys.executable,
        arguments=("-m", module, *arguments),
        environment=(EnvironmentVariable(name="PYTHONPATH", value=str(PYTHON_SERVERS)),),
    )


def node() -> str:
    """Return Node.js. Skips the test when it or the server is not there."""
    found = shutil.which("node")
    if found is None or not NODE_SERVER.is_file():
        pytest.skip("the MCP server in Node.js is not installed, and npm cannot fetch it")
    return found


@asynccontextmanager
async def connected(server: ForeignServer) -> AsyncIterator[McpConnection]:
    async with asyncio.timeout(PATIENCE), connect(server) as connection:
        yield connection


async def test_a_server_that_knows_the_time() -> None:
    async with connected(python_server("mcp_server_time", "--local-timezone", "Europe/Vienna")) as connection:
        offered = await connection.offered()
        assert {one.name for one in offered.tools} == {"get_current_time", "convert_time"}
        assert offered.unusable == {}
        again = await connection.offered()
        assert [one.digest for one in again.tools] == [one.digest for one in offered.tools]
        found = await connection.call("get_current_time", {"timezone": "Asia/Tokyo"})
        assert json.loads(found.text)["timezone"] == "Asia/Tokyo"
        assert (await connection.call("get_current_time", {"timezone": "Nowhere"})).is_error


async def test_a_server_that_reads_git(tmp_path: Path) -> None:
    git = shutil.which("git") or pytest.skip("no git is installed")
    person = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for arguments in (("init", "-q"), (*person, "commit", "-q", "--allow-empty", "-m", "first change")):
        process = await asyncio.create_subprocess_exec(git, "-C", str(tmp_path), *arguments)
        assert await process.wait() == 0
    async with connected(python_server("mcp_server_git", "--repository", str(tmp_path))) as connection:
        names = {one.name for one in (await connection.offered()).tools}
        assert {"git_log", "git_commit"} <= names
        found = await connection.call("git_log", {"repo_path": str(tmp_path)})
        assert "first change" in found.text


async def test_a_server_in_node_over_pipes() -> None:
    server = ForeignServer(
        name="lab", kind=ServerKind.STDIO, command=node(), arguments=(str(NODE_SERVER), "stdio")
    )
    async with connected(server) as connection:
        offered = await connection.offered()
        assert {"echo", "get-sum"} <= {one.name for one in offered.tools}
        found = await connection.call("echo", {"message": "hello"})
        assert "hello" in found.text
        assert "42" in (await connection.call("get-sum", {"a": 40, "b": 2})).text


async def test_a_server_in_node_over_http(unused_tcp_port: int) -> None:
    program = node()
    server = ForeignServer(name="lab", kind=ServerKind.HTTP, url=f"http://127.0.0.1:{unused_tcp_port}/mcp")
    with pytest.raises(ServerFailed):
        async with connected(server):
            pass
    process = await asyncio.create_subprocess_exec(
        program,
        str(NODE_SERVER),
        "streamableHttp",
        env={**os.environ, "PORT": str(unused_tcp_port)},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await listens(process, str(unused_tcp_port))
        async with connected(server) as connection:
            assert "echo" in {one.name for one in (await connection.offered()).tools}
            assert "hello" in (await connection.call("echo", {"message": "hello"})).text
    finally:
        process.kill()
        await process.wait()


async def listens(process: asyncio.subprocess.Process, port: str) -> None:
    """Wait until the server says that it listens."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while line := await process.stderr.readline():
            if port in line.decode():
                return
    pytest.fail("the server ended")
