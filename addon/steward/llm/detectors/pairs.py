"""Finds named values in a text: ``user=anna``, ``"user": "anna"``, ``user: anna``."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

# The colons of a time, such as 12:34:56, are not separators.
_SEPARATOR: Final = re.compile(
    r"(?:=>?|:(?!\d\d(?:[:\s\])Z,]|\Z))=?)(?!//|[:=])[ \t]{0,3}(?P<quote>\\?[\"'])?"
)
_NEXT_NAME: Final = re.compile(r"[\w.-]{1,40}=(?!=)")
_LONGEST_NAME: Final = 48
_AFTER_NAME: Final = " \t\"'\\"
_OTHER_VALUES: Final = re.compile(r".*(?<!\])(?<!\[)[\"',{(&;](?!\])", re.DOTALL)
"""What is before a name: other values, but not the indexes of ``config['api']['key']``."""
_INDEX_ENDS: Final = ('"]', "']")
_WIDEST_GAP: Final = 6
_NAME_WORDS: Final = 3
_LONGEST_WORD: Final = 24
_LONGEST_LINE_START: Final = 100

# lastName, last_name, LAST-NAME and "last name" have the same words
_WORD: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]?[a-zß-öø-\u017f]+|[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-\u017f])|[^\W_]+")

_IN_QUOTES: Final = {
    '"': re.compile(r'(?:[^"\\\r\n]|\\.){0,4000}'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\.){0,4000}"),
    '\\"': re.compile(r'(?:(?!\\")[^\r\n]){0,4000}'),
    "\\'": re.compile(r"(?:(?!\\')[^\r\n]){0,4000}"),
}
_TO_THE_END: Final = re.compile(r"(?:[^\s#]|(?<=\S)#|[ \t]{1,9}(?=[^\s#])){0,400}")
_INI_LINE: Final = re.compile(
    r"[ \t]*[a-z][a-z\d_.-]{0,40}=(?:[^\W\d_]{1,40}[ ]){1,8}[^\W\d_]{1,40}[ \t]*$", re.MULTILINE
)
"""``name=a b c`` in lower case is a value with spaces, not a variable before a command."""
_QUOTED_PAIR: Final = re.compile(
    r"(?P<quote>[\"'])(?P<name>[\w.-]{1,60})=(?P<value>[^\"'\n]{1,400})(?P=quote)"
)
"""A pair in quotes, as in ``Environment="KEY=some value"``."""
_ONE_WORD: Final = re.compile(r"\S{0,400}")
_ONE_PART: Final = re.compile(r"[^\s\"'&,;}]{0,400}")
_LINE_START: Final = re.compile(
    r"[ \t]{0,40}(?:(?:[-*>|]|\d{1,4}[:.]?|export|set"
    r"|ENV)[ \t]{1,3}){0,3}[\"']?[\w.-]{1,40}(?:[ ][\w.-]{1,20}){0,2}"
)


type Part = tuple[int, int] | None
"""Start and end of the private part of a text, None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A value and the last words of its name in lower case, such as ``("api", "key")``.

    ``value`` is ``text[start:end]``. The end of a value is certain only if it ``is_quoted``.
    """

    words: tuple[str, ...]
    text: str
    start: int
    end: int
    is_quoted: bool

    @property
    def value(self) -> str:
        """The named value."""
        return self.text[self.start : self.end]

    @property
    def whole(self) -> Part:
        """Start and end of the value without surrounding spaces."""
        start = self.start + len(self.value) - len(self.value.lstrip())
        end = self.start + len(self.value.rstrip(" \t\r" if self.is_quoted else " \t\r,"))
        return (start, end) if start < end else None

    @property
    def word_before(self) -> str:
        """The second-last word of the name, empty if there is none."""
        return self.words[-2] if len(self.words) > 1 else ""


def find_pairs(text: str, is_wanted: Callable[[str], bool]) -> Iterator[Pair]:
    """Yield the pairs whose name ends with a word that ``is_wanted``. Takes linear time."""
    for separator in _SEPARATOR.finditer(text):
        name = _name_before(text, separator.start())
        if not name or not is_wanted(_WORD.findall(name[-_LONGEST_WORD:])[-1].lower()):
            continue
        if (
            separator["quote"] is None
            and separator.group()[-1] in " \t"
            and _NEXT_NAME.match(text, separator.end())
        ):
            continue  # no value before the next name
        words = tuple(word.lower() for word in _WORD.findall(name)[-_NAME_WORDS:])
        end = _value_end(text, separator, text.rindex(name[-1], 0, separator.start()) + 1)
        yield Pair(
            words=words, text=text, start=separator.end(), end=end, is_quoted=separator["quote"] is not None
        )


def _name_before(text: str, separator: int) -> str:
    """Return the text that ends with a name, empty if there is no name before the separator."""
    before = text[max(0, separator - _LONGEST_NAME) : separator]
    name_and_quote = before.rstrip()
    name = (name_and_quote[:-1] if name_and_quote.endswith(_INDEX_ENDS) else name_and_quote).rstrip(
        _AFTER_NAME
    )
    if not name or not name[-1].isalnum() or len(before) - len(name) > _WIDEST_GAP:
        return ""
    return _OTHER_VALUES.sub("", name).rpartition(": ")[2]


def _value_end(text: str, separator: re.Match[str], name_end: int) -> int:
    """Return the end of the value: of its quotation, its line or its word."""
    if quote := separator["quote"]:
        return _match_end(_IN_QUOTES[quote], text, separator.end())
    quote_at = max(text.rfind('"', 0, name_end), text.rfind("'", 0, name_end), 0)
    quoted = _QUOTED_PAIR.match(text, quote_at)
    if quoted and quoted.end("name") == name_end:
        return quoted.end("value")
    if not _starts_line(text, name_end):
        return _match_end(_ONE_PART, text, separator.end())
    is_shell = separator.group() == "=" and not _INI_LINE.match(
        text, text.rfind("\n", 0, separator.start()) + 1
    )
    return _match_end(_ONE_WORD if is_shell else _TO_THE_END, text, separator.end())


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _starts_line(text: str, name_end: int) -> bool:
    """Return whether the name is at the start of its line, as in YAML and .env files."""
    start = text.rfind("\n", max(0, name_end - _LONGEST_LINE_START), name_end) + 1
    if not start and name_end > _LONGEST_LINE_START:
        return False
    return _LINE_START.fullmatch(text, start, name_end) is not None
