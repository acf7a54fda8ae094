"""Free ports for programs that cannot choose one themselves."""

import fcntl
import os
import secrets
import socket
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final, TextIO

# Chromium refuses 10080.
LOWEST: Final = 11_000
HIGHEST: Final = 32_000
ATTEMPTS: Final = 1_000
RANGE_OF_CONNECTIONS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")

_given: Final[set[int]] = set()


def free_port() -> int:
    """Return a free loopback port. No other process gets it from here while this one runs.

    It is not one of the ports that the system gives to outgoing connections and to servers on port 0:
    until the program listens, and while it restarts, one of these could take it.
    """
    for _ in range(ATTEMPTS):
        port = LOWEST + secrets.randbelow(_end() - LOWEST)
        if port not in _given and _is_reserved(port) and _is_free(port):
            _given.add(port)
            return port
    raise OSError(f"None of {ATTEMPTS} ports from {LOWEST} to {_end()} is free.")


@cache
def _end() -> int:
    """Return the first port above the ones that may be given."""
    if not RANGE_OF_CONNECTIONS.exists():
        return HIGHEST
    first = int(RANGE_OF_CONNECTIONS.read_text(encoding="ascii").split()[0])
    return first if LOWEST + ATTEMPTS <= first < HIGHEST else HIGHEST


def _is_reserved(port: int) -> bool:
    """Reserve a port until this process ends: one byte of a shared file is locked for each port."""
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except BlockingIOError, PermissionError:
        return False
    return True


@cache
def _reservations() -> TextIO:
    # Never closed: that would end the locks.
    return (Path(tempfile.gettempdir()) / f"homelab-steward-ports-{os.getuid()}").open("a+", encoding="ascii")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
