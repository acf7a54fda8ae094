"""The figures of a bench, and their Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Self

TIMES: Final = "\N{MULTIPLICATION SIGN}"
"""Unit of a ratio."""

NONE: Final = "\N{EN DASH}"
DETAILS: Final = "| figure | median | min to max |\n|---|---:|---:|"


@dataclass(frozen=True, slots=True)
class Goal:
    """An upper limit, or a lower limit if ``at_least`` is set."""

    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a value is within the limit."""
        return value >= self.limit if self.at_least else value <= self.limit

    def text(self, unit: str) -> str:
        """Return the goal as a table cell."""
        if self.limit == 0:
            return "0"
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {unit}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A median with its range.

    ``is_headline`` puts it into the summary table at the top of the page. ``shown`` replaces the
    median in that table.
    """

    name: str
    unit: str
    value: float
    least: float
    most: float
    goal: Goal | None = None
    is_headline: bool = False
    shown: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        unit: str,
        values: Sequence[float],
        goal: Goal | None = None,
        *,
        is_headline: bool = False,
        shown: str = "",
    ) -> Self:
        """Return the figure of several measurements. A figure with a goal is a headline."""
        return cls(
            name=name,
            unit=unit,
            value=median(values),
            least=min(values),
            most=max(values),
            goal=goal,
            is_headline=is_headline or goal is not None,
            shown=shown,
        )

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        return None if self.goal is None else self.goal.is_met(self.value)

    @property
    def measured(self) -> str:
        """The median with its unit."""
        return f"{number(self.value)} {self.unit}".strip()

    def summary_row(self, anchor: str) -> str:
        """Return the row of the summary table, linked to the section with the method."""
        goal = self.goal.text(self.unit) if self.goal else NONE
        met = {True: "yes", False: "**no**", None: NONE}[self.is_met]
        return f"| [{self.name}](#{anchor}) | {goal} | {self.shown or self.measured} | {met} |"

    def detail_row(self) -> str:
        """Return the row of the table in the section."""
        return f"| {self.name} | {self.measured} | {number(self.least)} to {number(self.most)} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All figures of one bench.

    ``group`` is the heading of its summary table, ``title`` the heading of its section. ``how``
    (the method) and ``remarks`` are Markdown.
    """

    name: str
    group: str
    title: str
    how: str
    figures: tuple[Figure, ...]
    remarks: str = ""

    @property
    def summary(self) -> tuple[str, ...]:
        """The rows of the summary table."""
        return tuple(one.summary_row(anchor_of(self.title)) for one in self.figures if one.is_headline)

    def method(self, measured: str) -> str:
        """Return the section with the method and all figures; ``measured`` states time and load."""
        rows = "\n".join(one.detail_row() for one in self.figures)
        parts = (f"### {self.title}", self.how, f"{DETAILS}\n{rows}", self.remarks, measured)
        return "\n\n".join(part for part in parts if part) + "\n"


def anchor_of(title: str) -> str:
    """Return the anchor that Markdown renderers give to a heading."""
    kept = "".join(one for one in title.lower() if one.isalnum() or one in " -")
    return kept.replace(" ", "-")


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(rank, 1) - 1]


def number(value: float) -> str:
    """Return a number with about three significant digits."""
    if value == 0:
        return "0"
    if abs(value) >= 100:  # noqa: PLR2004 - number of digits
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"  # noqa: PLR2004
