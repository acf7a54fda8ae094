"""Measures the privacy classifier and the choice of a tier on files of known answers."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import orjson

from ..errors import StewardError
from .complexity import PromptTier, tier_for
from .privacy import Classified, PrivacyClass, classify

type Figure = int | float | dict[str, Figure] | None
type Figures = dict[str, Figure]


class NothingToEvaluate(StewardError):
    """The file cannot be read or holds no row of the kind; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marked:
    """A text whose private parts are known: ``spans`` are start, end, label."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    is_secret: bool
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prompt:
    text: str
    tier: PromptTier
    is_private: bool


def evaluate_privacy(path: Path) -> Figures:
    """Return how well private text is recognised in a JSON Lines file.

    A row has ``text``, ``spans`` (``start``, ``end``, ``label``), ``secret`` and ``kind``.
    Shares are None when there was nothing to find. Raises NothingToEvaluate.
    """
    rows = _rows(path, _as_marked)
    timed = [_timed(classify, row.text) for row in rows]
    read = [(row, found) for row, (found, _) in zip(rows, timed, strict=True)]
    spans = [
        (label, _is_covered(start, end, found)) for row, found in read for start, end, label in row.spans
    ]
    guesses = [(one.start, one.end, row) for row, found in read for one in found.spans]
    private = [found for row, found in read if row.spans or row.is_secret]
    secret = [found for row, found in read if row.is_secret]
    clean = [found for row, found in read if row.kind == "negative"]
    return {
        "n": len(rows),
        "span_recall": _share(found for _, found in spans),
        "span_precision": _share(_is_marked(start, end, row) for start, end, row in guesses),
        "document_recall": _share(found.cls is not PrivacyClass.PUBLIC for found in private),
        "secret_recall": _share(found.cls is PrivacyClass.SECRET for found in secret),
        "false_alarm_rate": _share(found.cls is not PrivacyClass.PUBLIC for found in clean),
        "by_label": _by_label(spans),
        **_milliseconds([seconds for _, seconds in timed]),
    }


def evaluate_routing(path: Path) -> Figures:
    """Return how well the size of the model is chosen in a JSON Lines file.

    A row has ``prompt``, ``tier`` (none, small, large, cloud) and ``private``.
    ``confusion`` is wanted tier → chosen tier → rows. Raises NothingToEvaluate.
    """
    rows = _rows(path, _as_prompt)
    timed = [_timed(_chosen, row.text) for row in rows]
    chosen = [tier for tier, _ in timed]
    confusion: dict[str, Figure] = {}
    for wanted in PromptTier:
        counted = Counter(str(got) for row, got in zip(rows, chosen, strict=True) if row.tier is wanted)
        confusion[str(wanted)] = {str(tier): counted[str(tier)] for tier in PromptTier}
    return {
        "n": len(rows),
        "tier_accuracy": _share(row.tier is got for row, got in zip(rows, chosen, strict=True)),
        "private_above_local": sum(
            row.is_private and got is PromptTier.CLOUD for row, got in zip(rows, chosen, strict=True)
        ),
        "confusion": confusion,
        "p95_ms": _milliseconds([seconds for _, seconds in timed])["p95_ms"],
    }


def _chosen(text: str) -> PromptTier:
    """Choose as the gateway does: what is private never goes above the house's own models."""
    tier = tier_for(text)
    is_private = classify(text).cls is not PrivacyClass.PUBLIC
    return PromptTier.LARGE if is_private and tier is PromptTier.CLOUD else tier


def _rows[Row](path: Path, read: Callable[[Mapping[str, object]], Row]) -> list[Row]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise NothingToEvaluate(f"{path} cannot be read: {err.strerror}") from err
    rows = [_row(path, number, line, read) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise NothingToEvaluate(f"{path} holds no rows")
    return rows


def _row[Row](path: Path, number: int, line: bytes, read: Callable[[Mapping[str, object]], Row]) -> Row:
    try:
        return read(orjson.loads(line))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as err:
        raise NothingToEvaluate(f"{path}, line {number}: no row of this kind ({type(err).__name__})") from err


def _as_marked(row: Mapping[str, object]) -> _Marked:
    text, spans = row["text"], row["spans"]
    if not isinstance(text, str) or not isinstance(spans, list):
        raise ValueError
    return _Marked(
        text=text,
        spans=tuple((int(one["start"]), int(one["end"]), str(one["label"])) for one in spans),
        is_secret=bool(row.get("secret", False)),
        kind=str(row.get("kind", "")),
    )


def _as_prompt(row: Mapping[str, object]) -> _Prompt:
    text = row["prompt"]
    if not isinstance(text, str):
        raise ValueError
    return _Prompt(text=text, tier=PromptTier(str(row["tier"])), is_private=bool(row.get("private", False)))


def _timed[Answer](work: Callable[[str], Answer], text: str) -> tuple[Answer, float]:
    begun = time.perf_counter()
    answer = work(text)
    return answer, time.perf_counter() - begun


def _is_covered(start: int, end: int, found: Classified) -> bool:
    """Every character would be masked, or the whole text stays at home."""
    masked = sum(max(0, min(end, one.end) - max(start, one.start)) for one in found.spans)
    return found.is_pinned or masked == end - start


def _is_marked(start: int, end: int, row: _Marked) -> bool:
    return any(start < its_end and its_start < end for its_start, its_end, _ in row.spans)


def _share(found: Iterable[bool]) -> float | None:
    many = list(found)
    return round(sum(many) / len(many), 4) if many else None


def _by_label(spans: Iterable[tuple[str, bool]]) -> dict[str, Figure]:
    sorted_in: dict[str, list[bool]] = {}
    for label, is_found in spans:
        sorted_in.setdefault(label, []).append(is_found)
    return {label: {"n": len(many), "recall": _share(many)} for label, many in sorted(sorted_in.items())}


def _milliseconds(seconds: Sequence[float]) -> dict[str, Figure]:
    """Return the middle and the slow end of what was measured."""
    many = [one * 1000 for one in seconds]
    cuts = quantiles(many, n=100, method="inclusive") if len(many) > 1 else many * 99
    return {"p50_ms": round(cuts[49], 4), "p95_ms": round(cuts[94], 4)}
