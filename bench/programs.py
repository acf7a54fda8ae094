"""Runs a program to its end and returns what it wrote."""

import asyncio
from pathlib import Path

from demo.processes import plain_environment


class ProgramFailedError(Exception):
    """A program ended with another status than 0; the text is the end of what it complained."""


async def output(*command: str | Path, folder: Path) -> tuple[str, str]:
    """Return both outputs of a program; raises `ProgramFailedError`."""
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
