"""Runs programs that read backups. Each ends with the app, gets no secrets, and connects to nothing."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..errors import PreconditionFailed, StewardError
from ..tasks import run_to_completion

PIECE: Final = 64 * 1024
LONGEST_OUTPUT: Final = 64 * 1024 * 1024
"""Characters of an output that is read as a whole."""

LONGEST_ERROR: Final = 500
GRACE: Final = 15.0
"""Seconds that a program has to end before it is killed."""

POSTGRESQL: Final = Path("/usr/lib/postgresql")
"""Where Debian has the programs of each version of PostgreSQL."""


def installed() -> str:
    """Return the folders with programs, those of the newest PostgreSQL first."""
    versions = sorted(POSTGRESQL.glob("*/bin"), key=_number, reverse=True)
    return os.pathsep.join([*map(str, versions), os.environ.get("PATH", os.defpath)])


class ProgramFailed(StewardError):
    """A program ended with an error; the text is the end of what it wrote."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs that run in a folder. ``path`` has the folders in which they are looked for."""

    folder: Path
    path: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """Return the path of a program. Raises PreconditionFailed when it is not installed."""
        found = shutil.which(name, path=self.path)
        if found is None:
            raise PreconditionFailed(t"The program {name} is not installed where the app runs.")
        return found

    async def output(self, name: str, *arguments: str) -> str:
        """Return what a program writes. Raises ProgramFailed and PreconditionFailed."""
        pieces, length = list[bytes](), 0
        async for piece in self.pieces(name, *arguments):
            length += len(piece)
            if length > LONGEST_OUTPUT:
                raise PreconditionFailed(t"The program {name} writes more than is read.")
            pieces.append(piece)
        return b"".join(pieces).decode(errors="replace")

    async def pieces(self, name: str, *arguments: str) -> AsyncIterator[bytes]:
        """Yield what a program writes. Raises ProgramFailed when it ends with an error."""
        async with self.running(name, *arguments) as program:
            if program.stdout is None or program.stderr is None:
                return
            errors = asyncio.create_task(_end_of(program.stderr))
            try:
                while piece := await program.stdout.read(PIECE):
                    yield piece
                text = await errors
            finally:
                errors.cancel()
            if await program.wait() != 0:
                raise ProgramFailed(text or f"{name}: {program.returncode}")

    @asynccontextmanager
    async def running(
        self, name: str, *arguments: str, end: signal.Signals = signal.SIGTERM
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a program until the end of the block; ``end`` ends it, also when the app is killed."""
        launcher, program = self.find("setpriv"), self.find(name)
        try:
            process = await asyncio.create_subprocess_exec(
                launcher,
                "--pdeathsig",
                end.name.removeprefix("SIG"),
                "--no-new-privs",
                program,
                *arguments,
                cwd=self.folder,
                env=self._environment(),
                user=os.geteuid(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as err:
            raise PreconditionFailed(t"The program {name} cannot be started: {err.strerror}") from err
        try:
            yield process
        finally:
            await run_to_completion(_ended(process, end), f"end {name}")

    def _environment(self) -> Mapping[str, str]:
        """Return the variables of a program: none of those of the app, which may be secrets."""
        return {
            "PATH": self.path,
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LC_ALL": "C",
            **self.variables,
        }


async def _ended(process: asyncio.subprocess.Process, end: signal.Signals) -> None:
    """End a program, by force when it takes too long."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(end)
        drained = [asyncio.create_task(_end_of(one)) for one in (process.stdout, process.stderr) if one]
        try:
            async with asyncio.timeout(GRACE):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        for one in drained:
            one.cancel()


async def _end_of(stream: asyncio.StreamReader) -> str:
    """Return the end of a stream on one line."""
    kept = b""
    while piece := await stream.read(PIECE):
        kept = (kept + piece)[-4 * LONGEST_ERROR :]
    return " ".join(kept.decode(errors="replace").split())[-LONGEST_ERROR:]


def _number(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0
