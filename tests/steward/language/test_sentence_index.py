"""Only templates that a text can match are tried, and none that it matches is left out."""

import pytest
from hassil.intents import Intents, SlotList, TextSlotList
from hassil.recognize import recognize_all

from rig.plain_questions import QUESTIONS
from rig.recognition_rig import sentences
from steward.language.expressions import template as parsed
from steward.language.language_matcher import LanguageMatcher, Lists
from steward.language.sentence_files import BUILT_IN, read_language
from steward.language.sentence_index import Beginnings

LANGUAGES = ("de", "en", "es", "fr", "nl")
OWN = Intents.from_dict(
    {
        "language": "en",
        "intents": {},
        "lists": {
            "kind": {"values": ["(disk|drive)s", "pool"]},
            "count": {"range": {"from": 1, "to": 30}},
            "digits": {"range": {"from": 1, "to": 9, "words": False}},
            "place": {"wildcard": True},
        },
        "expansion_rules": {"polite": "[please]", "verb": "(re-start|stop)", "deep": "[<polite>] <verb>"},
    }
)


@pytest.mark.parametrize(
    ("template", "text", "fits"),
    [
        ("(is|are) it", "Are they", True),
        ("(is|are) it", "the one", False),
        ("[the] [my] disk", "my disk", True),
        ("[the] [my] disk", "disk", True),
        ("[the] [my] disk", "your disk", False),
        ("<deep> it", "please stop it", True),
        ("<deep> it", "re start it", True),
        ("<deep> it", "begin it", False),
        ("restart[ed] it", "restarted it", True),
        ("{kind} [of it]", "drives", True),
        ("{kind} [of it]", "pods", False),
        ("{count} days", "7 days", True),
        ("{count} days", "twenty-one days", True),
        ("{count} days", "some days", False),
        ("{digits} days", "seven days", False),
        ("{place} is", "anything", True),
        ("(a;b)", "b a", True),
        ("'s fine", "it 's fine", True),
        ("{name} is", "plex is", False),
    ],
)
def test_how_a_text_begins_that_matches_a_template(template: str, text: str, *, fits: bool) -> None:
    beginnings = Beginnings("en", OWN.expansion_rules, OWN.slot_lists)
    assert beginnings.of(parsed(template)).fits(text, {}) is fits


def test_a_template_that_may_be_empty_is_always_tried() -> None:
    assert Beginnings("en", OWN.expansion_rules, OWN.slot_lists).of(parsed("<polite>")).is_optional


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_match_of_hassil_is_left_out(language: str) -> None:
    every = Intents.from_dict(read_language(language, BUILT_IN))
    matcher = next(one for one in sentences().of(language) if one.language == language)
    lists = Lists(names=dict.fromkeys(("radarr", "plex", "nas"), 0), verbs=("restart",))
    slots: dict[str, SlotList] = {
        "name": TextSlotList.from_strings(lists.names),
        "verb": TextSlotList.from_strings(lists.verbs),
    }
    for _, text, _ in [one for one in QUESTIONS if one[0] == language][::5]:
        matches = recognize_all(text, every, slot_lists=slots, language=language)
        whole = {one.intent.name for one in matches} - {"UnknownThing", "Yes", "No"}
        assert whole <= found_by(matcher, text, lists), text


def found_by(matcher: LanguageMatcher, text: str, lists: Lists) -> set[str]:
    parts = (matcher.questions, matcher.requests, matcher.decisions)
    return {one.intent for part in parts for one in part(text, lists)}
