"""Reads hassil's templates: the lists and rules they refer to, and the texts they stand for."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from hassil.expression import Expression, Group, ListReference, RuleReference, Sentence
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_expression

MOST_TEXTS: Final = 5_000
"""Texts that one template may stand for where its texts are needed."""


def template(text: str) -> Expression:
    """Return a parsed template. Raises hassil's errors."""
    return parse_sentence(text).expression


def lists_of(expression: Expression) -> Iterator[str]:
    """Yield the names of the lists that a template refers to."""
    match expression:
        case ListReference():
            if not expression.is_inline_range:
                yield expression.list_name
        case Group():
            for one in expression.items:
                yield from lists_of(one)
        case _:
            pass


def rules_of(expression: Expression) -> Iterator[str]:
    """Yield the names of the rules that a template refers to."""
    match expression:
        case RuleReference():
            yield expression.rule_name
        case Group():
            for one in expression.items:
                yield from rules_of(one)
        case _:
            pass


def texts_of(expression: Expression, rules: Mapping[str, Sentence]) -> Iterator[str]:
    """Yield the texts that a template without lists stands for."""
    found = sample_expression(expression, {}, dict[str, Any](rules))
    for text in islice(found, MOST_TEXTS):
        yield " ".join(text.split()).casefold()
