"""The part of PromQL the lab understands gives what Prometheus gives."""

import math

import pytest

from lab.promql import QueryError, compile_query, parse_duration, parse_matchers
from lab.promql_vectors import Sample

_ROWS = {
    "mem": [({"name": "a", "job": "x"}, 90.0), ({"name": "b", "job": "x"}, 40.0)],
    "limit": [({"name": "a", "job": "x"}, 100.0), ({"name": "b", "job": "x"}, 80.0)],
    "info": [({"name": "a", "job": "x", "node": "n1"}, 1.0)],
}


def _source(name: str, at: float) -> list[Sample]:
    if name == "count_total":
        return [Sample((("__name__", name),), at * 2)]
    rows = _ROWS.get(name, [])
    return [Sample(tuple(sorted({"__name__": name, **labels}.items())), value) for labels, value in rows]


def _values(query: str, at: float = 1000.0) -> dict[str, float]:
    samples = compile_query(query, _source)(at).samples
    return {
        ",".join(f"{k}={v}" for k, v in s.labels if k not in ("__name__", "job")): s.value for s in samples
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mem", {"name=a": 90, "name=b": 40}),
        ('mem{name="a"}', {"name=a": 90}),
        ('mem{name!="a",}', {"name=b": 40}),
        ('mem{name=~"a|c"}', {"name=a": 90}),
        ('mem{name!~"a.*"}', {"name=b": 40}),
        ('mem{missing=""}', {"name=a": 90, "name=b": 40}),
        ("nothing", {}),
        ("mem / limit", {"name=a": 0.9, "name=b": 0.5}),
        ("mem / limit * 100 > 80", {"name=a": 90}),
        ("mem / limit * 100 > 80 and limit > 0", {"name=a": 90}),
        ("mem > bool 50", {"name=a": 1, "name=b": 0}),
        ("mem unless mem > 50", {"name=b": 40}),
        ("mem > 50 or limit < 90", {"name=a": 90, "name=b": 80}),
        ("mem * on(name) info", {"name=a": 90}),
        ("50 < mem", {"name=a": 90}),
        ("-mem", {"name=a": -90, "name=b": -40}),
        ("2 + 3 * 4", {"": 14}),
        ("(2 + 3) * 4", {"": 20}),
        ("sum(mem)", {"": 130}),
        ("avg by (name) (mem)", {"name=a": 90, "name=b": 40}),
        ("max(mem) without (name)", {"": 90}),
        ("count(mem > 50)", {"": 1}),
        ("rate(count_total[5m])", {"": 2}),
        ("increase(count_total[1m])", {"": 120}),
        ("avg_over_time(mem[1h])", {"name=a": 90, "name=b": 40}),
        ("round(mem / 7)", {"name=a": 13, "name=b": 6}),
        ("vector(1)", {"": 1}),
        ("time()", {"": 1000}),
    ],
)
def test_queries(query: str, expected: dict[str, float]) -> None:
    assert _values(query) == pytest.approx(expected)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "up{",
        "mem{name}",
        'mem{name="a"',
        "mem +",
        "sum(mem",
        "mem)",
        "flubber(mem)",
        "mem ! 3",
        "rate(mem)",
    ],
)
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(QueryError, match="parse error"):
        compile_query(query, _source)


def test_division_by_zero_is_not_a_number() -> None:
    assert math.isnan(_values("mem / 0")["name=a"])


def test_durations() -> None:
    assert [parse_duration(text) for text in ("5m", "1h30m", "15", "250ms")] == [300, 5400, 15, 0.25]
    with pytest.raises(QueryError):
        parse_duration("soon")


def test_matchers_stand_alone() -> None:
    found = parse_matchers('alertname="A",severity=~"warn.*"')
    assert all(matcher.matches({"alertname": "A", "severity": "warning"}) for matcher in found)
    assert not all(matcher.matches({"alertname": "A", "severity": "none"}) for matcher in found)
