"""Texts are split into words, words have kinds and features, and the model is written and read."""

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors import known_words
from steward.llm.privacy_model import FILE, LinearModel, document_slots, dump, load, slots_by_token, tokens_of
from steward.llm.word_kinds import changes_of, kind_of, parts_of, shape_of


@given(st.text(max_size=80))
def test_tokens_are_parts_of_the_text_in_order(text: str) -> None:
    tokens = tokens_of(text)
    assert [text[one.start : one.end] for one in tokens] == [one.word for one in tokens]
    assert all(before.end <= after.start for before, after in pairwise(tokens))
    assert {one for one in text if one.isalnum()} <= set("".join(one.word for one in tokens))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('pw="Tulip-77"; ok.', ["pw", "=", '"', "Tulip-77", '"', ";", "ok", "."]),
        ("c'est l'alarme !", ["c", "'", "est", "l", "'", "alarme", "!"]),
        ("what?! (no)\nyes...", ["what", "?", "!", "(", "no", ")", "\n", "yes", "..."]),
        ("wow!7!now", ["wow!7!now"]),
        ("...", [".", ".."]),
    ],
)
def test_what_is_a_word(text: str, words: list[str]) -> None:
    assert [one.word for one in tokens_of(text)] == words


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("-", "mark"),
        ("password", "secret password"),
        ("password_db", "named password"),
        ("WLAN", "wifi"),
        ("sieben", "digit word"),
        ("alarm", "access"),
        ("sister", "kin"),
        ("Radarr", "program"),
        ("the", "small"),
        ("kitchen", "usual"),
        ("lautet", "means be"),
        ("Tape", "means use"),
        ("4711", "digits 4"),
        ("1234567890123", "digits 9"),
        ("5.14.0", "version"),
        ("2026-11-21", "time"),
        ("80%", "measure"),
        ("0521d53c9855c6ce", "hex"),
        ("/var/log", "address"),
        ("log_level", "identifier"),
        ("web.example", "dotted"),
        ("abandonner", "known"),
        ("HOLLYHOCK", "capitals"),
        ("Lina", "given name"),
        ("lina", "lower given"),
        ("Hollyhock", "name"),
        ("hollyhock", "lower 5"),
        ("hollyHock", "mixed case"),
        ("Tulip77", "mixed 3"),
        ("aG7!kq29Zx-TL9", "mixed 8"),
        ("3-5-5-8", "number"),
        ("blue-lantern", "dashed"),
        ("wow&so", "other"),
    ],
)
def test_kinds_of_words(word: str, kind: str) -> None:
    assert kind_of(word) == kind


def test_forms_of_words() -> None:
    assert parts_of("dbPassword_old") == ["db", "password", "old"]
    assert parts_of("password") == []
    assert (shape_of("Tulip-77"), shape_of("a1B2c3D4e5F6")) == ("Xx-0", "x0X0x0X0")
    assert (changes_of("aaa"), changes_of("aB3!"), changes_of("")) == (1, 4, 0)


def test_common_words_are_known_and_passwords_are_not() -> None:
    assert all(map(known_words.is_known, ("router", "gestern", "wachtwoord", "ventana", "maison")))
    assert not any(map(known_words.is_known, ("hollyhock", "zwetschge", "vuurtoren")))
    assert known_words.dump(bytes(8)) == b"0" * 10


def test_the_features_of_a_word_depend_on_the_words_around_it() -> None:
    first, second = (slots_by_token(tokens_of(text)) for text in ("use tulip now", "use tulip here"))
    assert first[1] != second[1]
    assert slots_by_token(tokens_of("use, tulip"))[1] == (), "a mark is no word"
    assert document_slots(tokens_of("a b")) != document_slots(tokens_of("b a")), "the order counts"


def test_marks_between_words_do_not_separate_them() -> None:
    plain, marked, other = (
        set(slots_by_token(tokens_of(text))[-1])
        for text in ("the pw tulip", 'the pw = { "tulip', 'the nas = { "tulip')
    )
    assert len((plain & marked) - other) > 2


def test_the_model_is_written_as_it_is_read() -> None:
    model = LinearModel(
        weights={"secret": array("b", [1, -2, 127, -128])}, least={"secret": 7}, inputs="digest"
    )
    assert model.score("secret", (0, 2, 2)) == 255
    written = dump(model)
    assert b'"inputs": "digest"' in written
    assert dump(load()) == FILE.read_bytes()
