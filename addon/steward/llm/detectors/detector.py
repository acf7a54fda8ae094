"""How a piece of private text is recognised: a pattern, the part that counts, and a second look."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 250
"""Lines are looked through together until they are so many letters."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of a text, and what they are."""

    start: int
    end: int
    label: str
    is_secret: bool = False


def anything(match: re.Match[str]) -> bool:
    """Take every match."""
    return bool(match.group())


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One pattern. ``group`` is the private part of it; ``accepts`` may still say no.

    ``near``, ``words`` and ``hint`` save looking for it where it cannot be: around whatever
    it matches stands one of these texts, one of these whole words (both in small letters;
    empty: any) and something like the hint, which is found faster. A shape that does not
    cross the end of a line is looked for a few lines at a time.
    """

    label: str
    pattern: re.Pattern[str]
    group: int | str = 0
    accepts: Callable[[re.Match[str]], bool] = anything
    is_secret: bool = False
    near: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    hint: re.Pattern[str] | None = None
    crosses_lines: bool = False


_WORD: Final = re.compile(r"[^\W\d_]+")


def detector(
    label: str,
    pattern: str,
    group: int | str = 0,
    accepts: Callable[[re.Match[str]], bool] = anything,
    near: str = "",
    flags: re.RegexFlag = re.NOFLAG,
    *,
    words: str = "",
    hint: str = "",
) -> Detector:
    """Return a shape that is no secret; ``near`` and ``words`` are separated by spaces."""
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
    """Shapes that are looked for together."""

    def __init__(self, detectors: Iterable[Detector]) -> None:
        kept = tuple(detectors)
        self._within = _Groups(detector for detector in kept if not detector.crosses_lines)
        self._across = _Groups(detector for detector in kept if detector.crosses_lines)

    def find(self, text: str) -> Iterator[Span]:
        """Yield what the shapes see in ``text``; spans may overlap."""
        yield from self._across.find(text, 0, len(text))
        for start, end in _blocks(text):
            yield from self._within.find(text, start, end)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return disjoint spans in order, covering the same characters; a secret's label wins."""
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
    """Shapes that stand where the same signs are."""

    near: tuple[str, ...]
    hint: re.Pattern[str] | None
    detectors: list[Detector]


class _Groups:
    """Shapes by their signs: those of a word that is not there are not even asked."""

    def __init__(self, detectors: Iterable[Detector]) -> None:
        signs: dict[tuple[frozenset[str], tuple[str, ...], re.Pattern[str] | None], list[Detector]] = {}
        for detector in detectors:
            signs.setdefault((detector.words, detector.near, detector.hint), []).append(detector)
        self._groups = tuple(_Group(near, hint, many) for (_, near, hint), many in signs.items())
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        for place, (words, _, _) in enumerate(signs):
            for kept in [self._by_word.setdefault(word, []) for word in words] or [self._always]:
                kept.append(place)
        self._words = frozenset(self._by_word)

    def find(self, text: str, start: int, end: int) -> Iterator[Span]:
        small = text[start:end].lower()
        there = self._words.intersection(_WORD.findall(small))
        groups = {*self._always, *(place for word in there for place in self._by_word[word])}
        for place in sorted(groups):
            group = self._groups[place]
            if group.near and not any(one in small for one in group.near):
                continue
            if group.hint is None or group.hint.search(text, start, end):
                yield from _seen(text, start, end, group.detectors)


def _seen(text: str, start: int, end: int, detectors: Iterable[Detector]) -> Iterator[Span]:
    for detector in detectors:
        for match in detector.pattern.finditer(text, start, end):
            begins, ends = match.span(detector.group)
            if begins < ends and detector.accepts(match):
                yield Span(start=begins, end=ends, label=detector.label, is_secret=detector.is_secret)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > BLOCK:
        end = text.find("\n", start + BLOCK) + 1
        if not end:
            break
        yield start, end
        start = end
    yield start, len(text)
