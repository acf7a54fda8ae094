"""Settings of the C library's heap, which keep the memory of a process that runs for months flat."""

import ctypes
from typing import Final, Protocol

# malloc.h of glibc.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8

LARGE: Final = 128 * 1024
"""Bytes from which a block has pages of its own, which are free for other programs once it is."""


class Heap(Protocol):
    """The part of a C library that sets up its heap."""

    def mallopt(self, parameter: int, value: int, /) -> int:
        """Set a parameter; returns 0 if there is no such parameter."""
        ...


def limit_heap(library: Heap | None = None) -> bool:
    """Let all threads share one heap that returns what is free. Return whether the C library can.

    glibc makes a heap for each of the first threads, up to eight for each core, and raises the size from
    which blocks have pages of their own to the largest block that was ever freed. Work that moves between
    threads then leaves gaps in each heap: the app grew by 2 MiB a day while what it used stayed the same.
    """
    heap = ctypes.CDLL(None) if library is None else library
    if not hasattr(heap, "mallopt"):
        return False  # musl, macOS
    options = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, LARGE))
    done = [heap.mallopt(parameter, value) == 1 for parameter, value in options]
    return all(done)
