"""Measures how well the search finds runbooks, on labelled queries."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import orjson

from ..errors import StewardError
from ..search.documents import markdown_document
from ..search.index import Document, Index, prepare

type Figures = dict[str, float | int | None]


class WrongRows(StewardError):
    """A file is unreadable or has no valid rows; the text says which."""


@dataclass(frozen=True, slots=True)
class _Row:
    query: str
    relevant: frozenset[str]


def read_corpus(path: Path) -> list[Document]:
    """Return the documents of a JSON Lines file.

    A row has ``doc_id`` and ``text`` (Markdown), and may have ``title``, ``alert``, ``symptoms``.
    Raises WrongRows.
    """
    return _rows(path, _to_document)


def evaluate_search(path: Path, documents: Iterable[Document]) -> Figures:
    """Return the figures of the search for a JSON Lines file with ``query`` and ``relevant``.

    A query without relevant documents must find nothing. A share is None if no row applies.
    Raises WrongRows.
    """
    rows = _rows(path, _to_row)
    index = Index(map(prepare, documents))
    ranks: list[int | None] = []
    rejected: list[bool] = []
    milliseconds: list[float] = []
    for row in rows:
        start = time.perf_counter()
        found = [one.id for one in index.search(row.query)]
        milliseconds.append((time.perf_counter() - start) * 1000)
        if row.relevant:
            ranks.append(next((rank for rank, one in enumerate(found, 1) if one in row.relevant), None))
        else:
            rejected.append(not found)
    return {
        "n": len(rows),
        "recall_at_1": _mean([rank == 1 for rank in ranks]),
        "recall_at_3": _mean([rank is not None and rank <= 3 for rank in ranks]),  # noqa: PLR2004
        "mrr": _mean([1 / rank if rank else 0 for rank in ranks]),
        "no_match_rejected": _mean(rejected),
        "p95_ms": round(_percentile_95(milliseconds), 4),
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _percentile_95(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[94] if len(values) > 1 else values[0]


def _rows[Row](path: Path, read: Callable[[Mapping[str, object]], Row]) -> list[Row]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise WrongRows(f"{path} cannot be read: {err.strerror}") from err
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rows.append(read(orjson.loads(line)))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as err:
            raise WrongRows(f"{path}, line {number}: invalid row ({type(err).__name__})") from err
    if not rows:
        raise WrongRows(f"{path} contains no rows")
    return rows


def _to_row(row: Mapping[str, object]) -> _Row:
    return _Row(_text(row["query"]), frozenset(_texts(row["relevant"])))


def _to_document(row: Mapping[str, object]) -> Document:
    return markdown_document(
        _text(row["doc_id"]),
        _text(row.get("title", "")),
        _text(row["text"]),
        symptoms=_texts(row.get("symptoms", [])),
        names=[_text(row.get("alert", ""))],
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError
    return [_text(one) for one in value]
