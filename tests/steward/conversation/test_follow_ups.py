"""A short question is completed by the one before it."""

import pytest

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences


async def last_answer(language: str, *said: str) -> str:
    conversation = QuestionLab().conversation(sentences())
    found = ""
    for text in said:
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1")
        question = ChatQuestion(conversation_id="c", text=text, speaker=speaker, language=language)
        found = "".join([piece.text async for piece in conversation.ask(question)])
    return found


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        ("en", ("How much memory does adguard use?", "and paperless?"), "paperless: Memory usage 63 %"),
        ("en", ("How much memory does adguard use?", "and paperless?", "and adguard?"), "adguard: Memory"),
        ("en", ("Is radarr's memory over 80 %?", "and adguard?"), "No. adguard: Memory usage 21 %."),
        (
            "en",
            ("Which container uses the most memory?", "and the least?"),
            "Memory usage: adguard with 21 %.",
        ),
        (
            "en",
            ("What happened to Sonarr today?", "what about this week?"),
            "6 days ago: Sonarr was started.",
        ),
        ("en", ("How much memory does adguard use?", "and Emby?"), "I do not know anything called Emby."),
        ("en", ("How much memory does adguard use?", "what about yesterday?"), "You can ask what is wrong"),
        # Without a question before, or after one about everything, it is a question of its own.
        ("en", ("What about Sonarr?",), "Sonarr is fine"),
        ("en", ("What is waiting for me?", "What about Sonarr?"), "Sonarr is fine"),
        (
            "de",
            ("Wie viel Speicher braucht adguard?", "und paperless?"),
            "paperless: Speicherauslastung 63 %",
        ),
        ("fr", ("Quelle version de Sonarr ?", "Et Plex ?"), "Plex : Version 1.43."),
        ("es", ("¿Qué versión tiene Sonarr?", "¿Y Plex?"), "Plex: Versión 1.43."),
        ("nl", ("Welke versie heeft Sonarr?", "En Plex?"), "Plex: Versie 1.43."),
    ],
)
async def test_a_follow_up(language: str, said: tuple[str, ...], expected: str) -> None:
    assert (await last_answer(language, *said)).startswith(expected)


async def test_several_names_may_follow() -> None:
    found = await last_answer("en", "How much memory does grafana use?", "what about paperless and adguard?")
    assert "paperless: Memory usage 63 %" in found
    assert "adguard: Memory usage 21 %" in found
