"""What people say beside a question or a request, and things that they only name by their kind."""

import pytest

from steward.conversation.meanings import (
    AmbiguousName,
    NoTarget,
    PersonRequest,
    PlanRequest,
)
from steward.conversation.questions import SinceQuestion, ThresholdQuestion, Topic, TopicQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is everything ok or should I call somebody"),
        ("de", "ist bei uns alles in Ordnung oder muss ich in den Keller"),
        ("fr", "tout va bien ou dois-je descendre à la cave"),
        ("nl", "is alles in orde of moet ik naar de kelder"),
    ],
)
def test_what_else_a_person_would_do_is_no_part_of_the_question(language: str, text: str) -> None:
    assert meaning(text, language) == TopicQuestion(Topic.PROBLEM)


def test_an_alternative_with_the_verb_of_an_action_is_kept() -> None:
    assert meaning("is everything ok or should I restart Sonarr") != TopicQuestion(Topic.PROBLEM)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "since when has Sonarr been running without interruption"),
        ("de", "seit wann läuft Sonarr eigentlich ohne Unterbrechung"),
        ("fr", "depuis quand tourne Sonarr sans interruption"),
        ("es", "desde cuándo funciona Sonarr sin interrupción"),
        ("nl", "sinds wanneer draait Sonarr zonder onderbreking"),
    ],
)
def test_since_when_without_interruption(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), SinceQuestion)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "restart the access point"), ("de", "Starte den Access Point neu")],
)
def test_a_kind_of_several_things_is_asked_about(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, AmbiguousName), found
    assert "Attic" in found.labels


def test_a_pronoun_for_what_has_no_name_is_asked_about() -> None:
    assert meaning("The access point is playing up again. Restart it.") == NoTarget()
    assert isinstance(meaning("Sonarr hangs. Restart it."), PersonRequest)


def test_every_one_of_a_group() -> None:
    assert isinstance(meaning("restart every one of the arr apps"), PlanRequest)


async def test_a_number_is_asked_about_what_is_in_a_thing() -> None:
    found = meaning("Which disks of the NAS are above 35 degrees?")
    assert isinstance(found, ThresholdQuestion)
    assert (found.kind, found.target) == ("disk", None)
    assert found.place is not None
    assert found.place.name == "NAS"
    assert "sda" in await answer("Which disks of the NAS are above 35 degrees?")
    of_one = meaning("is sda over 35 degrees")
    assert isinstance(of_one, ThresholdQuestion)
    assert (of_one.place, of_one.target is not None) == (None, True)
