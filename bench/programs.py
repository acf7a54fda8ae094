"""Runs programs to their end, and waits for servers."""

import asyncio
from pathlib import Path
from typing import Final

from bench.process import Program
from demo.processes import plain_environment

START_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.02


class ProgramFailedError(Exception):
    """A program failed; the text is its exit status and the end of its standard error."""


class NotAvailableError(Exception):
    """A program that a benchmark needs cannot be had; the text says why."""


async def output(*command: str | Path, folder: Path) -> tuple[str, str]:
    """Return standard output and standard error. Raises ProgramFailedError."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=plain_environment(),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = (part.decode(errors="replace") for part in await process.communicate())
    if process.returncode:
        raise ProgramFailedError(f"status {process.returncode}: {err[-500:]}")
    return out, err


async def until_listening(child: Program, port: int) -> None:
    """Wait until a program listens on a port. Raises ChildEndedError, TimeoutError."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            child.check()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(POLL_SECONDS)
                continue
            writer.close()
            return
