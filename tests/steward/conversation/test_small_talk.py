"""What people tell about themselves before a question is left out, but never beside a request."""

import pytest

from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    Meaning,
    OpenText,
    PersonRequest,
    ScheduledRequest,
    UnknownName,
    UnsupportedRequest,
)
from steward.conversation.questions import (
    ChangesQuestion,
    ExtremeQuestion,
    ListQuestion,
    Topic,
    TopicQuestion,
)
from steward.conversation.several_sentences import recognise_all, without_small_talk
from steward.conversation.vocabulary import known_things

from .test_question_parts import EVERY

KNOWN = known_things(OFFERS, EVERY)


def meant(text: str, language: str = "en") -> Meaning:
    found = recognise_all(text, (), KNOWN, matchers(language))
    return found.partly.question if isinstance(found, OpenText) and found.partly else found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "My boss asked me, and I did not know: which disk is the warmest?", ExtremeQuestion),
        ("en", "I just came back and would love to hear that everything is fine", TopicQuestion),
        ("en", "My neighbour lost all her files. How old are our backups?", TopicQuestion),
        ("en", "I was on holiday last week. How many disks are there?", ListQuestion),
        ("de", "Ich bin ja neugierig: welche Platte ist am wärmsten?", ExtremeQuestion),
        ("fr", "Mon voisin me pose des questions, quel disque est le plus chaud ?", ExtremeQuestion),
        ("es", "Estoy un poco nervioso, ¿qué disco está más caliente?", ExtremeQuestion),
        ("nl", "Mijn collega vroeg het me gisteren: welke schijf is het warmst?", ExtremeQuestion),
    ],
)
def test_a_question_after_small_talk_is_understood(language: str, text: str, expected: type) -> None:
    assert isinstance(meant(text, language), expected)


@pytest.mark.parametrize(
    "text",
    [
        "I am watching a film, restart tank",
        "My wife wants to sleep first. Restart Radarr",
        "I need it until six, so stop Radarr",
        "We should wait a bit, then scrub tank",
        "Mostly at night, how hot is sda",
        "If we had no power, how hot would sda be",
    ],
)
def test_nothing_that_may_limit_a_text_is_left_out(text: str) -> None:
    assert not isinstance(meant(text), PersonRequest | ScheduledRequest | TopicQuestion | ExtremeQuestion)


def test_a_time_counts_where_the_past_is_asked_for() -> None:
    """ "My internet failed yesterday, what changed" does not ask about today."""
    assert not isinstance(meant("My internet was gone last week, what changed?"), ChangesQuestion)
    assert isinstance(meant("My neighbour was here, what changed?"), ChangesQuestion)


def test_an_unknown_thing_after_small_talk_is_named() -> None:
    found = meant("My boss is curious, is Nextcloud running?")
    assert isinstance(found, UnknownName)
    assert found.name == "Nextcloud"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, my wife asked me, how hot is sda", ["my wife asked me, how hot is sda", "how hot is sda"]),
        ("I have sda open, how hot is it", []),
        ("My dog barks when I sleep, how hot is sda", []),
        ("Is this my question? How hot is sda", []),
        ("", []),
    ],
)
def test_only_the_beginning_is_left_out(text: str, expected: list[str]) -> None:
    assert [rest for rest, _ in without_small_talk(text, KNOWN, matchers()[0])] == expected


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "Our guests came early, restart Radarr unless they object", "unless they object"),
        ("en", "The children want to sleep, restart Radarr", "The children want to sleep"),
        ("en", "Somebody rang the bell; restart Radarr once he has left", "once he has left"),
        ("de", "Die Gäste sind da, starte Radarr neu sobald sie essen", "sobald sie essen"),
        ("fr", "Le facteur passe, redémarre Radarr quand il repart", "quand il repart"),
        ("es", "Llegan los vecinos, reinicia Radarr cuando se vayan", "cuando se vayan"),
        ("nl", "De buren komen langs, herstart Radarr als ze weg zijn", "als ze weg zijn"),
    ],
)
def test_what_stands_before_or_behind_a_request_is_named(language: str, text: str, part: str) -> None:
    found = meant(text, language)
    assert isinstance(found, UnsupportedRequest)
    assert found.part.text == part


def test_a_model_may_read_what_stands_before_a_request() -> None:
    text = "The children want to sleep, restart Radarr"
    assert isinstance(recognise_all(text, (), KNOWN, matchers(), has_model=True), OpenText)
    assert not isinstance(meant("The children want to sleep, reset the world"), UnsupportedRequest)


def test_a_question_with_the_verb_of_a_request_asks() -> None:
    found = meant("Gibt es irgendwo etwas, das man mal aktualisieren könnte?", "de")
    assert found == TopicQuestion(Topic.UPDATES)
