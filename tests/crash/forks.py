"""Runs forked processes, a few at once: mostly they wait."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from .process import LOG, RESULT, Job, start

LONGEST: Final = 240.0
"""Seconds after which a process hangs."""

type Done = Callable[[Job, Ended], None]
"""Takes what became of a process; it may add further jobs."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a process ended: with a result, killed at its point, or with a log that says why it failed."""

    result: dict[str, Any] | None = None
    was_killed: bool = False
    failure: str = ""


@dataclass
class Forks:
    """Jobs that wait, in order, and processes that run."""

    at_once: int
    _waiting: deque[tuple[Job, Done]] = field(default_factory=deque)
    _running: dict[int, tuple[Job, Done, float]] = field(default_factory=dict)

    def add(self, job: Job, done: Done, *, is_next: bool = False) -> None:
        """Add a job; ``is_next`` runs it before those that wait."""
        (self._waiting.appendleft if is_next else self._waiting.append)((job, done))

    def run(self) -> None:
        """Run until nothing waits or runs."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self.at_once:
                job, done = self._waiting.popleft()
                self._running[start(job)] = job, done, time.monotonic()
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                self._end_hanging()
                time.sleep(0.005)
                continue
            job, done, _ = self._running.pop(pid)
            done(job, _ended(job, os.waitstatus_to_exitcode(status)))

    def _end_hanging(self) -> None:
        now = time.monotonic()
        for pid, (_, _, began) in self._running.items():
            if now - began > LONGEST:
                os.kill(pid, signal.SIGABRT)


def _ended(job: Job, code: int) -> Ended:
    if code == -signal.SIGKILL:
        return Ended(was_killed=True)
    file = job.folder / RESULT
    if code == 0 and file.exists():
        result = orjson.loads(file.read_bytes())
        file.unlink()
        return Ended(result=result)
    log = (job.folder / LOG).read_text(encoding="utf-8")
    return Ended(failure=f"ended with {code}: {log[-2000:]}")
