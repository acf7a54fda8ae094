"""What one person watches is private: only an owner who is alone gets to know it."""

import pytest

from rig.question_lab import QuestionLab
from rig.talk import last_answer

GUEST = "2"

NOW = [
    ("en", "What's Anna watching?"),
    ("en", "which movie is anna streaming right now"),
    ("en", "Tell me what Anna watches"),
    ("en", "is Anna watching tv?"),
    ("en", "What is Anna watching on Plex?"),
    ("de", "Was guckt Anna gerade?"),
    ("de", "Sag mir, was Anna gerade schaut"),
    ("de", "Welchen Film sieht sich Anna an?"),
    ("fr", "Que regarde Anna en ce moment ?"),
    ("fr", "Qu'est-ce qu'Anna regarde ?"),
    ("fr", "Anna regarde quoi ?"),
    ("es", "¿Qué está viendo Anna?"),
    ("es", "¿Qué película ve Anna?"),
    ("nl", "Waar kijkt Anna naar?"),
    ("nl", "Wat is Anna nu aan het kijken?"),
]
EARLIER = [
    ("en", "What did Anna watch last night?", "What Anna watches is not known."),
    ("de", "Was hat Anna gestern geschaut?", "Was Anna schaut, ist nicht bekannt."),
    ("fr", "Qu'est-ce qu'Anna a regardé hier ?", "Ce que regarde Anna n'est pas connu."),
    ("es", "¿Qué vio Anna ayer?", "No se sabe qué ve Anna."),
    ("nl", "Wat heeft Anna gisteren gekeken?", "Wat Anna kijkt, is niet bekend."),
]
PRIVATE = {
    "en": "What a person watches is private. Only owners get to know it, in a conversation of their own.",
    "de": "Was jemand schaut, ist privat. Nur Eigentümer erfahren es, in einem eigenen Gespräch.",
    "fr": (
        "Ce qu'une personne regarde est privé."
        " Seuls les propriétaires l'apprennent, dans leur propre conversation."
    ),
    "es": "Lo que ve una persona es privado. Solo los propietarios lo saben, en una conversación propia.",
    "nl": "Wat iemand kijkt, is privé. Alleen eigenaars krijgen het te horen, in een eigen gesprek.",
}


@pytest.mark.parametrize(("language", "text"), NOW)
async def test_an_owner_gets_to_know_what_a_person_watches(language: str, text: str) -> None:
    assert await last_answer(QuestionLab(), language, text) == "anna watches Dune on TV."


@pytest.mark.parametrize(("language", "text"), [*NOW, *((one, text) for one, text, _ in EARLIER)])
async def test_everybody_else_is_refused(language: str, text: str) -> None:
    assert await last_answer(QuestionLab(), language, text, user=GUEST) == PRIVATE[language]


async def test_where_others_may_hear_an_owner_is_refused_too() -> None:
    assert await last_answer(QuestionLab(), "en", "What's Anna watching?", is_shared=True) == PRIVATE["en"]


@pytest.mark.parametrize(("language", "text", "expected"), EARLIER)
async def test_what_was_watched_earlier_is_not_known(language: str, text: str, expected: str) -> None:
    assert await last_answer(QuestionLab(), language, text) == expected


async def test_a_person_whom_no_media_server_names_is_not_known_to_watch() -> None:
    assert await last_answer(QuestionLab(), "en", "What's Ben watching?") == "What Ben watches is not known."
    # A title is no person.
    assert (
        await last_answer(QuestionLab(), "en", "What's Dune watching?") == "What Dune watches is not known."
    )


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # "Marta" is similar to a word of the language.
        ("es", "¿Qué película está viendo Marta?", "No se sabe qué ve Marta."),
        ("es", "¿Qué ve ana maría?", "No se sabe qué ve ana maría."),
        ("fr", "ya du neuf ? Que regarde Marta ?", "Ce que regarde Marta n'est pas connu."),
    ],
)
async def test_a_name_is_no_misspelled_word(language: str, text: str, expected: str) -> None:
    assert (await last_answer(QuestionLab(), language, text)).endswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is everyone watching?", "Streams: Plex 2."),
        ("Who is watching?", "Streams: Plex 2."),
        ("What is Plex streaming?", "Streams: Plex 2."),
        ("What is Emby streaming?", "I do not know anything called Emby"),
        ("What is the nice old man next door watching?", "You can ask what is wrong"),
    ],
)
async def test_another_question_about_streams(text: str, expected: str) -> None:
    found = await last_answer(QuestionLab(), "en", text, user=GUEST)
    assert found.startswith(expected)
    assert "Dune" not in found


BOTH = [
    ("en", "What are Anna and Ben watching?", "anna watches Dune on TV. What Ben watches is not known."),
    (
        "en",
        "are Anna, and Ben streaming something",
        "anna watches Dune on TV. What Ben watches is not known.",
    ),
    ("de", "Was schauen Anna und Ben gerade?", "anna watches Dune on TV. Was Ben schaut, ist nicht bekannt."),
    ("fr", "Que regardent Anna et Ben ?", "anna watches Dune on TV. Ce que regarde Ben n'est pas connu."),
    ("es", "¿Qué están viendo Anna y Ben?", "anna watches Dune on TV. No se sabe qué ve Ben."),
    ("nl", "Waar kijken Anna en Ben naar?", "anna watches Dune on TV. Wat Ben kijkt, is niet bekend."),
    (
        "en",
        "What did Anna and Ben watch yesterday?",
        "What Anna watches is not known. What Ben watches is not",
    ),
]


@pytest.mark.parametrize(("language", "text", "expected"), BOTH)
async def test_an_owner_gets_to_know_what_several_people_watch(
    language: str, text: str, expected: str
) -> None:
    assert (await last_answer(QuestionLab(), language, text)).startswith(expected)


@pytest.mark.parametrize(("language", "text"), [(one, text) for one, text, _ in BOTH])
async def test_what_several_people_watch_is_private_too(language: str, text: str) -> None:
    assert await last_answer(QuestionLab(), language, text, user=GUEST) == PRIVATE[language]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what are we watching"),
        ("de", "Was schauen die Kinder?"),
        ("fr", "que regardent les enfants"),
        ("es", "¿qué ven los niños?"),
        ("nl", "waar kijken we naar"),
    ],
)
async def test_nobody_is_named(language: str, text: str) -> None:
    assert (await last_answer(QuestionLab(), language, text, user=GUEST)).endswith(": Plex 2.")
