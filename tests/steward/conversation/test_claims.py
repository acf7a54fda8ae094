"""Right answers are given out, and none of the false ones made from them, in five languages."""

import pytest

from steward.language.words import words_of

from .claims_world import Row, given_out, rows

RIGHT = rows("right")
FALSE = rows("false")
MOST_DROPPED = 0.10


def test_most_right_answers_are_given_out() -> None:
    dropped = [one.answer for one in RIGHT if given_out(one) != one.answer]
    assert len(dropped) <= MOST_DROPPED * len(RIGHT), dropped


@pytest.mark.parametrize("kind", sorted({one.kind for one in FALSE}))
def test_no_false_answer_is_given_out(kind: str) -> None:
    of_kind = [one for one in FALSE if one.kind == kind]
    assert [one.answer for one in of_kind if words_of(given_out(one))] == []


@pytest.mark.parametrize(
    ("language", "answer", "given"),
    [
        ("en", "Radarr is running. It uses 36 %.", "Radarr is running."),
        ("de", "Radarr läuft. Er nutzt 36 % Speicher.", "Radarr läuft."),
        ("fr", "Radarr tourne. Il utilise 36 % de mémoire.", "Radarr tourne."),
        ("es", "Radarr funciona. Usa el 36 % de memoria.", "Radarr funciona."),
        ("nl", "Radarr draait. Hij gebruikt 36 % geheugen.", "Radarr draait."),
        ("en", "It uses 37 %. You could restart it. Let me know.", "You could restart it. Let me know."),
    ],
)
def test_a_sentence_is_left_out_alone(language: str, answer: str, given: str) -> None:
    row = Row(language=language, question="radarr?", read=["ct_radarr", "ct_sonarr"], answer=answer)
    assert given_out(row).strip() == given
