"""Two questions in one sentence: one that is not understood is named, and not left out."""

import pytest

from rig.question_lab import QuestionLab
from steward.conversation.meanings import Meaning, OpenText, SeveralMeanings
from steward.conversation.questions import Topic, TopicQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text", "topic", "left_out"),
    [
        ("en", "is everything fine and who is at home", Topic.PROBLEM, "who is at home"),
        ("en", "who is watching and is anybody at home", Topic.WATCHING, "is anybody at home"),
        (
            "en",
            "what are people watching and how long have they been doing that",
            Topic.WATCHING,
            "how long have they been doing that",
        ),
        (
            "de",
            "Erzähl mir, was die Leute hier schauen und wann sie zu Hause sind",
            Topic.WATCHING,
            "wann sie zu Hause sind",
        ),
        (
            "fr",
            "Qui regarde quoi et quand sont-ils à la maison ?",
            Topic.WATCHING,
            "quand sont-ils à la maison",
        ),
        ("nl", "Wat kijken ze hier en wanneer zijn ze thuis?", Topic.WATCHING, "wanneer zijn ze thuis"),
    ],
)
def test_a_second_question_that_is_not_understood_is_named(
    language: str, text: str, topic: Topic, left_out: str
) -> None:
    found = meaning(text, language)
    assert isinstance(found, SeveralMeanings), found
    first, second = found.meanings
    assert asked(first) == TopicQuestion(topic)
    assert isinstance(second, OpenText)
    assert second.text.strip(" ?") == left_out


def asked(found: Meaning) -> Meaning:
    return found.partly.question if isinstance(found, OpenText) and found.partly else found


@pytest.mark.parametrize(
    "text",
    [
        "is everything fine or do I have to go to the cellar",
        "is everything fine and could you tell me that please",
    ],
)
def test_what_says_nothing_is_not_named(text: str) -> None:
    assert meaning(text) == TopicQuestion(Topic.PROBLEM)


async def test_the_answer_says_what_it_leaves_out() -> None:
    found = await answer("how full is tank and is that much")
    assert found.startswith("tank: Space usage 78 %")
    assert found.endswith("I did not understand “is that much”.")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tell me a little about what the people here watch and when they are at home"),
        ("en", "tell me about the people here"),
        ("en", "how many people are at home"),
        ("en", "how warm is it outside"),
        ("en", "Which room is the warmest?"),
        ("de", "Wie viele Leute sind zu Hause?"),
        ("de", "Wie warm ist es draußen?"),
        ("fr", "Quelle température fait-il dehors ?"),
        ("es", "¿Cuántos grados hay fuera?"),
        ("nl", "Hoe warm is het buiten?"),
    ],
)
async def test_no_reading_stands_for_people_rooms_or_the_weather(language: str, text: str) -> None:
    found = await answer(text, QuestionLab(), language=language)
    assert "37" not in found, found
    assert "44" not in found, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how many people are on Plex", "Plex: Viewers 2."),
        ("how many people are on the wifi", "Attic 12"),
        ("what are the people here watching", "Streams: Plex 2."),
    ],
)
async def test_people_are_counted_by_a_thing(text: str, expected: str) -> None:
    assert (await answer(text, user="2")).startswith(expected)
