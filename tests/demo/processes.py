"""Programs the demo starts: their log in a file, ended together with the demo."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

STOP_SECONDS = 15.0
TAIL_BYTES = 64 * 1024


class ChildEndedError(Exception):
    """A program ended that should be running; the text says which and how."""


class Child:
    """One program. It has a process group of its own, so that nothing of it is left behind."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def state(self) -> str:
        """How it is, in words."""
        if self._process is None:
            return "was not started"
        status = self._process.returncode
        return "is running" if status is None else f"has ended with status {status}"

    async def start(self, command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> None:
        """Start it; what it writes is appended to the log."""
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
        """Wait until it ends; returns its status."""
        return await self._running().wait()

    def check(self) -> None:
        """Raise `ChildEndedError` when it does not run any more."""
        if not self.is_running:
            raise ChildEndedError(f"{self.name} {self.state}")

    async def stop(self) -> None:
        """Ask it to end, make it end when it takes too long, and leave nothing of its group."""
        if self._process is None:
            return
        if self.is_running:
            self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.strike()
        if self._process is not None:
            await self._process.wait()

    def strike(self) -> None:
        """Kill it and its whole group without waiting until it is gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def tail(self, lines: int = 25) -> str:
        """The last lines of the log."""
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
    """The environment without what only this project's scripts and programs read."""
    return {**dict(_foreign(os.environ)), **more}


def free_port() -> int:
    """A loopback port nobody listens on now; for programs that cannot tell which they took."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _foreign(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in env.items():
        if not name.startswith(("STEWARD_", "PYTHON")):
            yield name, value
