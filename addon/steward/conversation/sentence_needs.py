"""Says what a text must contain to match a template: one text or list of each of several groups."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    Sentence,
    TextChunk,
)

_NOTHING: Final[frozenset[Need]] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """One of ``texts``, in lower case, or a value of one of ``lists`` is in every text that matches."""

    texts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def __or__(self, other: Need) -> Need:
        """Return the need of a text that has one of two needs."""
        return Need(self.texts | other.texts, self.lists | other.lists)

    def is_met(self, text: str, occurs: Callable[[str], bool]) -> bool:
        """Return whether a text in lower case meets the need; ``occurs``: a value of a list is in it."""
        return any(map(text.__contains__, self.texts)) or any(map(occurs, self.lists))


class Needs:
    """What texts must contain that match the templates of one language."""

    def __init__(self, rules: Mapping[str, Sentence]) -> None:
        """``rules`` are the expansion rules of the language."""
        self._expressions = {name: one.expression for name, one in rules.items()}
        self._of_rules: dict[str, frozenset[Need]] = {}

    def of(self, expression: Expression) -> frozenset[Need]:
        """Return the needs of a template: a text that matches it meets all of them."""
        match expression:
            case TextChunk():
                return _of_text(expression.text)
            case Alternative():
                return _of_any([] if expression.is_optional else map(self.of, expression.items))
            case Group():
                return _NOTHING.union(*map(self.of, expression.items))
            case RuleReference():
                return self._of_rule(expression.rule_name)
            case ListReference() if not expression.is_inline_range:
                return frozenset({Need(lists=frozenset({expression.list_name}))})
            case _:
                return _NOTHING

    def _of_rule(self, name: str) -> frozenset[Need]:
        if name not in self._of_rules:
            expression = self._expressions.get(name)
            self._of_rules[name] = _NOTHING if expression is None else self.of(expression)
        return self._of_rules[name]


def _of_text(text: str) -> frozenset[Need]:
    """Return the need of each word; hassil may remove the signs beside letters, so they need nothing."""
    words = (one for one in text.casefold().split() if one.isalnum())
    return frozenset(Need(texts=frozenset({one})) for one in words)


def _of_any(branches: Iterable[frozenset[Need]]) -> frozenset[Need]:
    """Return the one need that any of several branches has, none if a branch needs nothing."""
    every = list(branches)
    if not every or not all(every):
        return _NOTHING
    return frozenset({reduce(Need.__or__, (min(one, key=size) for one in every))})


def size(need: Need) -> tuple[int, int, list[str]]:
    """Return what sorts the need first that fewer texts meet; lists have many values."""
    return len(need.lists), len(need.texts), sorted(need.texts | need.lists)
