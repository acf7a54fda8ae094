"""Texts of several sentences: each is answered, and nothing that could be a condition is left out."""

import pytest

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers
from steward.conversation.meanings import (
    OpenText,
    PersonRequest,
    PlanRequest,
    SeveralMeanings,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ReadingQuestion, SinceQuestion, TargetQuestion, TopicQuestion
from steward.conversation.said_text import Known
from steward.conversation.several_sentences import recognise_all

from .test_scheduled_requests import OFFERS, TARGETS, target

DISK = NamedTarget("sda", TargetRef(instance_id="nas", kind="disk", id="sda", name="sda"), "nas")
KNOWN = Known(among=(*TARGETS, DISK, target("Grafana")), offers=OFFERS)


def kinds(text: str, language: str = "en") -> list[type]:
    found = recognise_all(text, (), KNOWN, matchers(language))
    return [type(one) for one in (found.meanings if isinstance(found, SeveralMeanings) else (found,))]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Restart Sonarr. And how hot is sda?", [PersonRequest, ReadingQuestion]),
        ("en", "How hot is sda? Is Radarr fine?", [ReadingQuestion, TargetQuestion]),
        ("en", "Restart Sonarr and how hot is sda?", [PersonRequest, ReadingQuestion]),
        ("en", "Hello steward! How hot is sda?", [ReadingQuestion]),
        ("en", "Is Radarr fine? And Sonarr?", [TargetQuestion, TargetQuestion]),
        ("en", "What is down? And what waits for me?", [TopicQuestion, TopicQuestion]),
        ("en", "Restart Sonarr. Restart Radarr.", [PlanRequest]),
        ("en", "How hot is sda? My game is so slow.", [ReadingQuestion]),
        (
            "en",
            "How hot is sda, and which version of Radarr is installed?",
            [ReadingQuestion, ReadingQuestion],
        ),
        (
            "de",
            "Seit wann läuft Radarr und welche Version ist installiert?",
            [SinceQuestion, ReadingQuestion],
        ),
        ("de", "Wie warm ist sda? Mein Spiel ruckelt so.", [ReadingQuestion]),
        ("de", "Starte Sonarr neu. Wie warm ist sda?", [PersonRequest, ReadingQuestion]),
        ("fr", "Redémarre Sonarr. Est-ce que Radarr fonctionne ?", [PersonRequest, TargetQuestion]),
        ("es", "Reinicia Sonarr. ¿Funciona Radarr?", [PersonRequest, TargetQuestion]),
        ("nl", "Herstart Sonarr. Hoe warm is sda?", [PersonRequest, ReadingQuestion]),
    ],
)
def test_each_sentence_is_recognised(language: str, text: str, expected: list[type]) -> None:
    assert kinds(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Restart Sonarr. But only if nobody is streaming.",
        "Is Radarr down? Then restart it.",
        "Restart Radarr and is Radarr up?",
    ],
)
def test_a_sentence_that_could_be_a_condition_is_not_left_out(text: str) -> None:
    assert not {PersonRequest, PlanRequest} & {*kinds(text)}


def test_a_sentence_that_is_not_understood_is_kept_beside_a_question() -> None:
    found = recognise_all("The telly is stuttering. Is Radarr fine?", (), KNOWN, matchers())
    assert isinstance(found, SeveralMeanings)
    assert isinstance(found.meanings[0], OpenText)
    whole = recognise_all("The telly is stuttering. Is Radarr fine?", (), KNOWN, matchers(), has_model=True)
    assert isinstance(whole, OpenText)


def test_a_length_of_time_and_a_time_are_told_apart() -> None:
    assert not isinstance(
        recognise_all("Silence Radarr for 2 hours tonight", (), KNOWN, matchers()), UnsupportedRequest
    )
