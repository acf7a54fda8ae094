"""Matches of a text are kept while the lists are the same, and only values that can occur are looked for."""

from dataclasses import replace

import pytest
from hassil.expression import TextChunk
from hassil.intents import TextSlotList, TextSlotValue
from hypothesis import given
from hypothesis import strategies as st

from steward.language.language_matcher import MOST_KEPT, LanguageMatcher, Lists
from steward.language.matcher_blocks import Occurring
from steward.language.part_texts import MOST_READ, PartTexts
from steward.language.sentence_files import BUILT_IN, read_language
from steward.language.text_parts import read_parts

NAMES = Lists(names={"qxz0qxz": 0})
PLACES = st.text(alphabet="aäßİ -_b", max_size=6)


@pytest.fixture(scope="module")
def english() -> LanguageMatcher:
    return LanguageMatcher(read_language("en", BUILT_IN))


def test_matches_are_kept_for_the_same_lists_only(english: LanguageMatcher) -> None:
    text = "how hot is qxz0qxz"
    found = english.questions(text, NAMES)
    assert found
    assert (
        english.questions(text, Lists(names={"qxz0qxz": 0}, readings=NAMES.readings, kinds=NAMES.kinds))
        is found
    )
    renumbered = english.questions(
        text, Lists(names={"qxz0qxz": 1}, readings=NAMES.readings, kinds=NAMES.kinds)
    )
    assert [one.slots["name"] for one in found] == [0] * len(found)
    assert [one.slots["name"] for one in renumbered] == [1] * len(found)
    assert english.questions(text, Lists()) == ()
    assert [one.slots for one in english.questions(text, NAMES)] == [one.slots for one in found]


def test_readings_and_verbs_of_other_lists_are_matched_again(english: LanguageMatcher) -> None:
    text = "what is the shininess of qxz0qxz"
    names = {"qxz0qxz": 0}
    shiny = english.questions(text, Lists(names=names, readings={"shininess": "=shininess"}))
    assert [one.slots["reading"] for one in shiny] == ["=shininess"] * len(shiny)
    assert shiny
    other = english.questions(text, Lists(names=names, readings={"shininess": "=other"}))
    assert [one.slots["reading"] for one in other] == ["=other"] * len(shiny)
    verbs = Lists(verbs=("frobnicate",))
    assert english.requests("frobnicate it", verbs)
    assert not english.requests("frobnicate it", replace(verbs, verbs=("scrub",)))
    assert english.requests("frobnicate it", verbs)


def test_a_bounded_number_of_texts_is_kept(english: LanguageMatcher) -> None:
    first = english.questions("how hot is qxz0qxz", NAMES)
    for number in range(MOST_KEPT):
        english.reply(f"nothing {number}")
    again = english.questions("how hot is qxz0qxz", NAMES)
    assert again is not first
    assert [one.slots for one in again] == [one.slots for one in first]


@given(st.lists(PLACES, max_size=8), PLACES, PLACES)
def test_the_values_that_occur_are_those_in_the_text_in_their_order(
    values: list[str], before: str, after: str
) -> None:
    forms = f"{before}{values[0] if values else ''}{after}".casefold()
    listed = [TextSlotValue(TextChunk(one), place) for place, one in enumerate(values)]
    occurring = Occurring({"word": TextSlotList("word", listed)}, forms, {})
    found = occurring.lists()["word"]
    assert isinstance(found, TextSlotList)
    assert [one.value_out for one in found.values] == [
        place for place, one in enumerate(values) if one.casefold() in forms
    ]
    assert occurring.occurs("word") is bool(found.values)
    assert occurring.occurs("unknown")


def test_parts_of_a_text_are_kept_in_a_bounded_number_and_for_the_same_texts_only() -> None:
    known = PartTexts({("hot",): {"reading": "=heat"}})
    first = read_parts("hot", known)
    assert read_parts("hot", known) is first
    assert read_parts("hot", PartTexts({("hot",): {"reading": "=other"}})).values("reading") == ["=other"]
    for number in range(MOST_READ):
        read_parts(f"other {number}", known)
    assert len(known.read) <= MOST_READ
    assert read_parts("hot", known) == first
