"""Text for Telegram's HTML mode: escaped, without hidden characters, measured in UTF-16 units."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby
from operator import itemgetter
from string import Formatter
from typing import Final

from homelab_steward.contract.plain_text import MARKS, is_hidden, one_line, quoted, visible

from ..texts import Texts, household, translate, translate_plural

LIMIT: Final = 4096
"""Telegram's limit for one message in UTF-16 units, without tags."""

_LAST_OF_ONE_UNIT: Final = 0xFFFF
WORD_JOINER: Final = "\u2060"
_ISOLATE: Final = "\u2068{}\u2069"
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
# Telegram turns these into links or mentions: @name, scheme://, name.tld
_LINKS: Final = re.compile(r"@(?=\w)|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")


class Style(StrEnum):
    """Style of a part; the value is the name of its HTML tag."""

    PLAIN = ""
    BOLD = "b"
    CODE = "code"
    QUOTE = "blockquote"


@dataclass(frozen=True, slots=True)
class Rich:
    """Styled text: parts of (text, style), without line breaks inside a part."""

    parts: tuple[tuple[str, Style], ...] = ()

    def __add__(self, other: Rich) -> Rich:
        """Return both texts, joined."""
        return Rich(self.parts + other.parts)

    @property
    def html(self) -> str:
        """The text as Telegram HTML."""
        runs = groupby(self.parts, key=itemgetter(1))
        return "".join(_tagged("".join(text for text, _ in run), style) for style, run in runs)

    @property
    def units(self) -> int:
        """The length in UTF-16 units, without tags."""
        return sum(units(text) for text, _ in self.parts)


def units(text: str) -> int:
    """Return the length of ``text`` in UTF-16 units."""
    return (
        len(text) if text.isascii() else len(text) + sum(1 for char in text if ord(char) > _LAST_OF_ONE_UNIT)
    )


def literal(text: str) -> Rich:
    """Return a text of this program, never of a service or a person, unchanged."""
    return Rich(((text, Style.PLAIN),)) if text else Rich()


def plain(text: str, longest: int) -> str:
    """Return an untrusted text on one line without hidden characters, where HTML is not used."""
    return shortened(one_line(text), longest)


def prose(text: str, longest: int) -> Rich:
    """Return an untrusted text on one line, at most about ``longest`` characters.

    Hidden characters are removed, and no part becomes a link or a mention.
    """
    line = plain(text, longest)
    return literal(_isolated(_LINKS.sub(lambda found: found.group() + WORD_JOINER, line)))


def quote(text: str, longest: int, texts: Texts | None = None) -> Rich:
    """Return an untrusted text in quotation marks within a line; see :func:`prose`.

    The marks are those of ``texts``, or of the household.
    """
    return prose(quoted(text, longest, (texts or household()).language), longest + MARKS)


def exact(text: str) -> Rich:
    """Return a whole value as code; hidden characters are shown as ⟨U+200B⟩."""
    shown = "".join(f"⟨U+{ord(char):04X}⟩" if is_hidden(char) else char for char in text)
    return _code(_isolated(shown)) if shown else literal(translate("(empty)"))


def code_line(text: str, longest: int) -> Rich:
    """Return an untrusted line as code, at most ``longest`` characters."""
    line = shortened(visible(text.expandtabs(4)).rstrip(), longest)
    return _code(_isolated(line)) if line else literal("")


def bold(piece: Rich) -> Rich:
    """Return the text in bold; code stays code."""
    return Rich(tuple((text, style or Style.BOLD) for text, style in piece.parts))


def quote_block(lines: Iterable[Rich]) -> Rich:
    """Return the lines as one quotation, which no text inside it can end."""
    return Rich(tuple((text, Style.QUOTE) for text, _ in joined(lines).parts))


def joined(lines: Iterable[Rich]) -> Rich:
    """Return the lines as one text, with line breaks between them."""
    parts: list[tuple[str, Style]] = []
    for number, line in enumerate(lines):
        parts += ([("\n", Style.PLAIN)] if number else []) + list(line.parts)
    return Rich(tuple(parts))


def split(line: Rich, room: int) -> list[Rich]:
    """Return the line in pieces of at most ``room`` units."""
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


def filled(template: str, **parts: Rich) -> Rich:
    """Return a text of this program with styled parts for its placeholders, such as ``{title}``."""
    found = Rich()
    for text, name, _, _ in Formatter().parse(template):
        found += literal(text) + (parts[name] if name is not None else Rich())
    return found


def fitted(lines: Sequence[Rich], room: int, where: str) -> list[Rich]:
    """Return the lines that fit into ``room`` units, and a note about the others.

    The note is "… 12 more lines: ``where``"; the result is empty when it does not fit.
    """
    used = sum(line.units for line in lines) + max(len(lines) - 1, 0)
    if used <= room:
        return list(lines)
    for kept in range(len(lines) - 1, -1, -1):
        used -= lines[kept].units + 1
        missing = len(lines) - kept
        more = translate_plural(
            "… {count} more line: {where}", "… {count} more lines: {where}", missing, where=where
        )
        tail = literal(more)
        if used + 1 + tail.units <= room:
            return [*lines[:kept], tail]
    return []


def shortened(text: str, longest: int) -> str:
    """Return the text, shortened to ``longest`` characters with "…" at its end."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _code(text: str) -> Rich:
    return Rich(((text, Style.CODE),))


def _tagged(text: str, style: Style) -> str:
    inner = escape(text, quote=False)
    return f"<{style}>{inner}</{style}>" if style and text else inner


def _isolated(text: str) -> str:
    """Isolate right-to-left text so that it does not reorder the text around it."""
    if not text.isascii() and any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return _ISOLATE.format(text)
    return text
