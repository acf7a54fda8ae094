"""Questions of which some words are not known, misspelled words, and what must not be left out."""

import pytest

from rig.question_lab import OFFERS
from rig.recognition_rig import matchers
from steward.conversation.meanings import OpenText, UnknownName
from steward.conversation.questions import ChangesQuestion, ReadingQuestion, Topic, TopicQuestion
from steward.conversation.recognition import recognise
from steward.conversation.vocabulary import known_things
from steward.language.part_texts import PartTexts
from steward.language.spelling import Spelling
from steward.language.words import stem

from .test_question_parts import EVERY

KNOWN = known_things(OFFERS, EVERY)


def asked(text: str, language: str = "en") -> object:
    """Return the question that a text is, also if some of its words are not known."""
    found = recognise(text, (), KNOWN, matchers(language))
    return found.partly.question if isinstance(found, OpenText) and found.partly else found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I would like to know how full the tank pool has become", ReadingQuestion),
        ("en", "sda temprature please", ReadingQuestion),
        ("de", "Welche Plattentemperatur hat denn sda inzwischen", ReadingQuestion),
        ("en", "what is pending my decision at present", TopicQuestion),
        ("de", "was wartet gerade alles auf meine freigabe", TopicQuestion),
        ("fr", "qu'est-ce qui attend mon approbation aujourd'hui", TopicQuestion),
        ("es", "qué está pendiente de mi aprobación ahora mismo", TopicQuestion),
        ("nl", "wat wacht er nu op mijn goedkeuring", TopicQuestion),
        ("en", "things meant to be off", TopicQuestion),
        ("en", "model requests to the cloud today", TopicQuestion),
        ("de", "absichtlich aus", TopicQuestion),
        ("fr", "tout en ordre", TopicQuestion),
        ("en", "today so far", ChangesQuestion),
        ("en", "changelog of the last 24 h", ChangesQuestion),
        ("es", "qué ha pasado desde anoche", ChangesQuestion),
        ("en", "smart history of sda", ChangesQuestion),
        ("en", "is there anything i could update", TopicQuestion),
    ],
)
def test_common_and_misspelled_words_change_nothing(language: str, text: str, expected: type) -> None:
    assert isinstance(asked(text, language), expected)


@pytest.mark.parametrize(
    "text",
    [
        "how much memory does vaultwarden use",
        "evict sda from the pool",
        "temperature of sda in the greenhouse",
        "what would be the temperature of sda if the fan was not running",
    ],
)
def test_a_word_that_could_change_the_question_is_not_left_out(text: str) -> None:
    found = recognise(text, (), KNOWN, matchers())
    assert not isinstance(found, ReadingQuestion)
    assert not isinstance(found, OpenText) or found.partly is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "tell me what sda is for"),
        ("en", "what kind of thing is sda"),
        ("en", "is it a good idea to give sda more memory"),
        ("de", "wofür ist sda eigentlich gut"),
        ("fr", "à quoi sert sda"),
        ("es", "¿Para qué sirve sda?"),
        ("nl", "is het een goed idee om sda te gebruiken"),
        ("en", "does jellyfin work well on sda"),
        ("en", "describe the temperature of sda like a pirate"),
    ],
)
def test_a_question_that_no_record_answers_is_for_a_model(language: str, text: str) -> None:
    found = recognise(text, (), KNOWN, matchers(language))
    assert isinstance(found, OpenText)
    assert (found.partly, found.lacks_action) == (None, None)


def test_an_unknown_name_beside_a_known_one_is_what_is_asked_about() -> None:
    found = recognise("Is Jellyfin running on sda?", (), KNOWN, matchers())
    assert isinstance(found, UnknownName)
    assert found.name == "Jellyfin"


def test_a_left_out_part_shows_no_mark_of_a_name() -> None:
    found = recognise("Erkläre die Temperatur von sda wie ein Pirat", (), KNOWN, matchers("de"))
    assert isinstance(found, OpenText)
    assert found.partly is not None
    assert found.partly.left_out == "Erkläre, Pirat"


def test_a_state_is_no_silent_part_of_a_compound() -> None:
    known = PartTexts({("down",): {"state": "stopped"}, ("load",): {"reading": "cpu load"}, ("the",): {}})
    assert known.similar("download") == ()
    assert known.similar("theload") == [{"reading": "cpu load"}]
    assert known.similar("loads") == ({"reading": "cpu load"},)
    assert known.exact.similar("loads") == ()


def test_a_topic_keeps_what_it_is_about() -> None:
    found = asked("what is pending my decision at present")
    assert found == TopicQuestion(Topic.WAITING)


def test_letters_in_another_order_are_corrected_and_names_are_not() -> None:
    spelling = Spelling(["version", "température", "temperatura", "restart"], {"q": "que"})
    assert (
        spelling.corrected("Versoin q temperature resart", {"versoin-box"})
        == "version que température restart"
    )
    assert spelling.corrected("verson", {"verson"}) == "verson"
    assert spelling.corrected("fersion", ()) == "fersion"
    assert spelling.corrected("restart", (), [spelling]) == "restart"


@pytest.mark.parametrize(
    ("one", "other"), [("sperr", "sperren"), ("libraries", "library"), ("redémarre", "redémarrer")]
)
def test_forms_of_a_word_have_the_same_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)
