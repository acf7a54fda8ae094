"""A sample of the tests is the same in every run, and all samples together are all tests."""

from hypothesis import given
from hypothesis import strategies as st

from rig.sample import is_in_sample


@given(st.integers(), st.integers(1, 10))
def test_a_share_of_the_tests_is_kept(seed: int, share: int) -> None:
    names = [f"tests/test_{number}.py::test_it" for number in range(2000)]
    kept = [name for name in names if is_in_sample(name, share, seed)]
    assert kept == [name for name in names if is_in_sample(name, share, seed)]
    assert 0.7 < len(kept) * share / len(names) < 1.3


def test_another_seed_keeps_others() -> None:
    names = [f"tests/test_{number}.py::test_it" for number in range(300)]
    first, second = ({name for name in names if is_in_sample(name, 3, seed)} for seed in (1, 2))
    assert first - second
    assert second - first
