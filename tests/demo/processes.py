"""Child processes with a log file."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 60.0
TAIL_BYTES = 64 * 1024


class ChildEndedError(Exception):
    """A child process ended unexpectedly; the text has its name and exit status."""


class Child:
    """A child process in its own process group, so that its own children can be killed with it."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is running."""
        return self._process is not None and self._process.returncode is None

    @property
    def state(self) -> str:
        """The state as text."""
        if self._process is None:
            return "was not started"
        status = self._process.returncode
        return "is running" if status is None else f"has ended with status {status}"

    async def start(self, command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> None:
        """Start the process; its output is appended to the log."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *map(str, command),
                env=env,
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def ended(self) -> int:
        """Wait until the process ends, and return its exit status."""
        return await self._running().wait()

    def check(self) -> None:
        """Raise ChildEndedError if the process is not running."""
        if not self.is_running:
            raise ChildEndedError(f"{self.name} {self.state}")

    async def stop(self) -> None:
        """Terminate the process, kill it after `STOP_SECONDS`, and kill its process group."""
        if self._process is None:
            return
        if self.is_running:
            self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """Kill the process group and wait for its end."""
        self.kill_group()
        if self._process is not None:
            await self._process.wait()

    def kill_group(self) -> None:
        """Kill the process group without waiting."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def tail(self, lines: int = 25) -> str:
        """Return the last lines of the log."""
        return "\n".join(self._read_tail().splitlines()[-lines:])

    def _read_tail(self) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
                return log.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ChildEndedError(f"{self.name} {self.state}")
        return self._process


def plain_environment(**more: str) -> dict[str, str]:
    """Return the environment without the variables of this project and of Python."""
    return {**dict(_foreign(os.environ)), **more}


def _foreign(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in env.items():
        if not name.startswith(("STEWARD_", "PYTHON")):
            yield name, value
