"""Counts the rows that a dump of PostgreSQL has for each table, while it is written as text. Pure."""

import re
from typing import Final

_NAME: Final = rb'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)'
_COPY: Final = re.compile(rb"COPY (" + _NAME + rb"\." + _NAME + rb")(?: \(.*\))? FROM stdin;")
_END: Final = b"\\."
LONGEST: Final = 64 * 1024
"""Bytes of a line that are kept: those of a row may be very long."""


class CopyRows:
    """Reads the output of pg_restore in pieces. ``rows`` has the count of each table by its quoted name."""

    def __init__(self) -> None:
        """Nothing was read so far."""
        self.rows: dict[str, int] = {}
        self.size = 0
        self._line = b""
        self._table: str | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        *lines, rest = piece.split(b"\n")
        for one in lines:
            self._take(self._line + one)
            self._line = b""
        self._line = (self._line + rest)[:LONGEST]

    def _take(self, line: bytes) -> None:
        if self._table is None:
            found = _COPY.fullmatch(line)
            if found is not None:
                self._table = found[1].decode()
                self.rows.setdefault(self._table, 0)
        elif line == _END:
            self._table = None
        else:
            self.rows[self._table] += 1
