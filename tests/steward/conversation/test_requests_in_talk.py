"""A request in talk that is not understood is never dropped: the answer names the talk."""

import pytest

from steward.conversation.meanings import UnsupportedRequest

from .test_everyday_questions import meaning


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "Radarr crashed. My brother says restart Sonarr.", "My brother says"),
        ("en", "my wife told me to restart Sonarr", "my wife told me to"),
        ("de", "Radarr hängt. Papa sagt, starte Sonarr neu.", "Papa sagt"),
        ("fr", "Radarr a planté. Mon frère dit redémarre Sonarr.", "Mon frère dit"),
        ("es", "Radarr se ha caído. Mi hermano dice reinicia Sonarr.", "Mi hermano dice"),
        ("nl", "Mijn broer zegt herstart Sonarr.", "broer zegt"),
    ],
)
def test_the_request_is_refused_with_the_talk(language: str, text: str, part: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnsupportedRequest), found
    assert found.part.text == part


@pytest.mark.parametrize(
    "text",
    [
        "how do I restart Sonarr",
        "Radarr crashed. Did you restart Sonarr?",
        "The restart of Sonarr took ages. Is Radarr fine?",
        "My brother says never restart Sonarr.",
        "I have seen that film. It was long.",
    ],
)
def test_what_is_no_request_is_none(text: str) -> None:
    assert not isinstance(meaning(text), UnsupportedRequest)
