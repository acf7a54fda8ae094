"""What the parts of recognition do with texts that almost fit: replies, pronouns, and questions."""

from pathlib import Path

import pytest

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers, meaning_of
from steward.conversation.dialogue import reply_to
from steward.conversation.meanings import AmbiguousName, OpenQuestion, OpenText
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import Topic, TopicQuestion
from steward.conversation.recognition import likely_languages, partly_understood, recognise
from steward.conversation.said_text import Known
from steward.language.language_matcher import LanguageMatcher
from steward.language.sentence_files import BUILT_IN, read_language, with_file


def target(name: str) -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=name, kind="instance", id=name, name=name), name)


TARGETS = (target("Lidarr"), target("big-box"))
SUGGESTED = OpenQuestion("Is ", " running?", "Lidarr")
NOT_SUGGESTED = OpenQuestion("Is ", " running?")


@pytest.mark.parametrize(
    ("text", "offered", "completed"),
    [
        ("yes", SUGGESTED, "Is Lidarr running?"),
        ("No", SUGGESTED, ""),
        ("big-box", SUGGESTED, "Is big-box running?"),
        ("big-box", NOT_SUGGESTED, "Is big-box running?"),
        ("yes", NOT_SUGGESTED, None),
        ("Lidarr and big-box", NOT_SUGGESTED, None),
        ("something else", SUGGESTED, None),
        ("big-box exploded", NOT_SUGGESTED, None),
    ],
)
def test_a_reply_names_what_is_meant(text: str, offered: OpenQuestion, completed: str | None) -> None:
    assert reply_to(text, offered, Known(among=TARGETS), matchers()) == completed


@pytest.mark.parametrize("text", ["it is down", "approve the request for it"])
def test_a_pronoun_is_no_name_where_sentences_need_one(text: str) -> None:
    assert meaning_of(text, TARGETS, before=["How is Lidarr?"]) == OpenText(text=text)


@pytest.mark.parametrize("text", ["all around here", "any news around big-box"])
def test_a_sentence_of_a_user_that_lacks_the_name_is_no_question(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(f"intents:\n  State:\n    data:\n      - sentences: [{text}]\n", encoding="utf-8")
    matcher = LanguageMatcher(with_file(read_language("en", BUILT_IN), own))
    assert recognise(text, (), Known(among=TARGETS), [matcher]) == OpenText(text=text)


@pytest.mark.parametrize(
    ("text", "language", "likely"),
    [
        ("Which colours go well with a dark green wall?", "en", "en"),
        ("Wie lange läuft mein Radarr schon?", "en", "de en nl"),
        ("Soll ich Radarr neu starten?", "de", "de"),
        ("radarr", "fr", "de en es fr nl"),
    ],
)
def test_other_languages_are_tried_only_if_the_text_may_be_one_of_theirs(
    text: str, language: str, likely: str
) -> None:
    found = likely_languages(text, matchers(language))
    assert found[0].language == language
    assert {one.language for one in found} == set(likely.split())


def test_a_topic_is_asked_about_also_when_something_has_its_name() -> None:
    found = meaning_of("When was the last backup?", (target("Backup"), *TARGETS))
    assert found == TopicQuestion(Topic.BACKUPS)


def test_a_topic_of_one_of_two_things_with_the_same_name_is_asked_back() -> None:
    second = NamedTarget(
        "plex", TargetRef(instance_id="other", kind="instance", id="other", name="plex"), "b"
    )
    found = meaning_of("Who is watching plex?", (target("plex"), second))
    assert found == AmbiguousName(("plex", "plex"), OpenQuestion("Who is watching ", "?"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Is the queue of radarr purple?", "purple"),
        ("Is the queue of radarr purple blue?", "purple blue"),
        ("Is the queue of radarr purple blue red?", None),
        ("Is the queue of radarr normally?", None),
        ("Is the queue of my radarr purple?", "purple"),
        ("Is the queue of the fish radarr long?", None),
    ],
)
def test_few_words_may_be_left_out_of_an_answer_but_none_that_changes_it(text: str, part: str | None) -> None:
    known = Known(among=(target("radarr"),), offers={}, readings={"queue": "=queue"})
    found = partly_understood(text, known, matchers())
    assert (found and found[1]) == part


def test_a_question_that_names_nothing_is_not_partly_understood() -> None:
    assert partly_understood("How much memory is used there?", Known(among=(), offers={}), matchers()) is None
