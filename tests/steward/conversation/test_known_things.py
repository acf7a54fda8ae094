"""All that is known about one thing: "what do you know about the NAS?", "which sensors has tank?"."""

import pytest

from steward.conversation.questions import (
    ListQuestion,
    ReadingQuestion,
    SeveralQuestions,
    TargetQuestion,
    Topic,
    TopicQuestion,
)

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "what do you know about the NAS?", "NAS"),
        ("en", "which sensors has tank?", "tank"),
        ("en", "which readings does pve1 have", "pve1"),
        ("en", "tell me everything about Sonarr", "Sonarr"),
        ("en", "show me all values of the disk sda", "sda"),
        ("en", "what does tank report", "tank"),
        ("de", "Was weißt du alles über die USV Eaton?", "Eaton"),
        ("de", "Welche Messwerte liefert tank?", "tank"),
        ("de", "Was meldet pve1 so?", "pve1"),
        ("fr", "Que sais-tu du NAS ?", "NAS"),
        ("fr", "Quels capteurs a l'onduleur Eaton ?", "Eaton"),
        ("es", "¿Qué sabes de tank?", "tank"),
        ("es", "¿Qué sensores tiene pve1?", "pve1"),
        ("nl", "Wat weet je over tank?", "tank"),
        ("nl", "Welke metingen heeft Sonarr?", "Sonarr"),
    ],
)
def test_everything_about_a_thing_is_asked_for(language: str, text: str, name: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, TargetQuestion), found
    assert found.is_all
    assert found.target.name == name


def test_other_questions_stay_what_they_are() -> None:
    assert isinstance(meaning("which containers does pve1 have"), ListQuestion)
    assert meaning("which data do you send to the cloud") == TopicQuestion(Topic.CLOUD)
    state = meaning("how is tank")
    assert isinstance(state, TargetQuestion)
    assert not state.is_all


async def test_all_readings_are_said_also_those_that_a_state_leaves_out() -> None:
    state = await answer("how is the NAS")
    every = await answer("what do you know about the NAS?")
    assert "Version" not in state
    assert "Uptime 40 days, and Version 25.10." in every
    assert every.endswith("It also has readings of tank, sda, and sdb.")


async def test_what_is_not_known_is_said_with_its_reason() -> None:
    assert "Memory usage not known (It is not running)" in await answer("which sensors has old-wiki")


async def test_a_spoken_answer_is_short() -> None:
    long = await answer("what do you know about pve1")
    short = await answer("what do you know about pve1", spoken=True)
    assert len(short) <= len(long)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("memory of pve1 and paperless together with their CPU", ["memory", "cpu load"]),
        ("memory and cpu of pve1 and paperless", ["memory", "cpu"]),
    ],
)
async def test_two_readings_of_two_things_are_asked_for_one_by_one(text: str, readings: list[str]) -> None:
    found = meaning(text)
    assert isinstance(found, SeveralQuestions), found
    asked = [one for one in found.questions if isinstance(one, ReadingQuestion)]
    assert len(asked) == len(found.questions) == 2 * len(readings)
    said = await answer(text)
    for one in ("pve1: Memory usage 71.5 %", "pve1: CPU usage 18 %", "paperless: Memory usage 63 %"):
        assert one in said


def test_two_words_for_one_reading_stay_one() -> None:
    found = meaning("cpu temperature of pve1 and paperless")
    assert isinstance(found, SeveralQuestions), found
    assert len(found.questions) == 2
