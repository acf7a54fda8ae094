"""Words: stems, concepts of several languages, and nothing of numbers and stop words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.search import terms
from steward.search.terms import LONGEST_TEXT, products, words


def stems(text: str) -> list[str]:
    return [one.stem for one in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("the a of und der", []),
        ("KubeHpaMaxedOut", ["kub", "hpa", "max", "out"]),
        ("HTTPServer down", ["http", "server", "down"]),
        ("containers container's CONTAINER", ["container", "container", "container"]),
        ("failing failed fails", ["fail", "fail", "fail"]),
        ("running stopped", ["run", "stop"]),
        ("Größe größe GRÖSSE", ["gross", "gross", "gross"]),
        ("10.0.0.1 port 53 90%", ["port", "53"]),
        ("'; DROP INDEX x -- \0\ud800", ["drop", "index", "x"]),
    ],
)
def test_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("no space left on device", "#full"),
        ("Festplatte voll", "#full"),
        ("disque plein", "#full"),
        ("Systemfestplatten", "#disk"),
        ("antwortet nicht", "#down"),
        ("connection refused", "#down"),
        ("se reinicia", "#crash"),
    ],
)
def test_expressions_of_several_languages_share_a_concept(text: str, concept: str) -> None:
    assert concept in {one for word in words(text) for one in word.concepts}


def test_a_compound_means_what_both_of_its_parts_mean() -> None:
    (word,) = words("Tokenwarteschlange")
    assert {"#password", "#queue"} <= set(word.concepts)
    assert words("Serverhalle")[0].concepts == ()


def test_an_article_is_not_the_verb_with_its_letters() -> None:
    assert "#crash" not in {one for word in words("die Sicherung") for one in word.concepts}


def test_a_part_of_an_expression_is_not_the_concept() -> None:
    assert "#full" not in {one for word in words("space bar left") for one in word.concepts}


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_every_text_has_words_with_terms(text: str) -> None:
    assert all(one.terms[0] == one.stem != "" for one in words(text))


def test_a_long_text_is_cut() -> None:
    assert len(words("word " * LONGEST_TEXT)) == LONGEST_TEXT // 5


@pytest.mark.parametrize("text", ["Geräte", "les appareils", "los aparatos", "toestellen"])
def test_words_of_other_languages_have_the_english_stem_too(text: str) -> None:
    (english,) = words("device")
    (word,) = words(text)
    assert word.stem != english.stem
    assert english.stem in word.terms


def test_names_of_programs_are_known_by_their_stem() -> None:
    assert {one.stem for one in words("Jellyfin and postgres")} <= products()
    assert "disk" not in products()


def test_a_part_of_the_name_of_a_program_is_no_program() -> None:
    assert products().isdisjoint({"red", "server", "it"})


def test_the_words_of_logs_do_not_fill_the_memory() -> None:
    caches = (terms._token, terms._word, terms.concepts()._by_part, terms.translations()._by_part)
    for start in range(0, 12_000, 500):
        words(" ".join(f"pod{number:x}z" for number in range(start, start + 500)))
    assert max(one.cache_info().currsize for one in caches) <= 10_000
