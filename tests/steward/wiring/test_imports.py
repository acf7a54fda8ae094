"""What the app loads when it starts: nothing that only some homelabs need, and every table."""

import subprocess
import sys
from pathlib import Path

from steward.store.schema import metadata
from steward.wiring.backup_commands import ALL_TABLES

LATER = ("alembic", "fastmcp", "hassil", "litellm", "pysnmp", "telegram")
"""Packages that take long to load, and which the first use loads."""

CODE = f"""
import sys
import steward.app
from steward.store.schema import metadata
print([one for one in {LATER} if one in sys.modules], len(metadata.tables))
"""


def test_the_app_loads_what_every_homelab_needs() -> None:
    assert ALL_TABLES
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", str(len(metadata.tables))]


MODEL = """
import asyncio, sys
from pathlib import Path

import aiohttp

from steward.app import App
from steward.clock import SystemClock
from steward.llm.egress import PrivacyContext
from steward.llm.errors import ModelUnavailable
from steward.llm.messages import ChatMessage, ChatRequest, Role
from steward.llm.settings import Deployment, DeploymentKind
from steward.store.database import Database
from steward.store.migrate import migrate
from steward.wiring.model_stack import ModelStack

KINDS = (DeploymentKind.OPENAI, DeploymentKind.OLLAMA, DeploymentKind.LITELLM)

def kilobytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

async def nothing():
    pass

async def used(models, database, session, asks):
    context = PrivacyContext(names=frozenset, clean=str)
    stack = ModelStack(models, session, database, context, SystemClock(), nothing)
    message = ChatMessage(role=Role.USER, text="What does exit code 137 mean?")
    if asks:
        try:
            await stack.gateway.chat(ChatRequest(messages=(message,)))
        except ModelUnavailable:
            pass
    await stack.close()

async def main():
    database = Database(sys.argv[1])
    await migrate(database)
    models = [Deployment(id=one.value, kind=one, url="http://127.0.0.1:9", model="m") for one in KINDS]
    async with aiohttp.ClientSession() as session:
        await used([], database, session, False)
        before = kilobytes()
        await used(models, database, session, False)
        await used(models[:2], database, session, True)
        print(kilobytes() - before, [one for one in ("litellm", "openai", "ollama") if one in sys.modules])
    await database.close()

asyncio.run(main())
"""
MOST_KILOBYTES = 10 * 1024


def test_a_model_without_litellm_costs_little_memory(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"
    done = subprocess.run([sys.executable, "-c", MODEL, url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kilobytes, loaded = done.stdout.splitlines()[-1].split(maxsplit=1)
    assert loaded == "[]"
    assert int(kilobytes) <= MOST_KILOBYTES
