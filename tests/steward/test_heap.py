"""The heap of the C library stays one, and returns what is free."""

import subprocess
import sys
from typing import Final

import pytest

from steward.heap import limit_heap

SCRIPT: Final = """
import ctypes, sys, tempfile, threading
from pathlib import Path
from steward.heap import limit_heap

if sys.argv[1] == "limited":
    assert limit_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.free.argtypes = libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
together = threading.Barrier(5)

def allocate():
    libc.malloc(1000)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
for one in threads:
    one.start()
together.wait()
for one in threads:
    one.join()
libc.free(libc.malloc(8_000_000))  # without the limit, blocks up to this size come from the heap now
block = libc.malloc(4_000_000)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "heaps.xml")
    file = libc.fopen(str(path).encode(), b"w")
    libc.malloc_info(0, file)
    libc.fclose(file)
    text = path.read_text()
print(text.count("<heap nr="), text.rpartition('<total type="mmap" count="')[2].partition('"')[0])
"""
"""Prints how many heaps there are, and how many blocks have pages of their own."""


def heaps(how: str) -> tuple[int, int]:
    command = [sys.executable, "-c", SCRIPT, how]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    heaps, blocks = map(int, text.split())
    return heaps, blocks


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc")
def test_threads_share_one_heap_and_large_blocks_have_pages_of_their_own() -> None:
    (one, blocks), (several, fewer) = heaps("limited"), heaps("plain")
    assert one == 1
    assert several > 1
    assert blocks > fewer


class OtherLibrary:
    """A C library without options."""


class Refusing:
    """A C library that knows some of the options only."""

    def mallopt(self, parameter: int, value: int, /) -> int:
        return int(parameter > -8 and value > 0)


def test_a_library_without_the_options_is_left_as_it_is() -> None:
    assert limit_heap(OtherLibrary()) is False  # type: ignore[arg-type]
    assert limit_heap(Refusing()) is False
