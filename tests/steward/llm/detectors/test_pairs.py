"""Named values in files and logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.pairs import find_pairs


def _pairs(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(one.words, one.value) for one in find_pairs(text, lambda _: True)]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("owner=lina", ("owner",), "lina"),
        ("owner: lina", ("owner",), "lina"),
        ('{"owner": "lina"}', ("owner",), "lina"),
        ('{\\"owner\\": \\"lina\\"}', ("owner",), "lina"),
        ("config['owner'] = 'lina b'", ("config", "owner"), "lina b"),
        ("MQTT_OWNER_NAME=lina", ("mqtt", "owner", "name"), "lina"),
        ("lastName: Berg", ("last", "name"), "Berg"),
        ("  - DB_OWNER=a;b)c", ("db", "owner"), "a;b)c"),
        ("export OWNER=lina # me", ("export", "owner"), "lina"),
        ("owner: two words # and a remark", ("owner",), "two words"),
        ("at 12 the owner=lina, and more", ("12", "the", "owner"), "lina"),
        ("owner => lina", ("owner",), "lina"),
        ("owner := lina", ("owner",), "lina"),
        ('owner="say \\"hi\\" now"', ("owner",), 'say \\"hi\\" now'),
        ("Serial Number: 12", ("serial", "number"), "12"),
    ],
)
def test_a_value_is_found_with_the_words_of_its_name(text: str, words: tuple[str, ...], value: str) -> None:
    assert (words, value) in _pairs(text)


@pytest.mark.parametrize(
    "text",
    [
        "12:34:56", "at 08:15 sharp", "see https://berg", "std::vector", "owner == lina", ": lina", "= lina",
        "(owner): lina", "logname= uid=0",
    ],
)  # fmt: skip
def test_other_separators_are_not_pairs(text: str) -> None:
    assert [value for _, value in _pairs(text) if value in ("lina", "uid", "34", "15", "vector")] == []


def test_only_wanted_names_are_found() -> None:
    assert [one.value for one in find_pairs("a=1 b=2 c=3", lambda word: word == "b")] == ["2"]


@given(st.text(alphabet="ab:=\"'\\ \n-#[]1", max_size=200))
def test_a_value_is_within_the_text(text: str) -> None:
    for pair in find_pairs(text, lambda _: True):
        assert 0 < pair.start <= pair.end <= len(text)
        assert pair.value == text[pair.start : pair.end]
        assert pair.words
