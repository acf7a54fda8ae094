"""What a conversation does not do: it starts no maintenance, and reads no logs without a model."""

from pathlib import Path

import pytest

from rig.conversation_rig import open_conversation
from steward.conversation.questions import Topic, TopicQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "maintenance for the NAS for two hours"),
        ("en", "put radarr in maintenance for an hour"),
        ("en", "start a maintenance window"),
        ("de", "Wartung für das NAS für zwei Stunden"),
        ("de", "setz radarr in den Wartungsmodus"),
        ("fr", "mets radarr en maintenance pour deux heures"),
        ("es", "pon radarr en mantenimiento dos horas"),
        ("nl", "zet radarr in onderhoud voor twee uur"),
    ],
)
def test_maintenance_is_started_elsewhere(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, TopicQuestion), found
    assert found.topic is Topic.MAINTENANCE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "show me the log of sonarr"),
        ("en", "sonarr logs"),
        ("de", "zeig mir das log von sonarr"),
        ("fr", "montre-moi les logs de sonarr"),
        ("es", "muéstrame los registros de sonarr"),
        ("nl", "toon de logs van sonarr"),
    ],
)
def test_a_log_is_asked_for(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, TopicQuestion), found
    assert found.topic is Topic.LOGS
    assert found.target is not None
    assert found.target.name == "Sonarr"


async def test_the_answers_say_where() -> None:
    assert "in the panel under Settings" in await answer("maintenance for the NAS for two hours")
    assert (await answer("show me the log of Sonarr")).startswith("Logs are only read by a language model")


async def test_a_model_is_asked_for_a_log(tmp_path: Path) -> None:
    async with open_conversation(tmp_path) as rig:
        text = await rig.ask("show me the log of Toy")
        assert not text.startswith("Logs are only read")
        assert rig.model.bodies
