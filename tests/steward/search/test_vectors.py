"""Vectors: the nearest documents, on a scale that depends on neither the model nor the library."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.search.vectors import (
    MOST_COMPARED,
    MOST_DIMENSIONS,
    UnusableVector,
    Vector,
    Vectors,
    background_texts,
    unit,
)

SIZE = 48
CHANCE = random.Random(7)  # noqa: S311 - repeatable, not secret


def direction(chance: random.Random = CHANCE) -> list[float]:
    return [chance.gauss(0, 1) for _ in range(SIZE)]


def moved(values: list[float], share: float) -> Vector:
    return unit([one + share * other for one, other in zip(values, direction(), strict=True)])


BACKGROUND = [unit(direction()) for _ in range(40)]
DISK, DNS = direction(), direction()


def index(size: int = 0) -> Vectors:
    made = Vectors(BACKGROUND)
    made.put("disk", unit(DISK))
    made.put("dns", unit(DNS))
    for number in range(size):
        made.put(f"o{number}", unit(direction()))
    return made


@pytest.mark.parametrize("size", [0, 20, 120, 5_000])
def test_how_near_a_document_is_does_not_depend_on_the_library(size: int) -> None:
    query = moved(DISK, 0.3)
    found = index(size).near(query)
    assert max(found, key=lambda one: found[one]) == "disk"
    assert found["disk"] == index().near(query)["disk"] > 0.5
    assert len(found) <= MOST_COMPARED + 2


def test_how_near_does_not_depend_on_the_narrow_range_of_a_model() -> None:
    # Some models return vectors that are all alike: the similarities lie between 0.8 and 0.9.
    common = [0.3] * SIZE

    def shifted(values: Vector | list[float]) -> Vector:
        return unit([one + other for one, other in zip(values, common, strict=True)])

    made = Vectors([shifted(one) for one in BACKGROUND])
    made.put("disk", shifted(unit(DISK)))
    made.put("dns", shifted(unit(DNS)))
    found = made.near(shifted(moved(DISK, 0.3)))
    assert found["disk"] > 0.3 > found["dns"]


def test_wanted_documents_are_compared_even_if_they_are_far() -> None:
    made = index(MOST_COMPARED * 3)
    opposite = unit([-one for one in DISK])
    assert "disk" not in made.near(opposite)
    assert made.near(opposite, ["disk", "none"])["disk"] == -1


def test_removed_documents_are_not_found() -> None:
    made = index()
    made.remove("disk")
    made.remove("disk")
    assert set(made.near(unit(DISK))) == {"dns"}
    assert len(made) == 1


def test_a_model_that_returns_the_same_for_every_text_finds_nothing() -> None:
    same = unit([1.0] * SIZE)
    made = Vectors([same] * 40)
    made.put("disk", same)
    assert made.near(same) == {}


@pytest.mark.parametrize(
    "values",
    [[], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0], [1e308] * 9, [1.0] * (MOST_DIMENSIONS + 1)],
)
def test_unusable_vectors_are_refused(values: list[float]) -> None:
    with pytest.raises(UnusableVector):
        unit(values)


@settings(max_examples=30)
@given(st.lists(st.floats(-1, 1), min_size=SIZE, max_size=SIZE).filter(lambda one: math.hypot(*one) > 1e-6))
def test_nearness_is_bounded(values: list[float]) -> None:
    assert all(-1 <= one <= 1 for one in index().near(unit(values)).values())


def test_the_background_is_about_many_things() -> None:
    texts = background_texts()
    assert 40 <= len(texts) == len(set(texts))
