"""Right answers are given out, and none of the false ones made from them, in five languages."""

import pytest

from .claims_world import Row, given_out, rows

RIGHT = rows("right")
FALSE = rows("false")
MOST_DROPPED = 0.10


def test_most_right_answers_are_given_out() -> None:
    dropped = [one.answer for one in RIGHT if given_out(one) != one.answer]
    assert len(dropped) <= MOST_DROPPED * len(RIGHT), dropped


@pytest.mark.parametrize("row", FALSE, ids=lambda row: f"{row.kind}: {row.answer}")
def test_no_false_answer_is_given_out(row: Row) -> None:
    assert given_out(row) == ""
