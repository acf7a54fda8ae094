"""Reads the small files of a tar archive piece by piece, and keeps their hashes. Pure."""

import hashlib
import re
from collections.abc import Collection
from typing import Final

BLOCK: Final = 512
SMALL: Final = 512 * 1024
"""Bytes up to which a file is read as a whole."""

MOST: Final = 20
"""Files that are kept when none are named."""

_PLAIN: Final = (b"0", b"\0")
_MORE: Final = (b"x", b"L")
"""What says more of the entry behind it, such as a long name: that one is left out."""

_LARGE: Final = re.compile(rb"\d+ size=(\d+)\n")


class TarFiles:
    """Reads an archive as engines write it. ``hashes`` has the SHA-256 of its files by their path.

    ``wanted`` are the paths to keep, the first ``MOST`` by default. A path is without its first folder,
    which is that of the archive. Empty files, large ones, and those with a long name are left out.
    """

    def __init__(self, wanted: Collection[str] | None = None) -> None:
        """Nothing was read so far."""
        self.hashes: dict[str, str] = {}
        self._wanted = wanted
        self._held = b""
        self._skip = 0
        self._file: tuple[str, int] | None = None
        self._more: bytes | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises ValueError for what is no archive."""
        self._held += piece
        while self._step():
            pass

    def _step(self) -> bool:
        """Use what is held; return whether something was used."""
        if self._skip:
            used = min(self._skip, len(self._held))
            self._skip -= used
            self._held = self._held[used:]
            return used > 0 and self._skip == 0
        if self._file is not None:
            return self._take(*self._file)
        if len(self._held) < BLOCK:
            return False
        header, self._held = self._held[:BLOCK], self._held[BLOCK:]
        if any(header):
            self._begin(header)
        return True

    def _begin(self, header: bytes) -> None:
        """Read the header of an entry: its content is kept or left out."""
        size, kind, path = _size(header[124:136]), header[156:157], _path(header)
        more, self._more = self._more, None
        if kind in _MORE:
            self._file, self._more = ("", size), b""
            return
        if more and (large := _LARGE.search(more)):
            size = int(large[1])
        is_wanted = len(self.hashes) < MOST if self._wanted is None else path in self._wanted
        if kind in _PLAIN and more is None and is_wanted and 0 < size <= SMALL:
            self._file = path, size
        else:
            self._skip = _padded(size)

    def _take(self, path: str, size: int) -> bool:
        if len(self._held) < size:
            return False
        content, self._held = self._held[:size], self._held[size:]
        if self._more is None:
            self.hashes[path] = hashlib.sha256(content).hexdigest()
        else:
            self._more = content
        self._file, self._skip = None, _padded(size) - size
        return True


def _path(header: bytes) -> str:
    name, prefix = (part.partition(b"\0")[0] for part in (header[:100], header[345:500]))
    is_posix = header[257:263] == b"ustar\0"
    whole = prefix + b"/" + name if is_posix and prefix else name
    return whole.decode(errors="replace").partition("/")[2]


def _size(field: bytes) -> int:
    """Return the size in a header: in octal digits, or as a number when it is large."""
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ~(0x80 << 88)
    return int(field.strip(b"\0 ") or b"0", 8)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
