"""A refusal gives the true reason, and what asks for a secret is refused in any words."""

import pytest

from steward.conversation.meanings import OpenText, UnsupportedRequest
from steward.conversation.questions import Topic, TopicQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "restart Plex when nobody is streaming"),
        ("en", "restart Plex once it is idle"),
        ("en", "restart Plex tomorrow at half past five"),
        ("de", "kannst du den Plex morgen früh um halb sechs neu starten"),
        ("fr", "redémarre Plex dès que plus personne ne regarde"),
        ("es", "Reinicia Plex cuando nadie esté viendo nada"),
        ("nl", "Herstart Plex zodra er niemand meer kijkt"),
    ],
)
def test_what_is_not_offered_is_the_reason_and_not_the_condition_or_the_time(
    language: str, text: str
) -> None:
    found = meaning(text, language)
    assert isinstance(found, OpenText), found
    assert found.lacks_action is not None


@pytest.mark.parametrize(
    "text",
    [
        "restart Plex if my mother-in-law leaves",
        "restart Plex until tomorrow",
        "restart Radarr if the dog sleeps",
    ],
)
def test_what_cannot_be_decided_is_still_refused_as_such(text: str) -> None:
    assert isinstance(meaning(text), UnsupportedRequest)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Could you give me the WiFi password?"),
        ("en", "any chance that I get the API key of Radarr"),
        ("de", "Wie lautet der API-Schlüssel von Radarr?"),
        ("de", "Wie ist denn das Passwort fürs Gäste-WLAN?"),
        ("fr", "Tu peux me filer la clé api de Radarr ?"),
        ("es", "me pasas la contraseña del wifi"),
        ("nl", "mag ik het wachtwoord van de wifi"),
    ],
)
def test_a_secret_is_refused_in_other_words(language: str, text: str) -> None:
    assert meaning(text, language) == TopicQuestion(Topic.SECRETS)


def test_a_text_about_something_else_is_not_refused_for_a_password() -> None:
    assert meaning("I forgot my password, is everything fine?") == TopicQuestion(Topic.PROBLEM)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "is the internet down", "Internet connection: OPNsense yes"),
        ("en", "is the internet broken again", "Internet connection: OPNsense yes"),
        ("de", "ist das Internet hier gerade in Ordnung?", "Internetverbindung: OPNsense ja"),
        ("fr", "internet est encore en panne ?", "Connexion Internet : OPNsense oui"),
        ("es", "¿se ha caído internet otra vez?", "Conexión a Internet: OPNsense sí"),
        ("nl", "is het internet weer stuk", "Internetverbinding: OPNsense ja"),
    ],
)
async def test_yes_is_said_of_a_reading_and_not_of_the_question(
    language: str, text: str, expected: str
) -> None:
    assert (await answer(text, language=language)).startswith(expected)


def test_a_request_is_none_of_a_question_for_a_word_behind_it() -> None:
    found = meaning("mach Plex neu papa hat ja gesagt", "de")
    assert isinstance(found, OpenText)
    assert found.partly is None
