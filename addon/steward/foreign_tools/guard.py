"""Runs one program, and ends it with all its children as soon as the process that started it is gone.

Started as a script with an isolated interpreter, so it imports only the standard library:

    python -I -S guard.py LIFELINE COMMAND ARGUMENTS...

``LIFELINE`` is the number of a pipe's reading end. The other end is open in the app alone, so the pipe
ends with it, also by SIGKILL. A program that leaves its process group is found as a child of this process,
which adopts orphans.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36
GRACE: Final = 2.0
"""Seconds between SIGTERM and SIGKILL."""

LOOK_AGAIN: Final = 0.02
CANNOT_START: Final = 127


def main(arguments: list[str]) -> int:
    """Return the exit status of the program, or 127 if it cannot be started."""
    lifeline, command = int(arguments[0]), arguments[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        program = subprocess.Popen(  # noqa: S603 - the settings name the program
            command,
            process_group=0,
            # If this process is killed, the kernel ends the program.
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),  # noqa: PLW1509
        )
    except (OSError, ValueError) as err:
        print(f"{command[0]} cannot be started: {err}", file=sys.stderr)  # noqa: T201
        return CANNOT_START
    # Only the program may hold its pipes: they have to end with it.
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    ended = os.pidfd_open(program.pid)
    select.select([lifeline, ended], [], [])
    _end_all(program.pid)
    return program.wait()


def _end_all(group: int) -> None:
    """End the process group and every other child: politely, then by force."""
    for one in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            _send(group, one)
            if not _running():
                return
            time.sleep(LOOK_AGAIN)


def _send(group: int, number: signal.Signals) -> None:
    with suppress(OSError):
        os.killpg(group, number)
    for pid in _running():
        with suppress(OSError):
            os.kill(pid, number)


def _running() -> list[int]:
    """Return the children that have not ended."""
    own = os.getpid()
    pids = [int(one) for one in os.listdir("/proc") if one.isdecimal()]  # noqa: PTH208
    return [pid for pid in pids if _parent(pid) == own and _is_running(pid)]


def _parent(pid: int) -> int:
    """Return the parent of a process, 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            # The name, which may contain anything, ends with the last bracket.
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError, IndexError, ValueError:
        return 0


def _is_running(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
