"""Values that contain themselves are found, and those that only occur several times are not."""

import pytest
import yaml

from steward.yaml_values import contains_itself


@pytest.mark.parametrize(
    "text", ["&a [*a]", "&a {b: *a}", "a: [1, &b {c: [2, {d: *b}]}]", "a: &a [x]\nb: &b [*a, *b]"]
)
def test_an_alias_within_its_own_value_is_found(text: str) -> None:
    assert contains_itself(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text", ["", "a", "[[], []]", "a: &a [1]\nb: [*a, *a]\nc: {d: *a}", "a: &a {}\nb: *a"]
)
def test_a_value_may_occur_several_times(text: str) -> None:
    assert not contains_itself(yaml.safe_load(text))


def test_a_deep_value_and_a_large_one_are_walked_once() -> None:
    value: list[object] = []
    for _ in range(200_000):
        value = [value, value]
    assert not contains_itself(value)
