"""The search for runbooks: the built-in ones are found in words of people, logs and alerts."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from steward.command_line.main import main
from steward.runbooks.documents import runbook_document
from steward.runbooks.evaluate import Figures, WrongRows, evaluate_search, read_corpus
from steward.runbooks.library import built_in_folders, parse
from steward.search.index import Document

QUERIES = Path(__file__).parent.parent / "search" / "runbook_queries.jsonl"
BUILT_IN = [
    parse(path.name, path.read_text(encoding="utf-8"))
    for folder in built_in_folders()
    for path in sorted(folder.glob("*.md"))
]


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [runbook_document(one) for one in BUILT_IN]


def written(path: Path, *rows: object) -> Path:
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


@pytest.mark.parametrize("runbook", BUILT_IN, ids=lambda one: one.id)
def test_every_built_in_runbook_has_symptoms(runbook: object) -> None:
    assert len(getattr(runbook, "symptoms", ())) >= 4


@pytest.mark.parametrize("split", ["dev", "held_out"])
def test_built_in_runbooks_are_found_and_nothing_else(
    split: str, tmp_path: Path, documents: list[Document]
) -> None:
    rows = [row for row in map(orjson.loads, QUERIES.read_bytes().splitlines()) if row["split"] == split]
    figures = evaluate_search(written(tmp_path / "rows.jsonl", *rows), documents)
    assert figures["n"] == len(rows) >= 90
    assert share(figures, "recall_at_3") >= 0.9
    assert share(figures, "mrr") >= 0.85
    assert share(figures, "no_match_rejected") >= 0.9


def test_plain_markdown_without_symptoms_is_found_by_what_words_mean() -> None:
    figures = evaluate_search(
        QUERIES.with_name("plain_queries.jsonl"), read_corpus(QUERIES.with_name("plain_runbooks.jsonl"))
    )
    assert share(figures, "recall_at_3") >= 0.8
    assert share(figures, "mrr") >= 0.75


@pytest.mark.parametrize(
    ("name", "recall", "mrr"),
    [("spoken", 0.9, 0.84), ("alert", 0.95, 0.9), ("mixed", 0.9, 0.84), ("household", 0.93, 0.88)],
)
def test_people_of_any_language_alerts_and_log_lines_find_the_built_in_runbooks(
    name: str, recall: float, mrr: float, documents: list[Document]
) -> None:
    figures = evaluate_search(QUERIES.with_name(f"{name}_queries.jsonl"), documents)
    assert share(figures, "recall_at_3") >= recall
    assert share(figures, "mrr") >= mrr
    assert share(figures, "no_match_rejected") >= 0.85


@pytest.mark.parametrize(("split", "recall", "rejected"), [("dev", 0.88, 0.88), ("held_out", 0.82, 0.8)])
def test_a_library_of_200_notes_answers_people_and_log_lines(
    split: str, recall: float, rejected: float, tmp_path: Path
) -> None:
    rows = map(orjson.loads, QUERIES.with_name("library_queries.jsonl").read_bytes().splitlines())
    path = written(tmp_path / "rows.jsonl", *[row for row in rows if row["split"] == split])
    figures = evaluate_search(path, read_corpus(QUERIES.with_name("library_runbooks.jsonl")))
    assert share(figures, "recall_at_3") >= recall
    assert share(figures, "mrr") >= recall - 0.03
    assert share(figures, "no_match_rejected") >= rejected


def test_tickets_find_markdown_with_usual_sections() -> None:
    corpus = read_corpus(QUERIES.with_name("ticket_runbooks.jsonl"))
    figures = evaluate_search(QUERIES.with_name("ticket_queries.jsonl"), corpus)
    assert share(figures, "recall_at_3") >= 0.9
    assert share(figures, "mrr") >= 0.9
    assert share(figures, "no_match_rejected") >= 0.9


@pytest.mark.parametrize(
    ("number", "recall", "mrr", "rejected"),
    [(1, 0.66, 0.55, 0.73), (2, 0.8, 0.75, 0.6), (3, 0.73, 0.66, 0.67)],
)
def test_short_notes_without_symptoms_are_found(
    number: int, recall: float, mrr: float, rejected: float
) -> None:
    # The hardest kind: a few lines of commands, asked for in other words, and questions about other programs.
    corpus = read_corpus(QUERIES.with_name(f"notes{number}_runbooks.jsonl"))
    figures = evaluate_search(QUERIES.with_name(f"notes{number}_queries.jsonl"), corpus)
    assert share(figures, "recall_at_3") >= recall
    assert share(figures, "mrr") >= mrr
    assert share(figures, "no_match_rejected") >= rejected


def share(figures: Figures, key: str) -> float:
    value = figures[key]
    assert value is not None
    return value


def test_figures(tmp_path: Path) -> None:
    corpus = written(
        tmp_path / "corpus.jsonl",
        {"doc_id": "disk", "alert": "DiskFull", "text": "# DiskFull\n\nNo space is left."},
        {"doc_id": "dns", "title": "Resolver is down", "text": "Names fail.", "symptoms": ["NXDOMAIN"]},
    )
    rows = written(
        tmp_path / "rows.jsonl",
        {"query": "no space left", "relevant": ["disk"]},
        {"query": "NXDOMAIN error", "relevant": ["disk"]},
        {"query": "Play some jazz", "relevant": []},
        {"query": "resolver is down", "relevant": []},
    )
    figures = evaluate_search(rows, read_corpus(corpus))
    assert {key: figures[key] for key in figures if key != "p95_ms"} == {
        "n": 4,
        "recall_at_1": 0.5,
        "recall_at_3": 0.5,
        "mrr": 0.5,
        "no_match_rejected": 0.5,
    }


def test_without_rows_of_a_kind_its_figure_is_not_known(tmp_path: Path) -> None:
    rows = written(tmp_path / "rows.jsonl", {"query": "x", "relevant": []})
    assert evaluate_search(rows, [])["mrr"] is None


@pytest.mark.parametrize("read", [read_corpus, lambda path: evaluate_search(path, [])])
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "no rows"), (b"{", "line 1"), (b"[]", "line 1"), (b'{"query": 1, "doc_id": 1}', "line 1")],
)
def test_wrong_rows_are_named(
    read: Callable[[Path], object], content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(WrongRows, match=reason):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRows, match="cannot be read"):
        read_corpus(tmp_path / "none")


def test_the_command_prints_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = written(tmp_path / "corpus.jsonl", {"doc_id": "disk", "text": "No space is left."})
    rows = written(tmp_path / "rows.jsonl", {"query": "no space left", "relevant": ["disk"]})
    assert main(["eval", "runbooks", str(rows), "--corpus", str(corpus), "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["recall_at_1"] == 1
    assert main(["eval", "runbooks", str(rows), "--corpus", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
