"""Measures the privacy classifier and the prompt tiers on labelled rows."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import orjson

from ..errors import StewardError
from .complexity import PromptTier, assess
from .privacy import Classified, PrivacyClass, classify
from .settings import Size

type Figure = int | float | dict[str, Figure] | None
type Figures = dict[str, Figure]


class NothingToEvaluate(StewardError):
    """The file is unreadable or has no valid rows; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _LabelledText:
    """A text with its private parts; ``spans`` are start, end, label."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    is_secret: bool
    is_private: bool
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _LabelledPrompt:
    text: str
    tier: PromptTier
    size: Size | None
    is_private: bool


def evaluate_privacy(path: Path) -> Figures:
    """Return recall and precision of the privacy classifier for a JSON Lines file.

    A row has ``text``, ``spans`` (``start``, ``end``, ``label``), ``secret`` and ``kind``; ``private`` is
    true for a text that is private as a whole.
    A share is None if no row applies. Raises NothingToEvaluate.
    """
    rows = _rows(path, _to_text)
    timed = [_timed(classify, row.text) for row in rows]
    pairs = [(row, found) for row, (found, _) in zip(rows, timed, strict=True)]
    spans = [
        (label, _is_covered(start, end, found)) for row, found in pairs for start, end, label in row.spans
    ]
    found_spans = [(one.start, one.end, row) for row, found in pairs for one in found.spans]
    private = [found for row, found in pairs if row.spans or row.is_secret or row.is_private]
    secret = [found for row, found in pairs if row.is_secret]
    clean = [found for row, found in pairs if row.kind == "negative"]
    return {
        "n": len(rows),
        "span_recall": _share(found for _, found in spans),
        "span_precision": _share(_is_labelled(start, end, row) for start, end, row in found_spans),
        "document_recall": _share(found.privacy_class is not PrivacyClass.PUBLIC for found in private),
        "secret_recall": _share(found.privacy_class is PrivacyClass.SECRET for found in secret),
        "false_alarm_rate": _share(found.privacy_class is not PrivacyClass.PUBLIC for found in clean),
        "by_label": _by_label(spans),
        **_milliseconds([seconds for _, seconds in timed]),
    }


def evaluate_routing(path: Path) -> Figures:
    """Return the accuracy of the prompt tiers for a JSON Lines file.

    A row has ``prompt``, ``tier`` (none, small, large, cloud) and ``private``; ``size`` (small, large) is
    the expected size of the model, which otherwise follows from the tier.
    ``confusion`` is expected tier → actual tier → rows. Raises NothingToEvaluate.
    """
    rows = _rows(path, _to_prompt)
    timed = [_timed(_gateway_tier, row.text) for row in rows]
    tiers = [tier for tier, _ in timed]
    confusion: dict[str, Figure] = {}
    for expected in PromptTier:
        counted = Counter(str(tier) for row, tier in zip(rows, tiers, strict=True) if row.tier is expected)
        confusion[str(expected)] = {str(tier): counted[str(tier)] for tier in PromptTier}
    return {
        "n": len(rows),
        "tier_accuracy": _share(row.tier is tier for row, tier in zip(rows, tiers, strict=True)),
        "size_accuracy": _share(
            row.size is size_of(tier) for row, tier in zip(rows, tiers, strict=True) if row.size is not None
        ),
        "private_above_local": sum(
            row.is_private and tier is PromptTier.CLOUD for row, tier in zip(rows, tiers, strict=True)
        ),
        "confusion": confusion,
        "p95_ms": _milliseconds([seconds for _, seconds in timed])["p95_ms"],
    }


def _gateway_tier(text: str) -> PromptTier:
    """Return the tier that the gateway uses: private text never goes above local models."""
    tier = assess(text).tier
    is_private = classify(text).privacy_class is not PrivacyClass.PUBLIC
    return PromptTier.LARGE if is_private and tier is PromptTier.CLOUD else tier


def size_of(tier: PromptTier) -> Size | None:
    """Return the size of the model that a tier needs, None if it needs no model."""
    if tier is PromptTier.NONE:
        return None
    return Size.SMALL if tier is PromptTier.SMALL else Size.LARGE


def _rows[Row](path: Path, read: Callable[[Mapping[str, object]], Row]) -> list[Row]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise NothingToEvaluate(f"{path} cannot be read: {err.strerror}") from err
    rows = [_row(path, number, line, read) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise NothingToEvaluate(f"{path} contains no rows")
    return rows


def _row[Row](path: Path, number: int, line: bytes, read: Callable[[Mapping[str, object]], Row]) -> Row:
    try:
        return read(orjson.loads(line))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as err:
        raise NothingToEvaluate(f"{path}, line {number}: invalid row ({type(err).__name__})") from err


def _to_text(row: Mapping[str, object]) -> _LabelledText:
    text, spans = row["text"], row["spans"]
    if not isinstance(text, str) or not isinstance(spans, list):
        raise ValueError
    return _LabelledText(
        text=text,
        spans=tuple((int(one["start"]), int(one["end"]), str(one["label"])) for one in spans),
        is_secret=bool(row.get("secret", False)),
        is_private=bool(row.get("private", False)),
        kind=str(row.get("kind", "")),
    )


def _to_prompt(row: Mapping[str, object]) -> _LabelledPrompt:
    text = row["prompt"]
    if not isinstance(text, str):
        raise ValueError
    tier = PromptTier(str(row["tier"]))
    size = Size(str(row["size"])) if "size" in row else size_of(tier)
    return _LabelledPrompt(text=text, tier=tier, size=size, is_private=bool(row.get("private", False)))


def _timed[Result](work: Callable[[str], Result], text: str) -> tuple[Result, float]:
    """Return a result and the seconds of processor time that it took."""
    start = time.thread_time()
    result = work(text)
    return result, time.thread_time() - start


def _is_covered(start: int, end: int, found: Classified) -> bool:
    """Return whether every character would be masked, or the text is pinned."""
    masked = sum(max(0, min(end, one.end) - max(start, one.start)) for one in found.spans)
    return found.is_pinned or masked == end - start


def _is_labelled(start: int, end: int, row: _LabelledText) -> bool:
    return any(start < its_end and its_start < end for its_start, its_end, _ in row.spans)


def _share(found: Iterable[bool]) -> float | None:
    values = list(found)
    return round(sum(values) / len(values), 4) if values else None


def _by_label(spans: Iterable[tuple[str, bool]]) -> dict[str, Figure]:
    found: dict[str, list[bool]] = {}
    for label, is_found in spans:
        found.setdefault(label, []).append(is_found)
    return {label: {"n": len(values), "recall": _share(values)} for label, values in sorted(found.items())}


def _milliseconds(seconds: Sequence[float]) -> dict[str, Figure]:
    """Return the median and the 95th percentile in milliseconds."""
    values = [one * 1000 for one in seconds]
    percentiles = quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    return {"p50_ms": round(percentiles[49], 4), "p95_ms": round(percentiles[94], 4)}
