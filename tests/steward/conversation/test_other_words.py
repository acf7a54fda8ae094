"""Questions in other words: lists, ages of backups, and what the steward did."""

import pytest

from steward.conversation.questions import ListQuestion, ThresholdQuestion, Topic, TopicQuestion

from .test_everyday_questions import meaning


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "have you restarted anything today"),
        ("en", "you didn't touch anything today, right?"),
        ("de", "Hast du heute etwas neu gestartet?"),
        ("fr", "tu as redémarré quelque chose aujourd'hui ?"),
        ("es", "¿has reiniciado algo hoy?"),
        ("nl", "heb je vandaag iets herstart?"),
    ],
)
def test_what_the_steward_restarted_is_asked_of_what_it_did(language: str, text: str) -> None:
    assert meaning(text, language) == TopicQuestion(Topic.DONE, 24)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "enumerate the disks"),
        ("fr", "énumère les disques"),
        ("es", "Enumera los discos"),
        ("nl", "Noem alle schijven"),
    ],
)
def test_a_list_is_asked_for(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ListQuestion), found
    assert found.kind == "disk"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How many backups are older than a week?"),
        ("de", "Wie viele Backups sind älter als eine Woche?"),
        ("nl", "Hoeveel back-ups zijn ouder dan een week?"),
    ],
)
def test_backups_are_compared_with_an_age(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ThresholdQuestion), found
    assert (found.bound.number, found.unit, found.bound.is_over) == (7, "d", True)
