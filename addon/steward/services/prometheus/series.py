"""The result of a query: series with values or native histograms."""

import math
from typing import Any

import msgspec

from ...errors import ServiceMalformed
from ...sdk.answers import Item, at, parse, parse_items
from ...sdk.coverage import Gaps
from ...sdk.format import brief


class Series(Item):
    """One series; its samples are pairs of time and value or histogram."""

    metric: dict[str, str] = msgspec.field(default_factory=dict)
    value: tuple[float, Any] | None = None
    histogram: tuple[float, Any] | None = None
    values: tuple[tuple[float, Any], ...] = ()
    histograms: tuple[tuple[float, Any], ...] = ()

    @property
    def name(self) -> str:
        """The series as Prometheus writes it."""
        inner = ", ".join(f'{key}="{value}"' for key, value in self.metric.items() if key != "__name__")
        return brief(f"{self.metric.get('__name__', '')}{{{inner}}}", 200)

    @property
    def samples(self) -> list[Any]:
        """All values and histograms, oldest first."""
        latest = [one for one in (self.value, self.histogram) if one]
        timed = sorted((*latest, *self.values, *self.histograms), key=lambda one: one[0])
        return [sample for _, sample in timed]

    @property
    def now(self) -> str:
        """The series and its samples."""
        return f"{self.name} = {', '.join(map(shown, self.samples))}"

    @property
    def course(self) -> str:
        """First and last value, the lowest and the highest; of histograms their counts."""
        numbers = [one for one in map(_number, self.samples) if math.isfinite(one)]
        if not numbers:
            return f"{self.name}: no values"
        what = "count of the histogram " if self.histograms else ""
        first, last, low, high = map(shown, (numbers[0], numbers[-1], min(numbers), max(numbers)))
        return f"{self.name}: {what}{first} → {last}, between {low} and {high}"


def parse_series(data: object, gaps: Gaps, part: str) -> tuple[Series, ...]:
    """Return the series of a result; one that cannot be read is a gap. Raises ServiceMalformed."""
    result = at(data, "result")
    match at(data, "resultType"):
        case "vector" | "matrix":
            return parse_items(Series, result, gaps, part, name=lambda row: str(row.get("metric")))
        case "scalar" | "string":
            return (parse(Series, {"value": result}, part),)
        case _:
            raise ServiceMalformed(t"{part}: the result has a type that is not known")


def shown(sample: object) -> str:
    """Return a sample with the digits people read; of a histogram its count and sum."""
    if isinstance(sample, dict):
        return f"histogram with count {shown(sample.get('count'))} and sum {shown(sample.get('sum'))}"
    number = _number(sample)
    if math.isnan(number):
        return brief(str(sample), 200)
    return f"{int(number)}" if math.isfinite(number) and number == int(number) else f"{number:.4g}"


def _number(sample: Any) -> float:
    """Return a sample as a number, of a histogram its count; not a number for text."""
    try:
        return float(sample["count"] if isinstance(sample, dict) else sample)
    except KeyError, TypeError, ValueError:
        return math.nan
