"""How many things a request is for: where the number is wrong, something is missing, and it is refused."""

import pytest

from steward.conversation.meanings import PersonRequest, PlanRequest, UnsupportedRequest
from steward.conversation.questions import SeveralQuestions

from .test_everyday_questions import meaning


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "Restart Sonarr, both please", "both"),
        ("en", "Restart Sonarr. Both please.", "Both"),
        ("en", "restart radarr and sonarr, all three", "all three"),
        ("en", "restart radarr tonight at 3, the two of them", "the two of them"),
        ("de", "Starte Sonarr neu, beide bitte", "beide"),
        ("fr", "redémarre sonarr, les deux", "les deux"),
        ("es", "reinicia sonarr, los dos por favor", "los dos"),
        ("nl", "herstart sonarr, allebei", "allebei"),
    ],
)
def test_another_number_is_refused(language: str, text: str, part: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnsupportedRequest), found
    assert found.part.text == part


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "restart both radarr and sonarr"),
        ("en", "restart Radarr and Sonarr, the two of them"),
        ("de", "Radarr und Sonarr bitte neu starten, alle beide"),
        ("fr", "redémarre radarr et sonarr, tous les deux"),
        ("es", "reinicia radarr y sonarr, ambos"),
        ("nl", "herstart radarr en sonarr, allebei"),
    ],
)
def test_the_right_number_is_no_part_of_the_request(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, PlanRequest), found
    assert len(found.requests) == 2


def test_a_pronoun_for_both_stays_one() -> None:
    found = meaning("restart them both", "en", "How are Radarr and Sonarr?")
    assert not isinstance(found, PersonRequest)


def test_a_question_keeps_its_words() -> None:
    assert isinstance(meaning("are both Radarr and Sonarr fine?"), SeveralQuestions)
