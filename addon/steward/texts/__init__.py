"""The texts that people see, in their language.

English is written where the text is made; the other languages are files that map it to their text.
``script/translations`` makes those files from the store in ``translations/`` and reports each text that a
language lacks.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from keyword import iskeyword
from math import ceil
from pathlib import Path
from string.templatelib import Interpolation, Template
from typing import Any, Final, Self

import orjson
from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from babel.units import format_unit

ENGLISH: Final = "en"
_FOLDER: Final = Path(__file__).parent
_APP: Final = "app"
_NAMES: Final = "names"
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_QUOTED: Final = re.compile(r"""[a-zA-Z]?'[^']*'|[a-zA-Z]?"[^"]*\"""")

_WEEKS: Final = timedelta(days=10)
_MONTHS: Final = timedelta(days=60)
"""Lengths between them are said in days."""

type Text = str | Template
"""English: a template string has values of its own."""

type Entry = str | Mapping[str, str]
"""A text, or one for each plural category of CLDR, such as "one" and "other"."""


class Texts:
    """The texts of one language. What it lacks is English."""

    def __init__(
        self,
        language: str = ENGLISH,
        app: Mapping[str, Entry] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Take a language such as "de", and English texts and names with their translations."""
        self.language = language
        self._locale = Locale.parse(language)
        self._decimal = get_decimal_symbol(self._locale)
        self._app = app or {}
        self._names = names or {}

    def __call__(self, english: Text, /, **values: object) -> str:
        """Return a text with its placeholders filled in. Placeholders inside the values stay as they are.

        English is a template string, ``t"{name} is full"``, or a text with placeholders for ``values``.
        """
        if isinstance(english, Template):
            expressions = tuple(one.expression for one in english.interpolations)
            names, key = _names_and_key(english.strings, expressions)
            shown = map(self._shown, english.interpolations)
            return self(key, **dict(zip(names, shown, strict=True))) if names else self(english.strings[0])
        found = self._app.get(english, english)
        text = found if isinstance(found, str) else english
        return text.format_map(values) if values else text

    def _shown(self, part: Interpolation[Any]) -> str:
        """Return a value as the template formats it, a fraction with the language's decimal mark."""
        value = str(part.value) if part.conversion == "s" else said_in(part.value, self)
        text = self(value) if isinstance(value, Template) else format(value, part.format_spec)
        return text.replace(".", self._decimal) if isinstance(value, float) else text

    def plural(self, one: str, other: str, count: float, /, **values: object) -> str:
        """Return the text for a number; ``{count}`` in it is the number."""
        category = self._locale.plural_form(count)
        forms = self._app.get(other)
        if isinstance(forms, Mapping):
            found = forms.get(category) or forms["other"]
        else:
            found = one if Locale.parse(ENGLISH).plural_form(count) == "one" else other
        return found.format_map({"count": self.number(count), **values})

    def name(self, english: str) -> str:
        """Return the name of something that a service or a runbook declares."""
        return self._names.get(english, english)

    @property
    def names(self) -> Mapping[str, str]:
        """The names of what services and runbooks declare, by the English name; none for English."""
        return self._names

    def number(self, value: float, digits: int = 1) -> str:
        """Return a number with at most this many digits behind the decimal mark."""
        return format_decimal(round(value, digits), "#,##0." + "#" * digits, self._locale)

    def money(self, amount: float, currency: str) -> str:
        """Return an amount of money, rounded up to a cent."""
        return format_currency(ceil(round(amount * 100, 6)) / 100, currency, locale=self._locale)

    def time(self, at: datetime) -> str:
        """Return a time of day, in the time zone of ``at``."""
        return format_skeleton("Hm", at, at.tzinfo, locale=self._locale)

    def date_and_time(self, at: datetime) -> str:
        """Return a day and a time of day, in the time zone of ``at``."""
        day = format_skeleton("yMMMd", at, at.tzinfo, locale=self._locale)
        return f"{day}, {self.time(at)}"

    def day(self, at: date) -> str:
        """Return a day and a month as numbers: "11/28"."""
        return format_skeleton("Md", at, locale=self._locale)

    def long_day(self, at: date) -> str:
        """Return a day with the name of its month: "November 28"."""
        return format_skeleton("MMMMd", at, locale=self._locale)

    def weekday(self, at: date) -> str:
        """Return the name of a day of the week."""
        return format_date(at, "EEEE", locale=self._locale)

    def duration(self, length: timedelta) -> str:
        """Return a length of time in its largest unit: "3 hours"."""
        return format_timedelta(length, threshold=1.5, locale=self._locale)

    def exact_duration(self, seconds: float) -> str:
        """Return a length of time in the largest unit of which it is a whole number: "90 seconds"."""
        for unit, length in (("hour", 3600), ("minute", 60)):
            if seconds and not seconds % length:
                return format_unit(seconds / length, unit, locale=self._locale)
        return format_unit(seconds, "second", locale=self._locale)

    def ago(self, length: timedelta) -> str:
        """Return how long ago something was: "3 hours ago"."""
        # "2 weeks ago" would be said of 11 to 17 days.
        threshold = 8.6 if _WEEKS <= length < _MONTHS else 1.5
        return format_timedelta(-length, threshold=threshold, add_direction=True, locale=self._locale)

    def listed(self, items: Iterable[str], *, either: bool = False) -> str:
        """Return items as a phrase: "a, b, and c", or with ``either`` "a, b, or c"."""
        return format_list(list(items), "or" if either else "standard", self._locale)


class _Spoken(str):
    """A text of the household that can be said in other languages as long as it is not stored."""

    __slots__ = ("say",)
    say: Callable[[Texts], str]

    def __new__(cls, say: Callable[[Texts], str]) -> Self:
        """Take what says the text in a language."""
        made = super().__new__(cls, say(_household))
        made.say = say
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Return a copy as a plain text: what says it cannot be stored."""
        return str, (str(self),)


def spoken(say: Callable[[Texts], str]) -> str:
    """Return a text in the household's language, which ``said_in`` says in another one."""
    return _Spoken(say)


def spoken_text(text: Text) -> str:
    """Return a text in the household's language; a template string can be said in other languages."""
    return text if isinstance(text, str) else _Spoken(lambda texts: texts(text))


def said_in[Value](value: Value, texts: Texts) -> Value | str:
    """Return a spoken text in a language; another value is returned unchanged."""
    return value.say(texts) if isinstance(value, _Spoken) else value


def is_spoken(value: object) -> bool:
    """Return whether a value is a text that can be said in other languages."""
    return isinstance(value, _Spoken)


def placeholder_names(expressions: Iterable[str]) -> list[str]:
    """Return the names of the placeholders of a template string by its expressions.

    The name is the last one in the expression: "name" for ``call.target.name``, and "name_2" for a second.
    """
    found: list[str] = []
    for expression in expressions:
        names = [one for one in _NAME.findall(_QUOTED.sub("", expression)) if not iskeyword(one)]
        name = names[-1] if names else "value"
        count = sum(one == name or one.startswith(f"{name}_") for one in found)
        found.append(f"{name}_{count + 1}" if count else name)
    return found


def template_key(strings: Iterable[str], names: Iterable[str]) -> str:
    """Return the English text of a template string, with the names of its placeholders."""
    pieces = [one.replace("{", "{{").replace("}", "}}") for one in strings]
    return "".join(
        [pieces[0], *(f"{{{name}}}{piece}" for name, piece in zip(names, pieces[1:], strict=True))]
    )


@cache
def _names_and_key(strings: tuple[str, ...], expressions: tuple[str, ...]) -> tuple[list[str], str]:
    """Return the names of the placeholders of a template string and its English text, found once."""
    names = placeholder_names(expressions)
    return names, template_key(strings, names)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages with texts, English first."""
    return (ENGLISH, *sorted(file.stem for file in _FOLDER.glob("*.json") if file.stem != ENGLISH))


def english(text: str) -> str:
    """Mark an English text that is looked up later, when the language is known, and return it."""
    return text


def texts_of(language: str | None) -> Texts:
    """Return the texts of a BCP 47 tag such as "de-AT"; those of the household for None.

    A language without texts gets English.
    """
    return _household if language is None else _texts(_code(language))


def _code(language: str) -> str:
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code in languages() else ENGLISH


@cache
def _texts(code: str) -> Texts:
    file = _FOLDER / f"{code}.json"
    store: dict[str, Any] = orjson.loads(file.read_bytes()) if file.exists() else {}
    return Texts(code, store.get(_APP), store.get(_NAMES))


_household = Texts()
_zone: tzinfo = UTC


def set_household(language: str | None) -> None:
    """Set the language of what is stored and of what nobody in particular reads; None is English."""
    global _household  # noqa: PLW0603 - one process serves one household, as gettext's install does
    _household = _texts(_code(language or ENGLISH))


def set_zone(zone: tzinfo) -> None:
    """Set the time zone in which the household reads times."""
    global _zone  # noqa: PLW0603 - as for the language
    _zone = zone


def local(at: datetime) -> datetime:
    """Return a time in the household's time zone."""
    return at.astimezone(_zone)


def household() -> Texts:
    """Return the texts of the household."""
    return _household


def translate(english: Text, /, **values: object) -> str:
    """Return a text in the household's language, with its placeholders filled in."""
    return _household(english, **values)


def translate_plural(one: str, other: str, count: float, /, **values: object) -> str:
    """Return the text for a number in the household's language."""
    return _household.plural(one, other, count, **values)
