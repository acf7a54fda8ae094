"""Draws charts as PNG: courses over time, and bars for days. Pure.

Bars have numbers only; the caption of the message says what they mean. Courses may have a legend.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .canvas import BLACK, GLYPH_HEIGHT, GRAY, GRID, SERIES, Canvas, text_width

WIDTH: Final = 1200
HEIGHT: Final = 600
MOST_SERIES: Final = len(SERIES)
SQUARES: Final = ("🟦", "🟧", "🟩")

_LEFT: Final = 130
_RIGHT: Final = 40
_TOP: Final = 40
_BOTTOM: Final = 80
_SCALE: Final = 4
_LINE: Final = 7
_TICKS: Final = 4
_TIMES: Final = 5
_GAP: Final = 12
_LEGEND_LINE: Final = 48


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers beside a chart: from ``low`` to ``high`` in steps."""

    low: float
    high: float
    step: float

    def ticks(self) -> list[float]:
        """Return the numbers that are written."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * number for number in range(count + 1)]


def scale_of(values: Sequence[float]) -> Scale:
    """Return a scale with round numbers that contains all values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    rough = max(high - low, abs(high) * 0.01, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    return Scale(first, last if last > first else first + step, step)


def course(
    series: Sequence[Sequence[tuple[datetime, float]]],
    marks: Sequence[datetime] = (),
    legend: Sequence[str] = (),
) -> bytes:
    """Return the picture of up to ``MOST_SERIES`` courses; ``marks`` are times of vertical lines.

    Times are written in their own time zone. Each course has at least one point. ``legend`` has a text for
    each course, which is written below the chart.
    """
    canvas = Canvas(WIDTH, HEIGHT + _LEGEND_LINE * len(legend))
    times = [at for one in series for at, _ in one]
    begin, end = min(times), max(times)
    length = max(end - begin, timedelta(seconds=1))
    scale = scale_of([value for one in series for _, value in one])

    def x(at: datetime) -> int:
        return _LEFT + round((at - begin) / length * (WIDTH - _LEFT - _RIGHT))

    _grid(canvas, scale)
    for number in range(_TIMES):
        at = begin + length * number / (_TIMES - 1)
        _time(canvas, x(at), f"{at:%H:%M}")
    for at in marks:
        if begin <= at <= end:
            canvas.fill(x(at) - 1, _TOP, x(at) + 2, HEIGHT - _BOTTOM, BLACK)
    for color, one in zip(SERIES, series, strict=False):
        canvas.line([(x(at), _y(value, scale)) for at, value in one], color, _LINE)
    for number, (color, text) in enumerate(zip(SERIES, legend, strict=False)):
        top, size = HEIGHT + _LEGEND_LINE * number, GLYPH_HEIGHT * _SCALE
        canvas.fill(_LEFT, top, _LEFT + size, top + size, color)
        canvas.text(_LEFT + size + _GAP, top, text, BLACK, _SCALE)
    return canvas.png()


def bars(days: Sequence[tuple[str, Sequence[float]]]) -> bytes:
    """Return the picture of one group of bars for each day; the label of a day contains digits only."""
    canvas = Canvas(WIDTH, HEIGHT)
    scale = scale_of([0.0, *(value for _, values in days for value in values)])
    _grid(canvas, scale)
    room = (WIDTH - _LEFT - _RIGHT) // max(len(days), 1)
    for number, (label, values) in enumerate(days):
        left = _LEFT + number * room
        wide = (room - 2 * _GAP) // max(len(values), 1)
        for place, (color, value) in enumerate(zip(SERIES, values, strict=False)):
            begin = left + _GAP + place * wide
            canvas.fill(begin, _y(value, scale), begin + wide - 4, _y(0.0, scale), color)
        _time(canvas, left + room // 2, label)
    return canvas.png()


def _grid(canvas: Canvas, scale: Scale) -> None:
    digits = max(0, -math.floor(math.log10(scale.step))) if scale.step < 1 else int(scale.step % 1 > 0)
    for tick in scale.ticks():
        y = _y(tick, scale)
        canvas.fill(_LEFT, y - 1, WIDTH - _RIGHT, y + 1, GRID)
        label = f"{tick:.{digits}f}"
        left = _LEFT - _GAP - text_width(label, _SCALE)
        canvas.text(left, y - GLYPH_HEIGHT * _SCALE // 2, label, GRAY, _SCALE)


def _time(canvas: Canvas, x: int, label: str) -> None:
    width = text_width(label, _SCALE)
    left = min(max(x - width // 2, 0), WIDTH - width)
    canvas.text(left, HEIGHT - _BOTTOM + 2 * _GAP, label, GRAY, _SCALE)


def _y(value: float, scale: Scale) -> int:
    share = (value - scale.low) / (scale.high - scale.low)
    return HEIGHT - _BOTTOM - round(share * (HEIGHT - _TOP - _BOTTOM))
