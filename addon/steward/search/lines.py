"""Reads the data files of the search."""

from collections.abc import Iterator
from pathlib import Path


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a file that are neither empty nor a comment."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("//"):
            yield line
