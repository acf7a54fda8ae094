"""What does not run, what expires soon, what waits, and what a word of a request asks."""

import pytest

from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import PersonRequest, PlanRequest
from steward.conversation.questions import (
    ListQuestion,
    ReadingQuestion,
    SeveralQuestions,
    ThresholdQuestion,
    Topic,
    TopicQuestion,
)
from steward.conversation.recognition import recognise
from steward.conversation.vocabulary import known_things

from .test_loose_questions import asked
from .test_names_first import target


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "List everything that is offline"),
        ("en", "what isn't running"),
        ("de", "Zeig mir alles, was nicht läuft"),
        ("fr", "Montre-moi tout ce qui ne marche pas"),
        ("es", "Dime todo lo que está apagado"),
        ("nl", "Toon alles wat uit staat"),
        ("en", "everything that is down"),
    ],
)
def test_what_does_not_run_is_listed(language: str, text: str) -> None:
    found = asked(text, language)
    assert isinstance(found, ListQuestion), found
    assert (found.kind, found.state) == ("any", "stopped")


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("en", "will any of our certs expire in the near future", Topic.CERTIFICATES),
        ("en", "requests outstanding", Topic.WAITING),
        ("de", "Ob noch eine Freigabe von mir fehlt?", Topic.WAITING),
        ("es", "¿Hay solicitudes por aprobar?", Topic.WAITING),
    ],
)
def test_a_topic_is_recognised(language: str, text: str, topic: Topic) -> None:
    found = asked(text, language)
    assert isinstance(found, TopicQuestion), found
    assert found.topic is topic


@pytest.mark.parametrize(
    ("language", "text", "reading"),
    [
        ("fr", "Combien de temps Eaton peut-il durer ?", "runtime"),
        ("es", "¿Cuánto tiempo duraría Eaton?", "runtime"),
        ("de", "Wie lange kann Eaton einen Ausfall überbrücken?", "runtime"),
    ],
)
def test_how_long_a_battery_lasts_is_a_reading(language: str, text: str, reading: str) -> None:
    found = asked(text, language)
    assert isinstance(found, ReadingQuestion), found
    assert reading in found.reading


def test_the_noun_of_a_reading_is_no_verb() -> None:
    found = asked("scrub age of tank")
    assert isinstance(found, ReadingQuestion), found
    assert "scrub" in found.reading
    assert isinstance(asked("scrub tank"), PersonRequest | PlanRequest)


def test_names_that_are_also_adjectives_are_asked_about_each() -> None:
    pools = (target("tank", "truenas", "pool"), target("fast", "truenas", "pool"))
    found = recognise("How full are tank and fast?", (), known_things(OFFERS, pools), matchers())
    assert isinstance(found, SeveralQuestions), found
    assert found.questions == tuple(ReadingQuestion("disk space", one.target) for one in pools)


def test_an_arrow_compares_nothing() -> None:
    assert isinstance(asked("radarr memory > 90 %"), ThresholdQuestion)
    assert not isinstance(asked("radarr memory -> 90 %"), ThresholdQuestion)
