"""What a running process uses, read from the kernel."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo.processes import Child, ChildEndedError

KIB_PER_MIB = 1024
LAST_WORDS = 8
USER_TIME, SYSTEM_TIME = 11, 12  # after the name, see proc_pid_stat(5)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MiB: now, and the most it ever was."""

    now: float
    peak: float


class Program(Child):
    """A program that can be looked at while it runs."""

    def check(self) -> None:
        """Raise `ChildEndedError` when it does not run any more, with its last words."""
        if not self.is_running:
            raise ChildEndedError(f"{self.name} {self.state}: {self.tail(LAST_WORDS)}")

    @property
    def pid(self) -> int:
        """Its process id; raises `ChildEndedError` when it does not run."""
        self.check()
        return self._running().pid


def memory(pid: int) -> Memory:
    """Return what a process keeps resident."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return Memory(now=_mib(rows["VmRSS"]), peak=_mib(rows["VmHWM"]))


def cpu_seconds(pid: int) -> float:
    """Return the processor time all threads of a process have used."""
    # The name may hold anything, but it ends at the last bracket.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def _mib(text: str) -> float:
    return int(text.split(maxsplit=1)[0]) / KIB_PER_MIB
