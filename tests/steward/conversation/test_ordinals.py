"""Ordinals mean the things named last, or those of the last answer, in five languages."""

from pathlib import Path

import pytest

from homelab_steward.contract.state import TargetRef
from rig.conversation_rig import open_conversation
from rig.recognition_rig import matchers
from steward.conversation.mentions import NamedTarget, NameIndex
from steward.conversation.references import with_ordinal


def target(name: str, kind: str = "instance") -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=name, kind=kind, id=name, name=name), name.casefold())


INDEX = NameIndex(
    [
        target("Sonarr"),
        target("Radarr"),
        target("Plex"),
        target("box", "container"),
        target("crate", "container"),
    ]
)
BOTH = ("How is Plex?", "Compare Sonarr and Radarr")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Restart the second one", "en", "Restart Radarr"),
        ("Restart the 1st", "en", "Restart Sonarr"),
        ("What about the first?", "en", "What about Sonarr?"),
        ("Is the second running?", "en", "Is Radarr running?"),
        ("Restart the last one please", "en", "Restart Radarr please"),
        ("How much memory does the latter use?", "en", "How much memory does Radarr use?"),
        ("Starte den zweiten neu", "de", "Starte Radarr neu"),
        ("Was ist mit dem ersten?", "de", "Was ist mit Sonarr?"),
        ("Läuft der erste Dienst?", "de", "Läuft Sonarr?"),
        ("Redémarre le deuxième", "fr", "Redémarre Radarr"),
        ("Et pour la première ?", "fr", "Et pour Sonarr ?"),
        ("Reinicia el segundo", "es", "Reinicia Radarr"),
        ("¿Y el primero?", "es", "¿Y Sonarr?"),
        ("Herstart de tweede", "nl", "Herstart Radarr"),
        ("En hoe zit het met de eerste?", "nl", "En hoe zit het met Sonarr?"),
    ],
)
def test_an_ordinal_means_a_thing_of_the_last_message(text: str, language: str, expected: str) -> None:
    assert with_ordinal(text, BOTH, "", INDEX, matchers(language)) == expected


@pytest.mark.parametrize(
    ("text", "said", "answer"),
    [
        ("Restart the third one", BOTH, ""),
        ("Restart the second one", ("How is Plex?",), "Plex is fine."),
        ("Restart the second one", (), ""),
        ("What happened the first time?", BOTH, ""),
        ("Was the first backup good?", BOTH, ""),
        ("Restart the second one of Plex", BOTH, ""),
        ("Is the second container running?", BOTH, ""),
        ("What was the last error?", BOTH, ""),
    ],
)
def test_another_ordinal_means_nothing(text: str, said: tuple[str, ...], answer: str) -> None:
    assert with_ordinal(text, said, answer, INDEX, matchers()) == text


def test_without_several_things_in_the_message_the_answer_counts() -> None:
    listed = "3: Plex, Radarr, and Sonarr."
    assert (
        with_ordinal("restart the second", ("Which apps run?",), listed, INDEX, matchers())
        == "restart Radarr"
    )
    several = ("Is Sonarr fine?", "How is Radarr?")
    assert (
        with_ordinal("restart the second", several, "Radarr is fine.", INDEX, matchers()) == "restart Radarr"
    )


def test_a_noun_limits_what_is_counted() -> None:
    said = ("Compare Sonarr, box, Plex and crate",)
    assert with_ordinal("Stop the second container", said, "", INDEX, matchers()) == "Stop crate"
    assert with_ordinal("Stop the second app", said, "", INDEX, matchers()) == "Stop Plex"


async def test_a_talk_with_ordinals(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Compare the memory of radarr and sonarr")
        assert "radarr" in await rig.ask("How much memory does the first one use?")
        await rig.ask("Compare the memory of radarr and sonarr")
        assert "Restart: sonarr" in await rig.ask("Restart the second one")
