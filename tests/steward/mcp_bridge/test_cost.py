"""The bridge imports heavy packages only for MCP requests, and only the contract of the app."""

import ast
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
ALLOWED = {"aiohttp", "fastmcp", "homelab_steward", "mcp", "pydantic", "starlette"}


def test_building_the_bridge_imports_no_heavy_package() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "4 []"


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
