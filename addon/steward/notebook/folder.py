"""Writes pages to a folder: only those that changed, and never outside of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..errors import StewardError
from ..texts import translate
from ..whole_file import write_whole
from .masking import count_masked

LEAST_FREE: Final = 256 * 1024 * 1024
"""Bytes that stay free: the database may be on the same disk."""

MASKED: Final = "masked.md"
OWN: Final = (
    "README.md",
    MASKED,
    "topology.md",
    "inventory",
    "runbooks",
    "incidents",
    "changes",
    "decisions",
    "changelog",
)
"""What the app writes: files and folders. Everything else in the folder belongs to its owner."""


class NotWritten(StewardError):
    """The folder cannot be written; the text says why."""


def read_page(folder: Path, path: str) -> str:
    """Return a page as it is, "" when there is none. Raises NotWritten."""
    try:
        return _inside(folder, path).read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as err:
        raise NotWritten(f"{path} cannot be read: {type(err).__name__}") from err


def write_pages(folder: Path, pages: Mapping[str, str]) -> tuple[str, ...]:
    """Write the pages that changed, and the report of what is masked; return their paths.

    Raises NotWritten, also when the disk has too little space.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < LEAST_FREE:
            raise NotWritten("The disk has too little free space.")
        changed = [path for path, text in sorted(pages.items()) if _write(folder, path, text)]
        changed += [MASKED] if _write(folder, MASKED, _masked(folder)) else []
    except OSError as err:
        raise NotWritten(f"{folder} cannot be written: {err.strerror or type(err).__name__}") from err
    return tuple(changed)


def _write(folder: Path, path: str, text: str) -> bool:
    """Write one page; return whether it is new or another one."""
    place = _inside(folder, path)
    if read_page(folder, path) == text:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, text)
    return True


def _inside(folder: Path, path: str) -> Path:
    """Return the place of a page. Raises NotWritten when a link leads out of the folder."""
    place = folder / path
    if not place.resolve().is_relative_to(folder.resolve()):
        raise NotWritten(f"{path} is outside of the folder.")
    return place


def _masked(folder: Path) -> str:
    """Return the page that says how much is masked on which page, never what."""
    lines: list[str] = []
    for name in sorted(OWN):
        place = folder / name
        files = [place] if place.suffix == ".md" else sorted(place.rglob("*.md"))
        for file in files:
            path = file.relative_to(folder).as_posix()
            counts = {} if path == MASKED else count_masked(read_page(folder, path))
            if counts:
                kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
                lines.append(f"* [{path}]({path}): {kinds}")
    found = lines or [translate("Nothing is masked.")]
    return "\n".join((f"# {translate('What is masked')}", "", *found)) + "\n"
