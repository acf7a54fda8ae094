"""Text from outside (alerts, services, models) as people see it: on one line, nothing hidden."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN_SELECTORS: Final = range(0xE0100, 0xE01F0)  # they change no glyph and can carry text

_APOSTROPHES: Final = dict.fromkeys(map(ord, '"“”„‟«»\uff02〝〞〟❝❞'), "'")

_MARKS: Final[Mapping[str, tuple[str, str]]] = {"de": ("„", "“"), "es": ("«", "»"), "fr": ("« ", " »")}
_OTHER_MARKS: Final = ("“", "”")
MARKS: Final = 4
"""The most characters that the marks of a language have."""


def visible(text: str) -> str:
    """Return the text without hidden characters; whitespace becomes spaces."""
    is_plain = text.isascii() and text.isprintable()
    return text if is_plain else "".join(_shown(char) for char in text)


def one_line(text: str) -> str:
    """Return the text on one line without hidden characters: it cannot imitate another line."""
    return " ".join(visible(text).split())


def cleaned(value: Any) -> Any:
    """Return plain JSON data with :func:`visible_lines` of each text in it."""
    if isinstance(value, str):
        return visible_lines(value)
    if isinstance(value, Mapping):
        return {key: cleaned(one) for key, one in value.items()}
    return [cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def visible_lines(text: str) -> str:
    """Return the text without hidden characters; it keeps its lines."""
    return "\n".join(visible(line) for line in text.splitlines())


def quoted(text: str, longest: int, language: str) -> str:
    """Return a text from outside in the quotation marks of a language (BCP 47), on one line.

    At most ``longest`` characters are in them. Quotation marks in the text become apostrophes, so
    it cannot end the quotation.
    """
    line = one_line(text).translate(_APOSTROPHES)
    begin, end = _MARKS.get(language.replace("_", "-").partition("-")[0].lower(), _OTHER_MARKS)
    return f"{begin}{line if len(line) <= longest else line[: longest - 1].rstrip() + '…'}{end}"


def is_hidden(char: str) -> bool:
    """Return whether a character is not shown, or changes how its neighbours are shown."""
    category = unicodedata.category(char)
    return (
        category in _HIDDEN_CATEGORIES
        or (category == "Zs" and char != " ")
        or char in _BLANK_LETTERS
        or ord(char) in _HIDDEN_SELECTORS
    )


def _shown(char: str) -> str:
    """Return the character, a space for whitespace, nothing for a hidden character."""
    if char.isspace():
        return " "
    return "" if is_hidden(char) else char
