"""A noun and a name request what the verb does; the past and advice stay questions."""

import pytest

from rig.recognition_rig import meaning_of
from steward.conversation.meanings import PersonRequest, ScheduledRequest

from .test_scheduled_requests import OFFERS, TARGETS


def meaning(text: str, language: str) -> object:
    return meaning_of(text, TARGETS, OFFERS, language=language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Radarr reboot", PersonRequest),
        ("en", "Radarr reboot 5am", ScheduledRequest),
        ("de", "Radarr Neustart um 4 Uhr", ScheduledRequest),
        ("de", "Neustart Radarr", PersonRequest),
        ("de", "Neustart Radarr um 0430", ScheduledRequest),
        ("fr", "redémarrage de Radarr à 4h du matin", ScheduledRequest),
        ("es", "reinicio de Radarr a las 4", ScheduledRequest),
        ("nl", "herstart van Radarr om 4 uur", ScheduledRequest),
    ],
)
def test_a_noun_requests_what_the_verb_does(language: str, text: str, expected: type) -> None:
    assert isinstance(meaning(text, language), expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Radarr reboot last night"),
        ("en", "Radarr reboot?"),
        ("en", "should I reboot Radarr if nobody is streaming"),
        ("en", "no Radarr reboot"),
        ("en", "Radarr reboot loop"),
        ("de", "Radarr Neustart gestern Abend"),
        ("de", "Neustart von Radarr gestern"),
        ("de", "kein Neustart Radarr"),
    ],
)
def test_what_asks_or_says_more_is_no_request(language: str, text: str) -> None:
    assert not isinstance(meaning(text, language), PersonRequest | ScheduledRequest)
