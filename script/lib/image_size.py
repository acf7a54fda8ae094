"""Estimates the compressed size of the image from the installed packages. Called by script/image-size."""

import re
import sys
import zlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "requirements/addon.txt"
LIMIT: Final = 350
"""MB of 1,000,000 bytes."""

BASE: Final = {"python:3.14-slim-trixie": 46, "git and openssh-client with their libraries": 42}
"""MB of the other layers: what a registry shows for the base, and the packages of Debian."""

BYTECODE: Final = 2.9
"""Python files are stored with their bytecode: how much larger both are than the files, of 15 MB of files."""


def packages(lock: str) -> list[str]:
    """Return the names of the packages of a lock file."""
    return re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE)


def compressed(paths: Iterator[Path]) -> float:
    """Return the compressed size of files in MB. Bytecode is counted by a factor."""
    total = 0.0
    for path in paths:
        if path.suffix != ".pyc" and path.is_file():
            size = len(zlib.compress(path.read_bytes(), 1))
            total += size * (BYTECODE if path.suffix == ".py" else 1)
    return total / 1e6


def files_of(name: str) -> Iterator[Path]:
    """Yield the installed files of a package."""
    return (Path(str(one.locate())) for one in distribution(name).files or ())


def main() -> int:
    """Print the size of each large part, and return 1 when the image is too large."""
    sizes: dict[str, float] = dict(BASE)
    for name in packages(LOCK.read_text()):
        try:
            sizes[name] = compressed(files_of(name))
        except PackageNotFoundError:
            print(f"{name} is not installed: run script/setup", file=sys.stderr)
            return 1
    sizes["the app"] = compressed((ROOT / "addon/steward").rglob("*"))
    for name, size in sorted(sizes.items(), key=lambda one: -one[1])[:12]:
        print(f"{size:6.1f} MB  {name}")
    total = sum(sizes.values())
    print(f"{total:6.1f} MB  in all, of {LIMIT}")
    return int(total > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
