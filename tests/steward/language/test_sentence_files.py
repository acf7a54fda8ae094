"""Sentences are data: each language is complete, and users add their own."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from rig.conversation_rig import open_conversation
from rig.recognition_rig import meaning_of
from steward.conversation.questions import TargetQuestion, Topic, TopicQuestion
from steward.language.sentence_files import (
    BUILT_IN,
    INTENTS,
    SHARED,
    WrongSentences,
    language_files,
    languages_of,
    read_language,
    with_file,
)
from steward.language.sentences import Sentences

LANGUAGES = languages_of([BUILT_IN])
RULES = "expansion_rules"


def written(folder: Path, text: str, language: str = "en") -> Path:
    path = folder / language / "own.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_intent_and_every_rule(language: str) -> None:
    content = read_language(language, BUILT_IN)
    english = read_language("en", BUILT_IN)
    assert content["intents"].keys() == INTENTS
    for part in ("question", "negation", "filler", "noun", "verb_word", "time", "condition", "more"):
        assert part in content["expansion_rules"], part
    assert content["lists"].keys() == english["lists"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_app_is_valid(language: str) -> None:
    content = read_language(language, BUILT_IN)
    for path in (*language_files(SHARED, BUILT_IN), *language_files(language, BUILT_IN)):
        with_file(content, path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_is_written_twice(language: str) -> None:
    """The later one would replace the other, and nobody would see it."""
    paths = (*language_files(SHARED, BUILT_IN), *language_files(language, BUILT_IN))
    rules = Counter(name for one in paths for name in yaml.safe_load(one.read_text()).get(RULES, ()))
    assert [name for name, count in rules.items() if count > 1] == []


def test_the_languages_of_the_forms_have_sentences() -> None:
    assert set(LANGUAGES) == {"de", "en", "es", "fr", "nl"}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("intents:\n  Problems:\n    data: [\n", 4, "This is not YAML"),
        ("intents:\n  Nonsense:\n    data:\n      - sentences: [hello]\n", 2, "There is no intent Nonsense"),
        ("intents:\n  Problems: hello\n", 2, "Problems must contain data"),
        ("intents:\n  Problems:\n    data:\n      - hello\n", 2, "Problems must contain data"),
        ("intents:\n  Problems:\n    data:\n      - sentences: hello\n", 2, "list of texts"),
        (
            "intents:\n  Problems:\n    data:\n      - sentences:\n          - fine\n          - is (it up\n",
            6,
            "is not valid",
        ),
        (
            "intents:\n  Problems:\n    data:\n      - sentences:\n          - all {nothing} good\n",
            5,
            "There is no list {nothing}",
        ),
        (
            "intents:\n  Problems:\n    data:\n      - sentences:\n          - all <nothing> good\n",
            5,
            "There is no rule <nothing>",
        ),
        ("lists:\n  room:\n    value: [a]\n", 2, "The list room must contain values"),
        ("lists:\n  room:\n    range: {from: 1}\n", 2, "needs the numbers from and to"),
        ("lists:\n  room:\n    values: [1]\n", 2, "list of texts"),
        ("expansion_rules:\n  a: b <c>\n  c: d <a>\n", 2, "contains itself"),
        ("skip_words: hello\n", 1, "list of texts"),
        ("lists: hello\n", 1, "lists must contain names and values"),
        ("something: 1\n", 1, "There is no section something"),
        ("- hello\n", 1, "must contain sections"),
        ("intents: !!binary aGVsbG8=\n", 1, "This kind of value is not allowed"),
        ("#" * 300_000, 1, "larger than 256 KiB"),
    ],
)
def test_an_error_names_the_file_and_the_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(WrongSentences) as caught:
        with_file(read_language("en", BUILT_IN), path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert reason in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongSentences, match="cannot be read"):
        with_file(read_language("en", BUILT_IN), path)


async def test_an_invalid_file_leaves_the_others_alone(tmp_path: Path) -> None:
    wrong = written(tmp_path / "own", "intents:\n  Nonsense:\n    data: []\n")
    (wrong.parent / "zz.yaml").write_text(
        "intents:\n  Problems:\n    data:\n      - sentences: [any smoke]\n", encoding="utf-8"
    )
    with capture_logs() as logs:
        async with open_conversation(tmp_path, model=False, own_sentences=tmp_path / "own") as rig:
            assert "Everything is fine" in await rig.ask("Any smoke?")
            assert "Everything is fine" in await rig.ask("What is wrong?")
    (entry,) = [one for one in logs if one["event"] == "sentences left out"]
    assert f"{wrong}, line 2: There is no intent Nonsense" in entry["reason"]


async def test_a_user_adds_sentences_aliases_and_a_language(tmp_path: Path) -> None:
    own = tmp_path / "own"
    written(
        own,
        "intents:\n  State:\n    data:\n      - sentences: ['any news (of|from) <target>']\n"
        "lists:\n  alias:\n    values:\n      - {in: '[the] movie (box|machine)', out: radarr}\n",
    )
    written(own, "intents:\n  Problems:\n    data:\n      - sentences: [che cosa non va]\n", "it")
    async with open_conversation(tmp_path, model=False, own_sentences=own) as rig:
        assert "radarr is fine" in await rig.ask("Any news from radarr?")
        assert "radarr is fine" in await rig.ask("Is the movie machine ok?")
        assert "Restart: radarr" in await rig.ask("Restart the movie box")
        assert "Everything is fine" in await rig.ask("Che cosa non va?", language="it")


def test_the_language_of_the_person_comes_first() -> None:
    sentences = Sentences()
    sentences.load_now()
    assert [one.language for one in sentences.of("de-AT")][:2] == ["de", "en"]
    assert next(one.language for one in sentences.of("tlh")) == "en"


def test_a_question_in_another_language_is_understood() -> None:
    assert meaning_of("Was ist kaputt?", ()) == TopicQuestion(Topic.PROBLEM)
    assert meaning_of("What is broken?", (), language="de") == TopicQuestion(Topic.PROBLEM)
    assert not isinstance(meaning_of("Is it?", ()), TargetQuestion)
