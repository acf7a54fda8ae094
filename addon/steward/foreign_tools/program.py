"""The program of a server: started with few variables, read within bounds, and ended for certain."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from ..settings.foreign_tools import ForeignServer
from .ports import ServerFailed

log = structlog.get_logger(__name__)

GUARD: Final = Path(__file__).with_name("guard.py")

PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LOGNAME")
"""Variables of the app that the program gets. The app's own secrets are in others."""

LONGEST_MESSAGE: Final = 4 * 1024 * 1024
"""Bytes of one message."""

END_TIMEOUT: Final = 6.0
"""Seconds in which the guard ends the program; it needs at most twice its grace."""

ERROR_LINES: Final = 5
LONGEST_LINE: Final = 64 * 1024


class Program:
    """A running program. ``last_errors`` are the last lines that it wrote to standard error."""

    def __init__(
        self, given: asyncio.StreamWriter, written: asyncio.StreamReader, errors: asyncio.StreamReader
    ) -> None:
        """The streams are its standard input, output and error."""
        self._given = given
        self._written = written
        self._error_stream = errors
        self._errors: deque[str] = deque(maxlen=ERROR_LINES)

    @property
    def last_errors(self) -> str:
        """What the program said last, as one line. It is text from outside."""
        return " ".join(self._errors)

    async def read_line(self) -> bytes:
        """Return the next line, b"" at the end. Raises ServerFailed when it is too long."""
        try:
            return await self._written.readline()
        except ValueError as err:
            size = LONGEST_MESSAGE // 1024 // 1024
            raise ServerFailed(t"It sent a message of more than {size} MiB.") from err

    async def write_line(self, line: bytes) -> None:
        """Send one line. Raises ServerFailed when the program has ended."""
        try:
            self._given.write(line + b"\n")
            await self._given.drain()
        except (BrokenPipeError, ConnectionError) as err:
            raise ServerFailed(t"It ended.") from err

    async def read_errors(self) -> None:
        """Keep the last lines of standard error until its end, so that it never blocks the program."""
        while chunk := await self._error_stream.read(LONGEST_LINE):
            self._errors.extend(chunk.decode(errors="replace").splitlines()[-ERROR_LINES:])


@asynccontextmanager
async def running(server: ForeignServer) -> AsyncIterator[Program]:
    """Start the program of a server, and end it with all its children. Raises ServerFailed."""
    reading, writing = os.pipe()
    with ExitStack() as lifeline:
        lifeline.callback(os.close, writing)
        try:
            process = await _start(server, reading)
        except (OSError, ValueError) as err:
            reason = type(err).__name__
            raise ServerFailed(t"It cannot be started: {reason}") from err
        finally:
            os.close(reading)
        program = Program(_pipe(process.stdin), _pipe(process.stdout), _pipe(process.stderr))
        errors = asyncio.create_task(program.read_errors(), name=f"errors of {server.name}")
        try:
            yield program
        finally:
            lifeline.close()
            await _end(process)
            errors.cancel()
            await asyncio.gather(errors, return_exceptions=True)


def _pipe[Stream](stream: Stream | None) -> Stream:
    """Return a stream of a process that was started with pipes."""
    if stream is None:
        raise ServerFailed(t"It has no pipes.")
    return stream


async def _start(server: ForeignServer, lifeline: int) -> asyncio.subprocess.Process:
    command = (sys.executable, "-I", "-S", str(GUARD), str(lifeline), server.command, *server.arguments)
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=(lifeline,),
        limit=LONGEST_MESSAGE,
        env=environment(os.environ, server),
        start_new_session=True,
    )


def environment(own: Mapping[str, str], server: ForeignServer) -> dict[str, str]:
    """Return the variables of a program: some of the app's, and those of its settings. Pure."""
    passed = {key: own[key] for key in PASSED_ON if key in own}
    return passed | {one.name: one.value for one in server.environment}


async def _end(process: asyncio.subprocess.Process) -> None:
    """Wait until the guard has ended the program; end the guard if it does not."""
    try:
        async with asyncio.timeout(END_TIMEOUT):
            await process.wait()
    except TimeoutError:
        log.warning("program does not end", pid=process.pid)
    finally:
        # Also when the wait is cancelled. The kernel then ends the program with its guard.
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
