"""Classifies how private a text is, masks its private parts, and restores them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from .detectors.access_codes import find_access_codes
from .detectors.accounts import ACCOUNT_DETECTORS
from .detectors.addresses import ADDRESS_DETECTORS
from .detectors.chat_text import without_authors
from .detectors.code_lists import find_code_lists
from .detectors.commands import COMMAND_DETECTORS
from .detectors.config_secrets import CONFIG_SECRET_DETECTORS
from .detectors.detector import DetectorSet, Span, merge
from .detectors.devices import DEVICE_DETECTORS
from .detectors.hosts import HOST_DETECTORS
from .detectors.id_numbers import ID_NUMBER_DETECTORS
from .detectors.keys import find_keys
from .detectors.login_values import find_login_values
from .detectors.lowercase_people import find_lowercase_people
from .detectors.mentioned_secrets import find_handed_over, find_mentioned_secrets
from .detectors.offered_secrets import OFFERED
from .detectors.people import find_people
from .detectors.personal_numbers import PERSONAL_NUMBER_DETECTORS
from .detectors.phones import PHONE_DETECTORS
from .detectors.places import PLACE_DETECTORS
from .detectors.private_talk import PRIVATE_TOPICS
from .detectors.private_topics import PINNING_DETECTORS
from .detectors.secret_columns import find_secret_columns
from .detectors.secret_lists import find_secret_lists
from .detectors.secrets_in_context import SECRET_DETECTORS
from .detectors.secrets_nearby import (
    find_network_secrets,
    find_secrets_nearby,
    find_values_in_statements,
)
from .detectors.spelled_values import find_spelled_values
from .detectors.spoken_codes import find_spoken_codes
from .detectors.stated_secrets import find_stated_secrets
from .detectors.value_names import find_named_values
from .detectors.wifi import WIFI_DETECTORS
from .likely_private import LIKELY_PERSONAL, LIKELY_SECRET, find_likely_private, may_have_secret
from .own_names import find_names

MOST_SECRETS: Final = 64
"""A text with more distinct secrets than this is masked as a whole."""

SHORTEST_REPEATED: Final = 4
"""Only secrets of at least this many characters are searched for at other places."""

SHORT: Final = 1_000
SHORT_CACHE_SIZE: Final = 2_048
LONGEST_CACHED: Final = 64_000
LONG_CACHE_SIZE: Final = 16
"""Limits of the caches, in characters and texts. Every request repeats the same prompt and
tools, and tool results are classified once per deployment. The caches are in memory only."""

_DETECTORS: Final = DetectorSet(
    (
        *SECRET_DETECTORS,
        *COMMAND_DETECTORS,
        *CONFIG_SECRET_DETECTORS,
        *ADDRESS_DETECTORS,
        *HOST_DETECTORS,
        *WIFI_DETECTORS,
        *ACCOUNT_DETECTORS,
        *ID_NUMBER_DETECTORS,
        *PERSONAL_NUMBER_DETECTORS,
        *PHONE_DETECTORS,
        *PLACE_DETECTORS,
        *DEVICE_DETECTORS,
        *PINNING_DETECTORS,
    )
)
_FINDERS: Final = (
    find_named_values,
    find_keys,
    find_code_lists,
    find_secret_columns,
    find_secret_lists,
    _DETECTORS.find,
    find_people,
    find_lowercase_people,
)
_SENTENCE_FINDERS: Final = (
    find_stated_secrets,
    find_handed_over,
    find_secrets_nearby,
    find_network_secrets,
    find_login_values,
    find_values_in_statements,
    find_access_codes,
    find_spoken_codes,
    find_spelled_values,
    OFFERED.find,
)
"""Finders that read sentences, without the times and names of a chat between them."""

_KNOWN_FORMS: Final = frozenset(("SERIAL", "MAC", "IP", "EMAIL"))
"""What is one of these is no secret for the model."""

_MEASURE: Final = re.compile(
    r"\d{1,6} ?(?:[KMG]i?B|bytes?|bits?|chars|characters?|zeichen|tekens?|caract(?:è|e)res|days?|tage"
    r"|seconds?|sekunden|minutes?|minuten|hours?|stunden)\b",
    re.IGNORECASE,
)
"""A number with a unit after "key length is" is no secret."""

_SAID: Final = frozenset(("PASSWORD", "PIN"))

_PLACEHOLDER: Final = re.compile(r"\[[A-Z_]{1,40}_\d{1,6}\]")


class PrivacyClass(StrEnum):
    """Which models may read a text: all of them, local ones, or none."""

    PUBLIC = "public"
    PRIVATE = "private"
    SECRET = "secret"  # noqa: S105 - the name of a class

    @property
    def rank(self) -> int:
        """A number that is higher for a stricter class."""
        return list(PrivacyClass).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The privacy class of a text and the spans of its private parts.

    ``is_pinned``: only local models may read the text, even masked, because it contains a
    secret or its topic is private. ``secrets`` are the secret values as they were found, which may
    be parts of a span.
    """

    privacy_class: PrivacyClass
    spans: tuple[Span, ...] = ()
    is_pinned: bool = False
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """Texts without their private parts; ``originals`` has these parts by placeholder."""

    texts: tuple[str, ...]
    originals: Mapping[str, str]

    @property
    def count(self) -> int:
        """The number of distinct masked parts."""
        return len(self.originals)


def classify(text: str, names: frozenset[str] = frozenset()) -> Classified:
    """Return the privacy class of ``text``; ``names`` come from the inventory. Takes linear time."""
    if len(text) <= SHORT:
        return _classify_short(text, names)
    return _classify_long(text, names) if len(text) <= LONGEST_CACHED else _classify(text, names)


def most_private(classes: Iterable[PrivacyClass]) -> PrivacyClass:
    """Return the strictest of ``classes``, public if there are none."""
    return max(classes, key=lambda one: one.rank, default=PrivacyClass.PUBLIC)


def mask(texts: Sequence[str], names: frozenset[str] = frozenset(), *, secrets_only: bool = False) -> Masked:
    """Return the texts with every private part replaced by a placeholder such as ``[EMAIL_1]``.

    The same part gets the same placeholder in all texts, so that a model can distinguish two
    hosts. ``secrets_only`` masks secrets and keeps what local models may read.
    """
    classified = [classify(text, names) for text in texts]
    found = [
        [span for span in one.spans if span.is_secret or not secrets_only] if one.spans else []
        for one in classified
    ]
    if not any(found):
        # Nothing is replaced: no span is a secret either.
        return Masked(texts=tuple(texts), originals=MappingProxyType({}))
    secrets = _SecretValues()
    for one in classified:
        secrets.add(one.secrets)
    placeholders = _Placeholders(texts)
    masked = tuple(
        placeholders.replace(text, merge([*spans, *secrets.find(text)]))
        for text, spans in zip(texts, found, strict=True)
    )
    return Masked(texts=masked, originals=MappingProxyType(placeholders.originals))


def unmask(text: str, originals: Mapping[str, str]) -> str:
    """Return ``text`` with the placeholders of ``originals`` replaced by their parts."""
    return _PLACEHOLDER.sub(lambda match: originals.get(match.group(), match.group()), text)


def find_by_rules(text: str) -> list[Span]:
    """Return what the rules find in ``text``; spans may overlap."""
    return [*find_certain(text), *find_mentioned_secrets(without_authors(text))]


def find_certain(text: str) -> list[Span]:
    """Return what the rules find except what may be a secret only because a password is mentioned."""
    sentences = without_authors(text)
    matches = [span for find in _FINDERS for span in find(text)]
    matches += [span for find in _SENTENCE_FINDERS for span in find(sentences)]
    return [one for one in matches if not (one.label in _SAID and _MEASURE.match(text, one.start))]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is private in a text without the names of the inventory; ``spans`` may overlap."""

    spans: tuple[Span, ...]
    secrets: frozenset[str]
    is_pinned: bool


def _classify(text: str, names: frozenset[str]) -> Classified:
    found = _found_in(text)
    spans = merge([*found.spans, *find_names(text, names)])
    if found.secrets:
        secret = PrivacyClass.SECRET
        return Classified(privacy_class=secret, spans=spans, is_pinned=True, secrets=found.secrets)
    privacy_class = PrivacyClass.PRIVATE if spans or found.is_pinned else PrivacyClass.PUBLIC
    return Classified(privacy_class=privacy_class, spans=spans, is_pinned=found.is_pinned)


def _found_in(text: str) -> _Found:
    """Return what is private in a text: kept, because a text is classified with and without names."""
    if len(text) <= SHORT:
        return _found_in_short(text)
    return _found_in_long(text) if len(text) <= LONGEST_CACHED else _find(text)


def _find(text: str) -> _Found:
    matches = find_certain(text)
    matches += _beside(find_likely_private(text, is_private=bool(matches)), matches)
    mentioned = list(find_mentioned_secrets(without_authors(text)))
    if mentioned and (matches or may_have_secret(text) or any(map(may_have_secret, _lines(text, mentioned)))):
        matches += mentioned
    found = [span for span in matches if span.label != PRIVATE_TOPICS]
    secrets = frozenset(text[span.start : span.end] for span in found if span.is_secret)
    # Where these parts end is uncertain, so masking them is not enough.
    is_pinned = any(span.label in (PRIVATE_TOPICS, LIKELY_PERSONAL, "STREET_ADDRESS") for span in matches)
    return _Found((*found, *_find_repeated(text, secrets)), secrets, is_pinned)


def _lines(text: str, spans: Iterable[Span]) -> list[str]:
    """Return the lines of ``spans``, so that other lines cannot make what they say less private."""
    starts = dict.fromkeys(text.rfind("\n", 0, span.start) + 1 for span in spans)
    return [text[start:].partition("\n")[0] for start in starts]


def is_public_by_rules(text: str, names: frozenset[str]) -> bool:
    """Return whether the rules find nothing in a text in which placeholders replace private parts.

    The judgement of the trained model is about the text without placeholders.
    """
    return not find_by_rules(text) and not any(find_names(text, names))


def _beside(likely: Iterable[Span], matches: Sequence[Span]) -> list[Span]:
    """Return the certain secrets, and what is likely private for another reason than ``matches``."""
    return [one for one in likely if not any(_explains(match, one) for match in matches)]


def _explains(match: Span, likely: Span) -> bool:
    """Return whether a match of a rule is why a part looks private; a secret only if its form is known."""
    if match.start >= likely.end or likely.start >= match.end:
        return False
    return not likely.is_secret or likely.label == LIKELY_SECRET or match.label in _KNOWN_FORMS


_classify_short = lru_cache(maxsize=SHORT_CACHE_SIZE)(_classify)
_classify_long = lru_cache(maxsize=LONG_CACHE_SIZE)(_classify)
_found_in_short = lru_cache(maxsize=SHORT_CACHE_SIZE)(_find)
_found_in_long = lru_cache(maxsize=LONG_CACHE_SIZE)(_find)


def _find_repeated(text: str, secrets: frozenset[str]) -> tuple[Span, ...]:
    """Return every occurrence of ``secrets``, also those without a name."""
    values = _SecretValues()
    values.add(secrets)
    return values.find(text)


class _SecretValues:
    """Finds known secret values in texts."""

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
    """Assigns each value a placeholder that occurs in none of the texts."""

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
