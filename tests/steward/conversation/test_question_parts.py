"""Questions are recognised by their parts, in any order, and not if a word is not understood."""

import pytest

from rig.question_lab import OFFERS, QuestionLab
from rig.recognition_rig import matchers
from steward.conversation.meanings import Meaning, OpenText, PersonRequest, UnknownName, UnsupportedRequest
from steward.conversation.named_targets import named_targets
from steward.conversation.questions import (
    ExtremeQuestion,
    ListQuestion,
    ReadingQuestion,
    SinceQuestion,
    TargetQuestion,
)
from steward.conversation.recognition import recognise
from steward.conversation.vocabulary import known_things

EVERY = named_targets(QuestionLab())  # type: ignore[arg-type]
KNOWN = known_things(OFFERS, EVERY)


def meaning(text: str, language: str = "en", *before: str) -> Meaning:
    return recognise(text, before, KNOWN, matchers(language))


@pytest.mark.parametrize(
    ("language", "text", "name", "reading"),
    [
        ("en", "Could you tell me what the processor load of pve1 is at the moment?", "pve1", "cpu"),
        ("en", "How hot does sdb get?", "sdb", "temperature"),
        ("de", "Wie lange hält die USV Eaton ohne Strom durch?", "Eaton", "runtime"),
        ("de", "Was verbraucht radarr an Arbeitsspeicher?", "Radarr", "memory"),
        ("fr", "De combien de mémoire radarr a besoin actuellement ?", "Radarr", "memory"),
        ("es", "¿De memoria cuánto gasta radarr ahora?", "Radarr", "memory"),
        ("nl", "Hoe warm is sdb op dit moment?", "sdb", "temperature"),
    ],
)
def test_a_reading_of_one_thing(language: str, text: str, name: str, reading: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, ReadingQuestion), found
    assert found.target is not None
    assert (found.target.name.casefold(), found.reading) == (name.casefold(), reading)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Which disks are hot?", ReadingQuestion("temperature", kind="disk", is_count=True)),
        (
            "en",
            "What is using most of the memory on the cluster?",
            ExtremeQuestion("memory", None, is_most=True),
        ),
        ("en", "Who is hogging the CPU?", ExtremeQuestion("cpu", None, is_most=True)),
        ("en", "Of my disks, which is the coldest?", ExtremeQuestion("temperature", "disk", is_most=False)),
        ("de", "Die wärmste Festplatte ist welche?", ExtremeQuestion("temperature", "disk", is_most=True)),
        (
            "en",
            "Of the containers, how many are stopped?",
            ListQuestion("container", "stopped", None, is_count=True),
        ),
        (
            "de",
            "Von den Containern sind welche gestoppt?",
            ListQuestion("container", "stopped", None, is_count=False),
        ),
    ],
)
def test_several_things(language: str, text: str, expected: Meaning) -> None:
    assert meaning(text, language) == expected


def test_a_state_and_since_when() -> None:
    assert isinstance(meaning("So is Plex still up and running today?"), TargetQuestion)
    assert isinstance(meaning("For how long has grafana been up now?"), SinceQuestion)


@pytest.mark.parametrize(
    "text",
    [
        "How much memory did radarr use before the crash?",
        "How much memory should radarr never use?",
        "Which container has the most memory left?",
        "Tell me when grafana restarts",
        "radarr is not the memory",
    ],
)
def test_a_word_that_is_not_understood_is_not_ignored(text: str) -> None:
    assert isinstance(meaning(text), OpenText), meaning(text)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "How many printers are online?", "printers"),
        ("en", "Of memory, how much does Nextcloud use?", "Nextcloud"),
        ("de", "Seit wann läuft der Mailserver?", "Mailserver"),
    ],
)
def test_an_unknown_thing(language: str, text: str, name: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, UnknownName), found
    assert found.name == name


def test_a_common_noun_is_an_unknown_thing_only_where_no_model_could_be_meant() -> None:
    found = meaning("How hot is the printer?")
    assert isinstance(found, OpenText)
    assert found.unknown is not None
    assert found.unknown.name == "printer"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "If the memory of radarr is high, restart it"),
        ("de", "Falls Radarr zu viel Speicher braucht, starte es neu"),
    ],
)
def test_a_condition_that_names_the_target_is_not_dropped(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), UnsupportedRequest)


def test_an_action_that_a_service_does_not_offer() -> None:
    found = meaning("Restart Plex")
    assert isinstance(found, OpenText)
    assert found.lacks_action is not None
    assert found.lacks_action.label == "Plex"
    assert isinstance(meaning("Restart Radarr"), PersonRequest)
