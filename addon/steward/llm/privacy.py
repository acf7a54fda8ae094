"""Says how private a text is, and takes the private parts out and back in again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from .detectors.accounts import ACCOUNT_DETECTORS
from .detectors.addresses import ADDRESS_DETECTORS
from .detectors.detector import DetectorSet, Span, merge
from .detectors.devices import DEVICE_DETECTORS
from .detectors.hosts import HOST_DETECTORS
from .detectors.id_numbers import ID_NUMBER_DETECTORS
from .detectors.keys import find_keys
from .detectors.people import find_people
from .detectors.phones import PHONE_DETECTORS
from .detectors.places import PLACE_DETECTORS
from .detectors.private_topics import PINNING_DETECTORS, PRIVATE_TOPICS
from .detectors.secrets_in_context import SECRET_DETECTORS
from .detectors.stated_secrets import find_stated_secrets
from .detectors.value_names import find_named
from .detectors.wifi import WIFI_DETECTORS
from .own_names import find_names

MOST_SECRETS: Final = 64
"""A text with more distinct secrets than this is one secret as a whole."""

SHORTEST_REPEATED: Final = 4

SHORT: Final = 1_000
SHORT_REMEMBERED: Final = 2_048
LONGEST_REMEMBERED: Final = 64_000
LONG_REMEMBERED: Final = 16
"""So many texts are not looked through again: every question comes with the same prompt and
tools, and what a tool said is looked at for every deployment. They stay in memory, as what
was said lately does; nothing writes them down."""

_DETECTORS: Final = DetectorSet(
    (
        *SECRET_DETECTORS,
        *ADDRESS_DETECTORS,
        *HOST_DETECTORS,
        *WIFI_DETECTORS,
        *ACCOUNT_DETECTORS,
        *ID_NUMBER_DETECTORS,
        *PHONE_DETECTORS,
        *PLACE_DETECTORS,
        *DEVICE_DETECTORS,
        *PINNING_DETECTORS,
    )
)
_FINDERS: Final = (find_named, find_keys, find_stated_secrets, _DETECTORS.find, find_people)

_PLACEHOLDER: Final = re.compile(r"\[[A-Z_]{1,40}_\d{1,6}\]")


class PrivacyClass(StrEnum):
    """Who may read a text: anybody, a model of the house, or nobody but its owner."""

    PUBLIC = "public"
    PRIVATE = "private"
    SECRET = "secret"  # noqa: S105 - a class, not one of them

    @property
    def rank(self) -> int:
        """Higher is more private."""
        return list(PrivacyClass).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """How private a text is, and where.

    ``is_pinned``: the text stays at home even with its spans masked, because it holds a
    secret or is about something private as a whole.
    """

    cls: PrivacyClass
    spans: tuple[Span, ...] = ()
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """Texts without their private parts; ``originals`` are those, by their placeholder."""

    texts: tuple[str, ...]
    originals: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many different parts were taken out."""
        return len(self.originals)


def classify(text: str, names: frozenset[str] = frozenset()) -> Classified:
    """Return how private ``text`` is. ``names`` are the inventory's own. Linear in time."""
    if len(text) <= SHORT:
        return _short(text, names)
    return _long(text, names) if len(text) <= LONGEST_REMEMBERED else _looked_through(text, names)


def most_private(classes: Iterable[PrivacyClass]) -> PrivacyClass:
    """Return the strictest class; public when there is none."""
    return max(classes, key=lambda one: one.rank, default=PrivacyClass.PUBLIC)


def mask(texts: Sequence[str], names: frozenset[str] = frozenset(), *, secrets_only: bool = False) -> Masked:
    """Return the texts with every private part replaced by a placeholder such as ``[EMAIL_1]``.

    The same part gets the same placeholder in all texts, so a model can still tell two
    hosts apart. ``secrets_only`` leaves what a model of the house may read.
    """
    found = [
        [span for span in classify(text, names).spans if span.is_secret or not secrets_only] for text in texts
    ]
    secrets = _Secrets()
    for text, spans in zip(texts, found, strict=True):
        secrets.add(text[span.start : span.end] for span in spans if span.is_secret)
    names_given = _Placeholders(texts)
    masked = tuple(
        names_given.replace(text, merge([*spans, *secrets.find(text)]))
        for text, spans in zip(texts, found, strict=True)
    )
    return Masked(texts=masked, originals=MappingProxyType(names_given.originals))


def unmask(text: str, originals: Mapping[str, str]) -> str:
    """Return ``text`` with the placeholders of ``originals`` replaced; others stay."""
    return _PLACEHOLDER.sub(lambda match: originals.get(match.group(), match.group()), text)


def _looked_through(text: str, names: frozenset[str]) -> Classified:
    seen = [span for find in _FINDERS for span in find(text)]
    found = [span for span in seen if span.label != PRIVATE_TOPICS]
    spans = merge([*found, *_repeated(text, found), *find_names(text, names)])
    if any(span.is_secret for span in spans):
        return Classified(cls=PrivacyClass.SECRET, spans=spans, is_pinned=True)
    # Where a street address ends nobody can tell: its text stays at home as a whole.
    is_pinned = any(span.label in (PRIVATE_TOPICS, "STREET_ADDRESS") for span in seen)
    cls = PrivacyClass.PRIVATE if spans or is_pinned else PrivacyClass.PUBLIC
    return Classified(cls=cls, spans=spans, is_pinned=is_pinned)


_short = lru_cache(maxsize=SHORT_REMEMBERED)(_looked_through)
_long = lru_cache(maxsize=LONG_REMEMBERED)(_looked_through)


def _repeated(text: str, found: Sequence[Span]) -> tuple[Span, ...]:
    """Return where the secrets of ``text`` stand a second time, without their name."""
    secrets = _Secrets()
    secrets.add(text[span.start : span.end] for span in found if span.is_secret)
    return secrets.find(text)


class _Secrets:
    """Secret values, looked for as they are."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, values: Iterable[str]) -> None:
        self._values.update(one for one in values if len(one) >= SHORTEST_REPEATED)

    def find(self, text: str) -> tuple[Span, ...]:
        if not self._values or not text:
            return ()
        if len(self._values) > MOST_SECRETS:
            return (Span(start=0, end=len(text), label="SECRETS", is_secret=True),)
        longest_first = sorted(self._values, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first)))
        return tuple(
            Span(start=match.start(), end=match.end(), label="SECRET", is_secret=True)
            for match in pattern.finditer(text)
        )


class _Placeholders:
    """Gives each value one name that none of the texts holds already."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._taken = {found for text in texts for found in _PLACEHOLDER.findall(text)}
        self._given: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self.originals: dict[str, str] = {}

    def replace(self, text: str, spans: Sequence[Span]) -> str:
        parts: list[str] = []
        at = 0
        for span in spans:
            parts += [text[at : span.start], self._name(span.label, text[span.start : span.end])]
            at = span.end
        return "".join([*parts, text[at:]])

    def _name(self, label: str, value: str) -> str:
        if value in self._given:
            return self._given[value]
        name = self._next(label)
        while name in self._taken:
            name = self._next(label)
        self._given[value] = name
        self.originals[name] = value
        return name

    def _next(self, label: str) -> str:
        self._counts[label] = self._counts.get(label, 0) + 1
        return f"[{label}_{self._counts[label]}]"
