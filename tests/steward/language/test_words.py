"""Words of texts."""

import pytest

from steward.language.words import as_said, names_joined


def test_words_are_returned_as_they_were_said() -> None:
    assert as_said("marca", "qué ve marca", "qué ve Marta") == "Marta"
    assert as_said("marca", "y a marca", "ya Marta") == "marca"


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("anna ben", "What are Anna and Ben watching", ("anna", "ben")),
        ("anna and ben", "What are Anna and Ben watching", ("anna", "ben")),
        ("anna ben carla", "are anna, ben, and carla watching", ("anna", "ben", "carla")),
        ("ana maría", "¿Qué ve Ana María?", ("ana maría",)),
        ("jean luc", "what is Jean-Luc watching", ("jean luc",)),
        # A corrected word does not stand in the text, and only words that join are no name.
        ("marca ben", "Marta and Ben", ("marca ben",)),
        ("and", "and", ("and",)),
    ],
)
def test_names_are_separated_by_what_joins_them(phrase: str, text: str, expected: tuple[str, ...]) -> None:
    assert names_joined(phrase, text, ("and", "or")) == expected
