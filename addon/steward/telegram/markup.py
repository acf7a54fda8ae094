"""Text for Telegram's HTML mode: escaped, free of hidden characters, measured as Telegram does."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Final

LIMIT: Final = 4096
"""Most UTF-16 units of one message, after its tags and entities are read."""

_LAST_OF_ONE_UNIT: Final = 0xFFFF
WORD_JOINER: Final = "\u2060"
_ISOLATE: Final = "\u2068{}\u2069"
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN_SELECTORS: Final = range(0xE0100, 0xE01F0)  # they change no glyph and can carry text
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
# What Telegram would turn into a link or a mention: @name, scheme://, name.tld
_LINKS: Final = re.compile(r"@(?=\w)|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")


class Style(StrEnum):
    """How a part is shown: the name of its tag."""

    PLAIN = ""
    BOLD = "b"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Rich:
    """Styled text: parts of (text, style), each free of line breaks of its own."""

    parts: tuple[tuple[str, Style], ...] = ()

    def __add__(self, other: Rich) -> Rich:
        """Return both, one after the other."""
        return Rich(self.parts + other.parts)

    @property
    def html(self) -> str:
        """The text in Telegram's HTML."""
        runs = groupby(self.parts, key=itemgetter(1))
        return "".join(_tagged("".join(text for text, _ in run), style) for style, run in runs)

    @property
    def units(self) -> int:
        """Its length as Telegram counts it: UTF-16 units, tags left out."""
        return sum(units(text) for text, _ in self.parts)


def units(text: str) -> int:
    """Return the length of ``text`` in UTF-16 units."""
    return (
        len(text) if text.isascii() else len(text) + sum(1 for char in text if ord(char) > _LAST_OF_ONE_UNIT)
    )


def own(text: str) -> Rich:
    """Return words of ours (no text from outside) as a piece."""
    return Rich(((text, Style.PLAIN),)) if text else Rich()


def plain(text: str, longest: int) -> str:
    """Return text from outside on one line without hidden characters, for where no HTML goes."""
    return shortened(" ".join(_visible(text).split()), longest)


def prose(text: str, longest: int) -> Rich:
    """Return text from outside on one line, at most about ``longest`` characters.

    Hidden characters are dropped and nothing in it becomes a link or a mention.
    """
    line = plain(text, longest)
    return own(_isolated(_LINKS.sub(lambda found: found.group() + WORD_JOINER, line)))


def exact(text: str) -> Rich:
    """Return a value as code, never cut; each hidden character is shown by its number."""
    shown = "".join(f"⟨U+{ord(char):04X}⟩" if _is_hidden(char) else char for char in text)
    return _code(_isolated(shown)) if shown else own("(empty)")


def code_line(text: str, longest: int) -> Rich:
    """Return one line from outside in fixed width, cut when longer than ``longest``."""
    line = shortened(_visible(text.expandtabs(4)).rstrip(), longest)
    return _code(_isolated(line)) if line else own("")


def bold(piece: Rich) -> Rich:
    """Return the piece in bold; code stays code."""
    return Rich(tuple((text, style or Style.BOLD) for text, style in piece.parts))


def joined(lines: Iterable[Rich]) -> Rich:
    """Return the lines as one piece, with line breaks between them."""
    parts: list[tuple[str, Style]] = []
    for number, line in enumerate(lines):
        parts += ([("\n", Style.PLAIN)] if number else []) + list(line.parts)
    return Rich(tuple(parts))


def split(line: Rich, room: int) -> list[Rich]:
    """Return the line in pieces of at most ``room`` units; nothing is left out."""
    pieces: list[Rich] = [Rich()]
    used = 0
    for text, style in line.parts:
        begin = 0
        for end, char in enumerate(text):
            width = units(char)
            if used + width > room:
                pieces[-1] += Rich(((text[begin:end], style),))
                pieces.append(Rich())
                begin, used = end, 0
            used += width
        pieces[-1] += Rich(((text[begin:], style),))
    return pieces


def fitted(lines: Sequence[Rich], room: int, where: str) -> list[Rich]:
    """Return the lines that fit into ``room`` units, and a word on those that do not.

    The word is "… 12 more lines: ``where``"; when not even that fits, nothing is left.
    """
    used = sum(line.units for line in lines) + max(len(lines) - 1, 0)
    if used <= room:
        return list(lines)
    for kept in range(len(lines) - 1, -1, -1):
        used -= lines[kept].units + 1
        missing = len(lines) - kept
        tail = own(f"… {missing} more line{'s' if missing > 1 else ''}: {where}")
        if used + 1 + tail.units <= room:
            return [*lines[:kept], tail]
    return []


def shortened(text: str, longest: int) -> str:
    """Return the text, its end replaced by "…" when it is longer than ``longest``."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _code(text: str) -> Rich:
    return Rich(((text, Style.CODE),))


def _tagged(text: str, style: Style) -> str:
    inner = escape(text, quote=False)
    return f"<{style}>{inner}</{style}>" if style and text else inner


def _is_hidden(char: str) -> bool:
    category = unicodedata.category(char)
    return (
        category in _HIDDEN_CATEGORIES
        or (category == "Zs" and char != " ")
        or char in _BLANK_LETTERS
        or ord(char) in _HIDDEN_SELECTORS
    )


def _visible(text: str) -> str:
    """Return the text without what hides; most text is plain, and cards are many."""
    return text if _is_plain(text) else "".join(_shown(char) for char in text)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _shown(char: str) -> str:
    """Return the character, a space for what breaks lines, nothing for what hides."""
    if char.isspace():
        return " "
    return "" if _is_hidden(char) else char


def _isolated(text: str) -> str:
    """Keep right-to-left text from turning what stands beside it around."""
    if not text.isascii() and any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return _ISOLATE.format(text)
    return text
