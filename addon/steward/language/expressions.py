"""Reads hassil's templates: the lists and rules they refer to, and the texts they stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import islice
from typing import Any, Final

from hassil.expression import Expression, Group, ListReference, RuleReference, Sentence, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_expression

MOST_TEXTS: Final = 5_000
"""Texts that one template may stand for where its texts are needed."""


def template(text: str) -> Expression:
    """Return a parsed template. Raises hassil's errors."""
    return parse_sentence(text).expression


class SharedExpressions:
    """Keeps one object of all equal expressions: the templates of a language repeat most of their parts.

    hassil makes new objects for each template, and links each text to the group that contains it, which
    nothing reads: the links would keep the objects of a template alive until garbage is collected.
    """

    def __init__(self) -> None:
        self._kept: dict[object, Expression] = {}

    def of(self, expression: Expression) -> Expression:
        """Return an expression that is equal to a parsed one, whose parts are replaced by shared ones."""
        if isinstance(expression, TextChunk):
            if expression.original_text == expression.text:
                expression.original_text = expression.text
            expression.parent = None
        elif isinstance(expression, Group):
            # Copied: a list that was appended to has room for more items.
            items = tuple(self.of(one) for one in expression.items)
            expression.items = [*items]
        return self._kept.setdefault(_key(expression), expression)


def _key(expression: Expression) -> object:
    """Return what is the same for equal expressions with the same parts."""
    values = (getattr(expression, one.name) for one in fields(expression))
    return type(expression), *(tuple(map(id, one)) if isinstance(one, list) else one for one in values)


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
