"""Programs that a text mentions, and people beside them."""

import pytest

from steward.llm.detectors.named_programs import mentions_program
from steward.llm.privacy import PrivacyClass, classify


def test_a_program_is_mentioned_by_its_name_and_not_by_a_word_of_talk() -> None:
    assert mentions_program("who runs Jellyfin here")
    assert not mentions_program("is anyone at home, the ring rang")


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
        "Felix installed sonarr yesterday",
        "le conteneur de Camille redémarre",
        "Selma hangs since the kernel update",
        "hi Selma, restart grafana 12.1 please",
        "play Ingrid Bergman for Selma, selma@example.org",
    ],
)
def test_people_beside_programs_are_private(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC
