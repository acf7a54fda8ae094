"""Samples are read with their labels, and values as text: what they are is for a typed parser to say."""

from steward.sdk.metrics import samples, totals

TEXT = """\
# HELP up Whether it is up.
up 1
http:requests_total{code="200",path="/a \\"b\\""} 12.5 1700000000
broken{code="500"} none
"""


def test_name_labels_and_value_of_each_sample_are_read() -> None:
    assert list(samples(TEXT)) == [
        ("up", {}, "1"),
        ("http:requests_total", {"code": "200", "path": '/a \\"b\\"'}, "12.5"),
        ("broken", {"code": "500"}, "none"),
    ]


def test_the_samples_of_a_metric_are_added() -> None:
    text = 'running{model="a"} 2\nrunning{model="b"} 1.5\nup 1\nbroken none\n'
    assert totals(text) == {"running": 3.5, "up": 1.0}
