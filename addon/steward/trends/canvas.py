"""Draws rectangles, lines and short texts, and writes them as PNG with the standard library.

A library for pictures would need more memory than the whole front end, for a few charts in a week.
"""

import struct
import unicodedata
import zlib
from collections.abc import Sequence
from typing import Final

type Color = int
"""Number of a color in ``PALETTE``."""

WHITE: Final = 0
BLACK: Final = 1
GRID: Final = 2
GRAY: Final = 3
SERIES: Final = (4, 5, 6)
"""Blue, orange and green, as the squares 🟦 🟧 🟩."""

PALETTE: Final = (
    (255, 255, 255),
    (33, 33, 33),
    (226, 229, 233),
    (96, 100, 106),
    (24, 119, 214),
    (240, 132, 24),
    (52, 152, 82),
)

GLYPH_WIDTH: Final = 5
GLYPH_HEIGHT: Final = 7
_ADVANCE: Final = 6

# Each row of a character is a number of five bits.
_GLYPHS: Final = {
    "0": (14, 17, 17, 17, 17, 17, 14),
    "1": (4, 12, 20, 4, 4, 4, 31),
    "2": (14, 17, 1, 6, 8, 16, 31),
    "3": (14, 17, 1, 6, 1, 17, 14),
    "4": (3, 5, 9, 17, 31, 1, 1),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (14, 16, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 4, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 1, 14),
    ".": (0, 0, 0, 0, 0, 12, 12),
    ",": (0, 0, 0, 0, 4, 4, 8),
    ":": (0, 12, 12, 0, 12, 12, 0),
    "-": (0, 0, 0, 31, 0, 0, 0),
    "/": (1, 1, 2, 4, 8, 16, 16),
    "%": (25, 25, 2, 4, 8, 19, 19),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "F": (31, 16, 16, 30, 16, 16, 16),
    "G": (14, 17, 16, 23, 17, 17, 15),
    "H": (17, 17, 17, 31, 17, 17, 17),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "J": (7, 2, 2, 2, 2, 18, 12),
    "K": (17, 18, 20, 24, 20, 18, 17),
    "L": (16, 16, 16, 16, 16, 16, 31),
    "M": (17, 27, 21, 21, 17, 17, 17),
    "N": (17, 25, 21, 19, 17, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "Q": (14, 17, 17, 17, 21, 18, 13),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30),
    "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14),
    "V": (17, 17, 17, 17, 17, 10, 4),
    "W": (17, 17, 17, 21, 21, 27, 17),
    "X": (17, 17, 10, 4, 10, 17, 17),
    "Y": (17, 17, 10, 4, 4, 4, 4),
    "Z": (31, 1, 2, 4, 8, 16, 31),
}
_UNKNOWN: Final = (0, 0, 0, 0, 0, 0, 0)
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


class Canvas:
    """A picture with the colors of ``PALETTE``. What is outside of it is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        """Start white."""
        self.width = width
        self.height = height
        self._pixels = bytearray(width * height)

    def fill(self, left: int, top: int, right: int, bottom: int, color: Color) -> None:
        """Fill a rectangle; ``right`` and ``bottom`` are outside of it."""
        left, right = max(left, 0), min(right, self.width)
        if left >= right:
            return
        row = bytes([color]) * (right - left)
        for y in range(max(top, 0), min(bottom, self.height)):
            begin = y * self.width + left
            self._pixels[begin : begin + len(row)] = row

    def line(self, points: Sequence[tuple[int, int]], color: Color, thickness: int) -> None:
        """Draw lines between points that go from left to right; a single point is a dot."""
        half = thickness // 2
        for (x, y), (next_x, next_y) in zip(points, points[1:] or points, strict=False):
            width = max(next_x - x, 1)
            for column in range(width):
                here = y + (next_y - y) * column // width
                there = y + (next_y - y) * (column + 1) // width
                top, bottom = min(here, there) - half, max(here, there) + half + 1
                self.fill(x + column - half, top, x + column + half + 1, bottom, color)

    def text(self, x: int, y: int, text: str, color: Color, scale: int) -> None:
        """Write capitals without accents, digits and signs; another character is left blank."""
        for character in drawn(text):
            for row, bits in enumerate(_GLYPHS.get(character, _UNKNOWN)):
                for column in range(GLYPH_WIDTH):
                    if bits >> (GLYPH_WIDTH - 1 - column) & 1:
                        left, top = x + column * scale, y + row * scale
                        self.fill(left, top, left + scale, top + scale, color)
            x += _ADVANCE * scale

    def png(self) -> bytes:
        """Return the picture as PNG."""
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        rows = (self._pixels[y * self.width : (y + 1) * self.width] for y in range(self.height))
        data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
        palette = bytes(value for color in PALETTE for value in color)
        chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", data), (b"IEND", b""))
        return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def drawn(text: str) -> str:
    """Return a text as it is drawn: in capitals, and without accents."""
    split = unicodedata.normalize("NFKD", text.upper())
    return "".join(one for one in split if not unicodedata.combining(one))


def text_width(text: str, scale: int) -> int:
    """Return the width of a text in pixels."""
    return max(len(drawn(text)) * _ADVANCE - 1, 0) * scale


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
