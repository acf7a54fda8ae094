"""A change without the approval that it needs: it is refused, and the answer says so."""

import pytest

from steward.conversation.meanings import UnsupportedRequest
from steward.conversation.questions import Topic, TopicQuestion
from steward.conversation.request_parts import PartKind

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "restart radarr without asking anyone", "without asking anyone"),
        ("en", "restart radarr right now, but dont ask dad for permission", "dont ask dad"),
        ("en", "stop sonarr, nobody needs to know", "nobody needs to know"),
        ("de", "starte radarr neu, ohne dass Mama das bestätigen muss", "ohne dass Mama"),
        ("de", "starte radarr neu ohne zu fragen", "ohne zu fragen"),
        ("fr", "redémarre radarr sans demander à papa", "sans demander à papa"),
        ("es", "reinicia radarr sin permiso", "sin permiso"),
        ("nl", "herstart radarr zonder toestemming", "zonder toestemming"),
    ],
)
def test_nothing_is_requested(language: str, text: str, part: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnsupportedRequest), found
    assert (found.part.kind, found.part.text) == (PartKind.APPROVAL, part)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "what may you do without asking"), ("de", "was darfst du tun ohne zu fragen")],
)
def test_what_may_be_done_alone_is_a_question(language: str, text: str) -> None:
    assert meaning(text, language) == TopicQuestion(Topic.AUTONOMY)


def test_talk_about_people_is_no_request() -> None:
    found = meaning("dad left without telling anyone")
    assert not isinstance(found, UnsupportedRequest)


async def test_the_answer_says_why() -> None:
    text = await answer("Restart Sonarr without asking dad")
    assert text.startswith("I change nothing without the approval that it needs: “without asking dad”.")
    assert "So I have requested nothing." in text
