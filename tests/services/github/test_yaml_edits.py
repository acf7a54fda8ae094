"""One value in the text of a file: exactly it is changed, or the file is refused."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.errors import PreconditionFailed
from steward.services._forge.yaml_edits import Rule, edited, find


def rule(*path: str, pattern: str = r"(?P<x>\w+)", new: str = "new") -> Rule:
    return Rule(path=path, pattern=re.compile(pattern), values={"x": new})


def changed(content: str, wanted: Rule) -> str:
    (spot,) = find("f.yaml", content, wanted).spots
    return edited("f.yaml", content, spot)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {b: old, c: 1}  # x\n", "a: {b: new, c: 1}  # x\n"),
        ("# é\r\na:\r\n  b: 'old' # y\r\n", "# é\r\na:\r\n  b: 'new' # y\r\n"),
        ('a:\n  - 1\n---\na:\n  "b":   "old"\n', 'a:\n  - 1\n---\na:\n  "b":   "new"\n'),
        ("a:\n    b: old", "a:\n    b: new"),
    ],
)
def test_everything_else_stays(before: str, after: str) -> None:
    assert changed(before, rule("a", "b")) == after


def test_any_key_or_item_and_only_a_part_of_the_value() -> None:
    wanted = rule("a", "*", "b", pattern=r"\w+\.(?P<x>\d+)", new="7")
    assert changed("a:\n  - b: eth0.20\n  - c: 1\n", wanted) == "a:\n  - b: eth0.7\n  - c: 1\n"
    assert changed("a:\n  n:\n    b: eth0.20\n", wanted) == "a:\n  n:\n    b: eth0.7\n"
    assert find("f", "a:\n  n:\n    b: eth0\n", wanted).others == [3]
    assert find("f", "a: [{b: [1]}]\n", wanted).others == [1]
    assert find("f", "- a\n", wanted).spots == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a:\n  b: &x old\nc: *x\n", "used in several places"),
        ("y: &x\n  b: old\na: *x\n", "used in several places"),
        ("a:\n  b: old\n  b: old\n", "line 3: b is given twice"),
        ('a:\n  b: "\\x6fld"\n', "several lines or with escapes"),
        ("a:\n  b: |-\n    old\n", "several lines or with escapes"),
        ("a:\n  b: !t &x old\n", "several lines or with escapes"),
        ("a:\n  b: old # {{ x }}\n", "template of Helm"),
        ("a:\n  b: old\nsops: {mac: x}\n", "encrypted with SOPS"),
        ("a: {{ x }}\n  b: old\n", "template of Helm"),
        ("a: [\n", "is no YAML"),
    ],
)
def test_what_is_not_safe_is_refused(content: str, reason: str) -> None:
    with pytest.raises(PreconditionFailed, match=reason):
        changed(content, rule("a", "b"))


def test_another_type_is_refused() -> None:
    assert changed("a: 20\n", rule("a", new="100")) == "a: 100\n"
    for new in ("x", "yes", "1_0"):
        made = rule("a", new=new)
        if type(yaml.safe_load(new)) is not int:
            with pytest.raises(PreconditionFailed, match="without another change"):
                changed("a: 20\n", made)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from("abc"), st.text(max_size=12) | st.integers(), min_size=1), st.booleans()
)
def test_any_file_is_changed_at_one_place_or_refused(rows: dict[str, Any], flow: bool) -> None:  # noqa: FBT001
    content = yaml.safe_dump(rows, default_flow_style=flow, allow_unicode=True)
    try:
        spots = find("f", content, rule("a", pattern=r"(?P<x>.+)", new="new-1")).spots
        made = [edited("f", content, one) for one in spots]
    except PreconditionFailed:
        return
    for one in made:
        assert yaml.safe_load(one) == {**rows, "a": "new-1"}
