"""Words that were misheard, or said as two, are those of the sentences."""

from itertools import product

import pytest

from steward.language.spelling import Spelling, _is_near, pairs_in

WORDS = [
    "backups",
    "restart",
    "temperature",
    "every",
    "thing",
    "everything",
    "update",
    "cloud",
    "backup",
    "living",
    "machine",
    "nachdem",
]
PAIRS = set(pairs_in(["back up {name}", "[the] set [up] now"]))
SPELLING = Spelling(WORDS, {"ya": "y a"}, pairs=PAIRS, common={"nach", "dem"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("old back ups", "old backups"),
        ("please re start it", "please restart it"),
        ("an up date", "an update"),
        ("every thing up date", "everything update"),
        ("back up it", "back up it"),
        ("back, ups", "back, ups"),
        ("bekups", "backups"),
        ("the tempuratur", "the temperature"),
        ("tomporatoro", "tomporatoro"),
        ("clowd", "cloud"),
        ("leeving", "leeving"),
        ("nach dem", "nach dem"),
    ],
)
def test_what_was_meant(text: str, expected: str) -> None:
    assert SPELLING.corrected(text, {"sda"}) == expected


def test_a_name_of_two_words_is_not_joined() -> None:
    assert SPELLING.corrected("up date", {"up", "date"}) == "up date"
    assert SPELLING.corrected("back ups", {"ups"}) == "backups"


def test_an_abbreviation_precedes_the_words_of_other_languages() -> None:
    assert SPELLING.corrected("ya", set(), [Spelling(["ya"], {})]) == "y a"


def test_after_a_number_a_word_is_no_abbreviation() -> None:
    spelling = Spelling(["grad"], {"grad": "gerade", "rn": "right now"})
    assert spelling.corrected("41 grad", set()) == "41 grad"
    assert spelling.corrected("ist es grad warm", set()) == "ist es gerade warm"
    assert spelling.corrected("41 rn", set()) == "41 right now"


def test_words_side_by_side_in_templates() -> None:
    assert {("back", "up"), ("set", "up")} <= PAIRS


def _without_letter(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def test_words_are_near_if_they_are_the_same_without_a_letter_of_each() -> None:
    words = ["".join(letters) for length in (1, 2, 3, 4) for letters in product("ab", repeat=length)]
    for one in (*words, "abcdef", "abdcef"):
        for other in (*words, "abcef", "abcdef", "abcdefg", "fedcba"):
            assert _is_near(one, other) == bool(_without_letter(one) & _without_letter(other)), (one, other)
