"""The bridge imports heavy packages only for MCP requests, and only the contract of the app."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import mcp_bridge

HEAVY = ("fastmcp", "mcp", "mcp_types", "pydantic", "steward")
BUILD = f"""
import asyncio, sys
from mcp_bridge.bridge import Bridge, Token
from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.origins import Origins
from mcp_bridge.source_check import SourceRules
from mcp_bridge.remote import RemoteSteward

async def main():
    rules = SourceRules([], Origins(), TrustedProxies())
    steward = RemoteSteward(None, "http://127.0.0.1:1", "x")
    bridge = Bridge(steward, [Token(person_id="a", secret="b")], rules)
    print(len(bridge.routes()), [name for name in {HEAVY} if name in sys.modules])
    await bridge.close()

asyncio.run(main())
"""
FIRST_CALL = """
import asyncio, sys
import aiohttp
from tests.steward.mcp_bridge.fake import SECRET, FakeSteward, served, until

async def main():
    headers = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json, text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with served(FakeSteward()) as bridge, aiohttp.ClientSession(headers=headers) as session:
        bridge.bridge.start()
        await until(lambda: bridge.bridge.mcp.running)
        before = len(sys.modules)
        async with session.post(f"{bridge.url}/mcp/all", json=body) as response:
            assert response.status == 200
        print(len(sys.modules) - before)

asyncio.run(main())
"""
BOTH_AT_ONCE = """
import asyncio, sys, threading
from steward.foreign_tools.connecting import Connector
from steward.foreign_tools.ports import ServerFailed
from steward.settings.foreign_tools import ForeignServer, ServerKind
from tests.steward.mcp_bridge.fake import FakeSteward, served

class Recorder:
    threads = {}

    def find_spec(self, name, path=None, target=None):
        package = name.partition(".")[0]
        if package in ("fastmcp", "mcp"):
            self.threads.setdefault(package, set()).add(threading.get_ident())

async def connect():
    try:
        async with Connector().connect(ForeignServer(name="lab", kind=ServerKind.STDIO, command="true")):
            pass
    except ServerFailed:
        pass

async def main():
    async with served(FakeSteward()) as bridge:
        sys.meta_path.insert(0, Recorder())
        async with asyncio.TaskGroup() as group:
            group.create_task(connect())
            group.create_task(bridge.bridge.mcp.start())
        print(len(Recorder.threads), len(set.union(*Recorder.threads.values()) | {threading.get_ident()}))

asyncio.run(main())
"""
ALLOWED = {"aiohttp", "fastmcp", "homelab_steward", "mcp", "pydantic", "starlette"}


def test_building_the_bridge_imports_no_heavy_package() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "4 []"


def printed(program: str) -> str:
    """Run a program that imports from the tests, and return what it prints."""
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(root), str(root / "addon"), str(root / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": path},
    )
    return done.stdout


def test_the_first_call_after_the_start_imports_nearly_nothing() -> None:
    """Without the preparation it is more than 400 modules."""
    assert int(printed(FIRST_CALL)) < 5


def test_the_bridge_and_the_foreign_tools_import_the_mcp_libraries_in_one_other_thread() -> None:
    """In two threads, Python ends one of the imports when each waits for the other."""
    assert printed(BOTH_AT_ONCE).split() == ["2", "2"]


def test_the_bridge_imports_only_the_contract() -> None:
    imported: set[str] = set()
    for path in Path(mcp_bridge.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).split(".")[0])
                if str(node.module).startswith("homelab_steward"):
                    assert str(node.module).startswith("homelab_steward.contract")
    assert imported - set(sys.stdlib_module_names) == ALLOWED
