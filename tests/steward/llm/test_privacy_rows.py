"""The figures of the privacy classifier on labelled rows."""

import os
from pathlib import Path

import pytest

from steward.llm.evaluate import Figures, evaluate_privacy

DATA = Path(__file__).parents[2] / "data"
SHARED = Path(os.environ.get("STEWARD_SHARED", Path(__file__).parents[4] / "shared")) / "data" / "pii"
LONGEST_MS = 10


def _share(figures: Figures, name: str) -> float:
    value = figures[name]
    assert isinstance(value, int | float), name
    return value


@pytest.mark.parametrize(
    ("name", "false_alarms"),
    [("privacy_tuning", 0.03), ("privacy_measured", 0.03), ("privacy_rounds", 0.03), ("privacy_blind", 0.06)],
)
def test_secrets_and_private_texts_are_found_and_technical_texts_are_not(
    name: str, false_alarms: float
) -> None:
    figures = evaluate_privacy(DATA / f"{name}.jsonl")
    assert _share(figures, "secret_recall") >= 0.98, figures
    assert _share(figures, "document_recall") >= 0.985, figures
    assert _share(figures, "span_recall") >= 0.97, figures
    assert _share(figures, "false_alarm_rate") <= false_alarms, figures
    assert _share(figures, "p95_ms") <= LONGEST_MS, figures


def test_rows_that_the_model_did_not_learn_from() -> None:
    figures = evaluate_privacy(DATA / "unlearned_privacy.jsonl")
    assert _share(figures, "secret_recall") >= 0.98, figures
    assert _share(figures, "document_recall") >= 0.99, figures
    assert _share(figures, "span_recall") >= 0.92, figures
    assert _share(figures, "false_alarm_rate") <= 0.1, figures


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder with more rows")
def test_development_rows() -> None:
    figures = evaluate_privacy(SHARED / "homelab_pii_dev.jsonl")
    assert _share(figures, "secret_recall") == 1, figures
    assert _share(figures, "span_recall") >= 0.99, figures
    assert _share(figures, "false_alarm_rate") == 0, figures
    assert _share(evaluate_privacy(SHARED / "presidio_synth_dev.jsonl"), "document_recall") >= 0.83
