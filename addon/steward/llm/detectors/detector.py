"""A detector of private text: a pattern, its private part, and a check of the match."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 250
"""Lines are searched together in blocks of about this many characters."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of a text, and their kind."""

    start: int
    end: int
    label: str
    is_secret: bool = False


def accept_all(match: re.Match[str]) -> bool:
    """Accept every match."""
    return bool(match.group())


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A pattern. ``group`` is its private part; ``accepts`` may reject a match.

    ``near``, ``words`` and ``hint`` are faster conditions for a block of lines: it must contain
    one of the texts in ``near``, one of the whole ``words`` (both in lower case; empty: no
    condition) and a match of ``hint``. With ``crosses_lines``, the whole text is searched at once.
    """

    label: str
    pattern: re.Pattern[str]
    group: int | str = 0
    accepts: Callable[[re.Match[str]], bool] = accept_all
    is_secret: bool = False
    near: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    hint: re.Pattern[str] | None = None
    crosses_lines: bool = False


_WORD: Final = re.compile(r"[^\W\d_]+")
_MACHINE_TEXT: Final = re.compile(r"[={}\[\]<>|]|::|: \"|\w_\w|^\s*[\w-]+:|\d\d:\d\d:\d\d|/\w+/\w")


def is_machine_text(line: str) -> bool:
    """Return whether ``line`` looks like a log, a configuration or code, not like a sentence."""
    return _MACHINE_TEXT.search(line) is not None


def detector(
    label: str,
    pattern: str,
    group: int | str = 0,
    accepts: Callable[[re.Match[str]], bool] = accept_all,
    near: str = "",
    flags: re.RegexFlag = re.NOFLAG,
    *,
    words: str = "",
    hint: str = "",
) -> Detector:
    """Return a detector of non-secret text; ``near`` and ``words`` are separated by spaces."""
    return Detector(
        label=label,
        pattern=re.compile(pattern, flags),
        group=group,
        accepts=accepts,
        near=tuple(near.split()),
        words=frozenset(words.split()),
        hint=re.compile(hint) if hint else None,
    )


class DetectorSet:
    """Detectors that search a text together."""

    def __init__(self, detectors: Iterable[Detector]) -> None:
        listed = tuple(detectors)
        self._within_lines = _Groups(one for one in listed if not one.crosses_lines)
        self._across_lines = _Groups(one for one in listed if one.crosses_lines)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans that the detectors find; spans may overlap."""
        yield from self._across_lines.find(text, 0, len(text))
        for start, end in _blocks(text):
            yield from self._within_lines.find(text, start, end)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return disjoint spans in order that cover the same characters; a secret's label wins."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end, not one.is_secret)):
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            continue
        before = merged[-1]
        label = span.label if span.is_secret and not before.is_secret else before.label
        merged[-1] = Span(
            start=before.start,
            end=max(before.end, span.end),
            label=label,
            is_secret=before.is_secret or span.is_secret,
        )
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class _Group:
    """Detectors with the same conditions."""

    near: tuple[str, ...]
    hint: re.Pattern[str] | None
    detectors: list[Detector]


class _Groups:
    """Detectors by their conditions; those whose words are not in a block are skipped."""

    def __init__(self, detectors: Iterable[Detector]) -> None:
        conditions: dict[tuple[frozenset[str], tuple[str, ...], re.Pattern[str] | None], list[Detector]] = {}
        for detector in detectors:
            conditions.setdefault((detector.words, detector.near, detector.hint), []).append(detector)
        self._groups = tuple(_Group(near, hint, many) for (_, near, hint), many in conditions.items())
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        for index, (words, _, _) in enumerate(conditions):
            for indexes in [self._by_word.setdefault(word, []) for word in words] or [self._always]:
                indexes.append(index)
        self._words = frozenset(self._by_word)

    def find(self, text: str, start: int, end: int) -> Iterator[Span]:
        lower = text[start:end].lower()
        found = self._words.intersection(_WORD.findall(lower))
        groups = {*self._always, *(index for word in found for index in self._by_word[word])}
        for index in sorted(groups):
            group = self._groups[index]
            if group.near and not any(one in lower for one in group.near):
                continue
            if group.hint is None or group.hint.search(text, start, end):
                yield from _search(text, start, end, group.detectors)


def _search(text: str, start: int, end: int, detectors: Iterable[Detector]) -> Iterator[Span]:
    for detector in detectors:
        for match in detector.pattern.finditer(text, start, end):
            first, last = match.span(detector.group)
            if first < last and detector.accepts(match):
                yield Span(start=first, end=last, label=detector.label, is_secret=detector.is_secret)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > BLOCK:
        end = text.find("\n", start + BLOCK) + 1
        if not end:
            break
        yield start, end
        start = end
    yield start, len(text)
