"""The bridge as a separate process, connected to the steward over the contract.

All tests use one app: starting one takes most of the time.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from demo.processes import plain_environment
from demo.steward import Steward
from homelab_steward.contract.errors import ContractError, ErrorCode
from lab.wire import Json
from mcp_bridge.remote import QUEUED, QueueWatch, RemoteSteward
from rig.clocks import HANGING

KIM: Json = {"id": "kim", "name": "Kim", "role": "guest"}

CLIENT = """
import json, subprocess, sys
bridge = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(bridge.pid, flush=True)
about = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}
bridge.stdin.write(json.dumps(request).encode() + b"\\n")
bridge.stdin.flush()
print(bridge.stdout.readline().decode(), flush=True)
bridge.wait()
"""
"""A client that starts the bridge, prints its id and its first answer, and waits."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Steward]:
    folder = tmp_path_factory.mktemp("running") / "steward"
    async with aiohttp.ClientSession() as session:
        steward = Steward(session, folder)
        await steward.write_settings({"people": [KIM]})
        try:
            await steward.start()
            yield steward
        finally:
            await steward.close()


def arguments(url: str, token_file: Path, person: str = "kim") -> list[str]:
    given = ["--url", url, "--token-file", str(token_file), "--person", person]
    return ["-m", "mcp_bridge", *given, "--server", "monitoring"]


def connected(steward: Steward, person: str) -> Client[StdioTransport]:
    given = arguments(steward.url, steward.data_dir / "token", person)
    transport = StdioTransport(sys.executable, given, env=plain_environment(), keep_alive=False)
    return Client(transport)


async def test_a_client_starts_the_bridge(steward: Steward) -> None:
    async with connected(steward, "kim") as client:
        names = {one.name for one in await client.list_tools()}
        result = await client.call_tool("open_incidents", {})
    assert names == {
        "autonomy_levels",
        "find_targets",
        "open_incidents",
        "incident",
        "monitored_devices",
        "past_incidents",
        "pending_approvals",
        "run_runbook",
        "runbook_targets",
        "schedules",
        "search_runbooks",
        "wait_for_decision",
    }
    assert result.structured_content == {"incidents": []}


async def test_the_bridge_ends_with_a_client_that_is_killed(steward: Steward) -> None:
    given = arguments(steward.url, steward.data_dir / "token")
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CLIENT, sys.executable, *given),
        env=plain_environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    assert client.stdout is not None
    async with asyncio.timeout(HANGING):
        bridge = os.pidfd_open(int(await client.stdout.readline()))
        try:
            assert b"serverInfo" in await client.stdout.readline()
            client.kill()
            await client.wait()
            ended = asyncio.Event()
            asyncio.get_running_loop().add_reader(bridge, ended.set)
            await ended.wait()
        finally:
            asyncio.get_running_loop().remove_reader(bridge)
            os.close(bridge)


async def test_an_unknown_person_is_refused(steward: Steward) -> None:
    async with connected(steward, "nobody") as client:
        result = await client.call_tool("open_incidents", {}, raise_on_error=False)
    assert result.is_error
    assert "forbidden: " in str(result.content)


async def test_a_wrong_token_ends_the_process_with_an_error(steward: Steward, tmp_path: Path) -> None:
    file = tmp_path / "wrong"
    file.write_text("wrong-token-that-must-not-be-printed")
    done = run_bridge(arguments(steward.url, file))
    assert done.returncode == 2
    assert (
        done.stderr == "unauthorized: The steward refused the access token, or has another contract version\n"
    )


async def test_a_missing_token_file_ends_the_process_with_an_error(tmp_path: Path) -> None:
    done = run_bridge(arguments("http://127.0.0.1:1", tmp_path / "none"))
    assert done.returncode == 2
    assert done.stderr.endswith("cannot be read: FileNotFoundError\n")


async def test_an_unreachable_steward_cannot_connect() -> None:
    async with aiohttp.ClientSession() as session:
        remote = RemoteSteward(session, "http://127.0.0.1:1", "token")
        with pytest.raises(ContractError) as caught:
            await remote.start(timeout=0.2)
        await remote.close()
    assert caught.value.code is ErrorCode.CANNOT_CONNECT


async def test_the_bridge_reconnects_after_a_restart_of_the_steward(steward: Steward) -> None:
    async with connected(steward, "kim") as client:
        await steward.kill()
        result = await client.call_tool("open_incidents", {}, raise_on_error=False)
        assert "not_connected: " in str(result.content)
        await steward.start()
        async with asyncio.timeout(HANGING):
            while result.is_error:
                await asyncio.sleep(0.1)
                result = await client.call_tool("open_incidents", {}, raise_on_error=False)
        assert result.structured_content == {"incidents": []}


async def test_a_watch_reports_lost_events() -> None:
    watch = QueueWatch(frozenset())
    for _ in range(QUEUED + 1):
        watch.offer(None)
    assert await watch.next() is None


def run_bridge(given: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *given], capture_output=True, text=True, timeout=60, check=False, input=""
    )
