"""Runs a program to its end and returns its output."""

import asyncio
from pathlib import Path

from demo.processes import plain_environment


class ProgramFailedError(Exception):
    """A program failed; the text is its exit status and the end of its standard error."""


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
