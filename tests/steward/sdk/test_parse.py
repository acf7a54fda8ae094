"""Typed parsing: strict by default, lenient per list item."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.state import MOST_GAPS
from steward.errors import ServiceMalformed
from steward.sdk.coverage import LONGEST_REASON, Gaps
from steward.sdk.http import plain
from steward.sdk.parse import MOST_ITEMS, Item, Time, at, parse, parse_items, unix_time
from steward.sdk.readings import NOT_REPORTED, NotKnown, Unknown, known, read


class Part(Item):
    name: str
    size_bytes: int | None = None


class Row(Item):
    """Fields of every sort."""

    id: int
    display_name: str = "unnamed"
    is_on: bool = False
    seen: Time | None = None
    odd: float = msgspec.field(default=0.0, name="sizeleft")
    parts: tuple[Part, ...] = ()


class Snake(Item, rename=None):
    max_mem: int


def test_names_defaults_nulls_and_unknown_keys() -> None:
    answer = {
        "id": 7,
        "displayName": None,
        "isOn": True,
        "seen": "2026-11-20T10:00:00+01:00",
        "sizeleft": 2.5,
        "parts": [{"name": "a", "sizeBytes": 3, "more": []}, {"name": "b", "sizeBytes": None}],
        "more": {"x": 1},
    }
    row = parse(Row, answer, "row")
    assert (row.id, row.display_name, row.is_on, row.odd) == (7, "unnamed", True, 2.5)
    assert row.seen == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert [one.size_bytes for one in row.parts] == [3, None]
    assert parse(Snake, {"max_mem": 4}, "row").max_mem == 4


def test_numbers_and_booleans_may_be_text() -> None:
    row = parse(Row, {"id": "7", "isOn": "true", "sizeleft": "1"}, "row")
    assert (row.id, row.is_on, row.odd) == (7, True, 1.0)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({}, "id"),
        ({"id": None}, "id"),
        ({"id": "seven"}, "id"),
        ({"id": 1, "seen": "2026-11-20T10:00:00"}, "seen"),
        ({"id": 1, "parts": [{"name": 1}]}, "parts"),
        ({"id": 1, "isOn": "maybe"}, "isOn"),
        ([], "object"),
        ("text", "object"),
        (None, "object"),
    ],
)
def test_what_does_not_fit_is_named(answer: object, text: str) -> None:
    with pytest.raises(ServiceMalformed, match=f"^row: .*{text}"):
        parse(Row, answer, "row")


def test_an_odd_item_costs_itself_and_is_named() -> None:
    gaps = Gaps()
    rows = parse_items(
        Row, [{"id": 1}, {"id": "x", "name": "pump"}, 7, {"id": 2}, {"name": None}, {}], gaps, "rows"
    )
    assert [one.id for one in rows] == [1, 2]
    reason = gaps.of("rows")
    assert reason is not None
    assert reason.startswith("not understood: item pump (")
    assert "item 3 (" in reason
    assert "item 5 (" in reason
    assert reason.endswith(" and 1 more")


def test_a_list_that_is_none_or_odd_altogether() -> None:
    assert parse_items(Row, [], Gaps(), "rows") == ()
    answers: tuple[object, ...] = ({}, "text", b"bytes", None, 7)
    for answer in answers:
        with pytest.raises(ServiceMalformed, match="rows: expected a list"):
            parse_items(Row, answer, Gaps(), "rows")
    with pytest.raises(ServiceMalformed, match="no item can be read"):
        parse_items(Row, [{}, 7], Gaps(), "rows")


def test_items_are_named_by_what_a_service_calls_them() -> None:
    gaps = Gaps()
    parse_items(
        Row, [{"id": 1}, {"path": "/mnt\n/x" + "y" * 60}], gaps, "rows", name=lambda one: one.get("path")
    )
    assert "item /mnt… (" in str(gaps.of("rows"))


def test_what_is_below_a_path() -> None:
    assert at({"data": {"items": [1]}}, "data.items") == [1]
    assert at([1], "") == [1]
    answers: tuple[object, ...] = ({"data": {}}, {"data": []}, {}, None, [1])
    for answer in answers:
        with pytest.raises(ServiceMalformed, match=r"no data\.items"):
            at(answer, "data.items")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "parts", "seen", "isOn"]), inner)
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=5))
def test_good_items_are_never_lost_to_odd_neighbours(odd: list[Any]) -> None:
    gaps = Gaps()
    rows = parse_items(Row, [{"id": 41}, *odd, {"id": 42}], gaps, "rows")
    assert (rows[0].id, rows[-1].id) == (41, 42)
    assert (len(rows) < len(odd) + 2) == (gaps.of("rows") is not None)


# -- what one poll could not read ------------------------------------------------------------


def test_a_long_list_is_read_up_to_a_bound_and_is_a_gap() -> None:
    gaps = Gaps()
    assert len(parse_items(Row, [{"id": one} for one in range(MOST_ITEMS + 1)], gaps, "rows")) == MOST_ITEMS
    assert gaps.of("rows") == f"only the first {MOST_ITEMS} of {MOST_ITEMS + 1} items are read"


def test_a_text_is_not_cut_through_a_secret() -> None:
    gaps = Gaps()
    gaps.add("rows", "x" * (LONGEST_REASON - 20) + " tok-0123456789abcdef0123456789")
    assert gaps.of("rows") == "x" * (LONGEST_REASON - 20) + "…"
    assert plain("x" * 190 + " tok-0123456789abcdef0123456789") == "x" * 190 + "…"


def test_the_first_reason_of_a_part_is_kept_and_there_are_bounds() -> None:
    gaps = Gaps()
    assert gaps.coverage.gaps == ()
    gaps.add("rows", "x " * 500)
    gaps.add("rows", "another")
    for number in range(50):
        gaps.add(f"part {number}", "missing")
    assert gaps.of("rows") == "x " * (LONGEST_REASON // 2 - 1) + "x…"
    assert gaps.of("columns") is None
    assert len(gaps.coverage.gaps) == MOST_GAPS
    assert gaps.of("part 49") == "missing", "what is not sent is missing all the same"
    assert gaps.coverage.status == "partial"


def test_an_unknown_reading_has_a_reason() -> None:
    def fail() -> int:
        raise NotKnown("The agent does not answer")

    def odd() -> int:
        raise ServiceMalformed("row: no number")

    assert read(lambda: 3) == 3
    assert read(lambda: False) is False
    assert read(lambda: 0) == 0
    assert read(lambda: "") == ""
    assert read(lambda: None) == Unknown(NOT_REPORTED)
    assert read(lambda: Unknown("why")) == Unknown("why")
    assert read(fail) == Unknown("The agent does not answer")
    assert read(odd) == Unknown("row: no number")
    for number in (float("nan"), float("inf"), -float("inf"), 2**63, 1e300):
        assert isinstance(read(lambda number=number: number), Unknown)  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        read(lambda: 1 // 0)


def test_known_raises_for_what_is_not() -> None:
    assert known(0) == 0
    assert known(False) is False
    for value, reason in ((None, NOT_REPORTED), (Unknown("why"), "why")):
        with pytest.raises(NotKnown, match=reason):
            known(value)


def test_an_odd_value_of_an_optional_field_costs_that_field_only() -> None:
    odd = {"id": 1, "displayName": 5, "isOn": "perhaps", "seen": "soon", "parts": [{}], "sizeleft": "4"}
    gaps = Gaps()
    assert parse_items(Row, [odd, {"id": "x"}], gaps, "rows", is_lenient=True) == (Row(id=1, odd=4.0),)
    assert "item x" in str(gaps.of("rows"))
    with pytest.raises(ServiceMalformed):
        parse_items(Row, [odd], gaps, "rows")


def test_lists_of_several_objects_are_joined() -> None:
    answer = {"data": {"groups": [{"rules": [1, 2]}, {"rules": []}, {"rules": [3]}]}}
    assert at(answer, "data.groups.*.rules") == [1, 2, 3]
    assert at({"groups": []}, "groups.*.rules") == []
    answers: tuple[object, ...] = (
        {"groups": {"rules": []}},
        {"groups": [{"rules": 1}]},
        {"groups": [{}]},
        {"groups": [5]},
        {},
    )
    for odd in answers:
        with pytest.raises(ServiceMalformed, match="rules"):
            at(odd, "groups.*.rules")


def test_a_unix_time_is_utc_and_an_impossible_one_is_malformed() -> None:
    assert unix_time(1_794_990_000, "uptime") == datetime(2026, 11, 18, 8, 20, tzinfo=UTC)
    for impossible in (1e300, float("nan"), float("inf")):
        with pytest.raises(ServiceMalformed, match="uptime is no time"):
            unix_time(impossible, "uptime")
