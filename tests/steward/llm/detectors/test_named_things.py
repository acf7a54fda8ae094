"""A given name in a line about programs or films may be theirs; in a sentence of people it is a person's."""

import pytest

from steward.llm.detectors.named_things import may_name_things, mentions_program
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    "line",
    [
        "the Selma pod restarts every hour",
        "chore: bump Selma from 2.1 to 2.4",
        "# Selma holds the routes",
        "play Selma in the attic",
        "Sonarr: Selma S02E07",
        "zet Selma op",
    ],
)
def test_lines_in_which_a_name_may_be_that_of_a_thing(line: str) -> None:
    assert may_name_things(line)


@pytest.mark.parametrize(
    "line",
    [
        "Selma comes home at nine",
        "tell Selma that the soup is ready",
        "Selma sang the song that my grandmother wrote for her when she was a child in the mountains",
        f"the pod restarts every hour since Selma was here{' and looked at it with her sister' * 3}",
    ],
)
def test_talk_is_about_people(line: str) -> None:
    assert not may_name_things(line)


def test_a_program_is_mentioned_by_its_name_and_not_by_a_word_of_talk() -> None:
    assert mentions_program("who runs Jellyfin here")
    assert not mentions_program("is anyone at home, the ring rang")


@pytest.mark.parametrize(
    "text",
    [
        "Selma eats 3 GB per node since the kernel update",
        "is selma running on arm64 yet",
        "spiel Ingrid Bergman im Wohnzimmer",
        "Navidrome: scanned 40 albums, 4 new by Ingrid Bergman",
        "Selma no responde desde la versión 3.4",
        "Selma geeft een zwart scherm sinds versie 5.1",
        "Selma und Gerda heißen die beiden Saugroboter",
    ],
)
def test_programs_and_musicians_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "Selma says the jellyfin container is slow",
        "ask Selma whether the pod is up",
        "my sister Selma broke the server",
        "Selma hat den Server neu gestartet",
        "demande à Selma si le serveur tourne",
        "avisa a Selma en la cocina",
        "roep Selma in de keuken",
        "hi Selma, restart grafana 12.1 please",
        "play Ingrid Bergman for Selma, selma@example.org",
    ],
)
def test_people_beside_programs_are_private(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC
