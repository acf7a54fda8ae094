"""What the sentences of the languages keep in memory."""

import gc
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
from hassil.expression import Expression, Group, TextChunk

from steward.language.expressions import SharedExpressions, template
from steward.language.language_matcher import LanguageMatcher, Lists
from steward.language.sentence_files import BUILT_IN, read_language

TEMPLATE: Final = "restart [the] {name} (now|at once) in <time>"


def parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Group):
        for one in expression.items:
            yield from parts(one)


def test_equal_parts_of_templates_are_one_object() -> None:
    shared = SharedExpressions()
    first, second = shared.of(template(TEMPLATE)), shared.of(template(TEMPLATE))
    third = shared.of(template("stop [the] {name}"))
    assert first is second
    assert [type(one) for one in parts(first)] == [type(one) for one in parts(template(TEMPLATE))]
    assert {id(one) for one in parts(first)} & {id(one) for one in parts(third)}
    assert all(one.parent is None for one in parts(first) if isinstance(one, TextChunk))


def test_parts_that_differ_stay_apart() -> None:
    shared = SharedExpressions()
    texts = ("[the] nas", "(the) nas", "the nas", "{name} nas", "{name:other} nas", "<name> nas", "The nas")
    assert len({id(shared.of(template(one))) for one in texts}) == len(texts)


def test_a_template_leaves_nothing_for_the_collector_of_garbage() -> None:
    gc.collect()
    gc.disable()
    try:
        shared = SharedExpressions()
        for _ in range(20):
            shared.of(template("restart [the] {name} (now|at once)"))
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def dutch() -> LanguageMatcher:
    matcher = LanguageMatcher(read_language("nl", BUILT_IN))
    matcher.prepare()
    matcher.spelling(Lists())
    return matcher


def test_a_language_keeps_each_part_of_its_rules_once(dutch: LanguageMatcher) -> None:
    rules = dutch._intents.expansion_rules.values()
    found = {id(one): one for rule in rules for one in parts(rule.expression)}
    texts = Counter((one.text, one.original_text) for one in found.values() if isinstance(one, TextChunk))
    assert max(texts.values()) == 1


def test_a_language_has_no_index_before_a_text_is_matched_with_it(dutch: LanguageMatcher) -> None:
    made = {"_parts", "_matched_lists", "_own", "_beginnings"}
    assert not made & set(vars(dutch))
    dutch.questions("wat is er defect", Lists())
    assert made <= set(vars(dutch))


def test_the_indexes_of_words_are_made_for_the_first_word_that_is_not_known(dutch: LanguageMatcher) -> None:
    spelling = dutch.spelling(Lists())
    indexes = {"_plain", "_similar_to", "_by_sound"}
    assert not indexes & set(vars(spelling))
    assert spelling.corrected("server", ()) == "server"
    assert not indexes & set(vars(spelling))
    spelling.corrected("qwrtzpl", ())
    assert indexes <= set(vars(spelling))
