"""Describes the machine of a measurement."""

import os
import platform
import tempfile
from pathlib import Path

KIB_PER_GIB = 1024**2


def machine() -> str:
    """Return processor, cores, memory, system, Python and the file system of the databases."""
    return ", ".join(
        (
            _field(Path("/proc/cpuinfo"), "model name") or platform.machine(),
            f"{os.cpu_count()} cores",
            f"{int(_field(Path('/proc/meminfo'), 'MemTotal').split()[0]) / KIB_PER_GIB:.0f} GiB",
            f"Linux {platform.release()}",
            f"Python {platform.python_version()}",
            f"databases on {file_system(Path(tempfile.gettempdir()))}",
        )
    )


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def file_system(path: Path) -> str:
    """Return the type of the file system of a path."""
    found = ("/", "an unknown file system")
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount_point, kind, *_ = line.split()
        if path.resolve().is_relative_to(mount_point) and len(mount_point) >= len(found[0]):
            found = (mount_point, kind)
    return found[1]


def _field(file: Path, name: str) -> str:
    for line in file.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
