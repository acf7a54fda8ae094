"""Draws the pictures of a report as SVG. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from itertools import pairwise
from typing import Final

from homelab_steward.contract.reports import DayFigures, ReportPicture, WeeklyReport

from ..texts import Texts

WIDTH: Final = 560
HEIGHT: Final = 180
LEFT: Final = 28
BOTTOM: Final = 24
TOP: Final = 26
LEGEND: Final = 12
OPENED: Final = "#e8710a"
RESOLVED: Final = "#1a8754"
BUCKETS: Final = (300.0, 3_600.0, 6 * 3_600.0, 86_400.0)
"""Upper bounds of the columns of the time to resolve, in seconds."""


def pictures(report: WeeklyReport, texts: Texts) -> tuple[ReportPicture, ...]:
    """Return the pictures that have something to show."""
    found: list[ReportPicture] = []
    if any(one.opened or one.resolved for one in report.days):
        found.append(_days(report.days, texts))
    if report.resolve_seconds:
        found.append(_times(report.resolve_seconds, texts))
    return tuple(found)


def _days(days: Sequence[DayFigures], texts: Texts) -> ReportPicture:
    """Return the incidents opened and resolved on each day, as pairs of columns."""
    title = texts("Incidents per day")
    labels = [texts.day(date.fromisoformat(one.day)) for one in days]
    legend = ((texts("Opened"), OPENED), (texts("Resolved"), RESOLVED))
    columns = [((one.opened, OPENED), (one.resolved, RESOLVED)) for one in days]
    return ReportPicture(key="days", title=title, svg=_chart(title, labels, columns, legend))


def _times(seconds: Sequence[float], texts: Texts) -> ReportPicture:
    """Return how many incidents took how long."""
    title = texts("Time to resolve")
    counts = [sum(low < one <= high for one in seconds) for low, high in _bounds()]
    labels = [
        texts("≤ 5 min"),
        texts("≤ 1 h"),
        texts("≤ 6 h"),
        texts("≤ 1 day"),
        texts("longer"),
    ]
    columns = [((count, RESOLVED),) for count in counts]
    return ReportPicture(key="times", title=title, svg=_chart(title, labels, columns, ()))


def _bounds() -> Iterator[tuple[float, float]]:
    yield from pairwise((-1.0, *BUCKETS, float("inf")))


def _chart(
    title: str,
    labels: Sequence[str],
    columns: Sequence[Sequence[tuple[int, str]]],
    legend: Sequence[tuple[str, str]],
) -> str:
    """Return a column chart. Texts are escaped; lines and texts have the color of the page."""
    most = max((count for column in columns for count, _ in column), default=0) or 1
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="11" fill="currentColor">'
    )
    parts = [
        head,
        f"<title>{escape(title)}</title>",
        *_axis(most),
        *_columns(columns, labels, most),
        *_legend(legend),
        "</svg>",
    ]
    return "".join(parts)


def _axis(most: int) -> Iterator[str]:
    floor = HEIGHT - BOTTOM
    for value, y in ((most, TOP), (0, floor)):
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{value}</text>'
        yield (
            f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="currentColor" stroke-opacity="0.25"/>'
        )


def _columns(columns: Sequence[Sequence[tuple[int, str]]], labels: Sequence[str], most: int) -> Iterator[str]:
    floor, room = HEIGHT - BOTTOM, (WIDTH - LEFT) / len(columns)
    for number, (column, label) in enumerate(zip(columns, labels, strict=True)):
        begin = LEFT + number * room
        width = room * 0.7 / len(column)
        for place, (count, color) in enumerate(column):
            height = (floor - TOP) * count / most
            x = begin + room * 0.15 + place * width
            yield (
                f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="{width:.1f}" height="{height:.1f}"'
                f' fill="{color}"><title>{escape(label)}: {count}</title></rect>'
            )
        yield f'<text x="{begin + room / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(label)}</text>'


def _legend(legend: Sequence[tuple[str, str]]) -> Iterator[str]:
    for number, (text, color) in enumerate(legend):
        x = LEFT + 8 + number * 90
        yield f'<rect x="{x}" y="{LEGEND - 8}" width="9" height="9" fill="{color}"/>'
        yield f'<text x="{x + 13}" y="{LEGEND}">{escape(text)}</text>'
