"""The figures of an evaluation, compared with manually computed ones."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from steward.llm.evaluate import NothingToEvaluate, evaluate_privacy, evaluate_routing


def _file(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    file = path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    return file


def _span(text: str, value: str, label: str) -> dict[str, object]:
    start = text.index(value)
    return {"start": start, "end": start + len(value), "label": label, "value": value}


def test_privacy_figures(tmp_path: Path) -> None:
    mail, half, secret = "write to lina@berg.at", "Zorblax and 192.168.7.9", "password: Tulip77 for Quux"
    figures = evaluate_privacy(
        _file(
            tmp_path,
            [
                {
                    "text": mail,
                    "spans": [_span(mail, "lina@berg.at", "EMAIL")],
                    "secret": False,
                    "kind": "chat",
                },
                {"text": half, "spans": [_span(half, "Zorblax", "NAME")], "secret": False, "kind": "chat"},
                {"text": secret, "spans": [_span(secret, "Quux", "NAME")], "secret": True, "kind": "yaml"},
                {"text": "all is well", "spans": [], "secret": False, "kind": "negative"},
                {"text": "at 192.168.7.10", "spans": [], "secret": False, "kind": "negative"},
                {"text": "nothing", "spans": [], "secret": True, "kind": "chat"},
                {"text": "nobody is home", "spans": [], "secret": False, "private": True, "kind": "topic"},
                {"text": "all quiet", "spans": [], "secret": False, "private": True, "kind": "topic"},
            ],
        )
    )
    assert figures["n"] == 8
    assert figures["span_recall"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["span_precision"] == pytest.approx(2 / 4, abs=1e-3)
    assert figures["document_recall"] == pytest.approx(4 / 6, abs=1e-3)
    assert figures["secret_recall"] == 0.5
    assert figures["false_alarm_rate"] == 0.5
    assert figures["by_label"] == {"EMAIL": {"n": 1, "recall": 1.0}, "NAME": {"n": 2, "recall": 0.5}}
    assert {"p50_ms", "p95_ms"} < set(figures)


def test_routing_figures(tmp_path: Path) -> None:
    deep = "Find the root cause of the latency spikes of lina@berg.at with the kernel profile"
    figures = evaluate_routing(
        _file(
            tmp_path,
            [
                {"prompt": "turn off the light", "tier": "none", "private": False},
                {"prompt": deep.replace("lina@berg.at", "the pool"), "tier": "cloud", "private": False},
                {"prompt": deep, "tier": "cloud", "private": True},
            ],
        )
    )
    assert figures["n"] == 3
    assert figures["tier_accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["size_accuracy"] == 1, "a private question needs a large model, too"
    assert figures["private_above_local"] == 0
    assert figures["confusion"] == {
        "none": {"none": 1, "small": 0, "large": 0, "cloud": 0},
        "small": {"none": 0, "small": 0, "large": 0, "cloud": 0},
        "large": {"none": 0, "small": 0, "large": 0, "cloud": 0},
        "cloud": {"none": 0, "small": 0, "large": 1, "cloud": 1},
    }


def test_a_row_may_name_the_size(tmp_path: Path) -> None:
    rows = [
        {"prompt": "What does ENOSPC mean?", "tier": "small", "size": size} for size in ("small", "large")
    ]
    assert evaluate_routing(_file(tmp_path, rows))["size_accuracy"] == 0.5


@pytest.mark.parametrize("content", ["", "\n\n", "{", '{"text": 1}', '{"prompt": "a", "tier": "huge"}', "[]"])
def test_a_file_without_valid_rows_is_an_error(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(content)
    for evaluate in (evaluate_privacy, evaluate_routing):
        with pytest.raises(NothingToEvaluate, match=r"rows\.jsonl"):
            evaluate(file)
    with pytest.raises(NothingToEvaluate, match="cannot be read"):
        evaluate_privacy(tmp_path / "none.jsonl")
