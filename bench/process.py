"""Memory and processor time of a process, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo.processes import Child, ChildEndedError

KIB_PER_MIB = 1024
LOG_LINES = 8
USER_TIME, SYSTEM_TIME = 11, 12  # after the name, see proc_pid_stat(5)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MiB: current and peak."""

    now: float
    peak: float


class Program(Child):
    """A child process whose resource use can be measured."""

    def check(self) -> None:
        """Raise ChildEndedError, with the end of its log, if the process has ended."""
        if not self.is_running:
            raise ChildEndedError(f"{self.name} {self.state}: {self.tail(LOG_LINES)}")

    @property
    def pid(self) -> int:
        """The process id. Raises ChildEndedError if the process has ended."""
        self.check()
        return self._running().pid


def memory(pid: int) -> Memory:
    """Return the resident memory of a process."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return Memory(now=_mib(rows["VmRSS"]), peak=_mib(rows["VmHWM"]))


def cpu_seconds(pid: int) -> float:
    """Return the processor time of all threads of a process."""
    # The name can contain any character, but it ends at the last bracket.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def _mib(text: str) -> float:
    return int(text.split(maxsplit=1)[0]) / KIB_PER_MIB
