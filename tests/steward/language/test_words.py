"""Words of texts."""

from steward.language.words import as_said


def test_words_are_returned_as_they_were_said() -> None:
    assert as_said("marca", "qué ve marca", "qué ve Marta") == "Marta"
    assert as_said("marca", "y a marca", "ya Marta") == "marca"
