"""Finds what has a name in a text: ``user=anna``, ``"user": "anna"``, ``user: anna``."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

# The signs of times are none: 12:34:56.
_MARK: Final = re.compile(r"(?:=>?|:(?!\d\d(?:[:\s\])Z,]|\Z))=?)(?!//|[:=])[ \t]{0,3}(?P<quote>\\?[\"'])?")
_NEXT_NAME: Final = re.compile(r"[\w.-]{1,40}=(?!=)")
_BEFORE: Final = 48
_BETWEEN: Final = " \t\"'\\"
_INDEXED: Final = ('"]', "']")
_WIDEST_GAP: Final = 6
_NAME_WORDS: Final = 3
_LONGEST_WORD: Final = 24
_LONGEST_OPENING: Final = 100

# lastName, last_name, LAST-NAME and "last name" are the same words
_WORD: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]?[a-zß-öø-\u017f]+|[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-\u017f])|[^\W_]+")

_IN_QUOTES: Final = {
    '"': re.compile(r'(?:[^"\\\r\n]|\\.){0,4000}'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\.){0,4000}"),
    '\\"': re.compile(r'(?:(?!\\")[^\r\n]){0,4000}'),
    "\\'": re.compile(r"(?:(?!\\')[^\r\n]){0,4000}"),
}
_TO_THE_END: Final = re.compile(r"(?:[^\s#]|(?<=\S)#|[ \t]{1,9}(?=[^\s#])){0,400}")
_ONE_WORD: Final = re.compile(r"\S{0,400}")
_ONE_PART: Final = re.compile(r"[^\s\"'&,;}]{0,400}")
_OPENING: Final = re.compile(
    r"[ \t]{0,40}(?:(?:[-*>|]|\d{1,4}[:.]?|export|set"
    r"|ENV)[ \t]{1,3}){0,3}[\"']?[\w.-]{1,40}(?:[ ][\w.-]{1,20}){0,2}"
)


type Part = tuple[int, int] | None
"""Where the private part of a text begins and ends, None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A value and the last words of its name, in small letters: ``("api", "key")``.

    ``value`` is ``text[start:end]``; ``is_quoted`` says that its end is sure.
    """

    words: tuple[str, ...]
    text: str
    start: int
    end: int
    is_quoted: bool

    @property
    def value(self) -> str:
        """What has the name."""
        return self.text[self.start : self.end]

    @property
    def whole(self) -> Part:
        """The value without the spaces around it."""
        start = self.start + len(self.value) - len(self.value.lstrip())
        end = self.start + len(self.value.rstrip(" \t\r" if self.is_quoted else " \t\r,"))
        return (start, end) if start < end else None

    @property
    def word_before(self) -> str:
        """The word of the name before its last."""
        return self.words[-2] if len(self.words) > 1 else ""


def find_pairs(text: str, is_wanted: Callable[[str], bool]) -> Iterator[Pair]:
    """Yield the pairs whose name ends in a word that ``is_wanted``. Linear in time."""
    for mark in _MARK.finditer(text):
        name = _name_before(text, mark.start())
        if not name or not is_wanted(_WORD.findall(name[-_LONGEST_WORD:])[-1].lower()):
            continue
        if mark["quote"] is None and mark.group()[-1] in " \t" and _NEXT_NAME.match(text, mark.end()):
            continue  # it has no value
        words = tuple(word.lower() for word in _WORD.findall(name)[-_NAME_WORDS:])
        end = _end(text, mark, text.rindex(name[-1], 0, mark.start()) + 1)
        yield Pair(words=words, text=text, start=mark.end(), end=end, is_quoted=mark["quote"] is not None)


def _name_before(text: str, mark: int) -> str:
    """Return the text that ends with a name, empty when something else stands before the mark."""
    before = text[max(0, mark - _BEFORE) : mark]
    touching = before.rstrip()
    name = (touching[:-1] if touching.endswith(_INDEXED) else touching).rstrip(_BETWEEN)
    return name if name and name[-1].isalnum() and len(before) - len(name) <= _WIDEST_GAP else ""


def _end(text: str, mark: re.Match[str], name_ends: int) -> int:
    """Return where the value ends: with its quotation, its line or its word."""
    if quote := mark["quote"]:
        return _ends(_IN_QUOTES[quote], text, mark.end())
    if not _opens_line(text, name_ends):
        return _ends(_ONE_PART, text, mark.end())
    return _ends(_ONE_WORD if mark.group() == "=" else _TO_THE_END, text, mark.end())


def _ends(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _opens_line(text: str, name_ends: int) -> bool:
    """Return whether the name is the first thing of its line, as in YAML and .env files."""
    begins = text.rfind("\n", max(0, name_ends - _LONGEST_OPENING), name_ends) + 1
    if not begins and name_ends > _LONGEST_OPENING:
        return False
    return _OPENING.fullmatch(text, begins, name_ends) is not None
