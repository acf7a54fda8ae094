"""Names that an owner gave to things in the settings."""

from pathlib import Path

import pytest

from rig.conversation_rig import question, text_of
from rig.question_lab import QuestionLab
from steward.errors import InvalidSetting
from steward.language.sentences import Sentences
from steward.settings.model import Alias, Settings
from steward.wiring.conversation import read_sentences


def settings(folder: Path, *aliases: tuple[str, str]) -> Settings:
    return Settings(data_dir=folder, aliases=tuple(Alias(said=said, name=name) for said, name in aliases))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Sentences:
    aliases = (("movie finder", "Radarr"), ("Filmsucher", "Radarr"), ("series box", "No such thing"))
    return read_sentences(settings(tmp_path_factory.mktemp("data"), *aliases))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Is the movie finder running?"),
        ("de", "Läuft der Filmsucher?"),
        ("fr", "movie finder marche ?"),
    ],
)
async def test_an_alias_means_the_thing(known: Sentences, language: str, text: str) -> None:
    conversation = QuestionLab().conversation(known)
    answer = text_of([piece async for piece in conversation.ask(question(text, language=language))])
    assert "Radarr" in answer


async def test_a_request_by_an_alias_is_for_the_thing(known: Sentences) -> None:
    lab = QuestionLab()
    said = question("Restart the movie finder")
    answer = text_of([piece async for piece in lab.conversation(known).ask(said)])
    assert [(one.instance_id, one.action) for one in lab.requested] == [("radarr", "restart")], answer


async def test_an_alias_of_a_thing_that_is_not_there_is_not_known(known: Sentences) -> None:
    conversation = QuestionLab().conversation(known)
    answer = text_of([piece async for piece in conversation.ask(question("Is series box running?"))])
    assert "I do not know anything called" in answer


async def test_an_alias_that_is_the_name_of_another_thing_is_asked_about(tmp_path: Path) -> None:
    lab, known = QuestionLab(), read_sentences(settings(tmp_path, ("Sonarr", "Radarr")))
    answer = text_of([piece async for piece in lab.conversation(known).ask(question("Restart Sonarr"))])
    assert lab.requested == []
    assert "Sonarr" in answer
    assert "Radarr" in answer


def test_an_alias_of_two_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="stands for two things"):
        read_sentences(settings(tmp_path, ("box", "Radarr"), ("Box", "Sonarr")))
    same = read_sentences(settings(tmp_path, ("box", "Radarr"), ("Box", "radarr")))
    assert same.aliases == {"box": "Radarr"}
