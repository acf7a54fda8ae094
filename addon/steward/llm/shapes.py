"""How a piece of private text is recognised: a pattern, the part that counts, and a second look."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


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
class Shape:
    """One pattern. ``group`` is the private part of it; ``accepts`` may still say no."""

    label: str
    pattern: re.Pattern[str]
    group: int | str = 0
    accepts: Callable[[re.Match[str]], bool] = anything
    is_secret: bool = False


def find(text: str, shapes: Iterable[Shape]) -> Iterator[Span]:
    """Yield what the shapes see in ``text``; spans may overlap."""
    for shape in shapes:
        for match in shape.pattern.finditer(text):
            start, end = match.span(shape.group)
            if start < end and shape.accepts(match):
                yield Span(start=start, end=end, label=shape.label, is_secret=shape.is_secret)


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
