"""Connections to real programs: bounds, bad servers, and no process that is left."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rig.clocks import HANGING
from steward.foreign_tools import program
from steward.foreign_tools.mcp_session import McpConnection, connect
from steward.foreign_tools.output import LONGEST
from steward.foreign_tools.ports import MOST_TOOLS, CallLost, ServerFailed
from steward.settings.foreign_tools import EnvironmentVariable, ForeignServer, ServerKind

HERE = Path(__file__).parent


def server(behaviour: str, folder: Path) -> ForeignServer:
    return ForeignServer(
        name="lab",
        kind=ServerKind.STDIO,
        command=sys.executable,
        arguments=(str(HERE / "mcp_server.py"), behaviour, str(folder)),
    )


@asynccontextmanager
async def connected(behaviour: str, folder: Path) -> AsyncIterator[McpConnection]:
    async with asyncio.timeout(HANGING), connect(server(behaviour, folder)) as connection:
        yield connection


def pids(folder: Path) -> list[int]:
    return [int(one) for one in (folder / "pids").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANGING):
        while not is_so():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.01)


async def test_a_tool_is_listed_and_called(tmp_path: Path) -> None:
    async with connected("good", tmp_path) as connection:
        offered = await connection.offered()
        assert [one.name for one in offered.tools] == ["look"]
        found = await connection.call("look", {"days": 3})
    assert (found.text, found.is_error) == ("seen\n[image]", False)
    assert json.loads((tmp_path / "calls").read_text())["arguments"] == {"days": 3}
    assert not any(map(is_running, pids(tmp_path)))


async def test_an_error_of_a_tool_is_a_result(tmp_path: Path) -> None:
    async with connected("fails", tmp_path) as connection:
        assert (await connection.call("look", {})).is_error


async def test_of_too_many_tools_some_are_read(tmp_path: Path) -> None:
    async with connected("many", tmp_path) as connection:
        offered = await connection.offered()
    assert (len(offered.tools), offered.is_cut) == (MOST_TOOLS, True)


@pytest.mark.parametrize(
    ("behaviour", "unusable", "usable"), [("bomb", "deep", ["look"]), ("twice", "look", [])]
)
async def test_a_definition_that_cannot_be_used_harms_no_other(
    tmp_path: Path, behaviour: str, unusable: str, usable: list[str]
) -> None:
    async with connected(behaviour, tmp_path) as connection:
        offered = await connection.offered()
    assert list(offered.unusable) == [unusable]
    assert [one.name for one in offered.tools] == usable


async def test_a_long_result_is_not_kept_whole(tmp_path: Path) -> None:
    async with connected("long", tmp_path) as connection:
        assert len((await connection.call("look", {})).text) < LONGEST + 100_001


@pytest.mark.parametrize(("behaviour", "why"), [("dies", "ended"), ("floods", "MiB")])
async def test_a_server_that_breaks_off_loses_the_call(tmp_path: Path, behaviour: str, why: str) -> None:
    async with connected(behaviour, tmp_path) as connection:
        with pytest.raises(CallLost):
            await connection.call("look", {})
        with pytest.raises(ServerFailed, match=why):
            await connection.changed()
        with pytest.raises(ServerFailed, match=why):
            await connection.call("look", {})
    assert len((tmp_path / "calls").read_text().splitlines()) == 1
    assert not any(map(is_running, pids(tmp_path)))


@pytest.mark.parametrize(
    ("behaviour", "why"), [("garbage", "something other"), ("refuses", "the key is missing")]
)
async def test_a_server_that_does_not_speak_is_given_up(tmp_path: Path, behaviour: str, why: str) -> None:
    with pytest.raises(ServerFailed, match=why):
        async with connected(behaviour, tmp_path):
            pass
    assert not any(map(is_running, pids(tmp_path)))


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    nothing = ForeignServer(name="lab", kind=ServerKind.STDIO, command=str(tmp_path / "nothing"))
    with pytest.raises(ServerFailed, match="cannot be started"):
        async with connect(nothing):
            pass


async def test_an_address_that_does_not_answer_is_named() -> None:
    nothing = ForeignServer(name="lab", kind=ServerKind.HTTP, url="http://127.0.0.1:9/mcp")
    with pytest.raises(ServerFailed):
        async with connect(nothing):
            pass


async def test_a_cancelled_connection_leaves_no_process(tmp_path: Path) -> None:
    async def hang() -> None:
        async with connected("hangs", tmp_path) as connection:
            await connection.call("look", {})

    task = asyncio.create_task(hang())
    await until((tmp_path / "calls").exists)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not any(map(is_running, pids(tmp_path)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_app_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    """The child of the server has even left its process group."""
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "holder.py"),
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert holder.stdout is not None
    async with asyncio.timeout(HANGING):
        assert await holder.stdout.readline() == b"connected\n"
    assert all(map(is_running, pids(tmp_path)))
    holder.send_signal(number)
    await holder.wait()
    await until(lambda: not any(map(is_running, pids(tmp_path))))


def test_a_program_gets_few_variables() -> None:
    given = {"KEY": "k", "HOME": "/srv"}
    variables = tuple(EnvironmentVariable(name=key, value=value) for key, value in given.items())
    one = ForeignServer(name="lab", kind=ServerKind.STDIO, command="true", environment=variables)
    own = {"PATH": "/bin", "HOME": "/root", "SUPERVISOR_TOKEN": "t", "STEWARD_API_TOKEN": "t"}
    assert program.environment(own, one) == {"PATH": "/bin", "HOME": "/srv", "KEY": "k"}
