"""A trained model finds what no rule finds; it makes a text more private, never less."""

from itertools import pairwise

import pytest

from steward.llm.likely_private import LIKELY_PERSONAL, PASSAGE, find_likely_private, passages_of
from steward.llm.privacy import PrivacyClass, classify, find_by_rules
from steward.llm.privacy_model import tokens_of

HARMLESS = "The queue of radarr has two downloads, and the disk of the nas is at 80 %. "


@pytest.mark.parametrize(
    "text",
    [
        "the tenants get hollyhock for the wireless",
        "tu entres avec chouquette sur le nas",
        "je komt erin met stroopwafeltje",
    ],
)
def test_a_password_that_no_rule_finds(text: str) -> None:
    assert not any(span.is_secret for span in find_by_rules(text))
    found = classify(text)
    assert (found.privacy_class, found.is_pinned) == (PrivacyClass.SECRET, True)
    assert found.spans


@pytest.mark.parametrize(
    "text",
    [
        HARMLESS,
        "why is the wifi so slow in the evening",
        "rename the vm to hollyhock",
        "starte die Szene Sonnenblume",
        "the password policy requires twelve characters",
        HARMLESS * 200,
    ],
)
def test_technical_texts_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


def test_what_is_likely_personal_pins_a_text_only_if_no_rule_found_it() -> None:
    text = "why is Tjorvenka banned from plex"
    assert not find_by_rules(text)
    assert LIKELY_PERSONAL in [one.label for one in find_likely_private(text, is_private=False)]
    assert classify(text).is_pinned
    assert not classify("my sister Anna wants pizza").is_pinned


def test_a_text_that_is_private_needs_less_to_be_secret() -> None:
    text = "Hoi, inloggen op de camera kan met zolderoog en kaasfondue"
    alone = find_likely_private(text, is_private=False)
    private = find_likely_private(text, is_private=True)
    assert sum(one.is_secret for one in alone) <= sum(one.is_secret for one in private)


def test_passages_are_the_whole_text() -> None:
    tokens = tokens_of(HARMLESS * 20)
    passages = passages_of(tokens)
    assert [one for passage in passages for one in passage] == tokens
    assert all(len(passage) == PASSAGE for passage, _ in pairwise(passages))
    assert find_likely_private("", is_private=False) == []
