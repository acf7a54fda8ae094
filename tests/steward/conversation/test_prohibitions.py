"""That something must not be changed: nothing is requested, and nothing else of the text is lost."""

from pathlib import Path

import pytest

from rig.conversation_rig import open_conversation
from steward.conversation.meanings import (
    OpenText,
    PersonRequest,
    Prohibition,
    ScheduledRequest,
    UnsupportedRequest,
)
from steward.conversation.prohibitions import prohibition_text
from steward.conversation.request_parts import PartKind
from steward.texts import texts_of

from .test_everyday_questions import meaning

LANGUAGES = ("en", "de", "fr", "es", "nl")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "don't restart radarr"),
        ("en", "Please never restart Radarr tonight."),
        ("en", "you must not stop radarr"),
        ("en", "radarr must not be restarted today"),
        ("en", "I don't want radarr restarted"),
        ("en", "never restart radarr on a Monday"),
        ("en", "leave radarr alone"),
        ("en", "keep your hands off radarr"),
        ("de", "starte radarr nicht neu"),
        ("de", "bitte starte Radarr heute Nacht auf keinen Fall neu"),
        ("de", "Radarr darf heute nicht neu gestartet werden"),
        ("de", "du darfst radarr nicht anfassen"),
        ("de", "ich will nicht, dass du radarr neu startest"),
        ("de", "Finger weg von radarr"),
        ("fr", "ne redémarre pas radarr"),
        ("fr", "il ne faut pas arrêter radarr"),
        ("fr", "laisse radarr tranquille"),
        ("es", "no reinicies radarr"),
        ("es", "no hay que reiniciar radarr esta noche"),
        ("es", "deja radarr en paz"),
        ("nl", "herstart radarr niet"),
        ("nl", "je mag radarr niet aanraken"),
        ("nl", "radarr mag vannacht niet herstart worden"),
        ("nl", "blijf van radarr af"),
    ],
)
def test_what_must_not_be_changed_is_no_request(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, Prohibition), found
    assert [one.name.casefold() for one in found.targets] == ["radarr"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "don't restart anything tonight"),
        ("en", "no reboots today, please"),
        ("de", "starte heute nacht nichts neu"),
        ("fr", "ne redémarre rien ce soir"),
        ("es", "no reinicies nada esta noche"),
        ("nl", "herstart vannacht niets"),
    ],
)
def test_nothing_at_all_may_be_changed(language: str, text: str) -> None:
    assert meaning(text, language) == Prohibition()


def test_several_things_are_all_meant() -> None:
    found = meaning("don't restart radarr and sonarr")
    assert isinstance(found, Prohibition)
    assert [one.name.casefold() for one in found.targets] == ["radarr", "sonarr"]


@pytest.mark.parametrize(
    ("text", "named", "left_out"),
    [
        ("don't restart radarr until the backup is done", ["radarr"], "until the backup is done"),
        ("don't restart anything except sonarr", [], "anything except sonarr"),
        ("don't restart frobnicator", [], "frobnicator"),
    ],
)
def test_what_limits_it_is_named(text: str, named: list[str], left_out: str) -> None:
    found = meaning(text)
    assert isinstance(found, OpenText)
    assert found.partly is not None
    assert found.partly.left_out == left_out
    assert isinstance(found.partly.question, Prohibition)
    assert [one.name.casefold() for one in found.partly.question.targets] == named


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "do not restart radarr but restart sonarr"),
        ("en", "Don't restart Radarr. Restart Sonarr."),
        ("en", "restart radarr, not sonarr"),
        ("de", "starte radarr neu und sonarr nicht"),
        ("nl", "start radarr opnieuw maar sonarr niet"),
    ],
)
def test_a_request_beside_it_is_refused_with_the_part(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), UnsupportedRequest)


def test_an_exception_in_a_sentence_of_its_own_is_not_dropped() -> None:
    found = meaning("Restart all the arr apps. Don't touch Radarr.")
    assert isinstance(found, UnsupportedRequest)
    assert found.part.kind is PartKind.MORE
    assert found.part.text == "Don't touch Radarr"


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "starte radarr neu, wenn niemand streamt"), ("nl", "herstart radarr als niemand kijkt")],
)
def test_a_negation_in_a_condition_stays_there(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ScheduledRequest)
    assert isinstance(found.request, PersonRequest)


def test_a_question_is_no_prohibition() -> None:
    assert not isinstance(meaning("you should not restart radarr?"), Prohibition)


async def test_the_answer_says_that_nothing_is_requested_and_how_to_forbid_it(tmp_path: Path) -> None:
    texts = {
        "en": "Don't restart Toy",
        "de": "Starte Toy nicht neu",
        "fr": "Ne redémarre pas Toy",
        "es": "No reinicies Toy",
        "nl": "Herstart Toy niet",
    }
    async with open_conversation(tmp_path, model=False) as rig:
        for language in LANGUAGES:
            said, text = texts_of(language), await rig.ask(texts[language], language=language)
            assert text.startswith(said("I have requested nothing.")), text
            assert said("I ask before each change: no runbook has earned a higher level.") in text
        assert "To forbid every change of Toy, an owner adds a fence in the panel under Settings." in (
            await rig.ask("Don't restart Toy")
        )
        assert "can pause all changes" in await rig.ask("Don't restart anything")
        assert rig.rig.toy.done == []


def test_what_is_scheduled_is_named_too() -> None:
    text = prohibition_text(
        Prohibition(), "I ask before each change.", "One request is scheduled: 7.", texts_of("en")
    )
    assert "One request is scheduled: 7." in text


@pytest.mark.parametrize(
    ("language", "text", "earlier"),
    [
        ("en", "don't restart it", "How is Radarr?"),
        ("de", "starte ihn nicht neu", "Wie geht es Radarr?"),
    ],
)
def test_a_pronoun_means_what_was_named_last(language: str, text: str, earlier: str) -> None:
    found = meaning(text, language, earlier)
    assert isinstance(found, Prohibition), found
    assert [one.name.casefold() for one in found.targets] == ["radarr"]


def test_without_a_pronoun_what_was_named_last_is_not_meant() -> None:
    assert meaning("don't restart anything tonight", "en", "How is Radarr?") == Prohibition()
