"""Runs the steward and records how long one callback kept its event loop busy at most.

SIGUSR1 writes the record to the file that the first argument names, and begins a new one. The
other arguments are those of the steward.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steward.command_line.main import main


class LoopWatch:
    """The most seconds of one callback on the clock, and the most of the processor."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds = 0.0
        self._cpu = 0.0
        self._callback = ""

    def install(self) -> None:
        """Replace the method with which the event loop runs a callback: it has no hook."""
        handle_class: Any = asyncio.Handle
        run: Callable[[asyncio.Handle], None] = handle_class._run  # noqa: SLF001

        def timed(handle: asyncio.Handle) -> None:
            began, cpu = time.perf_counter(), time.thread_time()
            run(handle)
            self._cpu = max(self._cpu, time.thread_time() - cpu)
            seconds = time.perf_counter() - began
            if seconds > self._seconds:
                self._seconds, self._callback = seconds, _name(handle)

        handle_class._run = timed  # noqa: SLF001
        signal.signal(signal.SIGUSR1, self._write)

    def _write(self, _number: int, _frame: object) -> None:
        record = {"seconds": self._seconds, "cpu": self._cpu, "callback": self._callback}
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps(record))
        whole.rename(self._file)
        self._seconds = self._cpu = 0.0


def _name(handle: Any) -> str:
    """Return the name of the callback, or of the coroutine that it continued."""
    callback = handle._callback  # noqa: SLF001
    owner = getattr(callback, "__self__", None)
    named = owner.get_coro() if isinstance(owner, asyncio.Task) else callback
    return getattr(named, "__qualname__", "")


if __name__ == "__main__":
    file, *arguments = sys.argv[1:]
    LoopWatch(Path(file)).install()
    sys.exit(main(arguments))
